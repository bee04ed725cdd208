"""What the house tells its own people: each notice is a delivery, so that none is lost or told twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from listener.actions.contract import Message
from listener.store import Store

BLANK: Mapping[str, Any] = MappingProxyType(
    dict.fromkeys(("rule", "mention", "issue", "alert", "person", "customer", "expires_at", "last_error"))
    | {"purpose": "internal", "mode": "live", "status": "due", "attempts": 0, "told": 0}
    | {"message": {}, "options": {}, "reservations": []}
)


def as_delivery(message: Message, channel: str, at: datetime, action: str = "notice") -> dict[str, Any]:
    """The columns of a delivery that carries this message at once and needs nobody's approval."""
    return {
        **BLANK,
        "key": message.key,
        "action": action,
        "channel": channel,
        "due_at": at,
        "created_at": at,
        "text": f"{message.headline}\n\n{message.plain()}".strip(),
        "message": message.model_dump(mode="json"),
    }


class Notices:
    """Sends messages to the ops channel."""

    def __init__(self, store: Store, channel: str) -> None:
        self._store = store
        self.channel = channel

    def send(self, message: Message, at: datetime) -> None:
        """Queue it; one with the same key is not queued again."""
        self._store.deliveries.add(as_delivery(message, self.channel, at))


def breakage(known: Mapping[str, Any], problems: Sequence[str], now: datetime) -> dict[str, Any]:
    """What is kept of a broken file: since when it has had these problems, so that people are told of them once."""
    problems = list(problems[:10])
    since = known["broken_since"] if known.get("problems") == problems else now.isoformat()
    return {"broken_since": since, "problems": problems}
