"""Takedown lists at work: owners are told, web places are looked at until name and quote are gone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row
from structlog.typing import FilteringBoundLogger

from connectors.contract import Door, GiveUp, TryLater
from listener.actions import advocacy as words
from listener.actions.contract import Message
from listener.advocacy.looking import Page, Sight, judge
from listener.pipeline.notices import Notices, as_delivery
from listener.store import Store
from listener.store.places import Look
from listener.store.references import LEFT

WEB = ("http://", "https://")
SOON, HOURLY, DAILY = timedelta(minutes=15), timedelta(hours=1), timedelta(days=1)
BY_A_PERSON = Sight("cannot tell", "not on the web: a person confirms it")


@dataclass(frozen=True, slots=True)
class Owners:
    """Mail addresses of our own people by name, and the e-mail channel by which they hear ("": by none)."""

    mail_by: str = ""
    addresses: Mapping[str, str] = field(default_factory=dict)


NOBODY = Owners()


class Takedowns:
    """Tells and looks. The lists themselves are opened with the pause that causes them, in its transaction."""

    def __init__(
        self,
        store: Store,
        door: Door,
        notices: Notices,
        now: Callable[[], datetime],
        log: FilteringBoundLogger,
        owners: Owners = NOBODY,
    ) -> None:
        self._store = store
        self._door = door
        self._notices = notices
        self._now = now
        self._log = log
        self._owners = owners

    def tell(self) -> None:
        """One message for each customer who serves no more: what must come down, whose task that is, who stands in."""
        now = self._now()
        for customer, rows in self._store.places.untold().items():
            entries, lost = [_entry(row, now) for row in rows], self._lost(customer, rows[0].opened_at)
            message = words.take_down(customer, rows[0].cause, entries, lost, f"takedown:{customer}:{rows[0].id}")
            notices = self._notices_of(customer, message, {row.owner for row in rows}, now)
            self._store.places.told([row.id for row in rows], now, notices)
        for step in self._store.references.untold(now - DAILY):
            lost = self._lost(step.customer, step.at)
            message = words.take_down(step.customer, step.why, (), lost, f"{LEFT}{step.id}")
            self._store.deliveries.add(*self._notices_of(step.customer, message, set(), now))

    def _lost(self, customer: str, at: datetime) -> list[words.Lost]:
        return [words.Lost(row.id, row.team, row.customer) for row in self._store.asks.given_up(customer, at)]

    def _notices_of(self, customer: str, message: Message, owners: set[str], now: datetime) -> list[dict[str, Any]]:
        """The channel hears it, and by mail whoever looks after the customer or owns one of the places."""
        known = self._store.customers.get([customer]).get(customer)
        names = sorted(owners | ({known.owner} if known else set()))
        mails = {address for name in names if (address := self._owners.addresses.get(name)) and self._owners.mail_by}
        own = [message.model_copy(update={"to": mail, "key": f"{message.key}:{mail}"}) for mail in sorted(mails)]
        told = [as_delivery(each, self._owners.mail_by, now) for each in own]
        return [as_delivery(message, self._notices.channel, now), *told]

    def remind(self) -> None:
        """Once a day for each customer: what is still up, and for how long."""
        now, lists = self._now(), dict[str, list[Row[Any]]]()
        for row in self._store.places.open_takedowns():
            lists.setdefault(row.customer, []).append(row)
        for customer, rows in lists.items():
            late = [_entry(row, now) for row in rows if now - row.opened_at >= DAILY]
            if late:
                self._notices.send(words.still_up(customer, late, f"still-up:{customer}:{now:%Y-%m-%d}"), now)

    def look(self) -> int:
        """Look at the places that are due; returns how many."""
        rows = self._store.places.to_look_at(self._now())
        for row in rows:
            sight = self.sight(row.place, row.looks_for, row.seen_at is not None)
            now = self._now()
            again = None if not row.place.startswith(WEB) else now + _pause(now - row.opened_at)
            self._store.places.looked(Look(row.id, now, sight.seen, sight.detail, again))
            self._log.info("takedown.looked", takedown=row.id, seen=sight.seen)
        return len(rows)

    def first_look(self, use: int, place: str, looks_for: Sequence[str]) -> Sight:
        """Look at a new place once: whether its texts can be seen from here decides who confirms a takedown later."""
        sight = self.sight(place, looks_for, was_there=False)
        if sight.seen == "still up":
            self._store.places.seen(use, self._now())
            return Sight("still up", "its texts can be seen there")
        return sight

    def sight(self, place: str, looks_for: Sequence[str], was_there: bool) -> Sight:
        """What a look at one place finds now. Never raises: a place that cannot be reached proves nothing."""
        if not place.startswith(WEB):
            return BY_A_PERSON
        try:
            answer = self._door.fetch(place)
        except (TryLater, GiveUp) as trouble:
            return Sight("cannot tell", str(trouble))
        page = Page(answer.status, answer.url, answer.body, answer.headers.get("content-type", ""))
        return judge(page, place, looks_for, was_there)


def _pause(age: timedelta) -> timedelta:
    return SOON if age < HOURLY else HOURLY if age < DAILY else DAILY


def _entry(row: Row[Any], now: datetime) -> words.Entry:
    return words.Entry(row.id, row.kind, row.place, row.owner, row.seen or "not looked at yet", now - row.opened_at)
