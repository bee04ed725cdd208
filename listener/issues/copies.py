"""What only repeats: retweets, syndicated and near-identical texts count as the voice of who said it first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from listener.likeness import SIGN, Fingerprint, fingerprint, is_near

# what is said in the same words after so long is said anew
MEMORY = 7 * 86_400.0


@dataclass(frozen=True, slots=True)
class Said:
    """The first that was heard of one text: which mention, whose, when."""

    mention: str
    person: str | None
    at: float


class Copies:
    """The texts of the last seven days. `original` finds the first of them that says the same."""

    def __init__(self) -> None:
        self._by_end: dict[tuple[str, int], list[tuple[Fingerprint, Said]]] = {}
        self._swept = float("-inf")

    def original(self, brand: str, text: str, said: Said) -> Said:
        """The first who said this about the brand, perhaps this one itself; it is remembered."""
        self._sweep(said.at)
        print_ = fingerprint(text)
        for known, first in self._alike(brand, print_):
            if said.at - first.at <= MEMORY and is_near(known.simhash + SIGN, print_.simhash + SIGN):
                return first
        for key in ends(brand, print_):
            self._by_end.setdefault(key, []).append((print_, said))
        return said

    def _alike(self, brand: str, print_: Fingerprint) -> Iterator[tuple[Fingerprint, Said]]:
        for key in ends(brand, print_):
            yield from self._by_end.get(key, ())

    def _sweep(self, now: float) -> None:
        """Once in a while, let go of what is too old."""
        if now - self._swept < MEMORY:
            return
        self._swept = now
        kept = {key: [one for one in there if now - one[1].at <= MEMORY] for key, there in self._by_end.items()}
        self._by_end = {key: there for key, there in kept.items() if there}


def ends(brand: str, print_: Fingerprint) -> list[tuple[str, int]]:
    """The keys under which a text is found; none for texts of a few words, which are nobody's copy."""
    return [(brand, key) for key in (print_.copy_a, print_.copy_b) if key is not None]
