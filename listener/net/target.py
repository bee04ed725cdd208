"""Where a request goes: an address taken apart, and what becomes of a request at a redirect."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import quote, unquote_to_bytes, urljoin, urlsplit

import httpcore

PORTS = {"http": 80, "https": 443}
HOST = re.compile(r"[a-z0-9_-][a-z0-9._-]*|[0-9a-f:.]*:[0-9a-f:.]*")
# what may follow a request to another site: nothing that identifies us, whatever the header is called
HARMLESS = frozenset(
    {
        "accept",
        "accept-encoding",
        "accept-language",
        "content-type",
        "if-modified-since",
        "if-none-match",
        "user-agent",
    }
)
SAFE = "/%:@!$&'()*+,;=~-._"


class BadAddress(Exception):
    """An address that cannot be requested; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Target:
    """An address taken apart. `credentials` are `user:password` as they stood in it, else None."""

    scheme: str
    host: str
    port: int
    path: str
    credentials: bytes | None = None

    @property
    def site(self) -> str:
        """Host and port as they go into the Host header; also the name under which courtesy is kept."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.site}{self.path}"


def target(url: str, base: str = "") -> Target:
    """Take an address apart, which may be told from where it stands. Raises BadAddress."""
    try:
        parts = urlsplit(urljoin(base, url))
        port = parts.port
        host = (parts.hostname or "").rstrip(".")
        # not only for looks: the Host header and the TLS name must be ASCII
        host = host if host.isascii() else host.encode("idna").decode("ascii")
    except ValueError as error:
        raise BadAddress(f"it is not an address ({error})") from error
    if parts.scheme not in PORTS:
        raise BadAddress("only http:// and https:// addresses can be fetched")
    if not HOST.fullmatch(host) or port == 0:
        raise BadAddress("it names no host that could be asked")
    path = quote(parts.path or "/", safe=SAFE) + ("?" + quote(parts.query, safe=SAFE + "?[]") if parts.query else "")
    userinfo, at, _ = parts.netloc.rpartition("@")
    return Target(parts.scheme, host, port or PORTS[parts.scheme], path, unquote_to_bytes(userinfo) if at else None)


@dataclass(frozen=True, slots=True)
class Question:
    """One request, ready to be sent."""

    target: Target
    method: str
    headers: Mapping[str, str]
    body: bytes | None

    def on_the_wire(self, patience: Mapping[str, object]) -> httpcore.Request:
        """The same as httpcore sends it. Header values are bytes in Latin-1, so an ETag goes back as it came."""
        given = {name.lower(): value for name, value in self.headers.items()}
        if self.target.credentials is not None:
            given["authorization"] = "Basic " + b64encode(self.target.credentials).decode()
        if self.body is not None or self.method in ("POST", "PUT", "PATCH"):
            given["content-length"] = str(len(self.body or b""))
        headers = [("host", self.target.site), *given.items()]
        url = httpcore.URL(
            scheme=self.target.scheme.encode(),
            host=self.target.host.encode(),
            port=self.target.port,
            target=self.target.path.encode(),
        )
        wire = [(name.encode("latin-1", "replace"), value.encode("latin-1", "replace")) for name, value in headers]
        return httpcore.Request(self.method, url, headers=wire, content=self.body, extensions={"timeout": patience})

    def redirected(self, status: int, location: str) -> Question:
        """The request that a redirect asks for. Raises BadAddress for one that must not be followed."""
        new = target(location, self.target.url)
        if new.credentials is not None:
            raise BadAddress("it carries a user name")
        here = (self.target.scheme, self.target.host, self.target.port)
        if here == (new.scheme, new.host, new.port):
            asked = replace(self, target=replace(new, credentials=self.target.credentials))
        else:
            asked = replace(self, target=new, headers=harmless(self.headers))
        # what browsers do, whatever the standard says of 301 and 302
        as_get = status == 303 or (status in (301, 302) and self.method == "POST")
        return replace(asked, method="GET", body=None) if as_get and self.method != "HEAD" else asked


def harmless(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers that may be shown to a site that they were not meant for."""
    return {name: value for name, value in headers.items() if name.lower() in HARMLESS}
