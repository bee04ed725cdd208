"""People who talk, and what they say: drawn at random, some days many of them about one trouble."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import ClassVar

from connectors.contract import Author, Batch, Blind, Connector, Door, Item, TryLater

BRANDS = ("Acme Flow", "Acme Flow", "Acme Flow", "Borro", "Acme Flow and Borro")
TROUBLES = (
    "sync is broken again and my boards do not update, {}",
    "the invoice is wrong, I was charged twice, {}",
    "login fails with error 503 since the update, {}",
    "it crashes at the start, terrible, {}",
    "support never answers my letters, I am angry, {}",
)
ELSE = (
    "I love it, wonderful, I recommend it to everybody, {}",
    "thank you, support was kind and quick, {}",
    "how does one export a board as a table, {}",
    "a window with a button, {}",
    "leider seit Tagen kaputt und niemand antwortet, {}",
)
WORDS = ("alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel", "india", "juliet", "kilo", "lima")
AGAIN = ("{} edited", "I love Acme Flow now", "Acme Flow is terrible and broken", "Borro, not Acme", "never mind", "")
PERSONS, CUSTOMERS = 120, 30
AGES = (1, 5, 30, 300, 60 * 24 * 20, -60 * 48)  # minutes; the last is that of a wrong clock
SOURCES = ("forum", "board")


class Told(Connector):
    """A source that says what was put into its place of `NEXT`."""

    NEXT: ClassVar[dict[str, Batch | TryLater]] = {}
    place: str

    def poll(self, cursor: str, door: Door) -> Batch:
        step = self.NEXT.pop(self.place, Batch(unchanged=True))
        if isinstance(step, TryLater):
            raise step
        return step


@dataclass
class Town:
    """What was said so far, by external id; `trouble` is what many speak of today."""

    dice: Random
    said: dict[str, Item] = field(default_factory=dict)
    number: int = 0
    trouble: str = ""

    def wakes_up(self, day: int) -> None:
        """Bursts come at random, and on the first days, when little is known of what is usual."""
        self.trouble = self.dice.choice(TROUBLES) if day in (2, 3) or self.dice.random() < 0.25 else ""

    def speaks(self, now: datetime) -> None:
        """What the next polls of the sources will bring."""
        place, other = self.dice.sample(SOURCES, 2)
        items = [*self._posts(now), *self._edited()]
        gone = self._gone({item.external_id for item in items})
        blind = (Blind(now - timedelta(hours=3), now, "a gap"),) if self.dice.random() < 0.03 else ()
        Told.NEXT[place] = (
            Batch(tuple(items), gone, blind=blind) if self.dice.random() > 0.05 else TryLater("it is down")
        )
        if self.dice.random() < 0.3:
            Told.NEXT[other] = Batch([self._passed_on(item) for item in items])

    def _posts(self, now: datetime) -> Iterator[Item]:
        loud = self.dice.choice((2, 5, 12)) if self.trouble else 0
        for text in (*[self.trouble] * loud, *self.dice.choices(TROUBLES + ELSE, k=self.dice.randrange(6))):
            yield self._post(text, now)

    def _post(self, text: str, now: datetime) -> Item:
        self.number += 1
        dice, name = self.dice, f"x{self.number}"
        words = " ".join(dice.choices(WORDS, k=dice.randrange(6)))
        age = dice.choice(AGES) if dice.random() < 0.1 else dice.randrange(1, 180)
        item = Item(
            name,
            f"{dice.choice(BRANDS)}: {text.format(words)}",
            url=f"https://f.example/{name}" if dice.random() < 0.9 else None,
            author=Author(handle=self._who(), followers=dice.choice((None, 5, 50_000))),
            rating=dice.choice((None, None, 1, 5)),
            posted_at=now - timedelta(minutes=age) if dice.random() < 0.98 else None,
            parent=f"x{dice.randrange(self.number)}" if dice.random() < 0.1 else None,
        )
        self.said[name] = item
        return item

    def _who(self) -> str | None:
        return None if self.dice.random() < 0.03 else f"p{int(PERSONS * self.dice.random() ** 2)}"

    def _edited(self) -> Iterator[Item]:
        for name in self._some(self.dice.choice((0, 0, 1, 2))):
            old = self.said[name]
            self.said[name] = replace(old, text=self.dice.choice(AGAIN).format(old.text))
            yield self.said[name]

    def _gone(self, but: set[str]) -> list[str]:
        gone = [name for name in self._some(1) if name not in but and self.dice.random() < 0.2]
        for name in gone:
            del self.said[name]
        return gone

    def _passed_on(self, item: Item) -> Item:
        """The same post as another source tells of it, which may not know who wrote it."""
        return item if self.dice.random() < 0.5 else replace(item, external_id=f"o{item.external_id}", author=Author())

    def _some(self, most: int) -> list[str]:
        return self.dice.sample(sorted(self.said), min(most, len(self.said)))
