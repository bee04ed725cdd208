"""Files that come in by hand: mentions, customers."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from listener.cli.lists import listing
from listener.cli.opening import opened

if TYPE_CHECKING:
    from listener.imports import Importer, Rejected, Row, Tally
    from listener.wiring import Parts

BATCH = 2_000
FIRST_TOLD = 20  # the log tells these already

File = Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="CSV or JSON Lines, UTF-8.")]
ToAct = Annotated[bool, typer.Option("--act", help="Let rules act on them; without it they are history.")]
Confirm = Annotated[bool, typer.Option("--confirm", help="Also when it removes over a tenth of the customers.")]

customers = typer.Typer(invoke_without_command=True)
customers.callback(invoke_without_command=True)(listing("customers"))


def mentions(context: typer.Context, file: File, act: ToAct = False) -> None:
    """Mentions from CSV or JSON Lines: kept, judged and decided; never acted on without --act.

    Columns: external_id, source, brand, author, url, title, text, language, rating, posted_at; only text is needed.
    """
    from listener.imports import Importer
    from listener.wiring import clock

    with opened(context) as parts:
        # what is loaded by now stays; looking through it again and again costs a tenth of an import
        gc.freeze()
        # adopted before the first row: a rule acts only on what is seen after it came
        parts.book.running()
        parts.registry.refresh()
        importer = Importer(parts.store, parts.intake, parts.config, clock(), act)
        tally, rejected = _keep_all(importer, file)
        judged = _judge_all(parts, tally.mentions)
    _report(tally, rejected, judged)
    if rejected and not tally.rows:
        raise typer.Exit(1)


def _keep_all(importer: Importer, file: Path) -> tuple[Tally, int]:
    from listener.imports import Tally

    rejected: list[Rejected] = []
    rows = _usable(importer, file, rejected)
    tally = Tally()
    while batch := list(islice(rows, BATCH)):
        tally += importer.keep(batch)
    return tally, len(rejected)


def _usable(importer: Importer, file: Path, rejected: list[Rejected]) -> Iterator[Row]:
    from listener.imports import Rejected, rows_of

    for row in rows_of(file):
        usable = row if isinstance(row, Rejected) else importer.usable(row)
        if isinstance(usable, Rejected):
            rejected.append(usable)
            print(f"{file}:{usable.line}: {usable.why}", file=sys.stderr)
        else:
            yield usable


def _judge_all(parts: Parts, expected: int) -> int:
    """Judge whatever waits, with a progress bar on a terminal."""
    from rich.console import Console
    from rich.progress import Progress

    judged = 0
    with Progress(console=Console(stderr=True), disable=not sys.stderr.isatty()) as progress:
        bar = progress.add_task("judging", total=expected)
        while batch := parts.judge.batch():
            judged += batch
            progress.update(bar, completed=judged)
    return judged


def _report(tally: Tally, rejected: int, judged: int) -> None:
    about_none = tally.items - tally.mentions
    print(f"{tally.rows:,} rows: {tally.mentions:,} new mentions, {tally.repeated:,} known, {tally.edited:,} edited")
    if about_none > 0:
        print(f"{about_none:,} rows name no brand and match none: they are no mentions", file=sys.stderr)
    if rejected:
        print(f"{rejected:,} lines rejected", file=sys.stderr)
    print(f"{judged:,} judged and decided; `listener mentions` shows them")


@customers.command("import")
def registry(context: typer.Context, file: File, confirm: Confirm = False) -> None:
    """Make this file the customer registry; bad lines are told, the rest is kept."""
    with opened(context) as parts:
        found = parts.registry.take(file, confirm)
    for problem in found.problems[FIRST_TOLD:]:
        print(problem, file=sys.stderr)
    if found.waits:
        print("nothing changed: it would remove over a tenth of the customers; add --confirm if that is right")
        raise typer.Exit(1)
    print(f"{len(found.customers):,} customers with {len(found.handles):,} handles; {len(found.problems):,} problems")
    if not found.customers and found.problems:
        raise typer.Exit(1)
