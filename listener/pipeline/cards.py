"""Cards: messages about something that changes. What a card says is made anew each time, from what is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from listener.actions import groups, wording
from listener.actions.contract import Message
from listener.actions.issue_words import IssueTold, with_card, with_cards
from listener.pipeline.notices import BLANK, as_delivery
from listener.pipeline.orders import told_of
from listener.store import Store

OPEN = ("waiting", "by_hand")
CHANGES = frozenset({"amend", "redact"})


@dataclass(frozen=True, slots=True)
class Card:
    """A message with the state that it shows. `over`: that was the last one."""

    kind: str
    number: int
    message: Message
    state: str
    over: bool

    @property
    def shows(self) -> tuple[str, int, str]:
        """What is remembered of it."""
        return self.kind, self.number, self.state


class Cards:
    """Makes cards, and orders the change of those whose state is no longer what they show."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now

    def of(self, delivery: Row[Any]) -> Card | None:
        """The card that a delivery carries; None for a message that says the same for ever."""
        ticket = delivery.options.get("ticket")
        kind, number = delivery.options.get("card") or (("ticket", ticket) if ticket else ("alert", delivery.alert))
        return self._card(kind, number, delivery) if number else None

    def refresh(self, kind: str = "", number: int = 0) -> None:
        """Order a change for each posted card, or those of one thing, that shows what is no longer so."""
        for row in self._store.postings.open(kind, number):
            card = self._card(row.kind, row.number, row)
            new = card is not None and card.state != row.shown
            if card is None or card.over or new:
                state = None if card is None or card.over else card.state
                self._store.postings.show(row, state, self._change(row, card) if card and new else None)

    def _change(self, row: Row[Any], card: Card) -> dict[str, Any]:
        made = as_delivery(card.message, row.channel, self._now(), "amend")
        about = {"key": f"amend:{row.delivery}", "mention": row.mention, "alert": row.alert}
        return {**made, **about, "options": {"of": row.delivery, "sent": row.external["key"]}}

    def _card(self, kind: str, number: int, carried: Row[Any]) -> Card | None:
        """`carried` has the key, the options and the message of the delivery that carries it."""
        if kind == "ticket":
            return self._ticket(number, Message.model_validate(carried.message)) if carried.message else None
        if kind == "draft":
            return self._draft(number, carried.key)
        return self._alert(number, carried.key, carried.options)

    def _ticket(self, number: int, message: Message) -> Card | None:
        """News of a ticket, with what can be done about it and what was done since."""
        row = self._store.tickets.get(number)
        if row is None:
            return None
        said = groups.of_ticket(message, number, row.owner or "", row.status)
        return Card("ticket", number, said, f"{row.owner or ''}|{row.status}", row.status == "closed")

    def _draft(self, number: int, key: str) -> Card | None:
        row = self._store.deliveries.get(number)
        if row is None:
            return None
        waiting = wording.Waiting(row.id, row.action, row.text, self._told(row), note=row.last_error or "")
        decided = groups.decided(row.status, row.decided_by, row.decided_at, row.why)
        state = row.status if row.status in OPEN else decided
        return Card("draft", number, groups.draft(waiting, row.status, decided, key), state, row.status not in OPEN)

    def _told(self, row: Row[Any]) -> wording.Told:
        mention = self._store.mentions.get(row.mention) if row.mention else None
        if mention is None:
            return wording.Told(0, "", row.channel or "", "", "", customer=row.customer, rule=row.rule)
        return told_of(mention, row.customer, mention, row.rule, self._store.tickets.of_mention(mention.id))

    def group(self, row: Row[Any]) -> Card:
        """What a group of alerts is to say now, with the growth since it was told."""
        return self._group(row, f"alert:{row.id}:{row.times + 1}", row.told, fresh=True)

    def _alert(self, number: int, key: str, options: Any) -> Card | None:
        row = self._store.alerts.get(number)
        if row is None:
            return None
        if row.grouped:
            return self._group(row, key, int(options.get("before", 0)))
        members = self._members(row)
        if not members:
            return None
        card = self._single(row, key, members[0], str(options.get("message", "")))
        kept = options.get("evidence")
        return replace(card, message=with_card(card.message, IssueTold(**kept))) if kept else card

    def _members(self, row: Row[Any]) -> tuple[wording.Told, ...]:
        tickets = self._store.tickets
        members = self._store.alerts.members(row.id)
        return tuple(told_of(one, one.customer, one, row.rule, tickets.of_mention(one.id)) for one in members)

    def _group(self, row: Row[Any], key: str, before: int, fresh: bool = False) -> Card:
        acked = "" if fresh else groups.acknowledged(row.acked_by, row.acked_at)
        members = self._members(row)
        message = groups.group(groups.Group(row.id, row.mentions, before, row.about, members, acked), key)
        message = with_cards(message, [IssueTold(**card) for card in self._store.alerts.evidence(row.id)])
        speaking = sum(1 for one in members if one.text or one.title)
        return Card("alert", row.id, message, f"{row.mentions} {speaking} {acked}", row.closed_at is not None)

    def _single(self, row: Row[Any], key: str, told: wording.Told, above: str) -> Card:
        ticket = self._store.tickets.get(told.ticket) if told.ticket else None
        owner, status = (ticket.owner or "", ticket.status) if ticket else ("", "")
        acked = groups.acknowledged(row.acked_by, row.acked_at)
        message = groups.single(told, groups.Seen(row.id, acked, owner, status), key, above)
        state = f"{acked}|{owner}|{status}|{'' if told.text or told.title else 'gone'}"
        return Card("alert", row.id, message, state, row.closed_at is not None)


def grown(alert: Row[Any], card: Card, at: datetime) -> dict[str, Any]:
    """The columns of a delivery that tells a group of alerts (again)."""
    made = as_delivery(card.message, alert.channel, at, "alert")
    return {**made, "rule": alert.rule, "alert": alert.id, "options": {"before": alert.told}}


def announcement(draft: Row[Any], channel: str, at: datetime, number: int, reader: str = "") -> dict[str, Any]:
    """The columns of a delivery that tells people of a draft; its words are made when it goes."""
    key = f"{draft.status}:{draft.id}:{draft.told}" + (f":{number}" if reader else "")
    return {
        **BLANK,
        "key": key,
        "action": "notice",
        "mention": draft.mention,
        "channel": channel,
        "due_at": at,
        "created_at": at,
        "text": f"{draft.action} {draft.id} waits for a person",
        "options": {"card": ["draft", draft.id], "reader": reader},
    }
