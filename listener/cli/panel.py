"""The panel by command: critics who were invited, who joined, and what came of it."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from listener.cli.asked import As, Json, account
from listener.cli.lists import Limit
from listener.cli.opening import opened
from listener.cli.references import Customer, shown

app = typer.Typer(help="The panel: critics who help to improve the product.")
Text = Annotated[str, typer.Argument(metavar="TEXT", help="What came of it.")]
Name = Annotated[str, typer.Option("--panel", metavar="NAME", help="Which panel.")]


@app.callback(invoke_without_command=True)
def panel(context: typer.Context, limit: Limit = 50, as_json: Json = False) -> None:
    """Who was invited over which words, who joined, and what came of it; members first."""
    from listener.views import advocates

    if context.invoked_subcommand is None:
        with opened(context) as parts:
            shown("panel", [advocates.panelist(row) for row in parts.store.panel.all(limit)], as_json)


@app.command()
def join(context: typer.Context, customer: Customer, name: Name = "", named: As = None) -> None:
    """This customer joins."""
    from listener.cli.who import decider
    from listener.wiring import clock

    with opened(context) as parts:
        if not parts.store.customers.get([customer]):
            _refuse(f"there is no customer {customer!r}: `listener customers` lists them")
        new = parts.store.panel.join(customer, name, clock(), decider(parts.config, named, account()))
    print(f"{customer} is in the panel" if new else f"{customer} had joined before")


@app.command()
def outcome(context: typer.Context, customer: Customer, text: Text, named: As = None) -> None:
    """What came of it; a new text takes the place of the old one."""
    from listener.cli.who import decider
    from listener.wiring import clock

    with opened(context) as parts:
        if not parts.store.panel.outcome(customer, text, clock(), decider(parts.config, named, account())):
            _refuse(f"{customer} is not in the panel: `listener panel join {customer}` first")
    print(f"kept for {customer}")


def _refuse(why: str) -> None:
    print(f"listener: {why}", file=sys.stderr)
    raise typer.Exit(1)
