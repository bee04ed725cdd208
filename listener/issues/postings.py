"""Which issues have which words, in columns: the words of a complaint meet those of all issues in a few steps."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Mapping
from math import sqrt
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np


class Column:
    """The issues that have one word, by their slots, and in how many mentions of each it is; in no order."""

    __slots__ = ("counts", "slots")

    def __init__(self) -> None:
        self.slots = array("q")
        self.counts = array("d")

    def place(self, slot: int) -> int:
        """Where a slot stands that is in the column."""
        return int((viewed(self.slots) == slot).argmax())

    def take_out(self, slot: int) -> None:
        place = self.place(slot)
        last, count = self.slots.pop(), self.counts.pop()
        if place < len(self.slots):
            self.slots[place], self.counts[place] = last, count


class Postings:
    """Word → issues. Each issue has a slot, which another one takes when it is gone, and its norm there.

    `frequency` is how many issues have each word.
    """

    def __init__(self) -> None:
        self.frequency: dict[str, int] = {}
        self._columns: dict[str, Column] = {}
        self._slots: dict[int, int] = {}
        self._issues: list[int] = []
        self._norms = array("d")
        self._free: list[int] = []

    def put(self, issue: int, norm: float, terms: Mapping[str, int], known: Mapping[str, int]) -> int:
        """List the words of an issue in place of those that are `known` of it. Returns its slot."""
        slot = self._slots.get(issue)
        slot = self._slots[issue] = self._new(issue) if slot is None else slot
        self._norms[slot] = norm
        for term in known:
            if term not in terms:
                self._take_out(term, slot)
        for term, count in terms.items():
            if term not in known:
                column = self._columns.setdefault(term, Column())
                column.slots.append(slot)
                column.counts.append(count)
                self.frequency[term] = len(column.slots)
            elif known[term] != count:
                column = self._columns[term]
                column.counts[column.place(slot)] = count
        return slot

    def _new(self, issue: int) -> int:
        if self._free:
            slot = self._free.pop()
            self._issues[slot] = issue
        else:
            slot = len(self._issues)
            self._issues.append(issue)
            self._norms.append(1.0)
        return slot

    def drop(self, issue: int, terms: Iterable[str]) -> int:
        """Forget an issue, which has these words. Returns the slot that it had."""
        slot = self._slots.pop(issue)
        for term in terms:
            self._take_out(term, slot)
        self._free.append(slot)
        return slot

    def _take_out(self, term: str, slot: int) -> None:
        column = self._columns[term]
        column.take_out(slot)
        self.frequency[term] = len(column.slots)
        if not column.slots:
            del self._columns[term], self.frequency[term]

    def set_norm(self, issue: int, norm: float) -> None:
        self._norms[self._slots[issue]] = norm

    def nearest(
        self, weights: Mapping[str, float], most: int, mixed: Callable[[Any], Any] | None = None
    ) -> list[tuple[float, int, float]]:
        """(likeness, issue, product) of at least so many issues that are alike, where there are, the likest first.

        The product is that of the weighted words, likeness their cosine by the norms at hand; `mixed` makes of these,
        by slots, the likeness that is looked at.
        """
        import numpy as np

        products = np.zeros(len(self._issues))
        for term, weight in weights.items():
            if column := self._columns.get(term):
                products[viewed(column.slots)] += weight * viewed(column.counts)
        alike = products / viewed(self._norms) / (sqrt(sum(weights.values())) or 1.0)
        alike = mixed(alike) if mixed else alike
        shared = alike.nonzero()[0]
        if len(shared) > most:
            shared = shared[alike[shared] >= np.partition(alike[shared], -most)[-most]]
        found = zip(
            alike[shared].tolist(), (self._issues[slot] for slot in shared), products[shared].tolist(), strict=True
        )
        return sorted(found, reverse=True)


def viewed(numbers: array[Any]) -> np.ndarray[Any, Any]:
    """The numbers as numpy sees them, for as long as nothing is added to them."""
    import numpy as np

    return np.frombuffer(numbers, dtype=np.int64 if numbers.typecode == "q" else np.float64)
