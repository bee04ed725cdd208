"""What runs in a child of `aside`: reads calls from descriptor 0, answers there, ends when its parent is gone.

It is started as a script and imports nothing of the daemon, so that it stays small.
"""

from __future__ import annotations

import os
import pickle
import resource
import signal
import struct
import sys
import traceback
from importlib import import_module
from typing import Any

PIPE = 0
# to import a parser on a busy machine
START = 20.0
# of the CPU's time, and of the clock's
ALARMS = {signal.SIGPROF, signal.SIGALRM}
BUSY = 4
# a child that has kept more than this after a call is replaced, so that one large feed is not paid for ever
KEPT_MEGABYTES = 128


def serve() -> None:
    """Answer calls until the parent hangs up. The first frame is the parent's import path."""
    # a daemon that ignores or blocks the alarms has handed that down to its children
    for alarm in ALARMS:
        signal.signal(alarm, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, ALARMS)
    path = receive()
    sys.path[:] = path or []
    while call := receive():
        (module, function), data, seconds, megabytes = call
        signal.setitimer(signal.ITIMER_REAL, START)
        kind, answer = perform(module, function, data, seconds, megabytes)
        # the alarm still runs: an answer that the parent does not take must not hold the child either
        send((kind, answer, pages()[1] > KEPT_MEGABYTES))
        limit_time(0)


def perform(module: str, function: str, data: bytes, seconds: float, megabytes: int) -> tuple[str, Any]:
    """The answer, or what went wrong. Past `seconds` of CPU the kernel ends this process, in whatever code it is."""
    try:
        parse = getattr(import_module(module), function)
        limit_memory(megabytes)
        limit_time(seconds)
        return "answer", parse(data)
    except MemoryError:
        return "memory", None
    except ValueError as error:
        return "refusal", str(error)
    except Exception as error:  # noqa: BLE001  # whatever untrusted bytes provoke is an answer, not an end
        return "crash", (f"{type(error).__name__}: {error}"[:500], traceback.format_exc(limit=20))
    finally:
        # the answer is pickled outside the limit, or a parser that just fits would fail in the end
        resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.getrlimit(resource.RLIMIT_AS)[1]))


def limit_time(seconds: float) -> None:
    """Allow this much of the CPU, and by the clock what that takes on a busy machine; 0: as long as it likes."""
    signal.setitimer(signal.ITIMER_PROF, seconds)
    signal.setitimer(signal.ITIMER_REAL, seconds * BUSY)


def limit_memory(megabytes: int) -> None:
    """Allow this much more address space than is in use now, where the system tells."""
    used = pages()[0]
    if used:
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        resource.setrlimit(resource.RLIMIT_AS, ((used + megabytes) * 1024 * 1024, hard))


def pages() -> tuple[int, int]:
    """Megabytes of address space and of memory in use; zeros where the system does not tell."""
    try:
        with open("/proc/self/statm", "rb") as statm:
            size, resident = statm.read().split()[:2]
    except OSError:
        return 0, 0
    return tuple(int(count) * resource.getpagesize() // 1024 // 1024 for count in (size, resident))  # type: ignore[return-value]


def receive() -> Any:
    """One frame: eight bytes of length, then a pickle. None when the parent has hung up."""
    head = read(8)
    return pickle.loads(read(struct.unpack("!Q", head)[0])) if head else None


def read(length: int) -> bytearray:
    """Exactly this many bytes, or none at the end."""
    data = bytearray()
    while len(data) < length:
        piece = os.read(PIPE, min(length - len(data), 1 << 20))
        if not piece:
            return bytearray()
        data += piece
    return data


def send(answer: object) -> None:
    """One frame back."""
    body = pickle.dumps(answer)
    view = memoryview(struct.pack("!Q", len(body)) + body)
    while view:
        view = view[os.write(PIPE, view) :]


if __name__ == "__main__":
    serve()
