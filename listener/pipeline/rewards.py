"""What a referral earns: once for each newcomer who bought, within a budget, by a letter that a person approves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row
from structlog.typing import FilteringBoundLogger

from listener.pipeline.letters import Mailroom, letter
from listener.store import Store

YEAR = timedelta(days=365)
TITLE = "Thank you for bringing somebody along"
# earned by a newcomer's purchase and by nothing else: 16 CFR 465.4 forbids a reward for an opinion
TEXT = (
    "Somebody you told about us has become a customer. Thank you: {amount} is yours.\n\n"
    "It is for the purchase alone. It does not depend on anything you say about us, and we ask for nothing in return. "
    "Where you recommend us, please mention that you may be rewarded for it."
)


@dataclass(frozen=True, slots=True)
class Terms:
    """What a newcomer who buys earns (cents, 0 for nothing), in which currency, and its bounds."""

    cents: int
    currency: str
    budget: int
    per_year: int


class Rewards:
    """Decides rewards; each is decided once, in the transaction that enters its letter."""

    def __init__(
        self, store: Store, room: Mailroom, terms: Terms, now: Callable[[], datetime], log: FilteringBoundLogger
    ) -> None:
        self._store = store
        self._room = room
        self._terms = terms
        self._now = now
        self._log = log

    def decide(self) -> int:
        """Decide what is open, as far as the month's budget goes; returns how many earned something."""
        if not self._terms.cents:
            return 0
        now = self._now()
        month = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        left = self._terms.budget - self._store.referrals.spent_since(month) if self._terms.budget else None
        earned = 0
        for row in self._store.referrals.unrewarded():
            if left is not None and left < self._terms.cents:
                break  # the rest waits for next month's budget
            if self._store.customers.opted_out([row.customer]):
                self._store.referrals.capped(row.id, now, "the customer does not want to be contacted")
                continue
            if self._store.referrals.earned_since(row.customer, now - YEAR) >= self._terms.per_year:
                self._store.referrals.capped(row.id, now, f"more than {self._terms.per_year} rewards within a year")
                continue
            self._store.referrals.reward(row.id, self._terms.cents, now, self._letter(row, now))
            left = None if left is None else left - self._terms.cents
            earned += 1
        if earned:
            self._log.info("referrals.rewarded", referrals=earned)
        return earned

    def _letter(self, row: Row[Any], now: datetime) -> dict[str, Any]:
        """It waits for a person, like everything that costs money."""
        amount = f"{self._terms.cents / 100:.2f} {self._terms.currency}"
        key = f"referral-reward:{row.id}"
        text = TEXT.format(amount=amount)
        return letter(self._room, key, "gift", row.customer, TITLE, text, now, status="waiting", rule=None)
