"""What customers send back by their links: answers to surveys, which become mentions, and where a present shall go."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from connectors.contract import Author, Item
from listener.actions.contract import Message
from listener.intake import Intake
from listener.intake.arrive import Origin
from listener.model.mention import ERASED
from listener.pipeline.courtesies import GIFT, LINK_LIVES, SURVEY
from listener.pipeline.notices import as_delivery
from listener.pipeline.recognising import ANSWERS
from listener.signing import BadToken, Signer
from listener.store import Store

SOURCE = "survey"  # the source and the kind of these mentions
WHOLE = 10
YOUNG = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer to a survey. `score` 0 to 10."""

    score: int
    reasons: Sequence[str] = ()
    text: str = ""


class Surveys:
    """Turns answers into mentions, each once. They walk the ordinary road: judged, rules, issues."""

    def __init__(
        self, store: Store, intake: Intake, signer: Signer, brands: Sequence[str], now: Callable[[], datetime]
    ):
        self._store = store
        self._intake = intake
        self._signer = signer
        self._brands = tuple(brands)
        self._now = now

    def asked(self, token: str) -> Row[Any]:
        """The delivery that asked. Raises BadToken, Expired."""
        return _delivery(self._store, self._signer, SURVEY, token, self._now())

    def answered(self, key: str) -> bool:
        """Whether this survey was answered."""
        return key in self._store.arrivals.known(SOURCE, self._now() - LINK_LIVES - timedelta(days=1))

    def keep(self, token: str, reply: Reply) -> bool:
        """The answer as a mention of whoever was asked; false when there was one before. Raises BadToken, Expired."""
        asked, now = self.asked(token), self._now()
        if not self._store.house.spend(f"survey:{asked.key}", now, now + LINK_LIVES) and self.answered(asked.key):
            return False
        brand = self._brand(asked)
        origin = Origin(SOURCE, SOURCE, ANSWERS, "review", (brand,), True, False, now, YOUNG, YOUNG)
        arrivals = list(self._intake.arrivals([_item(asked, brand, reply)], origin))
        self._store.arrivals.take(SOURCE, arrivals, now)
        return True

    def _brand(self, asked: Row[Any]) -> str:
        about = self._store.mentions.get(asked.mention) if asked.mention else None
        return str(about.brand) if about else self._brands[0]


def _item(asked: Row[Any], brand: str, reply: Reply) -> Item:
    reasons = ", ".join(reply.reasons)
    said = [reply.text.strip(), f"Reasons: {reasons}." if reasons else "", f"{reply.score} of {WHOLE}."]
    known = {"score": reply.score, "reasons": reasons, "person": asked.person, "customer": asked.customer}
    return Item(
        asked.key,
        "\n".join(filter(None, said)),
        author=Author(),
        brand=brand,
        rating=1 + 4 * reply.score / WHOLE,  # 0 is one star, 10 are five
        attributes={name: value for name, value in known.items() if value not in (None, "")},
    )


class Presents:
    """Where presents shall go. `channel` hands them on to whoever sends them, "": they wait for an export."""

    def __init__(self, store: Store, signer: Signer, channel: str, now: Callable[[], datetime]) -> None:
        self._store = store
        self._signer = signer
        self._channel = channel
        self._now = now

    def offered(self, token: str) -> Row[Any]:
        """The present of this link. Raises BadToken, Expired."""
        row = self._store.gifts.of(_delivery(self._store, self._signer, GIFT, token, self._now()).key)
        if row is None:
            raise BadToken("this present is not on offer any more")
        return row

    def accept(self, token: str, name: str, address: str) -> bool:
        """Once; false when it was said before. Raises BadToken, Expired."""
        row, now = self.offered(token), self._now()
        key = f"present:{row.delivery}"
        facts = (("Present", row.item), ("Name", name), ("Address", address), ("Customer", row.customer or row.person))
        message = Message(title=f"Send a present: {row.item}", facts=facts, key=key)
        order = as_delivery(message, self._channel, now) if self._channel else None
        return self._store.gifts.accept(row.delivery, name, address, now, order)


def _delivery(store: Store, signer: Signer, purpose: str, token: str, now: datetime) -> Row[Any]:
    row = store.gifts.offered(str(signer.read(purpose, token, now)["delivery"]))
    erased = row is not None and str(row.person).startswith(ERASED)
    if row is None or erased or row.status in ("rejected", "expired", "cancelled"):
        raise BadToken("what this link was for is not there any more")
    return row
