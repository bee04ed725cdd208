"""The panel by command: critics who were invited, who joined, and what came of it."""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import Annotated

import typer

from listener.cli.asked import As, Json, account
from listener.cli.lists import Limit
from listener.cli.opening import opened
from listener.cli.references import Customer, shown

app = typer.Typer(help="The panel: critics who help to improve the product.")
YEAR = timedelta(days=365)
Text = Annotated[str, typer.Argument(metavar="TEXT", help="What came of it.")]
Anyway = Annotated[bool, typer.Option("--anyway", help="Also somebody who never complained.")]
Name = Annotated[str, typer.Option("--panel", metavar="NAME", help="Which panel.")]


@app.callback(invoke_without_command=True)
def panel(context: typer.Context, limit: Limit = 50, as_json: Json = False) -> None:
    """Who was invited over which words, who joined, and what came of it; members first."""
    from listener.views import advocates
    from listener.wiring.now import clock

    if context.invoked_subcommand is None:
        with opened(context) as parts:
            rows = parts.store.panel.all(limit, clock() - YEAR)
            shown("panel", [advocates.panelist(row) for row in rows], as_json)


@app.command()
def join(context: typer.Context, customer: Customer, name: Name = "", anyway: Anyway = False, named: As = None) -> None:
    """This customer joins: a detractor, who complained or gave a low score within a year."""
    from listener.cli.who import decider
    from listener.wiring.now import clock

    with opened(context) as parts:
        if not parts.store.customers.get([customer]):
            _refuse(f"there is no customer {customer!r}: `listener customers` lists them")
        if not anyway and not parts.store.panel.detractor(customer, clock() - YEAR):
            _refuse(f"{customer} is no detractor: no complaint, no score of 6 or less within a year; else add --anyway")
        new = parts.store.panel.join(customer, name, clock(), decider(parts.config, named, account()))
    print(f"{customer} is in the panel" if new else f"{customer} had joined before")


@app.command()
def outcome(context: typer.Context, customer: Customer, text: Text, named: As = None) -> None:
    """What came of it; a new text takes the place of the old one."""
    from listener.cli.who import decider
    from listener.wiring.now import clock

    with opened(context) as parts:
        if not parts.store.panel.outcome(customer, text, clock(), decider(parts.config, named, account())):
            _refuse(f"{customer} is not in the panel: `listener panel join {customer}` first")
    print(f"kept for {customer}")


def _refuse(why: str) -> None:
    print(f"listener: {why}", file=sys.stderr)
    raise typer.Exit(1)
