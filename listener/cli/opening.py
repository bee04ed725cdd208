"""How a command gets at the house: the configuration, the parts, or only the rows of a list."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from listener.cli.asked import Globals
from listener.cli.quick import plain_store
from listener.store.glance import Glance, is_current, over_sqlite, over_store

if TYPE_CHECKING:
    from listener.config import Config, Secrets
    from listener.wiring import Log, Parts


def asked(context: typer.Context) -> Globals:
    """The global options of this run."""
    options = context.find_root().obj
    return options if isinstance(options, Globals) else Globals()


def logging_to_stderr(context: typer.Context, folder: Path) -> tuple[Secrets, Log]:
    """Secrets that count from `folder`, and a log that never shows them."""
    import structlog

    from listener import log
    from listener.config import Secrets

    options, redaction = asked(context), log.Redaction()
    log.configure(redaction, "json" if options.log_format == "json" else "console", options.verbose)
    return Secrets(folder, os.environ, redaction), structlog.get_logger("listener")


def configured(context: typer.Context) -> tuple[Config, Secrets, Log]:
    """The configuration, found right. Raises ConfigError."""
    from listener.config import load

    config = load(asked(context).file)
    return config, *logging_to_stderr(context, config.folder)


@contextmanager
def opened(context: typer.Context) -> Iterator[Parts]:
    """All parts, made when used, closed at the end. Raises ConfigError, StoreTrouble, SecretError."""
    with parts_with(configured(context)) as parts:
        yield parts


@contextmanager
def parts_with(asked: tuple[Config, Secrets, Log]) -> Iterator[Parts]:
    """The same for a configuration that was read already."""
    from listener.wiring import parts_of

    with parts_of(*asked) as parts:
        yield parts


@contextmanager
def looking(context: typer.Context) -> Iterator[Glance]:
    """The rows of lists, by the short way where the store is an ordinary one: nothing heavy is imported then."""
    path = plain_store(asked(context).file)
    if path and is_current(path):
        with over_sqlite(path) as seen:
            yield seen
    else:
        with _looking_closely(context) as seen:
            yield seen


@contextmanager
def _looking_closely(context: typer.Context) -> Iterator[Glance]:
    """PostgreSQL, no store yet, one to upgrade, or a configuration whose mistakes must be told."""
    from listener.wiring import open_store

    config, secrets, _ = configured(context)
    with closing(open_store(config, secrets)) as store, over_store(store) as seen:
        yield seen
