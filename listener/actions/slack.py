"""Kind `slack`: messages to a Slack channel, by an incoming webhook or by an app's token."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from http.client import HTTPException
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.error import URLError
from urllib.parse import urlsplit

from pydantic import model_validator

from connectors.contract import Failed, Receipt
from listener.actions.contract import Channel, Doubt, InDoubt, Message, Outside, Secret
from listener.actions.reach import PATIENCE, answers, reason, within
from listener.actions.slack_blocks import payload
from listener.actions.slack_errors import refusal, webhook_refusal

if TYPE_CHECKING:
    from slack_sdk import WebClient
    from slack_sdk.webhook import WebhookResponse

T = TypeVar("T")

EVENT = "listener_delivery"
_PAGES = 10  # of 200 messages: far more than a channel gets between a claim and the settling of its doubt


class Slack(Channel):
    """Either `webhook_url`, or `token` with `channel` (a name such as `#care`, or an id).

    With a token a message carries its key in its metadata and can be found again (scopes `chat:write`,
    `channels:history`, `channels:read`); a webhook's message cannot. `base_url` replaces Slack's API address
    (`…/api`), and of a webhook the host.
    """

    secrets = frozenset({"webhook_url", "token"})

    webhook_url: Secret | None = None
    token: Secret | None = None
    channel: str | None = None
    base_url: str = ""

    # Secrets are looked at when used: `check` makes channels whose references are not resolved yet.
    @model_validator(mode="after")
    def _one_way(self) -> Slack:
        if (self.webhook_url is None) == (self.token is None):
            raise ValueError("give either webhook_url, or token and channel")
        if self.token is not None and not (self.channel or "").strip("# "):
            raise ValueError('a token needs channel = "#name" or a channel id')
        return self

    @property
    def doubt(self) -> Doubt:
        return "lookup" if self.token else "ask"

    def deliver(self, message: Message, outside: Outside) -> Receipt:
        return self._post(message) if self.token else self._drop(message)

    def find(self, message_key: str, since: datetime, outside: Outside) -> Receipt | None:
        """Look through the channel's history. Raises Failed when it is too long to be certain."""
        client = self._client()
        channel = self._channel_id(client)
        # Clocks differ, and the key is unique, so looking too far back does no harm.
        oldest = str((since - timedelta(minutes=5)).timestamp())
        page: dict[str, Any] = {"channel": channel, "oldest": oldest, "limit": 200, "include_all_metadata": True}
        for found in _pages(client.conversations_history, page):
            for posted in found.get("messages", ()):
                if _key(posted) == message_key:
                    return Receipt(kind="slack", key=str(posted.get("ts", "")))
        return None

    def verify(self, outside: Outside) -> None:
        """The token is asked for; of a webhook only the host, as it cannot be tried without posting."""
        if self.token is None:
            answers(self._address())
        else:
            _asked(self._client().auth_test)

    def _post(self, message: Message) -> Receipt:
        client, metadata = self._client(), {"event_type": EVENT, "event_payload": {"key": message.key}}
        answer = _asked(
            lambda: client.chat_postMessage(channel=self.channel or "", metadata=metadata, **payload(message))
        )
        return Receipt(kind="slack", key=str(answer.get("ts", "")))

    def _drop(self, message: Message) -> Receipt:
        from slack_sdk.webhook import WebhookClient

        # The library's own retries would repeat a post whose answer was lost.
        client = WebhookClient(self._address(), timeout=PATIENCE, logger=_silent(), retry_handlers=[])
        answer: WebhookResponse = _sent(lambda: client.send_dict(payload(message)))
        # A proxy's sign-in page also comes with status 200.
        if answer.status_code >= 300 or answer.body.lstrip().startswith("<"):
            raise webhook_refusal(answer)
        return Receipt(kind="slack", key=message.key)

    def _client(self) -> WebClient:
        from slack_sdk import WebClient

        token = self.token.get_secret_value() if self.token else ""
        address = self.base_url or WebClient.BASE_URL
        return WebClient(token, base_url=address, timeout=PATIENCE, logger=_silent(), retry_handlers=[])

    def _address(self) -> str:
        """The webhook's address. Raises Failed, without quoting it, when it is none."""
        address = self.webhook_url.get_secret_value().strip() if self.webhook_url else ""
        if not address.startswith(("http://", "https://")) or any(sign <= " " for sign in address):
            raise Failed("webhook_url is not a web address", permanent=True)
        return self.base_url.rstrip("/") + urlsplit(address).path if self.base_url else address

    def _channel_id(self, client: WebClient) -> str:
        name = (self.channel or "").lstrip("#")
        # Names of channels are never in capitals, ids always are.
        if name.isupper():
            return name
        page = {"types": "public_channel,private_channel", "exclude_archived": True, "limit": 1000}
        for found in _pages(client.conversations_list, page):
            for one in found.get("channels", ()):
                if one.get("name") == name:
                    return str(one["id"])
        raise Failed(f"Slack shows the app no channel {self.channel}: invite it there", permanent=True)


def _pages(method: Callable[..., Any], page: dict[str, Any]) -> Iterator[Any]:
    """Answer after answer, following the cursor. Raises Failed past ten pages: then nobody can be certain."""
    for _ in range(_PAGES):
        found = _asked(partial(method, **page))
        yield found
        cursor = (found.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return
        page = {**page, "cursor": cursor}
    raise Failed("Slack has too many pages to look through", permanent=True)


def _key(posted: dict[str, Any]) -> str | None:
    metadata = posted.get("metadata") or {}
    return (metadata.get("event_payload") or {}).get("key") if metadata.get("event_type") == EVENT else None


def _asked(call: Callable[[], T]) -> T:
    from slack_sdk.errors import SlackApiError

    try:
        return _sent(call)
    except SlackApiError as error:
        raise refusal(error.response) from None


def _sent(call: Callable[[], T]) -> T:
    """Errors are raised anew, in our words: the library's quote the address, which is the secret."""
    try:
        return within(call)
    except URLError as error:
        # Only raised while connecting and sending; everything below comes when Slack may have the message.
        raise Failed(f"Slack was not reached: {reason(error)}") from None
    except (OSError, HTTPException, ValueError, LookupError) as error:
        raise InDoubt(f"Slack gave no readable answer: {reason(error)}") from None


def _silent() -> logging.Logger:
    # At debug level slack_sdk writes addresses and tokens into the log.
    return logging.Logger("slack_sdk", logging.CRITICAL + 1)
