"""`listener issues learned`: what was learned from ops about issues, and taking it back."""

from __future__ import annotations

import sys
from typing import Annotated, Literal

import typer

from listener.cli.asked import As, Json, account
from listener.cli.opening import opened

Kind = Annotated[
    Literal["topics", "likeness"] | None,
    typer.Option("--roll-back", help="Put what was learned of these aside, for what was at work before."),
]
COLUMNS = ("kind", "at", "labels", "before", "after", "told", "adopted", "rolled_back_at")


def learned(context: typer.Context, roll_back: Kind = None, as_json: Json = False, named: As = None) -> None:
    """What the daemon learned: topics from `topic` and `topic-of`, likeness from merges, rejects, splits and pins."""
    from listener.cli.who import decider
    from listener.issues.topic_learning import LEAST_LABELS
    from listener.pipeline.issue_lessons import LEAST_RULINGS
    from listener.views import objects, tables
    from listener.wiring.now import clock

    with opened(context) as parts:
        if roll_back:
            gone = parts.store.learned.roll_back(clock(), decider(parts.config, named, account()), roll_back)
            if gone is None:
                print(f"nothing learned about {roll_back} is at work", file=sys.stderr)
                raise typer.Exit(1)
            print(f"put aside: {gone.told}; the daemon knows within seconds")
            return
        rows = [row for row in parts.store.learned.all() if row.kind in ("topics", "likeness")]
    things = [{key: getattr(row, key) for key in COLUMNS} for row in rows]
    if as_json:
        for thing in things:
            print(objects.line(thing))
    elif things:
        tables.show("learned", [thing | {key: f"{thing[key]:.0%}" for key in ("before", "after")} for thing in things])
    else:
        print(
            f"nothing was learned yet: likeness takes {LEAST_RULINGS} rulings (a suggestion decided, a split, a pin),"
        )
        print(f"topics take {LEAST_LABELS} that you gave (topic, topic-of); the daemon looks once a day")
