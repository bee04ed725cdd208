"""Presents: where they shall go."""

from __future__ import annotations

import csv
import os
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from errno import EEXIST
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from listener.cli.opening import opened
from listener.cli.spreadsheet import plain

if TYPE_CHECKING:
    from listener.store.gifts import Gifts

app = typer.Typer(no_args_is_help=True, help="Presents that customers said yes to.")

File = Annotated[Path, typer.Argument(metavar="FILE", help="The CSV to write; it must not be there yet.")]
Again = Annotated[bool, typer.Option("--again", help="Also those that were exported in the last 30 days.")]

COLUMNS = ("id", "item", "name", "address", "customer", "accepted_at")


@app.callback()
def gifts() -> None:
    """Presents that customers said yes to."""


@app.command()
def export(context: typer.Context, file: File, again: Again = False) -> None:
    """Write whom to send what, each once, whenever it is cut off."""
    from listener.wiring.now import clock

    with opened(context) as parts:
        count = written(parts.store.gifts, file, clock(), again)
    print(f"{count} presents in {file}")


def written(gifts: Gifts, file: Path, now: datetime, again: bool = False) -> int:
    """How many presents the new file holds. Raises BadParameter, and Exit where somebody else exports."""
    _finish(gifts)
    rows = gifts.to_send(again)
    part = _part(file)
    try:
        if file.exists():
            raise FileExistsError(EEXIST, "it is there already")
        _write(part, ([row.id, row.item, row.name, row.address, row.customer, row.accepted_at] for row in rows))
    except OSError as error:
        raise typer.BadParameter(f"{file}: {error.strerror}; name a new file", param_hint="FILE") from None
    if not gifts.exported([row.id for row in rows], str(file.absolute()), now, again):
        part.unlink()
        print("somebody else exports presents at this moment: nothing is written", file=sys.stderr)
        raise typer.Exit(1)
    os.replace(part, file)
    gifts.named([])
    return len(rows)


def _part(file: Path) -> Path:
    if not file.name:
        raise typer.BadParameter(f"'{file}' is no file; name a new one", param_hint="FILE")
    return file.with_name(f"{file.name}.part")


def _finish(gifts: Gifts) -> None:
    """An export that was cut off gets its name now; where its file is lost, its presents go into the next one."""
    known = gifts.unnamed()
    if not known:
        return
    file = Path(known["file"])
    if _part(file).exists():
        os.replace(_part(file), file)
        print(f"an export that was cut off is complete now: {file}")
    gifts.named([] if file.exists() else known["ids"])


def _write(part: Path, rows: Iterable[Sequence[object]]) -> None:
    """On the disk when this returns."""
    with part.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(COLUMNS)
        writer.writerows([plain(cell) for cell in row] for row in rows)
        out.flush()
        os.fsync(out.fileno())
