"""How right the verdicts are, measured on a file that people have labelled."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from listener.model.verdict import Voice
    from listener.understanding.evaluate import Report
    from listener.understanding.figures import Figures
    from listener.understanding.judging import Understanding
    from listener.understanding.labelled import Labelled

VOICES = ("complaint", "review", "discussion", "news")

File = Annotated[
    Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="CSV or JSON Lines: text, label, …")
]
Spoken = Annotated[str, typer.Option("--voice", help=f"How people talk there: {', '.join(VOICES)}.")]
Train = Annotated[
    Path | None, typer.Option("--train", exists=True, dir_okay=False, help="Audit labels to learn from first.")
]
Shape = Annotated[bool, typer.Option("--json", help="One JSON object instead of tables.")]


def evaluate(file: File, voice: Spoken = "discussion", train: Train = None, as_json: Shape = False) -> None:
    """Accuracy of the verdicts on labelled texts, beside plain VADER in the same run.

    Columns: text, label (positive, negative, neutral, mixed, unsure), and where known brand and stars (0 to 5).
    Needs no configuration: the brands of the file are the brands. All rows count, by the best of its labels.
    """
    from listener.understanding.evaluate import evaluate as measure

    spoken = _voice(voice)
    rows = _rows(file)
    understanding = _taught(train, spoken)
    report = measure(understanding, rows, spoken, time.process_time)
    if as_json:
        print(json.dumps(_object(report)))
    else:
        _show(report)


def _voice(written: str) -> Voice:
    from typing import get_args

    from listener.model.verdict import Voice

    for voice in get_args(Voice):
        if voice == written:
            return voice  # type: ignore[no-any-return]  # one of the names just compared
    raise typer.BadParameter(f"{written!r} is none of {', '.join(VOICES)}", param_hint="--voice")


def _rows(file: Path) -> list[Labelled]:
    from listener.understanding.labelled import read

    rows, refused = read(file)
    for one in refused:
        print(f"{file}:{one.line}: {one.why}", file=sys.stderr)
    if not rows:
        print(f"listener: {file} holds no row with a text and a label", file=sys.stderr)
        raise typer.Exit(1)
    return rows


def _taught(train: Path | None, voice: Voice) -> Understanding:
    """Understanding as shipped, with what the audit labels teach where that wins on labels it has not seen."""
    from listener.understanding.evaluate import utterances
    from listener.understanding.judging import Understanding
    from listener.understanding.learning import CannotLearn, Example, learn

    plain = Understanding()
    if train is None:
        return plain
    rows = _rows(train)
    examples = [Example(said, row.label) for said, row in zip(utterances(rows, voice), rows, strict=True)]
    try:
        lesson = learn(plain, examples)
    except CannotLearn as trouble:
        print(f"listener: {trouble}", file=sys.stderr)
        raise typer.Exit(1) from None
    print(lesson.told, file=sys.stderr)
    return Understanding(learned=lesson.learned) if lesson.wins else plain


def _object(report: Report) -> dict[str, Any]:
    return {
        "n": report.n,
        "ours": _figures(report.ours),
        "vader": _figures(report.vader),
        "texts_per_second": {"ours": round(report.ours_per_second), "vader": round(report.vader_per_second)},
    }


def _figures(one: Figures) -> dict[str, Any]:
    per_class = {
        label: {
            "precision": round(of.precision, 4),
            "recall": round(of.recall, 4),
            "f1": round(of.f1, 4),
            "n": of.n,
        }
        for label, of in one.per_class.items()
    }
    return {
        "accuracy": round(one.accuracy, 4),
        "macro_f1": round(one.macro_f1, 4),
        "unsure": round(one.unsure, 4),
        "per_class": per_class,
    }


def _show(report: Report) -> None:
    from rich.table import Table

    from listener.views.tables import console

    out = console()
    table = Table("", "accuracy", "macro-F1", "unsure", "texts/s", title=f"{report.n:,} texts")
    speeds = (report.ours_per_second, report.vader_per_second)
    for name, one, speed in zip(("ours", "plain VADER"), (report.ours, report.vader), speeds, strict=True):
        table.add_row(name, f"{one.accuracy:.3f}", f"{one.macro_f1:.3f}", f"{one.unsure:.1%}", f"{speed:,.0f}")
    out.print(table)
    out.print(_by_label(report.ours))
    out.print(_confusion(report.ours))
    out.print(f"the language is told apart at {report.language_per_second:,.0f} texts/s on top of ours")


def _by_label(one: Figures) -> Any:
    from rich.table import Table

    table = Table("label", "precision", "recall", "F1", "n", title="ours, by label")
    for label, of in one.per_class.items():
        table.add_row(label, f"{of.precision:.3f}", f"{of.recall:.3f}", f"{of.f1:.3f}", f"{of.n:,}")
    return table


def _confusion(one: Figures) -> Any:
    from rich.table import Table

    confusion: Mapping[tuple[str, str], int] = one.confusion
    calls = sorted({called for _, called in confusion})
    table = Table("people say", *(f"ours: {called}" for called in calls), title="ours, confusion")
    for label in one.per_class:
        table.add_row(label, *(f"{confusion.get((label, called), 0):,}" for called in calls))
    return table
