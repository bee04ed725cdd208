"""Rule files: checked, tested, listed; with a folder or file named, neither configuration nor store is needed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from listener.cli.asked import Json
from listener.cli.opening import asked, configured
from listener.counted import counted

if TYPE_CHECKING:
    from rules.book import Book
    from rules.rule import Rule

app = typer.Typer(no_args_is_help=True, help="Rule files: check, test, list.")

Place = Annotated[
    Path | None, typer.Argument(metavar="[DIR]", help="A folder of rule files, or one; default: the configuration's.")
]


@app.command()
def check(context: typer.Context, place: Place = None) -> None:
    """Every problem of every rule file at once, as file:line:column."""
    from rules.problems import BookError

    try:
        book = _book(context, place)
    except BookError as error:
        print(error)
        raise typer.Exit(1) from None
    for lint in book.lints:
        print(lint)
    print(f"{counted(len(book.rules), 'rule')} in {counted(len(book.sources), 'file')}, version {book.version}")
    if book.lints:
        raise typer.Exit(1)


@app.command("test")
def trial(context: typer.Context, place: Place = None) -> None:
    """Run the tests inside the rule files, with the daemon's own engine."""
    from rules.trial import run_tests

    outcomes = run_tests(_book(context, place))
    failed = [outcome for outcome in outcomes if not outcome.passed]
    for outcome in failed:
        print(outcome)
    print(f"{counted(len(outcomes), 'test')}, {len(failed)} failed")
    if failed:
        raise typer.Exit(1)


@app.command("list")
def rules(context: typer.Context, place: Place = None, as_json: Json = False) -> None:
    """All rules by priority: mode, actions, owner, and where each is written."""
    book = _book(context, place)
    things = [_rule(rule) for rule in sorted(book.rules, key=lambda rule: (-rule.priority, rule.id))]
    if as_json:
        from listener.views import objects

        for thing in things:
            print(objects.line(thing))
    else:
        from listener.views import tables

        tables.show("rules", things)


def _rule(rule: Rule) -> dict[str, object]:
    return {
        "id": rule.id,
        "mode": rule.mode,
        "priority": rule.priority,
        "actions": [step.action.name for step in rule.steps],
        "owner": rule.owner,
        "about": rule.about,
        "where": f"{rule.file}:{rule.line}",
    }


def _book(context: typer.Context, place: Path | None) -> Book:
    """The book, checked against the installation where one is named. Raises BookError, ConfigError."""
    from rules import book
    from rules.terms import UNBOUND

    if place and not asked(context).config:
        return book.load(place, UNBOUND)
    from listener.actions.templates import Templates
    from listener.wiring.world import world_of

    config, *_ = configured(context)
    return book.load(place or config.rules.path, world_of(config, Templates(config.actions.templates)))
