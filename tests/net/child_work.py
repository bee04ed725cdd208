"""What the tests let a child do; it imports nothing, so that the child stays as it is."""

from __future__ import annotations

import os
import re
import signal
import sys

HOARD: list[bytes] = []


def slow_pattern(data: bytes) -> bool:
    """Catastrophic backtracking: C code that looks at no signal."""
    return bool(re.match(rb"(a+)+$", data + b"b"))


def length(data: bytes) -> int:
    return len(data)


def divide(data: bytes) -> float:
    return 1 / len(data)


def crash(data: bytes) -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def pattern(data: bytes) -> re.Pattern[bytes]:
    return re.compile(data)


def modules(data: bytes) -> list[str]:
    return list(sys.modules)


def keep(data: bytes) -> None:
    HOARD.append(b"x" * 200_000 * len(data))


def kept(data: bytes) -> int:
    return len(HOARD)
