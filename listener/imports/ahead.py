"""A file made ready by a process of its own, ahead of the one that stores it: two cores instead of one."""

from __future__ import annotations

import gc
import os
import pickle
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from rules.collecting import SELDOM

if TYPE_CHECKING:
    # what they import is heavy, and the process is started before anything heavy is
    from listener.imports.ready import Ready, Task
    from listener.understanding.learned import Learned

# a file of so many bytes is ready before the other process has even begun
SMALL = 100_000
# what fits between the two: more than a batch, so that neither waits for the other
BETWEEN = 1 << 20
CHILD = f"from {__name__} import serve; serve()"


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
    """The process. It ends by itself when this one is gone, however that died."""

    def __init__(self) -> None:
        # -P: no folder that the command happens to be called in decides what is imported
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-c", CHILD],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(map(os.path.abspath, sys.path))},
            pipesize=BETWEEN,
            start_new_session=True,
        )

    def begin(self, task: Task) -> None:
        """Let it read: it goes on until verdicts are due."""
        with self._spoken_to():
            _send(self._process.stdin, task)

    def batches(self, learned: Learned | None) -> Iterator[Ready]:
        """What it makes of the file. Raises what it met there: OSError, UnreadableWords."""
        with self._spoken_to():
            # it may have met its trouble and ended by now: what it said of it is still to be read
            with suppress(BrokenPipeError):
                _send(self._process.stdin, learned)
            while (found := _received(self._process.stdout)) is not None:
                if isinstance(found, Exception):
                    raise found
                yield found

    @contextmanager
    def _spoken_to(self) -> Iterator[None]:
        try:
            yield
        except (EOFError, BrokenPipeError) as error:
            # by then it has said on standard error why
            self._process.wait()
            raise ChildProcessError("the process that reads the file has died; import it again") from error

    def close(self) -> None:
        """End it, wherever it is."""
        self._process.kill()
        self._process.communicate()


def serve() -> None:
    """The life of the process: a task and what was learned in, batches out, None at the end."""
    gc.set_threshold(*SELDOM)
    # imported before the task is there, which takes the other process as long
    from listener.imports.ready import Preparing, ready_or_not

    # nobody's print may come between the batches
    with os.fdopen(os.dup(1), "wb") as out:
        os.dup2(2, 1)
        try:
            preparing = Preparing(_received(sys.stdin.buffer), lambda: _received(sys.stdin.buffer))
            for message in ready_or_not(preparing):
                _send(out, message)
        except (EOFError, BrokenPipeError):
            # the other is gone; python would complain about the rest that it cannot flush
            os._exit(1)


def _send(pipe: IO[bytes] | None, message: object) -> None:
    assert pipe
    pickle.dump(message, pipe, pickle.HIGHEST_PROTOCOL)
    pipe.flush()


def _received(pipe: IO[bytes] | None) -> Any:
    assert pipe
    return pickle.load(pipe)
