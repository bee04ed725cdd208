"""A customer of the demo world, who opens the link of a letter and answers the form behind it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode
from urllib.request import ProxyHandler, build_opener

from listener.demo.sinks import Mail

PATIENCE = 10.0  # seconds


def has_letter(mails: Sequence[Mail], address: str, page: str) -> bool:
    """Whether a letter to this address holds a link to `/page/…`."""
    return _link(mails, address, page) is not None


def answer(mails: Sequence[Mail], address: str, page: str, fields: Mapping[str, str]) -> str:
    """Look at the page behind the newest such link, send its form, and give back what the page says then.

    Raises LookupError where no letter holds such a link, OSError where the page does not take it.
    """
    link = _link(mails, address, page)
    if link is None:
        raise LookupError(f"no letter to {address} holds a link to /{page}/")
    # the page is on loopback, whatever proxy the environment names
    opener = build_opener(ProxyHandler({}))
    opener.open(link, timeout=PATIENCE).close()
    with opener.open(link, urlencode(fields).encode(), PATIENCE) as shown:
        return str(shown.read().decode())


def _link(mails: Sequence[Mail], address: str, page: str) -> str | None:
    for mail in reversed(mails):
        body = mail.message.get_body(("plain",)) if address in mail.recipients else None
        found = re.search(rf"http://\S+/{page}/\S+", body.get_content()) if body else None
        if found:
            return found[0]
    return None
