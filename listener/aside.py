"""Parsers of untrusted bytes, run in children that can be killed."""

from __future__ import annotations

import os
import pickle
import socket
import struct
import subprocess
import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from queue import SimpleQueue
from typing import Any, NoReturn, TypeVar

from connectors.contract import TryLater
from listener.aside_child import ALARMS, BUSY

T = TypeVar("T")

CHILD = Path(__file__).with_name("aside_child.py")
# seconds beyond the child's own limits, for a child that cannot end itself
GRACE = 25.0
LARGEST_ANSWER = 64 * 1024 * 1024


class Crash(Exception):
    """An unforeseen end of a parser, with the traceback of the child."""


class Aside:
    """Owns up to `size` children, started when first needed. Thread-safe; a call waits for a free child.

    A child runs `listener/aside_child.py` in a fresh interpreter: it is never forked, does not import the daemon,
    and ends by itself when its parent is gone, however that died.
    """

    def __init__(self, size: int = 1) -> None:
        self._children = [Child() for _ in range(size)]
        self._free: SimpleQueue[Child] = SimpleQueue()
        self._closed = False
        for child in self._children:
            self._free.put(child)

    def run(self, function: Callable[[bytes], T], data: bytes, seconds: float, megabytes: int) -> T:
        """`function(data)`: a top-level function of an importable module that returns plain values.

        It has `seconds` of the CPU's time. Plain: None, bool, numbers, str, bytes, and tuples, lists, sets and dicts of
        these. Raises TryLater with the parser's own words when it raised ValueError, and for any other end: too slow,
        too much memory, a crash.
        """
        name = (function.__module__, function.__qualname__)
        if name[0] == "__main__" or not name[1].isidentifier():
            raise ValueError(f"{'.'.join(name)} cannot be run aside: it must be a top-level function of a module")
        child = self._free.get()
        try:
            if self._closed:
                raise TryLater("the daemon is stopping")
            kind, answer = child.ask(name, data, seconds, megabytes)
        finally:
            self._free.put(child)
        return answer if kind == "answer" else complain(kind, answer, megabytes)  # type: ignore[no-any-return]

    def close(self) -> None:
        """End the children. Calls under way raise TryLater, as do later ones."""
        self._closed = True
        for child in self._children:
            child.close()


class Child:
    """One child process, replaced by a fresh one whenever it has ended. Used by one thread at a time."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._line: socket.socket | None = None
        self._closed = False

    def ask(self, name: tuple[str, str], data: bytes, seconds: float, megabytes: int) -> tuple[str, Any]:
        """What the child answers. Raises TryLater when it ended instead."""
        try:
            line = self._line if self._line and self._process and self._process.poll() is None else self._start()
            line.settimeout(seconds * BUSY + GRACE)
            send(line, (name, data, seconds, megabytes))
            kind, answer, spent = receive(line)
        except (EOFError, OSError, pickle.UnpicklingError) as error:
            raise TryLater(f"could not be parsed: {self._epitaph(seconds, error)}") from error
        if spent:
            self.end()
        return kind, answer

    def close(self) -> None:
        """Kill the process, also one that another thread is just starting; none is started any more."""
        self._closed = True
        self.end()

    def end(self) -> int:
        """Kill the process, if there is one; its return code. May be called from another thread."""
        process, line = self._process, self._line
        if process is None:
            return 0
        # a process that has ended already keeps its own return code
        process.kill()
        code = process.wait()
        if line:
            line.close()
        return code

    def _start(self) -> socket.socket:
        self.end()
        ours, theirs = socket.socketpair()
        with theirs:
            # -I: neither the environment nor a folder beside the script decides what is imported
            command = [sys.executable, "-I", str(CHILD)]
            quiet = subprocess.DEVNULL
            # a session of its own, so that Ctrl-C in a terminal reaches the daemon alone
            self._process = subprocess.Popen(
                command, stdin=theirs.fileno(), stdout=quiet, stderr=quiet, start_new_session=True
            )
        self._line = ours
        if self._closed:
            raise EOFError
        ours.settimeout(GRACE)
        send(ours, [os.path.abspath(folder) for folder in sys.path])
        return ours

    def _epitaph(self, seconds: float, error: Exception) -> str:
        code = self.end()
        if -code in ALARMS or isinstance(error, TimeoutError):
            return f"it took longer than {seconds:g} s; its owner must offer less at once"
        return f"the parser ended with signal {-code}" if code < 0 else f"the parser did not run ({error or code})"


class PlainValues(pickle.Unpickler):
    """Reads plain values only: a child that was taken over must not run code here."""

    def find_class(self, module: str, name: str) -> NoReturn:
        raise pickle.UnpicklingError(f"{module}.{name} is not a plain value")


def send(line: socket.socket, message: object) -> None:
    """One frame: eight bytes of length, then a pickle."""
    body = pickle.dumps(message)
    line.sendall(struct.pack("!Q", len(body)) + body)


def receive(line: socket.socket) -> Any:
    """One frame. Raises EOFError when the child hung up."""
    (length,) = struct.unpack("!Q", read(line, 8))
    if length > LARGEST_ANSWER:
        raise pickle.UnpicklingError("the answer is too large")
    return PlainValues(BytesIO(read(line, length))).load()


def read(line: socket.socket, length: int) -> bytes:
    """Exactly this many bytes."""
    data = bytearray(length)
    view = memoryview(data)
    while view:
        count = line.recv_into(view)
        if not count:
            raise EOFError("it hung up")
        view = view[count:]
    return bytes(data)


def complain(kind: str, answer: Any, megabytes: int) -> NoReturn:
    """Put the child's trouble into words for the operator."""
    if kind == "memory":
        raise TryLater(f"could not be parsed in {megabytes} MB of memory; its owner must offer less at once")
    if kind == "refusal":
        raise TryLater(answer)
    what, trace = answer
    raise TryLater(f"could not be parsed: {what}") from Crash(trace)
