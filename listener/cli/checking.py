"""Is everything right? Files alone with `check`; store, sources and channels with `--online`, sending nothing."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from listener.cli.opening import asked, configured, opened

if TYPE_CHECKING:
    from listener.config import Config

Online = Annotated[
    bool,
    typer.Option(
        "--online",
        help="Also look at the store, fetch from each source, show what would be kept, and verify each channel.",
    ),
]
Name = Annotated[str, typer.Argument(metavar="NAME", help="A [[channel]] of the configuration.")]

channels = typer.Typer(no_args_is_help=True, help="The ways out.")


def check(context: typer.Context, online: Online = False) -> None:
    """All problems of configuration, rules and templates at once, as file:line:column."""
    from listener.config import ConfigError

    if not asked(context).file.is_file():
        configured(context)
    try:
        config, secrets, _ = configured(context)
    except ConfigError as error:
        print(error)
        raise typer.Exit(1) from None
    problems = list(_problems(config))
    for problem in problems:
        print(problem)
    for warning in config.missing_secrets(secrets):
        print(f"{warning} (needed by `run` and `check --online`)")
    for warning in (*config.short_secrets(secrets), *config.missing_files(), *config.links_to_nowhere()):
        print(warning)
    if problems:
        raise typer.Exit(1)
    print("configuration, rules and templates are right")
    if online:
        _online(context)


def _problems(config: Config) -> Iterator[object]:
    """Of rules, templates and word files."""
    from listener.actions.catalogues import CatalogueError, ecosystem, gifts
    from listener.actions.templates import Templates
    from listener.advocacy import goals
    from listener.recovery.reading import CalendarError
    from listener.ticketdesk import clocks_of
    from listener.understanding.judging import Understanding
    from listener.understanding.packs import UnreadableWords
    from listener.understanding.second import lacking
    from listener.wiring.world import world_of
    from rules import book
    from rules.problems import BookError

    templates = Templates(config.actions.templates)
    yield from (f"{problem.file}:{problem.line}:1: {problem.what}" for problem in templates.problems())
    try:
        yield from book.load(config.rules.path, world_of(config, templates)).lints
    except BookError as error:
        yield from error.problems
    try:
        Understanding.from_files(config.understanding)
    except UnreadableWords as error:
        yield error
    if lacks := lacking(config.understanding.engine):
        yield config.problem(("understanding", "engine"), lacks)
    own = config.actions
    for read in (partial(gifts, own.gifts, own.gift_cap), partial(ecosystem, own.ecosystem)):
        try:
            read()
        except CatalogueError as broken:
            yield from broken.problems
    try:
        clocks_of(config)
    except CalendarError as error:
        yield from error.problems
    try:
        goals.load(config.advocacy.goals)
    except goals.BadGoals as error:
        yield error


def _online(context: typer.Context) -> None:
    from listener.cli import online
    from listener.views import tables

    with online.aside_from_the_store(*configured(context)) as parts:
        tried = list(online.tried(parts))
    states = [
        {"what": one.what, "name": one.name, "told": one.told, "state": "ok" if one.works else "failed"}
        for one in tried
    ]
    tables.show("tried", states)
    for one in tried:
        if not one.works:
            # in the table the cure, which comes last, may be cut off
            print(f"\n{one.what} {one.name} failed: {one.told}")
    for one in tried:
        for item in one.items:
            print(f"\n{one.name}, as it would be kept:")
            print("\n".join(f"  {tables.one_line(line)}" for line in online.mapped(item)))
    if not all(one.works for one in tried):
        raise typer.Exit(1)


@channels.command("test")
def trial(context: typer.Context, name: Name) -> None:
    """Send one message, marked as a test, through this channel."""
    from connectors.contract import Failed
    from listener.cli import online

    with opened(context) as parts:
        known = sorted(entry.name for entry in parts.config.channels)
        if name not in known:
            raise typer.BadParameter(f"there is no channel {name!r}; there are {', '.join(known)}")
        try:
            print(f"{name} took it: {online.send_test(parts, name)}")
        except Failed as error:
            print(f"{name} failed: {error}")
            raise typer.Exit(1) from None
