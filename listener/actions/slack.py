"""Kind `slack`: messages to a Slack channel, by an incoming webhook or by an app's token."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from http.client import HTTPException
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.error import URLError
from urllib.parse import urlsplit

from pydantic import model_validator

from connectors.contract import Failed, Receipt
from connectors.options import WebAddressOrNone
from listener.actions.contract import Channel, Doubt, InDoubt, Message, Outside, Plot, Secret
from listener.actions.drawing import picture
from listener.actions.reach import HOST_ANSWERS, PATIENCE, answers, reason, within
from listener.actions.slack_blocks import payload, plain
from listener.actions.slack_errors import refusal, webhook_refusal

if TYPE_CHECKING:
    from slack_sdk import WebClient
    from slack_sdk.webhook import WebhookResponse

T = TypeVar("T")

EVENT = "listener_delivery"
REDACTED = "What was quoted here is gone: its post was deleted, or its author asked to be forgotten."
_PAGES = 10  # of 200 messages: far more than a channel gets between a claim and the settling of its doubt


class Slack(Channel):
    """Either `webhook_url`, or `token` with `channel` (a name such as `#care`, or an id).

    With a token a message carries its key in its metadata and can be found again (scopes `chat:write`,
    `channels:history`, `channels:read`), and a plot comes as a picture (`files:write`); a webhook can do neither.
    `app_token` (Socket Mode) or `signing_secret` (Slack posts to `/slack/interactions`) let us hear buttons, so that
    messages have some. `base_url` replaces Slack's API address (`…/api`), and of a webhook the host.
    """

    secrets = frozenset({"webhook_url", "token", "app_token", "signing_secret"})

    webhook_url: Secret | None = None
    token: Secret | None = None
    channel: str | None = None
    app_token: Secret | None = None
    signing_secret: Secret | None = None
    base_url: WebAddressOrNone = ""

    # Secrets are looked at when used: `check` makes channels whose references are not resolved yet.
    @model_validator(mode="after")
    def _one_way(self) -> Slack:
        if (self.webhook_url is None) == (self.token is None):
            raise ValueError("give either webhook_url, or token and channel")
        if self.token is not None and not (self.channel or "").strip("# "):
            raise ValueError('a token needs channel = "#name" or a channel id')
        if self.token is None and (self.app_token or self.signing_secret):
            raise ValueError(
                "buttons need token and channel: a webhook's messages cannot be changed when one is pressed"
            )
        return self

    @property
    def hears(self) -> bool:
        """Whether we hear of it when somebody presses a button."""
        return bool(self.app_token or self.signing_secret)

    @property
    def amends(self) -> bool:
        return self.token is not None

    @property
    def doubt(self) -> Doubt:
        return "lookup" if self.token else "ask"

    def deliver(self, message: Message, outside: Outside) -> Receipt:
        return self._post(message) if self.token else self._drop(message)

    def find(self, message_key: str, since: datetime, outside: Outside) -> Receipt | None:
        """Look through the channel's history. Raises Failed when it is too long to be certain."""
        client = self.client()
        channel = self._channel_id(client)
        # Clocks differ, and the key is unique, so looking too far back does no harm.
        oldest = str((since - timedelta(minutes=5)).timestamp())
        page: dict[str, Any] = {"channel": channel, "oldest": oldest, "limit": 200, "include_all_metadata": True}
        for found in _pages(client.conversations_history, page):
            for posted in found.get("messages", ()):
                if _key(posted) == message_key:
                    return _receipt(channel, posted)
        return None

    def verify(self, outside: Outside) -> None:
        """The tokens are asked for; of a webhook only the host, as it cannot be tried without posting."""
        if self.token is None:
            answers(self._address())
            return
        _asked(self.client().auth_test)
        if self.app_token:
            token = self.app_token.get_secret_value()
            _asked(lambda: self.client().apps_connections_open(app_token=token))

    @property
    def verified(self) -> str:
        return super().verified if self.token else HOST_ANSWERS

    def _post(self, message: Message) -> Receipt:
        client, content = self.client(), self._content(message)
        answer = _asked(lambda: client.chat_postMessage(channel=self.channel or "", **content))
        place = str(answer.get("channel") or self.channel)
        if message.plot:
            self._show(message.plot, place, str(answer.get("ts", "")))
        return _receipt(place, answer)

    def _show(self, plot: Plot, place: str, thread: str) -> None:
        """The picture of a plot, below its message: uploads go to the id of a channel. Without it the words stand."""
        from slack_sdk.errors import SlackRequestError

        if drawn := picture(plot):
            upload = partial(self.client().files_upload_v2, filename="plot.png", content=drawn, title=plot.title)
            # the message is posted, and is not to be posted again for the sake of its picture
            with suppress(Failed, SlackRequestError):
                _asked(lambda: upload(alt_txt=plot.in_text()[0], channel=place, thread_ts=thread))

    def _content(self, message: Message) -> dict[str, Any]:
        metadata = {"event_type": EVENT, "event_payload": {"key": message.key}}
        return {"metadata": metadata, **payload(message, self.hears)}

    def amend(self, sent: Receipt, message: Message, outside: Outside) -> Receipt:
        return self._change(sent, self._content(message))

    def redact(self, sent: Receipt, outside: Outside) -> Receipt:
        # without metadata: the key may hold the person's handle
        return self._change(sent, {"text": REDACTED, "blocks": [], "metadata": {}})

    def _change(self, sent: Receipt, content: dict[str, Any]) -> Receipt:
        place, _, ts = sent.key.partition(":")
        content = {name: value for name, value in content.items() if not name.startswith("unfurl")}
        try:
            _asked(lambda: self.client().chat_update(channel=place, ts=ts, **content))
        except Failed as error:
            # somebody deleted the message: then nothing of it is left to change
            if "message_not_found" not in str(error):
                raise
        return sent

    def open_modal(self, trigger: str, view: Mapping[str, Any]) -> None:
        """Show a modal to whoever pressed a button; a trigger is good for three seconds. Raises Failed."""
        _asked(lambda: self.client().views_open(trigger_id=trigger, view=dict(view)))

    def whisper(self, place: str, user: str, text: str) -> None:
        """Say something that only this reader of the channel sees. Raises Failed."""
        _asked(lambda: self.client().chat_postEphemeral(channel=place, user=user, text=plain(text)))

    def _drop(self, message: Message) -> Receipt:
        from slack_sdk.webhook import WebhookClient

        # The library's own retries would repeat a post whose answer was lost.
        client = WebhookClient(self._address(), timeout=PATIENCE, logger=silent(), retry_handlers=[])
        answer: WebhookResponse = _sent(lambda: client.send_dict(payload(message)))
        # A proxy's sign-in page also comes with status 200.
        if answer.status_code >= 300 or answer.body.lstrip().startswith("<"):
            raise webhook_refusal(answer)
        return Receipt(kind="slack", key=message.key)

    def client(self) -> WebClient:
        """The Web API with our time limits, and without the library's own retries and log."""
        from slack_sdk import WebClient

        token = self.token.get_secret_value() if self.token else ""
        address = self.base_url or WebClient.BASE_URL
        return WebClient(token, base_url=address, timeout=PATIENCE, logger=silent(), retry_handlers=[])

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


def _receipt(place: str, posted: Any) -> Receipt:
    """Where a message is: a change to it names the channel by its id."""
    return Receipt(kind="slack", key=f"{place}:{posted.get('ts', '')}")


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


def silent() -> logging.Logger:
    """A log that keeps to itself."""
    # At debug level slack_sdk writes addresses and tokens into the log.
    return logging.Logger("slack_sdk", logging.CRITICAL + 1)
