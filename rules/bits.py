"""Sets of rule numbers as the bits of one integer: a hundred times smaller and faster than sets of numbers."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from rules.terms import Value

# few numbers of a large book stay a tuple: ten thousand integers of ten thousand bits each would take 12 MB
Entry: TypeAlias = int | tuple[int, ...]
FEW, SMALL = 8, 1_000
EDGES = 256  # more different bounds on one field than that are not worth their memory


def entry(numbers: Sequence[int]) -> Entry:
    """A set of sorted numbers, at least one, in the form that suits its size."""
    return _bits(numbers) if numbers[-1] < SMALL or len(numbers) > FEW else tuple(numbers)


def _bits(numbers: Iterable[int]) -> int:
    kept = bytearray()
    for number in numbers:
        if number >> 3 >= len(kept):
            kept.extend(bytes((number >> 3) + 1 - len(kept)))
        kept[number >> 3] |= 1 << (number & 7)
    return int.from_bytes(kept, "little")


def union(bits: int, entries: Iterable[Entry]) -> int:
    """Everything that is in `bits` or in any of the entries."""
    few: list[int] = []
    for one in entries:
        if isinstance(one, int):
            bits |= one
        else:
            few.extend(one)
    return bits | _bits(few) if few else bits


def numbers_in(bits: int) -> list[int]:
    """The numbers of a set, in order."""
    found: list[int] = []
    size = (bits.bit_length() + 63) // 64 * 8
    for place, word in enumerate(memoryview(bits.to_bytes(size, "little")).cast("Q")):
        while word:
            lowest = word & -word
            found.append(place * 64 + lowest.bit_length() - 1)
            word ^= lowest
    return found


class Ranges:
    """For one number field: the rules whose range holds a value, together with those that have no range on it."""

    def __init__(self, spans: Mapping[int, tuple[float, float]], everything: int) -> None:
        self._free = everything & ~_bits(sorted(spans))
        edges = sorted({edge for span in spans.values() for edge in span})
        self._edges = edges if len(edges) <= EDGES else []
        self._everything = everything
        self._pieces = self._cut(spans)

    def _cut(self, spans: Mapping[int, tuple[float, float]]) -> list[int]:
        """The rules of every piece of the number line: before the first edge, on it, between it and the next …"""
        starts: dict[int, list[int]] = defaultdict(list)
        ends: dict[int, list[int]] = defaultdict(list)
        for number, (low, high) in spans.items() if self._edges else ():
            starts[self._piece(low)].append(number)
            ends[self._piece(high)].append(number)
        pieces, now = [], self._free
        for piece in range(2 * len(self._edges) + 1):
            now |= _bits(starts[piece])
            pieces.append(now)
            now &= ~_bits(ends[piece])
        return pieces

    def _piece(self, value: float) -> int:
        place = bisect_left(self._edges, value)
        on_edge = place < len(self._edges) and self._edges[place] == value
        return 2 * place + on_edge

    def holding(self, value: Value | None) -> int:
        """The rules that a value of the field does not rule out, as bits."""
        if not isinstance(value, int | float):
            return self._free
        return self._pieces[self._piece(value)] if self._edges else self._everything
