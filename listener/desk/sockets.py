"""Socket Mode: a connection that we open to Slack, so that presses reach us without a public address."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from structlog.typing import FilteringBoundLogger

from listener.actions.slack import Slack, silent
from listener.desk.work import Desk

if TYPE_CHECKING:
    from slack_sdk.socket_mode.builtin import SocketModeClient
    from slack_sdk.socket_mode.client import BaseSocketModeClient
    from slack_sdk.socket_mode.request import SocketModeRequest

FIRST, LONGEST = 2.0, 300.0  # seconds between attempts to connect for the first time
PING = 2.0  # seconds: a connection that is gone is renewed within one of these, a silent one within four


class Sockets:
    """One connection for each Slack app whose channels have an `app_token`. It comes back by itself when it breaks."""

    def __init__(self, channels: Mapping[str, Slack], desks: Mapping[str, Desk], log: FilteringBoundLogger) -> None:
        apps: dict[str, tuple[str, Slack, Desk]] = {}
        for name, channel in channels.items():
            if channel.app_token:
                apps.setdefault(channel.app_token.get_secret_value(), (name, channel, desks[name]))
        self._apps = list(apps.values())
        self._log = log
        self._over = threading.Event()
        self._clients: list[SocketModeClient] = []

    def start(self) -> None:
        """Connect in the background, as often as it takes."""
        for name, channel, desk in self._apps:
            threading.Thread(target=self._keep, args=(name, channel, desk), name=f"slack {name}", daemon=True).start()

    def stop(self) -> None:
        """Hang up, so that what is pressed from now on goes to whoever connects next."""
        self._over.set()
        for client in self._clients:
            # in a thread: it waits for three seconds of silence on the connection
            threading.Thread(target=client.close, daemon=True).start()

    def _keep(self, name: str, channel: Slack, desk: Desk) -> None:
        wait = FIRST
        client = self._client(channel, desk)
        client.on_error_listeners.append(lambda error: self._lost(name, type(error).__name__))
        self._clients.append(client)
        while not self._over.is_set():
            trouble = _connected(client)
            if not trouble:
                self._log.info("slack.listening", channel=name)
                return
            self._log.warning("slack.unreachable", channel=name, error=trouble)
            self._over.wait(wait)
            wait = min(2 * wait, LONGEST)

    def _lost(self, name: str, error: str) -> None:
        if not self._over.is_set():
            self._log.warning("slack.lost", channel=name, error=error)

    def _client(self, channel: Slack, desk: Desk) -> SocketModeClient:
        from listener.desk.line import Line

        token = channel.app_token.get_secret_value() if channel.app_token else ""
        client = Line(token, silent(), channel.client(), ping_interval=PING, concurrency=4)

        def heard(connection: BaseSocketModeClient, request: SocketModeRequest) -> None:
            self._heard(connection, request, desk)

        client.socket_mode_request_listeners.append(heard)
        return client

    def _heard(self, connection: BaseSocketModeClient, request: SocketModeRequest, desk: Desk) -> None:
        """Decided first, acknowledged then: what is not acknowledged Slack tells whoever pressed."""
        from slack_sdk.errors import SlackClientNotConnectedError
        from slack_sdk.socket_mode.response import SocketModeResponse

        answer: dict[str, Any] = desk.hear(request.payload) if request.type == "interactive" else {}
        try:
            connection.send_socket_mode_response(SocketModeResponse(request.envelope_id, answer or None))
        except (SlackClientNotConnectedError, OSError, AttributeError) as error:
            # it is decided; when it is pressed again, that is what the second press hears
            self._log.warning("slack.unanswered", error=type(error).__name__)


def _connected(client: SocketModeClient) -> str:
    """Why it did not work, "" when it did; the client may have managed by itself meanwhile."""
    from slack_sdk.errors import SlackApiError, SlackClientError

    from listener.actions.slack_errors import refusal

    try:
        if not client.is_connected():
            client.connect()
    except SlackApiError as error:
        return str(refusal(error.response))
    except (SlackClientError, OSError, ValueError) as error:
        return type(error).__name__
    finally:
        client.wss_uri = None  # good for one connection only
    return "" if client.is_connected() else "Slack took no connection"
