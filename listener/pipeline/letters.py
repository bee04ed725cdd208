"""Letters: deliveries that write privately to one customer, by the one channel that the house has for that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from listener.actions.contract import Message
from listener.pipeline.notices import BLANK
from listener.signing import Signer
from rules.catalogue import ACTIONS
from rules.terms import Purpose

UNSUBSCRIBE = "unsubscribe"  # what the tokens of opt-out links are for
# what rules order in private becomes a letter where there is a way, else it is done by hand
LETTERS = frozenset({"notify", *(each.name for each in ACTIONS.values() if each.outward and not each.public)})


@dataclass(frozen=True, slots=True)
class Mailroom:
    """How letters leave: the channel of `[contact] channel` ("": there is none), and what links begin with."""

    channel: str
    address: str
    signer: Signer

    def reaches(self, customer: Row[Any] | None) -> bool:
        """Whether a letter to this customer can leave at all."""
        return bool(self.channel and customer is not None and customer.email)

    def unsubscribe(self, customer: str) -> str:
        """The address that opts this customer out: a page for people, one POST for mail programs (RFC 8058)."""
        return f"{self.address}/u/{self.signer.token(UNSUBSCRIBE, {'person': customer})}"


def letter(
    room: Mailroom, key: str, purpose: Purpose, customer: str, title: str, text: str, at: datetime, **columns: Any
) -> dict[str, Any]:
    """The columns of a delivery that writes to this customer; `columns` change or add to them.

    It holds no mail address: that is looked up when the letter leaves, so an erased customer has none any more.
    `text` is what a person may still edit; the way to opt out is added below it. `key` makes it go once.
    """
    way_out = room.unsubscribe(customer)
    footer = f"You want to hear nothing more from us? One click: {way_out}"
    message = Message(title=title, footer=footer, key=key, unsubscribe=way_out)
    return {
        **BLANK,
        "key": key,
        "action": "notify",
        "person": customer,
        "customer": customer,
        "channel": room.channel or None,
        "purpose": purpose,
        "due_at": at,
        "created_at": at,
        "text": text,
        "message": message.model_dump(mode="json"),
        **columns,
    }
