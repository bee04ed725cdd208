"""One person's data: all of it as JSON Lines, or taken out for good."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from listener.cli.asked import As, Json, account, number
from listener.cli.opening import opened
from listener.counted import counted

if TYPE_CHECKING:
    from listener.store.personal import Whom
    from listener.wiring import Parts

Customer = Annotated[str | None, typer.Option("--customer", metavar="ID", help="A customer of the registry.")]
Handle = Annotated[str | None, typer.Option("--handle", metavar="ACCOUNT", help="An account, as platform:name.")]
Why = Annotated[str, typer.Option("--why", help="The reason; it is kept in the audit trail.")]
UNSAID = "no reason was given"
Done = Annotated[str | None, typer.Option("--done", metavar="ID", help="This one was erased there.")]


def export(context: typer.Context, customer: Customer = None, handle: Handle = None) -> None:
    """Everything kept about one person, one JSON object a line, with its `table`."""
    from listener.views import objects

    with opened(context) as parts:
        for row in parts.erasure.rows(_whom(parts, customer, handle)):
            print(objects.line(row))


def _whom(parts: Parts, customer: str | None, handle: str | None) -> Whom:
    """The person that is meant. Raises BadParameter where that is not said, NotPossible where nobody is found."""
    from listener.pipeline.erasure import NotSaid

    try:
        return parts.erasure.whom(customer, handle)
    except NotSaid as error:
        raise typer.BadParameter(str(error)) from None


def erase(
    context: typer.Context, customer: Customer = None, handle: Handle = None, why: Why = UNSAID, named: As = None
) -> None:
    """Take one person out for good: words and names go, figures stay nameless; no poll, import or restore undoes it."""
    from listener.cli.who import decider

    with opened(context) as parts:
        who = decider(parts.config, named, account())
        gone = parts.erasure.erase(_whom(parts, customer, handle), who, why)
    rows = ", ".join(f"{count} in {name}" for name, count in sorted(gone.deleted.items())) or "no others"
    print(f"erased: {counted(gone.mentions, 'mention')} emptied; rows deleted: {rows}")
    for task in gone.tasks:
        print(f"to do: erase {task}")
    if gone.tasks:
        print("`listener erasures` keeps this list; `--done ID` when it is done there")


def erasures(context: typer.Context, done: Done = None, as_json: Json = False, named: As = None) -> None:
    """What erasures left to people: the same data in other systems."""
    from listener.cli.who import decider
    from listener.views import objects, tables
    from listener.wiring.now import clock

    with opened(context) as parts:
        if done and not parts.store.personal.task_done(number(done), decider(parts.config, named, account()), clock()):
            print(f"there is no open task {done}: `listener erasures` lists them", file=sys.stderr)
            raise typer.Exit(1)
        things = [objects.erasure_task(row) for row in parts.store.personal.tasks()]
    if as_json:
        for thing in things:
            print(objects.line(thing))
    elif things:
        tables.show("erasures", things)
    else:
        print("nothing is left to erase in other systems")
