"""Why something did or did not happen to one mention."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from listener.cli.asked import Json, number
from listener.cli.opening import opened

Mention = Annotated[str, typer.Argument(metavar="MENTION", help="A mention, by the column `id` of `mentions`.")]


def explain(context: typer.Context, mention: Mention, as_json: Json = False) -> None:
    """The whole road of one mention, also why nothing happened."""
    from listener.views import objects, road, telling

    with opened(context) as parts:
        found = road.road_of(parts.store, number(mention), parts.understanding.plain)
    print(objects.line(asdict(found)) if as_json else "\n".join(telling.told(found)))
