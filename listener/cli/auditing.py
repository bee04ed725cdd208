"""What people say of verdicts: the random audit queue, corrections, learning, scoring anew."""

from __future__ import annotations

import csv
import getpass
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from listener.cli.asked import As, Json, moment, number
from listener.cli.opening import opened
from listener.cli.spreadsheet import plain
from listener.counted import counted

if TYPE_CHECKING:
    from listener.store.verdicts import Changed, Given
    from listener.wiring import Parts

KEYS: Mapping[str, str] = {"p": "positive", "n": "negative", "o": "neutral", "m": "mixed", "u": "unsure"}
CONFIRM, LATER, END = ("\r", "\n", " "), "s", ("q", "\x03", "\x04", "")
COLUMNS = ("mention", "brand", "text", "verdict", "label")
HELP = "Enter right · p positive · n negative · o neutral · m mixed · u unsure · s skip · q end"

Count = Annotated[int, typer.Option("--count", min=1, max=10_000, help="How many mentions to draw.")]
Out = Annotated[Path | None, typer.Option("--csv", metavar="OUT", help="Write the queue there; `-` prints it.")]
In = Annotated[
    Path | None, typer.Option("--import", metavar="CSV", exists=True, dir_okay=False, help="Read the filled file back.")
]
Mention = Annotated[str, typer.Argument(metavar="MENTION", help="A mention, by the column `id` of `mentions`.")]
Label = Annotated[str, typer.Argument(metavar="LABEL", help="positive, negative, neutral, mixed or unsure.")]
RollBack = Annotated[bool, typer.Option("--roll-back", help="Put the model at work aside, for the one before it.")]
Since = Annotated[str | None, typer.Option("--since", metavar="TIME", help="Only what was posted from then on.")]


def audit(context: typer.Context, count: Count = 50, out: Out = None, filled: In = None, named: As = None) -> None:
    """Confirm or correct verdicts of mentions drawn at random, one key each; from 100 on it is learned from them.

    With --csv the queue goes to a file with an empty column `label`; --import reads it back.
    """
    from listener.cli.who import decider

    with opened(context) as parts:
        who = decider(parts.config, named, getpass.getuser())
        if out:
            _write(parts, out, count)
            return
        kept = _keep(parts, _from_file(filled, who) if filled else _from_keys(parts, count, who))
        print(f"{counted(kept, 'label')} kept; {len(parts.store.verdicts.drawn()):,} of the audit queue in all")
        _learn_when_due(parts)


def correct(context: typer.Context, mention: Mention, label: Label, named: As = None) -> None:
    """Correct the verdict of one mention: what is queued for it is cancelled, and it is judged again."""
    from listener.cli.who import decider
    from listener.store.verdicts import Given

    with opened(context) as parts:
        who = decider(parts.config, named, getpass.getuser())
        given = Given(number(mention), label.strip().lower(), who)
        changed = parts.corrections.correct(given)
        ticket = parts.store.tickets.of_mention(given.mention)
    for line in _told(given, changed, ticket):
        print(line)


def learn(context: typer.Context, roll_back: RollBack = False, as_json: Json = False, named: As = None) -> None:
    """Fit on the audited labels; adopted only where that wins on labels not seen. --json shows the model at work."""
    import json

    from listener.cli.who import decider
    from listener.wiring.now import clock

    with opened(context) as parts:
        if as_json:
            row = parts.store.learned.at_work()
            print(json.dumps(row.model if row else None, indent=1))
        elif roll_back:
            gone = parts.store.learned.roll_back(clock(), decider(parts.config, named, getpass.getuser()))
            print(f"model {gone.id} is put aside; {RELOAD}" if gone else "no learned model is at work")
        else:
            _fit(parts)


def rescore(context: typer.Context, since: Since = None) -> None:
    """Score stored mentions with the words of today. Decisions stay as they are, and nothing is sent."""
    from collections import Counter

    moves: Counter[tuple[str, str]] = Counter()
    with opened(context) as parts:
        parts.insist_on_words()
        for batch in parts.corrections.rescore(moment(since)):
            moves.update((one.before, one.after) for one in batch)
    for (before, after), times in moves.most_common():
        print(f"{before:>8} → {after:<8} {times:,}")
    print(f"{counted(moves.total(), 'verdict')} changed; decisions and deliveries stay as they are")


RELOAD = "the daemon works so from its next start or reload (SIGHUP) on"


def _write(parts: Parts, out: Path, count: int) -> None:
    rows = [
        {"mention": row.id, "brand": plain(row.brand), "text": plain(_words(row)), "verdict": row.label}
        for row in parts.store.verdicts.draw(count)
    ]
    with sys.stdout if str(out) == "-" else out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    print(f"{counted(len(rows), 'mention')} to label; then `listener audit --import {out}`", file=sys.stderr)


def _words(row: Any) -> str:
    return f"{row.title}\n{row.text}".strip()


def _from_file(file: Path, who: str) -> Iterator[Given]:
    """The labels that were filled in; a line without one is skipped, a line that makes no sense is told."""
    from listener.store.verdicts import Given
    from listener.understanding.labelled import label_named

    with file.open(encoding="utf-8-sig", errors="replace", newline="") as lines:
        reader = csv.DictReader(lines)
        for values in reader:
            written, about = (values.get("label") or "").strip(), (values.get("mention") or "").strip()
            label = label_named(written)
            if label and about.isascii() and about.isdigit() and len(about) < 19:
                yield Given(int(about), label, who, drawn=True)
            elif written:
                print(f"{file}:{reader.line_num}: {about!r} and {written!r} are no mention and label", file=sys.stderr)


def _from_keys(parts: Parts, count: int, who: str) -> Iterator[Given]:
    from listener.store.verdicts import Given
    from listener.views.tables import one_line

    print(HELP)
    for row in parts.store.verdicts.draw(count):
        print(f"\n{row.id}  {row.brand}: {one_line(_words(row))}\n  {row.label}?", end=" ", flush=True)
        key = _key()
        if key in END:
            return
        label = row.label if key in CONFIRM else KEYS.get(key)
        print(label or "skipped")
        if label:
            yield Given(row.id, label, who, drawn=True)


def _key() -> str:
    """One key on a terminal, one line (its first letter) from a pipe; any other key asks again."""
    from click import getchar

    while True:
        if sys.stdin.isatty():
            key = getchar()
        else:
            line = sys.stdin.readline()
            key = line.strip()[:1].lower() or line[:1]
        if key in (*KEYS, *CONFIRM, LATER, *END):
            return key


def _keep(parts: Parts, labels: Iterator[Given]) -> int:
    from listener.pipeline.people import NotPossible

    kept = 0
    for given in labels:
        try:
            changed = parts.corrections.correct(given)
        except NotPossible as trouble:
            print(f"listener: {trouble}", file=sys.stderr)
            continue
        kept += 1
        for row in changed.sent:
            print(f"  delivery {row.id} ({row.action}) was out already: {row.status.replace('_', ' ')}")
    return kept


def _learn_when_due(parts: Parts) -> None:
    from listener.pipeline.lessons import is_time
    from listener.understanding.learning import LEAST_LABELS

    if is_time(parts.store, LEAST_LABELS):
        _fit(parts)


def _fit(parts: Parts) -> None:
    from listener.pipeline.lessons import fit
    from listener.understanding.judging import Understanding
    from listener.understanding.learning import CannotLearn
    from listener.wiring.now import clock

    plain = Understanding.from_files(parts.config.understanding)
    try:
        lesson = fit(parts.store, parts.judge, plain, clock)
    except CannotLearn as trouble:
        print(f"listener: {trouble}", file=sys.stderr)
        raise typer.Exit(1) from None
    print(lesson.told)
    if lesson.wins:
        print(f"{RELOAD}; `listener rescore` scores what is stored, `listener learn --roll-back` undoes it")


def _told(given: Given, changed: Changed, ticket: int | None) -> Iterator[str]:
    if changed.verdict == given.label:
        yield f"mention {given.mention} is {given.label}, as it was"
        return
    yield f"mention {given.mention} is {given.label} now; it was {changed.verdict}, and it is judged again"
    for row in changed.cancelled:
        yield f"delivery {row.id} ({row.action}) is cancelled"
    for row in changed.sent:
        yield f"delivery {row.id} ({row.action}) was out already: {row.status.replace('_', ' ')}"
    if ticket:
        yield f"ticket {ticket} holds this mention: `listener ticket note {ticket}` or `close` it"
