"""Presents: where they shall go."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, TextIO

import typer

from listener.cli.opening import opened
from listener.cli.spreadsheet import plain

app = typer.Typer(no_args_is_help=True, help="Presents that customers said yes to.")

File = Annotated[Path, typer.Argument(metavar="FILE", help="The CSV to write; it must not be there yet.")]
Again = Annotated[bool, typer.Option("--again", help="Also those that were exported in the last 30 days.")]

COLUMNS = ("id", "item", "name", "address", "customer", "accepted_at")


@app.callback()
def gifts() -> None:
    """Presents that customers said yes to."""


@app.command()
def export(context: typer.Context, file: File, again: Again = False) -> None:
    """Write whom to send what, each once."""
    from listener.wiring import clock

    with opened(context) as parts:
        rows = parts.store.gifts.to_send(again)
        try:
            with file.open("x", encoding="utf-8", newline="") as out:
                _write(out, ([row.id, row.item, row.name, row.address, row.customer, row.accepted_at] for row in rows))
        except OSError as error:
            raise typer.BadParameter(f"{file}: {error.strerror}; name a new file", param_hint="FILE") from None
        parts.store.gifts.exported([row.id for row in rows], clock())
    print(f"{len(rows)} presents in {file}")


def _write(out: TextIO, rows: Iterable[Sequence[object]]) -> None:
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows([plain(cell) for cell in row] for row in rows)
