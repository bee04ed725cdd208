"""A file made ready by a process of its own, ahead of the one that stores it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from listener.elsewhere import Elsewhere, serving

if TYPE_CHECKING:
    # what they import is heavy, and the process is started before anything heavy is
    from listener.imports.ready import Ready, Task
    from listener.understanding.learned import Learned

# a file of so many bytes is ready before the other process has even begun
SMALL = 100_000


@contextmanager
def ahead_of(file: Path) -> Iterator[Ahead | None]:
    """The process, started early: it imports what it needs meanwhile. None for a small file."""
    if file.stat().st_size < SMALL:
        yield None
        return
    ahead = Ahead()
    try:
        yield ahead
    finally:
        ahead.close()


class Ahead:
    """The process that makes a file ready."""

    def __init__(self) -> None:
        self._process = Elsewhere(__name__)

    def begin(self, task: Task) -> None:
        """Let it read: it goes on until verdicts are due."""
        with self._process.spoken_to():
            self._process.tell(task)

    def batches(self, learned: Learned | None) -> Iterator[Ready]:
        """What it makes of the file. Raises what it met there: OSError, UnreadableWords."""
        with self._process.spoken_to():
            # it may have met its trouble and ended by now: what it said of it is still to be read
            with suppress(BrokenPipeError):
                self._process.tell(learned)
            yield from self._process.made()

    def close(self) -> None:
        """End it, wherever it is."""
        self._process.close()


def serve() -> None:
    """The life of the process: it is told a task and what was learned, and makes batches."""
    # imported before the task is there, which takes the other process as long
    from listener.imports.ready import Preparing
    from listener.understanding.packs import UnreadableWords

    def ready(told: Callable[[], Any]) -> Iterator[Ready]:
        return Preparing(told(), told).batches()

    serving(ready, OSError, UnreadableWords)
