"""Gives birth to daemons: imports everything once, then forks one for each line on standard input.

A start costs 1.5 s of imports, in which a kill proves nothing; a fork is at work after a tenth of that.
A line is JSON: `folder`, and optionally `die`, a `module:Class.method` at which the daemon kills itself
(`after`: when the method has returned), `environment`, and `ended`, the file into which its exit code is written.
The answer is the pid, one a line.
"""

from __future__ import annotations

import importlib
import json
import os
import random
import signal
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NoReturn

# imported here, so that no daemon pays for it
import alembic.command  # noqa: F401
import jmespath  # noqa: F401
import slack_sdk.webhook  # noqa: F401

import connectors.feed  # noqa: F401
import listener.cli.commands
import listener.daemon
import listener.wiring
from listener.model.verdict import Utterance
from listener.understanding.judging import Understanding


def mortal(method: Callable[..., Any], after: bool) -> Callable[..., Any]:
    """The same method, which ends the process as a power cut would, before or after its work."""

    def work(*arguments: Any, **options: Any) -> Any:
        if after:
            method(*arguments, **options)
        os.kill(os.getpid(), signal.SIGKILL)

    return work


def doom(point: str, after: bool) -> None:
    module, _, path = point.partition(":")
    owner, _, name = path.partition(".")
    place = getattr(importlib.import_module(module), owner)
    setattr(place, name, mortal(getattr(place, name), after))


def live(folder: str, die: str = "", after: bool = False, environment: Mapping[str, str] | None = None) -> None:
    """Be the daemon of this folder; never returns."""
    random.seed()
    os.environ.update(environment or {})
    os.chdir(folder)
    log = os.open("daemon.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(log, stream)
    # the parent's pipe would be read by two processes
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    if die:
        doom(die, after)
    from listener.cli import main

    main(["run"])


def attend(ended: str = "", **life: Any) -> NoReturn:
    """Give birth to one daemon, and wait for its end to say how it came."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    pid = os.fork()
    if pid == 0:
        live(**life)
    print(pid, flush=True)
    _, status = os.waitpid(pid, 0)
    if ended:
        written = Path(f"{ended}.written")
        written.write_text(str(os.waitstatus_to_exitcode(status)))
        written.rename(ended)
    os._exit(0)


def main() -> None:
    Understanding().judge(Utterance("Acme Flow is wonderful", "Acme Flow"))
    assert listener.wiring
    # nobody waits for the children: their end must leave nothing behind
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        if os.fork() == 0:
            attend(**json.loads(line))


if __name__ == "__main__":
    main()
