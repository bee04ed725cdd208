"""A list that is empty as nothing has the name that was asked for: said on standard error, with the nearest name."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

from listener.store.glance import Glance, Wanted


def tell(seen: Glance, file: Path, name: str, wanted: Wanted) -> None:
    """Ask this of an empty list only. `file` is the configuration: what is named there may not have spoken yet."""
    for noun, asked in (("brand", wanted.brand), ("source", wanted.source)):
        if asked is not None:
            _tell(seen, file, noun, asked)
    if name == "sources" and isinstance(wanted.id, str):
        _tell(seen, file, "source", wanted.id)
    if wanted.person and not seen.knows(wanted.person):
        _tell_of_nobody(seen, wanted.person)


def tell_unpolled(seen: Glance, file: Path) -> None:
    """Sources of the configuration that no daemon has taken over yet: they are in no list."""
    if new := sorted({*_configured(file, "source")} - {*seen.names("source")}):
        cure = "`listener run --once` reads them now, a running daemon after a reload"
        print(f"listener: not polled yet: {', '.join(new)}; {cure}", file=sys.stderr)


def _tell(seen: Glance, file: Path, noun: str, asked: str) -> None:
    if seen.has(noun, asked) or asked in (configured := _configured(file, noun)):
        return
    from rules.problems import nearest, one_of

    known = {*seen.names(noun), *configured}
    cure = nearest(asked, known, f"it is {one_of(known)}" if known else f"config.toml names no {noun}")
    print(f"listener: there is no {noun} {asked!r} — {cure}", file=sys.stderr)


def _tell_of_nobody(seen: Glance, person: str) -> None:
    from rules.problems import nearest

    otherwise = "`listener customers` and `listener mentions` show who is known"
    cure = nearest(person, seen.reached(), otherwise)
    print(f"listener: nobody is known as {person!r} — {cure}", file=sys.stderr)


def _configured(file: Path, section: str) -> list[str]:
    """What the configuration names, as far as it can be read: a command that needs more of it tells its mistakes."""
    try:
        entries = tomllib.loads(file.read_text("utf-8-sig")).get(section, [])
        return [str(entry["name"]) for entry in entries]
    except (OSError, ValueError, TypeError, KeyError):
        return []
