"""Silences: quiet about one thread, author, source, rule or topic, always with an end and a reason."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from listener.cli.asked import As, Json, account, ahead, number
from listener.cli.known import running_rules, unknown
from listener.cli.opening import opened

if TYPE_CHECKING:
    from listener.wiring import Parts

LONGEST = timedelta(days=30)

Kind = Annotated[Literal["thread", "author", "source", "rule", "topic"], typer.Argument(help="What is silenced.")]
What = Annotated[str, typer.Argument(metavar="X", help="Which one; an author as a person's id or as platform:handle.")]
Until = Annotated[str, typer.Option("--until", metavar="TIME", help="The end, at most 30 days away: 2026-12-01, 7d.")]
Why = Annotated[str, typer.Option("--why", help="The reason, named in every decision that it changes.")]
Number = Annotated[str, typer.Argument(metavar="ID", help="A silence, by the column `id` of `silences`.")]


def mute(context: typer.Context, kind: Kind, what: What, until: Until, why: Why, named: As = None) -> None:
    """Order nothing about it until then; what is said meanwhile is kept, judged and counted."""
    from listener.wiring.now import clock
    from rules.terms import Mute

    now = clock()
    end = ahead(until, now)
    if not now < end <= now + LONGEST:
        raise typer.BadParameter("a silence ends within 30 days: write --until 7d, or a date", param_hint="--until")
    if not (why.strip() and what.strip()):
        raise typer.BadParameter("say what is silenced, and why", param_hint="--why")
    with opened(context) as parts:
        _exists(parts, kind, what.strip())
        wanted = Mute(kind, what.strip(), end, why.strip(), named or account())
        silence = parts.store.silences.begin(wanted, now)
    print(f"silence {silence}: {kind} {what} until {end:%Y-%m-%d %H:%M} UTC; `listener unmute {silence}` ends it")


def _exists(parts: Parts, kind: str, what: str) -> None:
    """A silence on a source, topic or rule that is misspelt would silence nothing."""
    from listener.store.issues import IssueFilter
    from listener.wiring.world import world_of

    world = world_of(parts.config, parts.templates)
    known = {"source": world.sources, "topic": world.topics}.get(kind) or frozenset()
    if kind == "rule":
        known = running_rules(parts)
    # people may have given an issue a topic of their own, which is learned then
    if kind == "topic" and parts.store.issues.page(IssueFilter(topic=what, limit=1)):
        return
    if known and what not in known:
        raise unknown(kind, what, known)


def unmute(context: typer.Context, silence: Number, named: As = None) -> None:
    """End a silence before its time."""
    from listener.wiring.now import clock

    with opened(context) as parts:
        if not parts.store.silences.end(number(silence), clock(), named or account()):
            print(f"there is no silence {number(silence)} in force: `listener silences` lists them")
            raise typer.Exit(1)
    print(f"silence {number(silence)} has ended")


def silences(context: typer.Context, as_json: Json = False) -> None:
    """Silences in force: who asked for quiet about what, until when and why."""
    from listener.views import objects, tables
    from listener.wiring.now import clock

    with opened(context) as parts:
        things = [objects.silence(row) for row in parts.store.silences.now(clock())]
    if as_json:
        for thing in things:
            print(objects.line(thing))
    else:
        tables.show("silences", things)
