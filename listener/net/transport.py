"""Sockets that keep to the wall clock and connect to checked addresses only."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from threading import Lock
from typing import Any
from weakref import WeakSet

import httpcore

Monotonic = Callable[[], float]
Check = Callable[[str, int, float], list[str]]


class Unresolved(httpcore.ConnectError):
    """The host name has no address."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long one step may take, and until when (monotonic seconds) the whole request.

    It travels in httpcore's place for a time-out, which hands it on unread; so every single
    read is bounded by what is left, and a drip of bytes cannot outlast `until`.
    """

    step: float
    until: float
    monotonic: Monotonic

    def left(self) -> float:
        """Seconds that the next step may take. Raises httpcore.ReadTimeout when there are none."""
        left = self.until - self.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the whole request took too long")
        return min(self.step, left)


class Opened:
    """The open connections. Once they were broken off, one that opens late is broken off at once."""

    def __init__(self) -> None:
        self._streams: WeakSet[PatientStream] = WeakSet()
        self._lock = Lock()
        self._over = False

    def add(self, stream: PatientStream) -> None:
        with self._lock:
            self._streams.add(stream)
        if self._over:
            stream.abort()

    def abort(self) -> None:
        """Break off every one."""
        self._over = True
        with self._lock:
            streams = list(self._streams)
        for stream in streams:
            stream.abort()


class PatientStream(httpcore.NetworkStream):
    """A connection whose every step asks the request's Patience how long it may take."""

    def __init__(self, stream: httpcore.NetworkStream, opened: Opened) -> None:
        self._stream = stream
        self._opened = opened
        opened.add(self)

    def read(self, max_bytes: int, timeout: Any = None) -> bytes:
        return self._stream.read(max_bytes, timeout.left())

    def write(self, buffer: bytes, timeout: Any = None) -> None:
        self._stream.write(buffer, timeout.left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: Any = None
    ) -> httpcore.NetworkStream:
        # a handshake is bounded as a whole by Python, not step by step
        secured = self._stream.start_tls(ssl_context, server_hostname, timeout.left())
        return PatientStream(secured, self._opened)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)

    def abort(self) -> None:
        """Wake the thread that reads from this connection: closing alone would leave it waiting."""
        try:
            self.get_extra_info("socket").shutdown(socket.SHUT_RDWR)
        except OSError:
            self.close()


class CheckedBackend(httpcore.NetworkBackend):
    """Opens connections to the addresses that `check(host, port, seconds)` lets pass, the first that answers."""

    def __init__(self, check: Check) -> None:
        self._check = check
        self._plain = httpcore.SyncBackend()
        self._opened = Opened()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: Any = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        trouble: httpcore.ConnectError | httpcore.ConnectTimeout = Unresolved(host)
        # one after the other, each with its own `connect`: a broken IPv6 must not hide a working IPv4
        for address in self._check(host, port, timeout.left()):
            try:
                stream = self._plain.connect_tcp(address, port, timeout.left(), local_address, socket_options)
                return PatientStream(stream, self._opened)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                trouble = error
        raise trouble

    def abort(self) -> None:
        """Break off every open connection, and those that are just being opened."""
        self._opened.abort()
