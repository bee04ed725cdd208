"""Kind `webhook`: the message as JSON to any address, signed so that the receiver can trust it."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar
from urllib.parse import quote

from connectors.contract import Failed, GiveUp, Receipt, TryLater
from connectors.options import WebAddress
from listener.actions.contract import Channel, Doubt, InDoubt, Message, Outside, Secret
from listener.actions.reach import HOST_ANSWERS, answers, within
from listener.actions.text import without

T = TypeVar("T")


class Webhook(Channel):
    """POSTs `{title, text, link, facts: [[label, value]], quote, footer, key, test}` as UTF-8 JSON.

    `Idempotency-Key` repeats the key (percent-encoded where not ASCII), so that a repeat can be ignored.
    With a `secret`, `X-Listener-Signature` is `sha256=` and the hexadecimal HMAC-SHA256 of
    `X-Listener-Timestamp` (Unix seconds), a full stop, and the body as it was sent.
    """

    secrets = frozenset({"secret"})

    url: WebAddress
    secret: Secret | None = None

    @property
    def doubt(self) -> Doubt:
        return "key"

    def deliver(self, message: Message, outside: Outside) -> Receipt:
        body = message.model_dump_json().encode()
        headers = {"Content-Type": "application/json", "Idempotency-Key": quote(message.key, safe="/:|+@=,;~ ")}
        headers |= self._signature(body, outside.now())
        answer = self._reached(lambda: outside.fetch(self.url, method="POST", headers=headers, body=body))
        # Nobody has taken a POST that is answered by 304 or a redirect.
        if not 200 <= answer.status < 300:
            raise Failed(f"the webhook's receiver answered {answer.status}", permanent=True)
        return Receipt(kind="webhook", key=message.key)

    def verify(self, outside: Outside) -> None:
        """Only that the host answers: a receiver's opinion of us is known when it gets a message."""
        answers(self.url)

    @property
    def verified(self) -> str:
        return HOST_ANSWERS

    def _signature(self, body: bytes, now: datetime) -> dict[str, str]:
        if self.secret is None:
            return {}
        # The time is signed too, so that a request somebody recorded cannot be played again later.
        at = str(int(now.timestamp()))
        digest = hmac.new(self.secret.get_secret_value().encode(), at.encode() + b"." + body, hashlib.sha256)
        return {"X-Listener-Timestamp": at, "X-Listener-Signature": f"sha256={digest.hexdigest()}"}

    def _reached(self, work: Callable[[], T]) -> T:
        """The address may carry a token of its own, so errors do without it."""
        try:
            return within(work)
        except TryLater as error:
            trouble = InDoubt if error.handed else Failed
            raise trouble(without(str(error), self.url), after=error.after) from None
        except GiveUp as error:
            raise Failed(without(str(error), self.url), permanent=True) from None
        except TimeoutError:
            raise InDoubt("the webhook's receiver did not answer in time") from None
