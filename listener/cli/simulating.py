"""What an edited rule book would do to real people, and the schema that editors check rule files against."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from listener.cli.asked import Json, moment
from listener.cli.opening import asked, configured, opened
from listener.counted import counted

if TYPE_CHECKING:
    from listener.wiring import Parts
    from rules.book import Book
    from rules.simulation import Change, Heard, Tally

Since = Annotated[str, typer.Option("--since", metavar="TIME", help="From then on: 2026-11-23, 30d, 24h (UTC).")]
Rules = Annotated[Path | None, typer.Option("--rules", help="The edited files; default: the configuration's folder.")]


def simulate(context: typer.Context, since: Since = "30d", rules: Rules = None, as_json: Json = False) -> None:
    """Stored mentions through the running book and the edited one: the difference in people. Nothing is sent."""
    from rules.simulation import simulate as replay

    with opened(context) as parts:
        edited = _edited(parts, rules)
        running = _running(parts) or edited
        with _mentions(parts, since) as mentions:
            changes = replay(running, edited, mentions, max_age=parts.max_age, floor=parts.config.actions.public)
    things = [_change(change) for change in changes]
    if as_json:
        for thing in things:
            print(json.dumps(thing, ensure_ascii=False))
        return
    _show(running, edited, changes)


def _edited(parts: Parts, place: Path | None) -> Book:
    from listener.wiring.world import world_of
    from rules import book

    return book.load(place or parts.config.rules.path, world_of(parts.config, parts.templates))


def _running(parts: Parts) -> Book | None:
    """The book at work, None where none has run yet."""
    from rules import book

    version = parts.store.house.get("book").get("version")
    kept = parts.store.house.book(version) if version else None
    return book.restore(kept.version, kept.files, _zone(parts)) if kept else None


def _zone(parts: Parts) -> ZoneInfo:
    return ZoneInfo(str(parts.config.timezone))


@contextmanager
def _mentions(parts: Parts, since: str) -> Iterator[Iterator[Heard]]:
    """Stored mentions with a progress bar on a terminal."""
    from rich.console import Console
    from rich.progress import track

    from listener.pipeline.replay import heard
    from listener.wiring.now import clock

    begin, now = moment(since), clock()
    if begin is None or begin >= now:
        raise typer.BadParameter("write a time that is over: 30d, 2026-11-01", param_hint="--since")
    total = parts.store.replays.count(begin, now)
    progress = Console(stderr=True)
    found = heard(parts.store, begin, now, _zone(parts))
    shown = track(found, "replaying", total=total, console=progress, disable=not sys.stderr.isatty(), transient=True)
    yield iter(shown)


def _change(change: Change) -> dict[str, Any]:
    return {
        "action": change.action,
        "difference": change.after.times - change.before.times,
        "before": _tally(change.before),
        "after": _tally(change.after),
        "persons_gained": sorted(change.gained),
        "persons_lost": sorted(change.lost),
        "budgets": list(change.budgets),
    }


def _tally(tally: Tally) -> dict[str, Any]:
    return {
        "times": tally.times,
        "persons": len(tally.persons),
        "spent": [str(one) for one in tally.spent],
        "wanted": [str(one) for one in tally.wanted],
        "would_hit_a_limit": sorted(tally.capped),
        "examples": [int(one) for one in tally.examples],
    }


def _show(running: Book, edited: Book, changes: tuple[Change, ...]) -> None:
    from listener.views import tables

    print(f"running {running.version}, edited {edited.version}; nothing was sent")
    tables.show("changes", [_row(change) for change in changes])


def _row(change: Change) -> dict[str, Any]:
    return {
        "action": change.action,
        "before": change.before.times,
        "after": change.after.times,
        "difference": f"{change.after.times - change.before.times:+d}",
        "people": f"+{len(change.gained)} −{len(change.lost)}",
        "money": change.money,
        "capped": counted(len(change.after.capped), "person", "people"),
        "examples": ", ".join(f"#{one}" for one in change.after.examples),
    }


def schema(context: typer.Context) -> None:
    """The JSON Schema of rule files, for editors; with a configuration, its channels and brands are listed too."""
    from rules.schema import schema as of
    from rules.terms import UNBOUND

    world = UNBOUND
    if asked(context).file.is_file():
        from listener.actions.templates import Templates
        from listener.wiring.world import world_of

        config, *_ = configured(context)
        world = world_of(config, Templates(config.actions.templates))
    print(json.dumps(of(world), indent=2, ensure_ascii=False))
