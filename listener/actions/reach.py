"""Time limits for libraries that bring their own network, and a look whether a host answers at all."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar
from urllib.parse import urlsplit

from connectors.contract import Failed

T = TypeVar("T")

LIMIT = 8.0  # seconds for a whole delivery, so that a stop within 10 s is honest
PATIENCE = 5  # seconds for one step of it, so that a dead host is told from a silent one


def within(work: Callable[[], T], seconds: float = LIMIT) -> T:
    """What `work` returns or raises; TimeoutError when it takes longer by the wall clock.

    The libraries only time single reads, so a far side that drips would hold a worker for hours.
    """
    answer: Future[T] = Future()

    def run() -> None:
        try:
            answer.set_result(work())
        except BaseException as error:  # noqa: BLE001  # handed to the caller, who waits for it
            answer.set_exception(error)

    # A daemon thread: one that is still waiting must not hold up the stop of the process.
    threading.Thread(target=run, name="delivery", daemon=True).start()
    return answer.result(seconds)


HOST_ANSWERS = "its host answers; `listener channels test` tells whether it takes a message"


def answers(url: str) -> None:
    """Connect to the address's host and hang up. Raises Failed with the host's name, never its path."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or (80 if parts.scheme == "http" else 443)
    except ValueError:
        raise Failed("the address is not a web address", permanent=True) from None
    try:
        socket.create_connection((host, port), timeout=PATIENCE).close()
    except (OSError, UnicodeError) as error:
        raise Failed(f"{host} does not answer on port {port}: {reason(error)}") from None


def reason(error: object) -> str:
    """Why the network failed, in a few words that hold no address."""
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if inner := getattr(error, "reason", None):
        return inner.replace("_", " ").lower() if isinstance(inner, str) else reason(inner)
    return str(getattr(error, "strerror", None) or type(error).__name__)
