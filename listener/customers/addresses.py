"""Web addresses as far as they tell who somebody is: a profile's page, and a site of one's own."""

from __future__ import annotations

from urllib.parse import urlsplit


def profile(address: str) -> str:
    """A profile's address as it is compared: no scheme, no www, no query, no slash at its end, in lower case."""
    host, path = _parts(address)
    return f"{host}{path.rstrip('/')}".lower()


def site(address: str) -> str | None:
    """The host of somebody's own site; None for a page below one, which says nothing about the rest of the host."""
    host, path = _parts(address)
    return host if "." in host and path in ("", "/") else None


def host_of(address: str) -> str:
    """The host, without www; "" where there is none."""
    return _parts(address)[0]


def _parts(address: str) -> tuple[str, str]:
    try:
        split = urlsplit(address if "://" in address else f"https://{address}")
        host = (split.hostname or "").removeprefix("www.")
    except ValueError:  # a broken IPv6 address
        return "", ""
    return host, split.path
