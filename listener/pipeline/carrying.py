"""How one delivery gets out: through a channel, inside the house, or in public where the person spoke."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from connectors.contract import Connector, Door, Failed, Receipt, Replying
from listener.actions.contract import Carrier, Channel, Message, Outside
from listener.model.handling import PLAIN_HANDLING, Handling
from listener.model.plan import TicketPlan
from listener.pipeline.cards import CHANGES, Card
from listener.pipeline.letters import LETTERS
from listener.pipeline.lines import Lines
from listener.pipeline.orders import CARRIED, INSIDE, REPLY
from listener.pipeline.tracking import Tracking
from listener.store import Store
from listener.store.tracks import TRACK
from rules.catalogue import ACTIONS

HOUR = timedelta(hours=1)
BY_CHANNEL = CARRIED | {"notice", "summary", "test"}


@dataclass(frozen=True, slots=True)
class Ways:
    """How things get out: channels by name, sources that can be answered, the way to the world for both.

    `card` is what a message says at this moment, where that changes; `link` the page on which one reader decides.
    """

    channels: Mapping[str, Channel]
    connectors: Mapping[str, Connector]
    outside: Outside
    door: Callable[[str], Door]
    handling: Handling = PLAIN_HANDLING
    tracking: Tracking | None = None
    card: Callable[[Row[Any]], Card | None] = lambda row: None
    link: Callable[[int, str], str | None] = lambda draft, reader: None


@dataclass(frozen=True, slots=True)
class Carrying:
    """Carries what is claimed, and says how to find it again. `lines` are the open ones of one performer."""

    store: Store
    ways: Ways
    now: Callable[[], datetime]
    lines: Lines | None = None

    def carry(self, row: Row[Any], card: Card | None) -> Receipt:
        """Raises Failed, InDoubt, Withdrawn, ByHand and Crowded."""
        return self._through_channel(row, card) if row.action in BY_CHANNEL else self._carry(row)

    def _carry(self, row: Row[Any]) -> Receipt:
        if row.action in CHANGES:
            return self._change(row)
        if is_letter(row):
            return self._carrier(row.channel).deliver(self._letter(row), self.ways.outside)
        if row.action in INSIDE:
            return self._inside(row)
        if row.action == TRACK:
            return self._track(row)
        return self._in_public(row)

    def _track(self, row: Row[Any]) -> Receipt:
        if self.ways.tracking is None:
            raise Failed("no tracker is configured any more", permanent=True)
        return self.ways.tracking.perform(row)

    def _inside(self, row: Row[Any]) -> Receipt:
        """What a person approved and the house does itself."""
        if row.action == "open_ticket":
            return Receipt("ticket", str(self.store.tickets.open_now(self._ticket(row), self.now())))
        raise Failed(f"{row.action} needs no approval: give its rule the mode live", permanent=True)

    def _ticket(self, row: Row[Any]) -> TicketPlan:
        known = self.store.customers.get([row.customer]).get(row.customer) if row.customer else None
        owner, role = (known.owner or None, known.owner_role or None) if known else (None, None)
        who = (row.mention, row.person, row.customer, row.issue, row.rule)
        return TicketPlan(*who, row.options, True, owner, role, self.ways.handling)

    def _change(self, row: Row[Any]) -> Receipt:
        """Another text for a message that was sent."""
        channel, sent = self._channel(row.channel), Receipt("slack", str(row.options["sent"]))
        if not channel.amends:
            raise Failed(f"{row.channel} cannot change what it sent any more: give it a token again", permanent=True)
        if row.action == "redact":
            return channel.redact(sent, self.ways.outside)
        return channel.amend(sent, Message.model_validate(row.message), self.ways.outside)

    def _through_channel(self, row: Row[Any], card: Card | None) -> Receipt:
        channel = self._channel(row.channel)
        if row.action == "alert" and channel.max_per_hour:
            self._make_room(row.channel, channel.max_per_hour)
        message = card.message if card else Message.model_validate(row.message)
        reader = str(row.options.get("reader") or "")
        if card and reader:
            link = self.ways.link(card.number, reader) if card.state == "waiting" else None
            message = message.model_copy(update={"to": reader, "decide": link})
        return self._carrier(row.channel).deliver(message, self.ways.outside)

    def _letter(self, row: Row[Any]) -> Message:
        """The text as it was approved, to the address that the registry has now."""
        address = self.store.customers.email(row.customer) if row.customer else ""
        if not address:
            raise Failed("the registry has no e-mail address for this customer", permanent=True)
        return Message.model_validate(row.message | {"text": row.text, "to": address})

    def _make_room(self, name: str, most: int) -> None:
        now = self.now()
        if self.store.deliveries.sent_since(name, now - HOUR) >= most:
            raise Crowded(f"{name} carries {most} messages an hour; the rest follows as one summary", now + HOUR)

    def _carrier(self, name: str | None) -> Carrier:
        channel = self._channel(name)
        return self.lines.carrier(name or "", channel) if self.lines else channel

    def _channel(self, name: str | None) -> Channel:
        channel = self.ways.channels.get(name or "")
        if channel is None:
            raise Failed(f"there is no channel {name!r} any more: add it to config.toml, then `listener retry`", True)
        return channel

    def _in_public(self, row: Row[Any]) -> Receipt:
        """Answer where the person spoke, when action and source are for that; else a person does it by hand."""
        action = ACTIONS.get(row.action)
        if row.action != REPLY and (action is None or not action.public):
            raise ByHand
        mention = self.store.mentions.get(row.mention) if row.mention else None
        connector = self.ways.connectors.get(mention.source) if mention else None
        if mention is None or connector is None or not (connector.replies and isinstance(connector, Replying)):
            raise ByHand
        if mention.gone_at is not None:
            raise Failed("the post was deleted at its source", permanent=True)
        return connector.reply(mention.external_id, row.text, row.key, self.ways.door(mention.source))

    def doubt(self, row: Row[Any]) -> str:
        """How it is settled when nobody knows whether it arrived."""
        if row.options.get("once"):  # a second mail to a customer is worse than none: a person looks
            return "ask"
        if row.action in BY_CHANNEL or is_letter(row):
            channel = self.ways.channels.get(row.channel or "")
            return channel.doubt if channel else "ask"
        if row.action in CHANGES:
            return "key"
        return "lookup"

    def shows(self, row: Row[Any], card: Card | None) -> tuple[str, int, str] | None:
        """What to remember of a message whose words may have to change."""
        return card.shows if card and not card.over and self._channel(row.channel).amends else None

    def find(self, row: Row[Any]) -> Receipt | None:
        """Whether it arrived, as the far side says. Raises Failed."""
        if row.action in BY_CHANNEL or is_letter(row):
            return self._channel(row.channel).find(row.key, row.claimed_at, self.ways.outside)
        if row.action == TRACK:
            return None  # it looks before it does anything, and enough time has passed by now
        mention = self.store.mentions.get(row.mention)
        connector = self.ways.connectors.get(mention.source) if mention else None
        if mention is None or not isinstance(connector, Replying):
            raise Failed("its source is no longer configured")
        return connector.find_reply(mention.external_id, row.key, self.ways.door(mention.source))


def is_letter(row: Row[Any]) -> bool:
    """Whether it goes privately to one customer by a channel. It has no fallback: a desk is not the customer."""
    return row.action in LETTERS and bool(row.channel)


class ByHand(Exception):
    """The source takes no reply: the text and the link go to a person."""


class Crowded(Exception):
    """The channel has carried its share for this hour."""

    def __init__(self, why: str, until: datetime) -> None:
        super().__init__(why)
        self.until = until
