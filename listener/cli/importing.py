"""Mentions that come in by hand, from files."""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from listener.cli.opening import configured, parts_with
from listener.counted import counted

if TYPE_CHECKING:
    from connectors.rows import Rejected
    from listener.config import Config
    from listener.imports.ahead import Ahead
    from listener.imports.keeping import Tally
    from listener.imports.ready import Task
    from listener.wiring import Parts


PATIENCE = 10.0  # seconds for issues; the daemon goes on with what takes longer, or whoever asks for `issues`
File = Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="CSV or JSON Lines, UTF-8.")]
ToAct = Annotated[
    bool, typer.Option("--act", help="Let rules act on them, however old they are; without it they are history.")
]


def mentions(context: typer.Context, file: File, act: ToAct = False) -> None:
    """Mentions from CSV or JSON Lines: kept, judged and decided; never acted on without --act.

    Columns: external_id, source, brand, author, url, title, text, language, rating, posted_at; only text is needed.
    """
    from listener.imports.ahead import ahead_of

    with ahead_of(file) as ahead:
        asked = configured(context)
        # what rules may act on has to be seen after them: then they are adopted before the first row is read
        task = None if act else _begun(asked[0], file, act, ahead)
        with parts_with(asked) as parts:
            parts.book.running()
            parts.registry.refresh()
            tally, rejected, judged = _imported(parts, task or _begun(asked[0], file, act, ahead), ahead)
            outlived = _outlived(parts)
    _report(tally, rejected, judged)
    for line in outlived:
        print(line, file=sys.stderr)
    if rejected and not tally.rows:
        raise typer.Exit(1)


def _begun(config: Config, file: Path, act: bool, ahead: Ahead | None) -> Task:
    """The task, given to the process ahead before this one imports all that a store needs."""
    from listener.imports.tasks import task_of

    task = task_of(config, file, datetime.now(UTC), act)
    if ahead:
        ahead.begin(task)
    return task


def _imported(parts: Parts, task: Task, ahead: Ahead | None) -> tuple[Tally, int, int]:
    """Batch for batch, with a progress bar on a terminal: what was kept, lines rejected, mentions judged."""
    from rich.console import Console
    from rich.progress import Progress

    from listener.imports.keeping import Importer, Tally

    # what is loaded by now stays; looking through it again and again costs a tenth of an import
    gc.freeze()
    importer = Importer(parts, task)
    tally, rejected, judged = Tally(), 0, 0
    with Progress(console=Console(stderr=True), disable=not sys.stderr.isatty()) as progress:
        bar = progress.add_task("judged", total=None)
        for ready in importer.batches(ahead):
            rejected += _told(task.file, ready.rejected)
            tally += importer.keep(ready)
            judged += importer.judge()
            progress.update(bar, completed=judged)
    judged += importer.judge()
    importer.tell()
    if not ahead:
        # a large import leaves this to the daemon, as does one of posts after which very much was said
        until = time.monotonic() + PATIENCE
        parts.issue_watch.beat(rest=lambda: time.monotonic() > until)
    return tally, rejected, judged


def _told(file: Path, rejected: Sequence[Rejected]) -> int:
    for each in rejected:
        print(f"{file}:{each.line}: {each.why}", file=sys.stderr)
    return len(rejected)


def _report(tally: Tally, rejected: int, judged: int) -> None:
    about_none = tally.items - tally.mentions
    new = counted(tally.mentions, "new mention")
    print(f"{counted(tally.rows, 'row')}: {new}, {tally.repeated:,} known, {tally.edited:,} edited")
    if about_none > 0:
        rows = counted(about_none, "row names no brand and matches", "rows name no brand and match")
        print(f"{rows} none: no mentions", file=sys.stderr)
    if rejected:
        print(f"{counted(rejected, 'line')} rejected", file=sys.stderr)
    print(decided_by_whom(tally, judged))


def _outlived(parts: Parts) -> list[str]:
    """What the daemon is about to forget, said while it can still be kept."""
    kept, now = parts.config.retention, datetime.now(UTC)
    gone, emptied = parts.store.upkeep.outlived(now - kept.mentions, now - kept.strangers)
    spans = (
        ("mentions", gone, kept.mentions, "deletes the mentions"),
        ("strangers", emptied, kept.strangers, "empties the texts of strangers"),
    )
    return [
        f"within a day the daemon {does} in the store that are older than `[retention] {key}` ({span.days} days): "
        f"{count:,}; to keep them, raise it first"
        for key, count, span, does in spans
        if count
    ]


def decided_by_whom(tally: Tally, judged: int) -> str:
    """`judged` here; a daemon at work on the same store may have been first with the rest."""
    others = tally.mentions - judged
    theirs = f" here, {others:,} by the running daemon, which was first" if others > 0 else ""
    return f"{judged:,} judged and decided{theirs}; `listener mentions` shows them"
