"""What a site's robots.txt allows us to read (RFC 9309: longest match, `*` and `$`, 4xx allows everything)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

from connectors.contract import Door

AGENT = "listening-post"
LONGEST = 500_000  # bytes; what RFC 9309 asks a reader to read at least


@dataclass(frozen=True, slots=True)
class Robots:
    """The rules that are meant for us, as `(allowed, path pattern)`."""

    rules: tuple[tuple[bool, str], ...] = ()

    def allows(self, url: str) -> bool:
        """The longest matching pattern decides, the allowing one of two equals; no match allows."""
        parts = urlsplit(url)
        path = _same_quoting((parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
        # urllib.robotparser takes the first match and knows no `*`: it lets us into /*/private
        matching = [(len(pattern), allowed) for allowed, pattern in self.rules if _matches(pattern, path)]
        return max(matching, default=(0, True))[1]


def read_robots(url: str, door: Door) -> Robots:
    """The rules of the site that `url` is on. Raises TryLater when the site cannot say (5xx, time, connection)."""
    parts = urlsplit(url)
    # 401 and 403 count as absent, as in RFC 9309; 5xx raises in the door
    answer = door.fetch(f"{parts.scheme}://{parts.netloc}/robots.txt")
    return parse_robots(answer.body) if answer.status == 200 else Robots()


def parse_robots(body: bytes) -> Robots:
    """The group that names us, else the group for everybody, else nothing forbidden."""
    groups: dict[str, list[tuple[bool, str]]] = {}
    agents: list[str] = []
    naming = False
    for field, value in _lines(body):
        if field == "user-agent":
            # consecutive user-agent lines share the rules below them
            agents = [*(agents if naming else []), value.split("/")[0].strip().lower()]
            groups.setdefault(agents[-1], [])
        elif field in ("allow", "disallow") and value:
            for agent in agents:
                groups[agent].append((field == "allow", _same_quoting(value)))
        naming = field == "user-agent"
    return Robots(tuple(groups.get(AGENT, groups.get("*", []))))


def _lines(body: bytes) -> Iterator[tuple[str, str]]:
    for line in body[:LONGEST].decode("utf-8-sig", "replace").splitlines():
        field, colon, value = line.partition("#")[0].partition(":")
        if colon:
            yield field.strip().lower(), value.strip()


def _same_quoting(path: str) -> str:
    # /%7Ejoe and /~joe are one path
    return quote(unquote(path, errors="replace"), safe="/?&=*$%:;,@!'()+~")


def _matches(pattern: str, path: str) -> bool:
    """Piece by piece between the stars, so that no pattern takes more than linear time."""
    anchored = pattern.endswith("$")
    first, *others = re.split(r"\*+", pattern.removesuffix("$"))
    if not path.startswith(first) or not others:
        return path == first if anchored else path.startswith(first)
    at = len(first)
    for piece in others[:-1]:
        found = path.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    rest = path[at:]
    return rest.endswith(others[-1]) if anchored else others[-1] in rest
