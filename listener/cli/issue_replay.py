"""A file of mentions through grouping and burst detection alone, without a configuration or a store."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from listener.cli.asked import Json
from listener.counted import counted

if TYPE_CHECKING:
    from listener.issues.replay import Placed, Raised, Replay
    from listener.issues.stream import Post

app = typer.Typer(no_args_is_help=True)

File = Annotated[Path, typer.Argument(metavar="FILE", help="JSON Lines; - reads standard input.")]


@app.command()
def replay(file: File, as_json: Json = False) -> None:
    """Run mentions of a file through grouping and burst detection, in the order of their time.

    Each line: id, posted_at (ISO 8601 or milliseconds, UTC where no zone is said), brand, author, text, optional
    topic. Prints a line for each mention and one for each alarm, after the mention that raised it. All mentions are
    taken for complaints.
    """
    from listener.issues.replay import Placed, replayed

    posts = _posts(file)
    told: list[Raised] = []
    placed: list[Placed] = []
    for found in replayed(posts, _replay()):
        if as_json:
            print(json.dumps(_mention(found) if isinstance(found, Placed) else _alarm(found)))
        elif isinstance(found, Placed):
            placed.append(found)
        else:
            told.append(found)
    if not as_json:
        _show(placed, told)


def _posts(file: Path) -> list[Post]:
    """The usable lines; the others are told on standard error."""
    from listener.customers.clues import PACKED
    from listener.issues.stream import read

    posts, refused = read(_text(file).split("\n"), PACKED)
    for one in refused:
        print(f"{file}:{one.line}: {one.why}", file=sys.stderr)
    if not posts:
        print(f"listener: {file} holds no mention with a text and a time", file=sys.stderr)
        raise typer.Exit(1)
    return posts


def _text(file: Path) -> str:
    if str(file) == "-":
        return sys.stdin.read()
    if not file.is_file():
        raise typer.BadParameter(f"there is no file {str(file)!r}", param_hint="FILE")
    return file.read_text("utf-8-sig", errors="replace")


def _replay() -> Replay:
    """With the topic by the shipped taxonomy, for posts that say none."""
    from listener.issues.replay import Replay
    from listener.issues.topics import called
    from listener.model.verdict import Utterance
    from listener.understanding.judging import Understanding

    understanding = Understanding()

    def topic_of(post: Post) -> str:
        return called(understanding.topics_of(Utterance(post.text, post.brand))).topic

    def language_of(post: Post) -> str | None:
        return understanding.language_of(understanding.prepared(Utterance(post.text, post.brand)).text).code

    return Replay(topic_of, language_of)


def _mention(placed: Placed) -> dict[str, Any]:
    return {"id": placed.post.id, "topic": placed.topic, "issue": placed.issue, "spread": placed.spread}


def _alarm(raised: Raised) -> dict[str, Any]:
    alarm = raised.alarm
    return {
        "at": _clock(alarm.at),
        "brand": raised.brand,
        "topic": raised.topic,
        "issue": raised.issue,
        "persons": alarm.persons,
        "expected": alarm.expected,
        "ratio": alarm.ratio,
        "level": alarm.level,
    }


def _clock(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")


def _show(placed: list[Placed], told: list[Raised]) -> None:
    """For people: the alarms, and how many issues there are."""
    from rich.table import Table

    from listener.views.tables import console

    table = Table("at (UTC)", "brand", "topic", "issue", "persons", "expected", "ratio", "level", title="alarms")
    for one in told:
        values = [str(value) if value is not None else "" for value in _alarm(one).values()]
        table.add_row(*values)
    out = console()
    out.print(table)
    issues = counted(len({one.issue for one in placed}), "issue")
    out.print(f"{counted(len(placed), 'mention')}, {issues}, {counted(len(told), 'alarm')}; --json shows each")
