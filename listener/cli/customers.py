"""Customers by hand: the registry's files, whose an account is, who wants to hear nothing."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from listener.cli.asked import As, Json, account
from listener.cli.lists import Limit, listing
from listener.cli.opening import opened
from listener.counted import counted

if TYPE_CHECKING:
    from listener.customers import Reading
    from listener.pipeline.linking import Linking
    from listener.store.moving import Move

FIRST_TOLD = 20  # the log tells these already

File = Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="CSV in UTF-8.")]
Confirm = Annotated[bool, typer.Option("--confirm", help="Also when it removes over a tenth of the customers.")]
Account = Annotated[str, typer.Argument(metavar="HANDLE", help="An account, as platform:name.")]
Undone = Annotated[str, typer.Argument(metavar="HANDLE", help="An account, as platform:name, or a mention, as #12.")]
Customer = Annotated[str, typer.Argument(metavar="CUSTOMER", help="A customer, by the column `id` of `customers`.")]
Whom = Annotated[str, typer.Argument(metavar="PERSON", help="A customer's id, or an account as platform:name.")]
Why = Annotated[str, typer.Option("--why", help="How you know; it is kept as the evidence.")]

app = typer.Typer(invoke_without_command=True)
bought = typer.Typer(no_args_is_help=True, help="What customers bought.")
app.callback(invoke_without_command=True)(listing("customers"))


@app.command("import")
def registry(context: typer.Context, file: File, confirm: Confirm = False) -> None:
    """Make this file the customer registry; bad lines are told, the rest is kept."""
    with opened(context) as parts:
        gc.freeze()  # what is loaded by now stays
        with _progress(file) as come_to:
            reading = parts.registry.take(file, confirm, come_to)
    for problem in reading.problems[FIRST_TOLD:]:
        print(problem, file=sys.stderr)
    if reading.waits:
        print("nothing changed: it would remove over a tenth of the customers; add --confirm if that is right")
    if reading.waits or reading.refused:
        raise typer.Exit(1)
    _report(reading)


@contextmanager
def _progress(file: Path) -> Iterator[Callable[[int], None]]:
    """A bar over the lines of a file, on a terminal only."""
    if not sys.stderr.isatty():
        yield lambda line: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True)) as progress:
        bar = progress.add_task("lines", total=_lines(file))
        yield lambda line: progress.update(bar, completed=line)


def _lines(file: Path) -> int | None:
    try:
        with file.open("rb") as raw:
            return sum(part.count(b"\n") for part in iter(lambda: raw.read(1 << 20), b""))
    except OSError:
        return None  # the reading itself tells why


def _report(reading: Reading) -> None:
    mark = reading.mark
    changes = f"{mark.added:,} added, {mark.changed:,} changed, {mark.removed:,} removed, {mark.same:,} as before"
    print(f"{changes}; {counted(reading.customers, 'customer')}")
    if mark.rejected:
        print(counted(mark.rejected, "problem"), file=sys.stderr)
    if mark.rejected and not (mark.added or mark.changed or mark.same):
        raise typer.Exit(1)


@bought.command("import")
def purchases(context: typer.Context, file: File) -> None:
    """Take in what customers bought (customer, product, at); a purchase that is known is kept once."""
    with opened(context) as parts:
        sold = parts.purchases.take(file)
    for problem in sold.problems[FIRST_TOLD:]:
        print(problem, file=sys.stderr)
    if sold.refused:
        raise typer.Exit(1)
    print(f"{counted(sold.lines, 'line')}: {counted(sold.new, 'new purchase')}")
    if sold.rejected:
        print(counted(sold.rejected, "problem"), file=sys.stderr)
    if sold.rejected and sold.rejected == sold.lines:
        raise typer.Exit(1)


@app.command()
def suggestions(context: typer.Context, limit: Limit = 50, as_json: Json = False) -> None:
    """Accounts that may be a customer's: only you can say so, with `link` or `unlink`."""
    from listener.pipeline.linking import suggestions as found
    from listener.views import objects, tables
    from listener.wiring.now import clock

    with opened(context) as parts:
        things = [objects.suggestion(one) for one in found(parts.store, clock(), limit)][:limit]
    if as_json:
        for thing in things:
            print(objects.line(thing))
    else:
        tables.show("suggestions", things)


@app.command()
def link(context: typer.Context, handle: Account, customer: Customer, why: Why, named: As = None) -> None:
    """This account is this customer's: what it said is theirs from now on."""
    with _linking(context, named) as linking:
        moves = linking.link(handle, customer, why)
    print(f"{handle} is {customer}" + ("" if moves else "; nothing new of it was heard so far"))
    _tell(moves)


@app.command()
def unlink(context: typer.Context, handle: Undone, why: Why, named: As = None) -> None:
    """A wrong match: what the account said is its own again, what was queued is cancelled."""
    with _linking(context, named) as linking:
        moves = linking.unlink(handle, why)
    print(f"{handle} is a person of its own again")
    _tell(moves)


@app.command()
def optout(context: typer.Context, person: Whom, why: Why, named: As = None) -> None:
    """This person hears nothing from us any more, whatever rules say; what was queued is cancelled."""
    with _linking(context, named) as linking:
        new = linking.opt_out(person, why)
    print(f"{person} hears nothing from us any more" if new else f"{person} had opted out before")


@app.command()
def optin(context: typer.Context, person: Whom, why: Why, named: As = None) -> None:
    """This person wants to hear from us again; do_not_contact in the customer file still counts."""
    with _linking(context, named) as linking:
        was_out = linking.opt_in(person, why)
    print(f"{person} may hear from us again" if was_out else f"{person} had not opted out")


@contextmanager
def _linking(context: typer.Context, named: str | None) -> Iterator[Linking]:
    from listener.cli.who import decider
    from listener.pipeline.linking import Linking
    from listener.wiring.now import clock

    with opened(context) as parts:
        yield Linking(parts.store, clock, decider(parts.config, named, account()))


def _tell(moves: Iterable[Move]) -> None:
    """What followed: deliveries that were for the wrong person."""
    for move in moves:
        what = f"{len(move.mentions)} mentions" if move.mentions else "everything"
        print(f"{what} went from {move.was} to {move.person}")
        for number in move.cancelled:
            print(f"cancelled: delivery {number}; its mention is judged again")
        for number in move.sent:
            print(f"sent already: delivery {number}, `listener deliveries --id {number}`")
