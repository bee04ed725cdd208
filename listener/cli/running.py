"""Start listening: the first files, the daemon, one round of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from listener.cli.opening import asked, opened

if TYPE_CHECKING:
    from listener.config import Config
    from listener.signals import Signals
    from listener.wiring import Parts

Directory = Annotated[Path, typer.Argument(metavar="[DIR]", file_okay=False, help="Where to write; default: here.")]
Brand = Annotated[str, typer.Option("--brand", help="What to watch.")]
Feeds = Annotated[list[str] | None, typer.Option("--feed", help="A feed's address; may repeat.")]
Reviews = Annotated[list[str] | None, typer.Option("--review", help="A review page's address; may repeat.")]
Subreddits = Annotated[list[str] | None, typer.Option("--subreddit", help="A subreddit; may repeat.")]
Email = Annotated[str | None, typer.Option("--email", help="Where alerts go by mail.")]
Slack = Annotated[str | None, typer.Option("--slack", help="The name of a webhook's secret: env:SLACK_WEBHOOK.")]
Once = Annotated[bool, typer.Option("--once", help="One round: whatever is due, then end.")]


def init(
    directory: Directory = Path(),
    brand: Brand = "Acme Flow",
    feed: Feeds = None,
    review: Reviews = None,
    subreddit: Subreddits = None,
    email: Email = None,
    slack: Slack = None,
) -> None:
    """Write a configuration that runs, the starter rules, templates and word files; overwrite nothing."""
    from listener.config.first import Answers, WrongAnswer
    from listener.config.init import init as write
    from listener.config.init import next_steps

    answers = Answers(brand, tuple(feed or ()), tuple(review or ()), tuple(subreddit or ()), email, slack)
    try:
        files = write(directory, answers)
    except WrongAnswer as error:
        raise typer.BadParameter(str(error)) from None
    for file in files:
        print(f"{'kept   ' if file.kept else 'written'}  {file.path}")
    kept = any(file.kept and file.path.name == "config.toml" for file in files)
    print("\nnext:")
    for number, step in enumerate(next_steps(directory, answers, kept), 1):
        print(f"  {number}. {step}")


def run(context: typer.Context, once: Once = False) -> None:
    """Listen, judge, act: the daemon. Stops cleanly on SIGTERM and SIGINT, reloads on SIGHUP."""
    if once:
        _one_round(context)
        return
    from listener import heap
    from listener.signals import Signals

    heap.share()
    signals = Signals()
    while _until_it_ends(context, signals) == "reload":
        pass


def _one_round(context: typer.Context) -> None:
    from listener.once import run_once

    with opened(context) as parts:
        if not run_once(parts):
            raise typer.Exit(1)


def _until_it_ends(context: typer.Context, signals: Signals) -> str:
    from listener.importing import importing
    from listener.once import take_over
    from listener.polling import Polling

    with opened(context) as parts:
        take_over(parts)
        with Polling(parts) as polling:
            with importing:  # more than half of a start, while the first polls are on their way
                from listener.daemon import Daemon

                daemon = Daemon(parts, polling)
            signals.belong_to(daemon, lambda: _is_good(context, parts))
            return daemon.run()


def _is_good(context: typer.Context, parts: Parts) -> bool:
    """A reload with a broken configuration or a missing secret would end the daemon: it is told and left as it was."""
    from listener.actions.catalogues import CatalogueError, ecosystem, gifts
    from listener.config import ConfigError, SecretError, load
    from listener.recovery.reading import CalendarError
    from listener.store.engine import StoreTrouble
    from listener.ticketdesk import clocks_of
    from listener.understanding.judging import Understanding
    from listener.understanding.packs import UnreadableWords
    from listener.understanding.second import lacking
    from listener.web.server import PortTaken, serve
    from rules.problems import BookError

    try:
        config = load(asked(context).file)
        if lacks := lacking(config.understanding.engine):
            raise UnreadableWords([lacks])
        Understanding.from_files(config.understanding)
        for source in config.sources:
            source.connector(parts.secrets)
        for channel in config.channels:
            channel.channel(parts.secrets)
        for tracker in config.trackers:
            tracker.tracker(parts.secrets)
        clocks_of(config)
        gifts(config.actions.gifts), ecosystem(config.actions.ecosystem)
        if config.web.listen != parts.config.web.listen:
            with serve(config.web.listen, {}, parts.log):  # whether another program has it already
                pass
        _try_store(config, parts)
    except (BookError, ConfigError, CalendarError, CatalogueError, UnreadableWords) as error:
        parts.log.error("config.broken", problem=str(error.problems[0]), problems=len(error.problems))
    except (SecretError, PortTaken, StoreTrouble) as error:
        parts.log.error("config.broken", problem=str(error), problems=1)
    else:
        return True
    return False


def _try_store(config: Config, parts: Parts) -> None:
    """Open it; another one than before is also held, and its rule book must be good: it knows none from before.

    Raises BookError, SecretError and StoreTrouble.
    """
    from listener.wiring import parts_of

    with parts_of(config, parts.secrets, parts.log) as anew:
        if anew.store.database.url != parts.store.database.url:
            anew.store.database.hold()
            anew.book.running()
