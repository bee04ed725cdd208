"""Answering on Mastodon, once: the server keeps one answer for each key, and for an hour only, so we look as well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connectors.contract import Failed, Receipt

if TYPE_CHECKING:
    from connectors.mastodon_line import Line, Status


def send(line: Line, reference: str, text: str, key: str, longest: int) -> Receipt:
    """Post the answer, or find that it stands there already. Raises Failed, TryLater and GiveUp."""
    if standing := find(line, reference):
        return standing
    (asked,) = _standing(line, reference)
    account = asked.get("account")
    name = account.get("acct") if isinstance(account, dict) else None
    # without the name its author would not be told
    said = f"@{name} {text}" if name else text
    if len(said) > longest:
        why = f"the server takes {longest} characters, this answer has {len(said)} with the name: shorten it"
        raise Failed(why, permanent=True)
    posted = line.post(said, reference, str(asked.get("visibility") or "public"), key)
    if not posted.get("id"):
        raise Failed("the server did not say whether it took the answer; it is looked for before the next attempt")
    return _receipt(posted)


def find(line: Line, reference: str) -> Receipt | None:
    """Our own answer to this status. Raises Failed when the status is gone, TryLater and GiveUp."""
    _standing(line, reference)
    own = line.account()
    for each in line.answers(reference):
        account = each.get("account")
        writer = account.get("id") if isinstance(account, dict) else None
        if str(each.get("in_reply_to_id")) == reference and str(writer) == own:
            return _receipt(each)
    return None


def _standing(line: Line, reference: str) -> list[Status]:
    found = [status for status in line.statuses([reference]) if str(status["id"]) == reference]
    if not found:
        raise Failed("what is to be answered was deleted on its server", permanent=True)
    return found


def _receipt(status: Status) -> Receipt:
    url = status.get("url")
    return Receipt("status", str(status["id"]), url if isinstance(url, str) else None)
