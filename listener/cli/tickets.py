"""Daily work on tickets: take, assign, note, close, reopen."""

from __future__ import annotations

from typing import Annotated

import typer

from listener.cli.asked import As, number
from listener.cli.people import deciding

app = typer.Typer(no_args_is_help=True, help="Daily work on one ticket.")

Ticket = Annotated[str, typer.Argument(metavar="ID", help="A ticket, by the column `id` of `tickets`.")]
Owner = Annotated[str, typer.Argument(metavar="NAME", help="Who looks after it from now on.")]
Text = Annotated[str, typer.Argument(metavar="TEXT", help="What happened.")]
Cause = Annotated[str, typer.Option("--cause", help="What went wrong at the root.")]
Outcome = Annotated[str, typer.Option("--outcome", help="How it ended: recovered, neutral or lost.")]


@app.command()
def take(context: typer.Context, ticket: Ticket, named: As = None) -> None:
    """This ticket is mine."""
    with deciding(context, named) as (_, people):
        people.take(number(ticket))
    print(f"ticket {number(ticket)} is yours")


@app.command()
def assign(context: typer.Context, ticket: Ticket, owner: Owner, named: As = None) -> None:
    """Somebody else looks after it."""
    with deciding(context, named) as (_, people):
        people.assign(number(ticket), owner)
    print(f"ticket {number(ticket)} belongs to {owner}")


@app.command()
def note(context: typer.Context, ticket: Ticket, text: Text, named: As = None) -> None:
    """Write down what happened."""
    with deciding(context, named) as (_, people):
        people.note(number(ticket), text)
    print(f"ticket {number(ticket)} is noted")


@app.command()
def close(context: typer.Context, ticket: Ticket, cause: Cause, outcome: Outcome, named: As = None) -> None:
    """Close it with its root cause and how it ended for the person."""
    with deciding(context, named) as (_, people):
        people.close(number(ticket), cause, outcome)
    print(f"ticket {number(ticket)} is closed: {outcome}")


@app.command()
def reopen(context: typer.Context, ticket: Ticket, named: As = None) -> None:
    """It was not over."""
    with deciding(context, named) as (_, people):
        people.reopen(number(ticket))
    print(f"ticket {number(ticket)} is open again")
