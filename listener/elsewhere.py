"""Work that a process of our own prepares, so that two cores share what one would do."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import IO, Any

# bytes that fit between the two: more than a batch, so that neither waits for the other
BETWEEN = 1 << 20


class Elsewhere:
    """The process: it runs `serve()` of a module and ends by itself when this one is gone, however that died."""

    def __init__(self, module: str) -> None:
        # -P: no folder that the command happens to be called in decides what is imported
        life = f"import sys; sys.path[:] = {[*map(os.path.abspath, sys.path)]!r}; from {module} import serve; serve()"
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-c", life],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pipesize=BETWEEN,
            start_new_session=True,
        )

    def tell(self, message: object) -> None:
        """Hand it a value. Raises BrokenPipeError when it has ended."""
        _send(self._process.stdin, message)

    def made(self) -> Iterator[Any]:
        """What it makes, in order. Raises the exception that it met, and EOFError when it has died."""
        while (found := _received(self._process.stdout)) is not None:
            if isinstance(found, Exception):
                raise found
            yield found

    @contextmanager
    def spoken_to(self) -> Iterator[None]:
        """Words for its death. Raises ChildProcessError."""
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


def serving(work: Callable[[Callable[[], Any]], Iterable[object]], *troubles: type[Exception]) -> None:
    """The life of the process: `work`, given a way to be told values, makes messages, of which the last is None.

    `troubles` that it meets are handed over instead.
    """
    # nobody's print may come between the messages
    with os.fdopen(os.dup(1), "wb") as out:
        os.dup2(2, 1)
        try:
            try:
                for message in work(lambda: _received(sys.stdin.buffer)):
                    _send(out, message)
            except troubles as trouble:
                _send(out, trouble)
            _send(out, None)
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
