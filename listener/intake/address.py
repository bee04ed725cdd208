"""The canonical address of a post: the same for every source that tells of it."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

TRACKING = re.compile(
    r"^(utm_\w+|fbclid|gclid|dclid|msclkid|mc_[ce]id|igshid|ref_src|ref_url|xtor|at_\w+|_ga|s_cid)$", re.I
)
# forums name a post within its thread by the fragment (#post-31, #issuecomment-9); other fragments only scroll
ANCHOR = re.compile(r"^(?=.*[a-z])(?=.*\d)[\w.-]+$|^\d{3,}$", re.I)
# bytes: browsers and search engines take no more, and an index of PostgreSQL holds 2,704 with the brand's name
LONGEST = 2000


def canonical(url: str | None) -> str | None:
    """One spelling of an http address: https, host in lower case, no tracking, no trailing slash.

    None for anything that is not an http address, and for one that no store can hold.
    """
    text = (url or "").strip()
    # tracking may be half of it; what is longer still is not even looked at, as every look is remembered
    found = _canonical(text) if len(text) <= 2 * LONGEST else None
    return found if found and len(found.encode()) <= LONGEST else None


@lru_cache(maxsize=4096)
def _canonical(text: str) -> str | None:
    try:
        text.encode()  # JSON that was cut off holds half a character
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host or "\0" in text:
        return None
    host = f"[{host}]" if ":" in host else host
    netloc = host if port in (None, 80, 443) else f"{host}:{port}"
    kept = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if not TRACKING.match(pair[0])]
    fragment = parts.fragment if ANCHOR.match(parts.fragment) else ""
    return urlunsplit(("https", netloc, parts.path.rstrip("/"), urlencode(kept), fragment))
