"""Kind `log`: messages in the daemon's own log, for a start without any account."""

from __future__ import annotations

from typing import Any

import structlog

from connectors.contract import Receipt
from listener.actions.contract import Channel, Doubt, Message, Outside


class Log(Channel):
    """Writes one event `message`. What a post said stays out of the log: its link leads there."""

    @property
    def doubt(self) -> Doubt:
        return "key"

    def deliver(self, message: Message, outside: Outside) -> Receipt:
        structlog.get_logger("listener").info("message", **_shown(message))
        return Receipt(kind="log", key=message.key)

    @property
    def verified(self) -> str:
        return "nothing to check: it writes into the daemon's log"

    def verify(self, outside: Outside) -> None:
        """A log needs no credentials."""


def _shown(message: Message) -> dict[str, Any]:
    # With a quote the text may be a draft that names a person; without one it is about the house itself.
    shown = {"title": message.headline, "link": message.link, "next": message.footer, "key": message.key}
    if not message.quote:
        shown["text"] = message.text
    return {name: value for name, value in shown.items() if value}
