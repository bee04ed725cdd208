"""Plain lists without the command line's machinery, which takes longer to load than a list to show."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from listener.cli import misspelt
from listener.store.glance import Glance, Wanted, is_current, over_sqlite

if TYPE_CHECKING:
    from listener.views.objects import Object

LISTS = frozenset({"mentions", "tickets", "deliveries", "contacts"})
FIELDS = {"--limit": "limit", "--id": "id", "--brand": "brand", "--source": "source"}
DIGITS = 9


@dataclass(frozen=True, slots=True)
class Wish:
    """One list as it was asked for."""

    file: Path
    name: str
    wanted: Wanted
    as_json: bool


def shown(words: Sequence[str]) -> bool:
    """Show the list that these words ask for; false, and nothing shown, where they ask for more than that."""
    wish = wished(words)
    path = plain_store(wish.file) if wish else None
    if wish is None or path is None or not is_current(path):
        return False
    with over_sqlite(path) as seen:
        if not (written if wish.as_json else tabled)(seen, wish.name, wish.wanted):
            misspelt.tell(seen, wish.file, wish.name, wish.wanted)
    return True


def written(seen: Glance, name: str, wanted: Wanted) -> bool:
    """A list as JSON Lines; whether anything was there."""
    from listener.views.objects import line
    from listener.views.pages import listed

    found = False
    for thing in listed(seen, name, wanted):
        print(line(thing))
        found = True
    return found


def tabled(seen: Glance, name: str, wanted: Wanted) -> list[Object]:
    """A list as a table; what it shows."""
    from listener.views import tables
    from listener.views.pages import listed

    things = list(listed(seen, name, wanted))
    tables.show(name, things)
    return things


def wished(words: Sequence[str]) -> Wish | None:
    """What is asked for, None for anything out of the ordinary: help, times, typos, the log's options."""
    file, rest = os.environ.get("LISTENER_CONFIG") or "config.toml", list(words)
    if rest[:1] == ["--config"]:
        file, rest = rest[1] if len(rest) > 1 else "", rest[2:]
    if not file or not rest or rest[0] not in LISTS:
        return None
    as_json = rest.count("--json") == 1
    pairs = [word for word in rest[1:] if word != "--json" or not as_json]
    names, values = pairs[::2], pairs[1::2]
    asked = {FIELDS.get(name, ""): value for name, value in zip(names, values, strict=False)}
    if len(names) != len(values) or "" in asked or len(asked) < len(names) or any(v[:1] == "-" for v in values):
        return None
    limit, key = _number(asked.get("limit", "50")), _number(asked["id"]) if "id" in asked else None
    if limit == 0 or key == 0:
        return None
    wanted = Wanted(brand=asked.get("brand"), source=asked.get("source"), id=key, limit=limit)
    return Wish(Path(file), rest[0], wanted, as_json)


def _number(written: str) -> int:
    """A number of a list or a row; 0 for what is none."""
    return int(written) if written.isascii() and written.isdigit() and len(written) <= DIGITS else 0


def plain_store(file: Path) -> Path | None:
    """The SQLite file that this configuration names in plain words; None when it takes a closer look to tell."""
    try:
        section = tomllib.loads(file.read_text("utf-8-sig")).get("store", {})
        url = section.get("url", "sqlite:///listener.db")
    except (OSError, ValueError, AttributeError):
        return None
    if not (isinstance(url, str) and url.startswith("sqlite:///")):
        return None
    return file.absolute().parent / url.removeprefix("sqlite:///")
