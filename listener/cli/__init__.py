"""The command line: results on standard output, logs and troubles on standard error.

Exit codes: 0 done, 1 the thing asked about failed, 2 wrong usage or unreadable configuration.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TextIO

from listener.cli.quick import shown
from rules.collecting import SELDOM

WITH_VALUE = ("--config", "--log-format")
ALONE = ("--verbose",)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and exit with its code."""
    # to look for cycles after every 700 objects takes a sixth of a start, and hardly ever finds any
    gc.set_threshold(*SELDOM)
    # read when numpy is imported, here and in every child: a fit of topics took 16 s of CPU with threads, 2 without
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    _fill_closed()
    words = list(hoisted(sys.argv[1:] if arguments is None else arguments))
    try:
        if not shown(words):
            from listener.cli.commands import command_line  # most of a second, which a plain list does without

            command_line(words, prog_name="listener")
    except SystemExit:
        # before the next line: it imports half the house
        raise
    except BrokenPipeError:
        raise SystemExit(1) from None
    except _troubles() as trouble:
        print(_told(trouble), file=sys.stderr)
        raise SystemExit(2 if _is_configuration(trouble) else 1) from None
    finally:
        _flush()


def hoisted(arguments: Sequence[str]) -> Iterator[str]:
    """Global options in front, so that they may be written anywhere before a `--`."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    front: list[str] = []
    rest: list[str] = []
    words = iter(arguments[:end])
    for word in words:
        if word in WITH_VALUE:
            front += [word, *islice(words, 1)]
        elif word in ALONE or word.startswith(tuple(f"{name}=" for name in WITH_VALUE)):
            front.append(word)
        else:
            rest.append(word)
    # without its value the option stays last, so that this is what is complained about
    return iter(front if front[-1:] and front[-1] in WITH_VALUE else (*front, *rest, *arguments[end:]))


def _troubles() -> tuple[type[Exception], ...]:
    """What ends a command with one message. Asked for only when something was raised: these imports are heavy."""
    from listener.actions.catalogues import CatalogueError
    from listener.advocacy.goals import BadGoals
    from listener.config import ConfigError, SecretError
    from listener.pipeline.people import NotPossible
    from listener.recovery.reading import CalendarError
    from listener.store.engine import StoreTrouble
    from listener.understanding.packs import UnreadableWords
    from listener.web import PortTaken
    from rules.problems import BookError

    of_files = (ConfigError, SecretError, BookError, CalendarError, CatalogueError, UnreadableWords, BadGoals)
    return *of_files, StoreTrouble, NotPossible, PortTaken, OSError


def _is_configuration(trouble: Exception) -> bool:
    from listener.config import ConfigError, SecretError

    return isinstance(trouble, ConfigError | SecretError)


def _told(trouble: Exception) -> str:
    """Lists of problems begin with a place in a file, so that editors can go there."""
    return str(trouble) if hasattr(trouble, "problems") else f"listener: {trouble}"


def _fill_closed() -> None:
    """A stream that the caller closed (`>&-`) leads nowhere, and the store does not get its number."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode))  # noqa: SIM115  # open until the process ends


def _flush() -> None:
    """A reader that went away (`| head`) is no trouble, a result that was not written is; logs are best effort."""
    if (trouble := _unwritten(sys.stdout)) and not isinstance(trouble, BrokenPipeError):
        print(f"listener: the result could not be written: {trouble.strerror}", file=sys.stderr)
    _unwritten(sys.stderr)
    if trouble and not isinstance(trouble, BrokenPipeError):
        raise SystemExit(1)


def _unwritten(stream: TextIO) -> OSError | None:
    """Why the rest of a stream cannot be written; it is let go of then, as python flushes once more at its end."""
    try:
        stream.flush()
    except OSError as trouble:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        return trouble
    return None
