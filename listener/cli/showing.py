"""Why something did or did not happen to one mention."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from listener.cli.asked import Json, number
from listener.cli.opening import opened

INDENT = 10  # of every line, where its word stands

Mention = Annotated[str, typer.Argument(metavar="MENTION", help="A mention, by the column `id` of `mentions`.")]


def explain(context: typer.Context, mention: Mention, as_json: Json = False) -> None:
    """The whole road of one mention, also why nothing happened."""
    from listener.understanding import workings
    from listener.views import objects, road, telling
    from listener.views.tables import one_line

    with opened(context) as parts:
        found = road.road_of(parts.store, number(mention), parts.understanding.plain)
        row = parts.store.mentions.get(number(mention))
        said = parts.judge.utterance(row) if row and not found.emptied else None
        how = workings.workings(parts.understanding, said) if said else None
    if as_json:
        print(objects.line({**asdict(found), "workings": asdict(how) if how else None}))
        return
    told = workings.told(how) if how else ()
    print("\n".join((*telling.told(found), *(line[:INDENT] + one_line(line[INDENT:]) for line in told))))
