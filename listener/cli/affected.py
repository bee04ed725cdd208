"""Who else has the trouble: `issues affected`."""

from __future__ import annotations

import csv
import json
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from listener.cli.asked import Json
from listener.cli.spreadsheet import plain

if TYPE_CHECKING:
    from listener.pipeline.audience import Affected

Issue = Annotated[str, typer.Argument(metavar="ID", help="An issue, by the column `id` of `issues`.")]
Csv = Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="Write all three lists to this file.")]
Where = Annotated[
    list[str] | None, typer.Option("--where", metavar="NAME=VALUE", help="Scope of list C: plan=pro; repeat it.")
]
COLUMNS = ("id", "name", "email", "segment", "plan", "region", "version")


def affected(
    context: typer.Context, issue: Issue, file: Csv = None, where: Where = None, as_json: Json = False
) -> None:
    """Whom an issue affects: A reported it, B share what the reporters share, C are named by `--where`."""
    from listener.cli.opening import opened

    with opened(context) as parts:
        found = parts.audiences.affected(issue, where or ())
    if file is not None:
        written = _write(file, found)
        print(f"{written} customers are in {file}")
    elif as_json:
        _print_lines(found)
    else:
        _print(found, where or ())


def _print(found: Affected, where: Sequence[str]) -> None:
    print(f"issue {found.issue.id}: {found.issue.title or found.issue.topic}")
    for each in found.lists:
        print(f"  {each.name}  {len(each.customers):>7} customers: {each.reason}")
        if each.test:
            print(f"             {each.test}")
    if found.strangers:
        print(f"  and {len(found.strangers)} who reported it and are not in the registry")
    scope = "".join(f" --where {shlex.quote(each)}" for each in where)
    print(f"next: listener campaign draft {found.issue.id}{scope}; --csv FILE writes their names here")


def _print_lines(found: Affected) -> None:
    for each in found.lists:
        line = {"issue": found.issue.id, "list": each.name, "size": len(each.customers), "reason": each.reason}
        print(json.dumps(line | {"test": each.test, "customers": [row.id for row in each.customers]}))


def _write(file: Path, found: Affected) -> int:
    with file.open("w", encoding="utf-8", newline="") as opened:
        sheet = csv.writer(opened)
        sheet.writerow(("list", "reason", *COLUMNS, "products"))
        for each in found.lists:
            for row in each.customers:
                cells = (each.name, each.reason, *(getattr(row, name) for name in COLUMNS), ";".join(row.products))
                sheet.writerow(map(plain, cells))
    return found.size
