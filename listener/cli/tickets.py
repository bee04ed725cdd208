"""Daily work on tickets: take, assign, note, reply, wait, close, reopen, track, show."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from listener.cli.asked import As, Json, account, ahead, number
from listener.cli.opening import opened
from listener.cli.people import TextFile, deciding, for_your_hands, text_of

app = typer.Typer(no_args_is_help=True, help="Daily work on one ticket.")

Ticket = Annotated[str, typer.Argument(metavar="ID", help="A ticket, by the column `id` of `tickets`.")]
Owner = Annotated[str, typer.Argument(metavar="NAME", help="Who looks after it from now on.")]
Text = Annotated[str, typer.Argument(metavar="TEXT", help="What happened.")]
Cause = Annotated[str, typer.Option("--cause", help="What went wrong at the root.")]
Outcome = Annotated[str, typer.Option("--outcome", help="How it ended: recovered, neutral or lost.")]
Reached = Annotated[bool, typer.Option("--reached", help="You reached the person: a contact, and the first reply.")]
Until = Annotated[str | None, typer.Option("--until", metavar="TIME", help="Then it goes on: 3d, 2026-12-01.")]
Why = Annotated[str, typer.Option("--why", help="What we wait for.")]
Public = Annotated[bool, typer.Option("--public", help="Answer under the post, also where a letter could go.")]
Title = Annotated[str, typer.Option("--title", help="The subject of the letter.")]


@app.command()
def show(context: typer.Context, ticket: Ticket, as_json: Json = False) -> None:
    """Everything about one ticket: promises, complaints, notes, what went out, how it ended."""
    from listener.views import objects, stories

    with opened(context) as parts:
        found = stories.story_of(parts.store, number(ticket))
    print(objects.line(found) if as_json else "\n".join(stories.told(found)))


@app.command()
def take(context: typer.Context, ticket: Ticket, named: As = None) -> None:
    """This ticket is mine."""
    with deciding(context, named, approving=False) as (_, people):
        people.take(number(ticket))
    print(f"ticket {number(ticket)} is yours")


@app.command()
def assign(context: typer.Context, ticket: Ticket, owner: Owner, named: As = None) -> None:
    """Somebody else looks after it."""
    if not owner.strip():
        raise typer.BadParameter("a ticket belongs to somebody: a name or an address", param_hint="NAME")
    with deciding(context, named, approving=False) as (parts, people):
        people.assign(number(ticket), owner)
    print(f"ticket {number(ticket)} belongs to {owner}")
    staff = sorted(person.name for person in parts.config.persons)
    if staff and owner not in staff:
        print(f"{owner} is no [[person]] of the configuration; there are {', '.join(staff)}", file=sys.stderr)


@app.command()
def note(context: typer.Context, ticket: Ticket, text: Text, reached: Reached = False, named: As = None) -> None:
    """Write down what happened."""
    if not text.strip():
        raise typer.BadParameter("a note says what happened", param_hint="TEXT")
    with deciding(context, named, approving=False) as (_, people):
        if reached:
            people.tickets.reached(number(ticket), text)
        else:
            people.note(number(ticket), text)
    print(f"ticket {number(ticket)} is noted" + (", and its person was reached" if reached else ""))


@app.command()
def reply(
    context: typer.Context,
    ticket: Ticket,
    text_file: TextFile = None,
    title: Title = "",
    public: Public = False,
    named: As = None,
) -> None:
    """Answer the person: by a private letter where there is a way, else under the post."""
    if text_file is None:
        raise typer.BadParameter("write the answer into a file, or - to type it", param_hint="--text-file")
    from listener.cli.who import decider

    with opened(context) as parts:
        writer = decider(parts.config, named, account())
        row = parts.replies(writer).write(number(ticket), text_of(text_file), title, public)
        if row.status == "by_hand":
            for_your_hands(parts, row)
            return
    print(f"delivery {row.id} goes out{' as a letter' if row.channel else ' under the post'}")


@app.command()
def wait(context: typer.Context, ticket: Ticket, until: Until = None, why: Why = "", named: As = None) -> None:
    """We wait for the person: the time to resolve stands still until they write, or until then."""
    from listener.wiring.now import clock

    end = ahead(until, clock()) if until else None
    with deciding(context, named, approving=False) as (_, people):
        people.tickets.wait(number(ticket), end, why)
    print(f"ticket {number(ticket)} waits for its person" + (f" until {end:%Y-%m-%d %H:%M} UTC" if end else ""))


@app.command()
def close(context: typer.Context, ticket: Ticket, cause: Cause, outcome: Outcome, named: As = None) -> None:
    """Close it with its root cause and how it ended for the person."""
    from listener.pipeline.ticketing import OUTCOMES
    from rules.problems import nearest, one_of

    if outcome not in OUTCOMES:
        cure = nearest(outcome, OUTCOMES, f"it is {one_of(OUTCOMES)}")
        raise typer.BadParameter(f"there is no outcome {outcome!r} — {cure}", param_hint="--outcome")
    if not cause.strip():
        raise typer.BadParameter("a ticket closes with its root cause: what went wrong", param_hint="--cause")
    with deciding(context, named, approving=False) as (_, people):
        people.close(number(ticket), cause, outcome)
    print(f"ticket {number(ticket)} is closed: {outcome}")


@app.command()
def reopen(context: typer.Context, ticket: Ticket, named: As = None) -> None:
    """It was not over, or we wait no longer."""
    with deciding(context, named, approving=False) as (_, people):
        people.reopen(number(ticket))
    print(f"ticket {number(ticket)} is open again")


@app.command()
def track(context: typer.Context, ticket: Ticket, named: As = None) -> None:
    """Open it in the outside system of its queue, also anew where it was deleted there."""
    with deciding(context, named, approving=False) as (_, people):
        tracker = people.tickets.track(number(ticket))
    print(f"ticket {number(ticket)} goes to {tracker}; `listener ticket show {number(ticket)}` tells when it is there")
