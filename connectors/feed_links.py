"""Links that may be kept: absolute, to the web, and to the post itself."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit


def absolute(base: str, link: str) -> str | None:
    """The link as an http or https address, resolved against `base`; None for `javascript:` and its kin."""
    try:
        url = urljoin(base, link.strip()) if link else ""
        return url if urlsplit(url).scheme in ("http", "https") and urlsplit(url).hostname else None
    except ValueError:
        return None


def host(link: str) -> str:
    """The host of an address, without `www.`; empty where it has none."""
    try:
        return (urlsplit(link).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def permalink(link: str, comments: str, home: str) -> str:
    """The post's own page. Link lists point elsewhere with `link` and to their own post with `comments`."""
    # judged by what the document says of itself: the address that it is read from may change
    elsewhere = host(link) and host(home) and host(link) != host(home)
    return comments if elsewhere and host(comments) == host(home) else link
