"""`listener issues`: the list, one issue's card, and what ops do to issues."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from listener.cli.asked import As, Json, account, number
from listener.cli.issue_replay import app as app
from listener.cli.lists import listing
from listener.cli.opening import opened

if TYPE_CHECKING:
    from listener.pipeline.issue_desk import IssueDesk

app.callback(invoke_without_command=True, no_args_is_help=False)(listing("issues"))

Issue = Annotated[str, typer.Argument(metavar="ID", help="An issue, by the column `id` of `issues`.")]
Other = Annotated[str, typer.Argument(metavar="OTHER", help="The issue that is the same and counts in the first.")]
Mentions = Annotated[list[str], typer.Argument(metavar="MENTION…", help="Mentions, by the column `id` of `mentions`.")]
Mention = Annotated[str, typer.Argument(metavar="MENTION", help="A mention, by the column `id` of `mentions`.")]
Title = Annotated[str, typer.Argument(metavar="TITLE", help="What people call it.")]
Topic = Annotated[str, typer.Argument(metavar="TOPIC", help="One of `topics.yaml`, or a new one.")]
State = Annotated[
    Literal["acknowledged", "fixing", "watching", "resolved"], typer.Argument(metavar="STATE", help="How far it is.")
]
Png = Annotated[Path | None, typer.Option("--png", metavar="FILE", help="Draw the plot into this file, too.")]
Until = Annotated[str, typer.Option("--until", metavar="+N", help="So many more persons end it.")]
Why = Annotated[str, typer.Option("--why", help="The reason, kept with it.")]
Number = Annotated[str | None, typer.Argument(metavar="ACT", help="An act, by the column `id` of `issues acts`.")]
Most = Annotated[int, typer.Option("--limit", min=1, help="At most so many.")]


@app.command()
def show(context: typer.Context, issue: Issue, as_json: Json = False, png: Png = None) -> None:
    """The evidence card of one issue: how many have it, against the usual, who says so and what is not known."""
    from listener.views import issue_cards, objects

    with opened(context) as parts:
        card = parts.issue_card(issue)
        if card is None:
            print(f"there is no issue {issue!r}: `listener issues` lists them", file=sys.stderr)
            raise typer.Exit(1)
        if png is not None:
            png.write_bytes(parts.drawn(card.plot))
    if as_json:
        print(objects.line(issue_cards.as_json(card)))
        return
    print("\n".join(issue_cards.told(card)))
    if png is not None:
        print(f"\nthe picture is {png}")


@app.command()
def merge(context: typer.Context, issue: Issue, other: Other, why: Why = "", named: As = None) -> None:
    """The other issue is the same trouble: its mentions count in the first from now on."""
    from listener.model.issue import MENDED

    with desk(context, named) as issues:
        row, before = issues.merge(issue, other, why), issues.store.issues.get(other)
    print(f"{other} counts in {row.id}: {_counted(row)}; `listener issues undo` takes it back")
    if row.state in MENDED and before and before.state not in MENDED:
        print(f"{row.id} is {row.state}, and who reported {other} heard nothing of a fix: if it is theirs too,")
        print(f"`listener campaign draft {row.id} --stage fixed` names them; if not, undo this")
    if row.state not in MENDED and before and before.state in MENDED:
        print(f"{row.id} is {row.state}: who was told that {other} is fixed hears so once more when {row.id} is fixed;")
        print(f"`listener issues report {row.id}` shows who that is")
        for campaign in issues.store.closing.unended(row.id, "fixed"):
            print(f"campaign {campaign} tells still that it is fixed: listener campaign stop {campaign} --why TEXT")


@app.command()
def split(context: typer.Context, issue: Issue, mentions: Mentions, why: Why = "", named: As = None) -> None:
    """These mentions are another trouble: an issue of their own, never put together with this one again."""
    with desk(context, named) as issues:
        row = issues.split(issue, [number(one) for one in mentions], why)
        old = issues.store.issues.root(issue)
    print(f"{row.id} is new: {_counted(row)}; {issue} keeps {_counted(old)}")


@app.command()
def pin(context: typer.Context, mention: Mention, issue: Issue, why: Why = "", named: As = None) -> None:
    """This mention belongs to that issue, whatever its words say."""
    with desk(context, named) as issues:
        row = issues.pin(number(mention), issue, why)
    print(f"mention {number(mention)} is in {row.id}: {_counted(row)}")


@app.command()
def rename(context: typer.Context, issue: Issue, title: Title, named: As = None) -> None:
    """Give it the title that people know it by."""
    with desk(context, named) as issues:
        row = issues.rename(issue, title)
    print(f"{row.id} is called: {row.title}")


@app.command()
def topic(context: typer.Context, issue: Issue, wanted: Topic, named: As = None) -> None:
    """Say what it is about; the daemon learns topics from this. It changes nobody's issue."""
    with desk(context, named) as issues:
        row = issues.name_topic(issue, wanted)
    print(f"{row.id} is about {row.topic}")


@app.command()
def topic_of(context: typer.Context, mention: Mention, wanted: Topic, why: Why = "", named: As = None) -> None:
    """Say what one complaint is about, whatever its words and your rules say; topics are learned from this, too."""
    with desk(context, named) as issues:
        row = issues.topic_of(number(mention), wanted, why)
    print(f"mention {number(mention)} is about {wanted.strip()}; it is in {row.id}, which is about {row.topic}")


@app.command()
def mute(context: typer.Context, issue: Issue, until: Until, why: Why = "", named: As = None) -> None:
    """Tell nobody of its bursts until so many more persons have it."""
    digits = until.strip().removeprefix("+")
    if not digits.isdecimal():
        raise typer.BadParameter(f"{until!r} is no number of persons: write +10", param_hint="--until")
    with desk(context, named) as issues:
        row = issues.mute(issue, min(int(digits), 10**9), why)
    print(f"{row.id} is muted until {row.muted_until} persons have it; now {row.persons} have")


@app.command()
def unmute(context: typer.Context, issue: Issue, named: As = None) -> None:
    """Tell people of its bursts again."""
    with desk(context, named) as issues:
        row = issues.unmute(issue)
    print(f"{row.id} is heard of again")


@app.command()
def lock(context: typer.Context, issue: Issue, why: Why = "", named: As = None) -> None:
    """It takes nothing that is posted from now on; `undo` opens it again."""
    with desk(context, named) as issues:
        row = issues.lock(issue, why)
    print(f"{row.id} is locked; the same trouble opens a new issue from now on")


@app.command()
def state(context: typer.Context, issue: Issue, wanted: State, why: Why = "", named: As = None) -> None:
    """Say how far the fix is: acknowledged, fixing, watching or resolved."""
    with desk(context, named) as issues:
        row = issues.move(issue, wanted, why)
    print(f"{row.id} is {row.state}")


@app.command()
def close(context: typer.Context, issue: Issue, why: Why = "", named: As = None) -> None:
    """It is over, and nobody has to be told; `listener issues fixed` tells everybody."""
    with desk(context, named) as issues:
        row = issues.move(issue, "resolved", why)
    print(f"{row.id} is {row.state}")


@app.command()
def undo(context: typer.Context, act: Number = None, named: As = None) -> None:
    """Take back what was done last, or the act of that number; counts are made anew."""
    with desk(context, named) as issues:
        row = issues.undo(number(act, "`issues acts` shows") if act else None)
        left = issues.store.issues.root(row.issue)
    print(f"{row.what} of {row.issue} is undone: {_counted(left)}")
    if row.what == "fixed":
        print(f"nobody else is told of it; `listener issues report {row.issue}` shows who was; its tickets stay closed")


@app.command()
def acts(context: typer.Context, limit: Most = 50, as_json: Json = False) -> None:
    """What people did to issues, newest first; each can be undone by its number."""
    with opened(context) as parts:
        rows = parts.store.issues.acts(limit)
    _show("acts", rows, ("id", "at", "who", "what", "issue", "why", "undone_at", "undone_by"), as_json)


@app.command()
def suggestions(context: typer.Context, limit: Most = 50, as_json: Json = False) -> None:
    """Issues that may be one, with the reason; merging or rejecting them teaches what is suggested."""
    with opened(context) as parts:
        rows = parts.store.suggestions.open(limit)
    _show("suggested merges", rows, ("issue", "other", "score", "reason", "at"), as_json)
    if rows and not as_json:
        print("`listener issues merge ISSUE OTHER` or `listener issues reject ISSUE OTHER`")


@app.command()
def reject(context: typer.Context, issue: Issue, other: Other, named: As = None) -> None:
    """Two issues that were suggested are not the same; they are not suggested again."""
    with desk(context, named) as issues:
        issues.reject(issue, other)
    print(f"{issue} and {other} stay two issues")


@contextmanager
def desk(context: typer.Context, named: str | None) -> Iterator[IssueDesk]:
    """Decisions about issues in the name of whoever is at the keyboard."""
    from listener.cli.who import decider

    with opened(context) as parts:
        yield parts.issue_desk(decider(parts.config, named, account()))


def _counted(row: Any) -> str:
    from listener.counted import counted

    return f"{counted(row.persons, 'person')}, {counted(row.mentions, 'mention')}, {row.spread.replace('_', ' ')}"


def _show(name: str, rows: Any, keys: tuple[str, ...], as_json: bool) -> None:
    from listener.views import objects, tables

    things = [{key: getattr(row, key) for key in keys} for row in rows]
    if as_json:
        for thing in things:
            print(objects.line(thing))
    else:
        tables.show(name, things)
