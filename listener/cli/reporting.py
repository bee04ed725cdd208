"""Reports: what advocacy comes to."""

from __future__ import annotations

import csv
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from listener.cli.asked import Json, moment
from listener.cli.opening import opened
from listener.cli.spreadsheet import plain

app = typer.Typer(no_args_is_help=True, help="Reports with their denominators and windows.")

By = Annotated[list[str] | None, typer.Option("--by", metavar="COLUMN", help="Split rates by it. Repeat it.")]
Since = Annotated[str, typer.Option("--since", metavar="TIME", help="The window: 365d, or from a date on.")]
Out = Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="Write every rate into this file.")]
Chart = Annotated[Path | None, typer.Option("--chart", metavar="FILE", help="Draw months and rates into this PNG.")]


@app.callback()
def reports() -> None:
    """Reports."""


@app.command()
def advocacy(
    context: typer.Context,
    by: By = None,
    since: Since = "365d",
    out: Out = None,
    chart: Chart = None,
    as_json: Json = False,
) -> None:
    """References, referral rate, share rate, trend, forecast and coverage, each with its denominator and interval."""
    from listener.advocacy.goals import load
    from listener.pipeline.attributes import must_be_column
    from listener.views import advocacy_chart, advocacy_report, objects
    from listener.wiring.now import clock

    split, now = tuple(by or ("segment",)), clock()
    window = advocacy_report.Window(moment(since) or now - timedelta(days=365), now)
    with opened(context) as parts:
        for name in split:
            must_be_column(parts.store, name)
        seen = advocacy_report.report(parts.store, load(parts.config.advocacy.goals), split, window)
    if out:
        _write(out, seen)
    if chart:
        advocacy_chart.draw(seen, split[0], chart)
    if as_json:
        print(objects.line(seen))
    else:
        for sentence in advocacy_report.told(seen):
            print(sentence)


def _write(file: Path, seen: dict[str, object]) -> None:
    from listener.views import advocacy_report

    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        for row in advocacy_report.lines(seen):
            writer.writerow([plain(cell) for cell in row])
