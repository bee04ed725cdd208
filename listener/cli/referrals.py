"""Referrals by command: who brought whom, a customer's link, and what a shop reports in a file."""

from __future__ import annotations

import csv
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from listener.cli.asked import Json, moment, number
from listener.cli.lists import Limit, Number, Since, Until
from listener.cli.opening import opened
from listener.cli.references import Customer, shown
from listener.counted import counted

app = typer.Typer(help="Referrals: who brought whom, and what it earned.")

File = Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="CSV: event, what, newcomer …")]
Name = Annotated[str, typer.Option("--source", metavar="NAME", help="Whose report it is.")]
Whose = Annotated[str | None, typer.Option("--customer", help="Only those whom this customer brought.")]
AT_ONCE = 5_000
FIRST_TOLD = 20


@app.callback(invoke_without_command=True)
def referrals(
    context: typer.Context,
    since: Since = None,
    until: Until = None,
    identity: Number = None,
    customer: Whose = None,
    limit: Limit = 50,
    as_json: Json = False,
) -> None:
    """Newcomers, newest first: who brought them, how far they came, what it earned and whether that arrived."""
    from listener.store.referrals import ReferralFilter
    from listener.views import advocates

    if context.invoked_subcommand:
        return
    key = number(identity) if identity else None
    wanted = ReferralFilter(moment(since), moment(until), key, customer, None, limit)
    with opened(context) as parts:
        shown("referrals", [advocates.referral(row) for row in parts.store.referrals.page(wanted)], as_json)


@app.command()
def code(context: typer.Context, customer: Customer) -> None:
    """This customer's own link; it says nothing about them, and the same customer always gets the same."""
    from listener.wiring.now import clock

    with opened(context) as parts:
        if not parts.store.customers.get([customer]):
            _refuse(f"there is no customer {customer!r}: `listener customers` lists them")
        made = parts.store.referrals.code_of(customer, clock(), parts.new_code())
        print(f"{parts.config.web.address}/r/{made}")
    if not parts.config.web.public_url:
        print("customers cannot reach this address: set [web] public_url", file=sys.stderr)


@app.command("import")
def take(context: typer.Context, file: File, source: Name = "csv") -> None:
    """Reports of sign-ups, purchases and refunds from a file; what was reported before counts once."""
    from listener.advocacy.referring import after
    from listener.wiring.now import clock

    rejected, counts = 0, Counter[str]()
    with opened(context) as parts:
        for reports, unusable in _reports(file):
            for line, why in unusable:
                rejected += 1
                if rejected <= FIRST_TOLD:
                    print(f"{file}:{line}: {why}", file=sys.stderr)
            counts.update(parts.store.referrals.reports(source, reports, after, clock()))
    print(f"{counts['kept']:,} kept, {counts['repeated']:,} reported before, {counts['unknown']:,} without a customer")
    if rejected:
        print(f"{counted(rejected, 'line')} rejected", file=sys.stderr)
        raise typer.Exit(1 if not counts else 0)


def _reports(file: Path) -> Iterator[tuple[list[Any], list[tuple[int, str]]]]:
    """Reports and lines that cannot be used, some thousand at a time."""
    from connectors.texts import storable
    from listener.advocacy.reports import COLUMNS, Unusable, read
    from listener.wiring.now import clock

    reports, unusable, now = [], list[tuple[int, str]](), clock()
    with file.open(encoding="utf-8-sig", errors="replace", newline="") as lines:
        rows = csv.DictReader(map(storable, lines))
        if missing := [name for name in ("what", "newcomer") if name not in (rows.fieldnames or ())]:
            _refuse(f"{file}:1: no column {' and no column '.join(missing)}: the first line names {', '.join(COLUMNS)}")
        for row in rows:
            try:
                reports.append(read(row, now))
            except Unusable as error:
                unusable.append((rows.line_num, str(error)))
            if len(reports) + len(unusable) >= AT_ONCE:
                yield reports, unusable
                reports, unusable = [], []
    yield reports, unusable


def _refuse(why: str) -> None:
    print(f"listener: {why}", file=sys.stderr)
    raise typer.Exit(1)
