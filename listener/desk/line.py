"""slack_sdk's own Socket Mode client, which notices at once when the other side has hung up. Imported when used."""

from __future__ import annotations

from typing import Any

from slack_sdk.socket_mode.builtin import SocketModeClient


class Line(SocketModeClient):
    """The library reads nothing from a connection that ended, over and over, until its pings tell: seconds at 100 %."""

    def connect(self) -> None:
        """Open a connection in place of the one there is."""
        super().connect()
        session = self.current_session
        if session is not None and session.sock is not None:
            session.sock = _Ear(session.sock)  # type: ignore[assignment]  # as much of a socket as is asked for


class _Ear:
    """A socket whose end is an error."""

    def __init__(self, sock: Any) -> None:
        self._sock = sock

    def recv(self, size: int) -> bytes:
        heard: bytes = self._sock.recv(size)
        if not heard:
            raise ConnectionResetError("Slack hung up")
        return heard

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)
