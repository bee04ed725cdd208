"""How near complaints and issues lie in what they mean, apart from what complaints mean in general."""

from __future__ import annotations

from array import array
from base64 import b64decode, b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING, Any

from listener.issues.meaning import DIMENSIONS, LANGUAGE, meaning

if TYPE_CHECKING:
    import numpy as np

    Numbers = np.ndarray[Any, Any]

# so near lie many that have nothing in common; chosen with Banking77 and CLINC150, see docs/issues.md
UNRELATED = 0.2
# a meaning in a row of others that is not known
UNKNOWN = bytes(DIMENSIONS)
# a length that is no length
TINY = 1e-9
# what complaints mean in general is told from those of the brand, and from these as long as it has few
ORDINARY = (
    "My order has not arrived and nobody answers my mails",
    "The app crashes every time I open it since the update",
    "I was charged twice this month and want my money back",
    "Waiting on hold for an hour, terrible service",
    "The product broke after two days",
    "I cannot log in to my account",
    "How do I change my delivery address?",
    "Great service, thank you so much",
    "They cancelled my booking without telling me",
    "Why is my payment still pending?",
    "The website is down again",
    "Nobody told me about the price increase",
    "My card was declined at the shop",
    "The package arrived damaged",
    "I would like to know when this will be fixed",
    "Love the new design",
    "It is too slow to be of any use",
    "Your support is rude and does not help",
    "I want to cancel my subscription",
    "What is the limit on my plan?",
)


@dataclass(frozen=True, slots=True)
class Meant:
    """The meanings of `count` complaints added up: 64 whole numbers of 32 bits in `sums`, which is empty for none.

    Whole numbers add up to the same whatever came first, and can be taken away again.
    """

    count: int = 0
    sums: bytes = b""

    def plus(self, meanings: Iterable[bytes], times: int = 1) -> Meant:
        """With these meanings, or (`times` -1) without them. Unknown ones count for nothing."""
        known = [one for one in meanings if one]
        count = self.count + times * len(known)
        if not known:
            return self
        added = self.numbers() + times * stacked(known).sum(axis=0, dtype="i8")
        return Meant(count, added.astype("<i4").tobytes()) if count > 0 else NOTHING

    def numbers(self) -> Numbers:
        return numbers(self.sums, "<i4")

    def mean(self) -> Numbers:
        """Whole numbers too, all 0 where nothing is known."""
        import numpy as np

        return np.rint(self.numbers() / max(self.count, 1)).astype(np.int64)

    def as_json(self) -> list[Any]:
        return [self.count, b64encode(self.sums).decode("ascii")]

    @classmethod
    def from_json(cls, kept: Iterable[Any]) -> Meant:
        count, sums = kept
        return cls(count, b64decode(sums))


NOTHING = Meant()


def numbers(kept: bytes, kind: str = "i1") -> Numbers:
    """As whole numbers of 64 bits, all 0 for none."""
    import numpy as np

    return np.frombuffer(kept, kind).astype(np.int64) if kept else np.zeros(DIMENSIONS, np.int64)


@cache
def ordinary() -> Meant:
    return NOTHING.plus(meaning(text, LANGUAGE) for text in ORDINARY)


def general(total: Numbers | int, issues: int) -> Numbers:
    """What complaints mean in general: every issue counts once, else a great trouble would be what is usual.

    `total` is the sum of what each of so many issues means.
    """
    usual = ordinary()
    found: Numbers = (usual.numbers() + total) / max(usual.count + issues, 1)
    return found


def general_of(issues: Sequence[Sequence[bytes]]) -> Numbers:
    """The same from the known meanings of each issue, of which it has one or more."""
    import numpy as np

    if not issues:
        return general(0, 0)
    counts = np.array([len(mine) for mine in issues])
    rows = stacked(chain.from_iterable(issues)).astype(np.int64)
    sums = np.add.reduceat(rows, counts.cumsum() - counts, axis=0)
    return general(np.rint(sums / counts[:, None]).astype(np.int64).sum(axis=0), len(issues))


def nearness(cosines: Numbers) -> Numbers:
    """0 to 1, from the cosines of directions."""
    return (cosines.clip(UNRELATED) - UNRELATED) / (1 - UNRELATED)


def apart(means: Numbers, general: Numbers) -> Numbers:
    """The direction in which each differs from the general, at length 1; nowhere for what is not known, all 0."""
    import numpy as np

    away: Numbers = (means - general) * means.any(axis=-1, keepdims=True)
    lengths: Numbers = np.sqrt((away * away).sum(axis=-1, keepdims=True))
    return away / (lengths + TINY)


def stacked(meanings: Iterable[bytes]) -> Numbers:
    """A row for each, of 0 where it is not known."""
    import numpy as np

    found: Numbers = np.frombuffer(b"".join([one or UNKNOWN for one in meanings]), np.int8).reshape(-1, DIMENSIONS)
    return found


def mixed(words: Any, near: Any) -> Any:
    """Likeness, of one or many: that of the words, or the mean of it and of how near the meanings lie, if that is more.

    So what is said in the same words stays one trouble, however little is known of what those words mean.
    """
    import numpy as np

    return np.maximum(words, (words + near) / 2)


class Meanings:
    """What the issues of one ground mean, by their slots, and what all of them mean in general."""

    def __init__(self) -> None:
        self._total: Numbers | int = 0
        self._count = 0
        self._means = array("f")
        self._squares = array("f")

    def put(self, slot: int, meant: Meant, before: Meant) -> None:
        """Of an issue, in place of what it meant `before`."""
        first = slot * DIMENSIONS
        if first >= len(self._means):
            self._means.extend([0.0] * DIMENSIONS)
            self._squares.append(0.0)
        if meant == before:
            return
        mean = meant.mean()
        self._total = self._total + mean - before.mean()
        self._count += (meant.count > 0) - (before.count > 0)
        self._means[first : first + DIMENSIONS] = array("f", mean.tolist())
        self._squares[slot] = float(mean @ mean)

    def near(self, means: Numbers, one: bytes) -> Numbers:
        """How near each lies to a meaning."""
        usual = general(self._total, self._count)
        # not a product of matrices, whose last bits hang on how many rows there are
        return nearness((apart(means, usual) * apart(numbers(one), usual)).sum(axis=1))

    def mixed(self, likeness: Numbers, one: bytes) -> Numbers:
        """The likeness of the words of one complaint, by slots, with that of what it means; but for its last digits."""
        import numpy as np

        if not one or not self._count:
            return likeness
        usual = general(self._total, self._count)
        direction = apart(numbers(one), usual)
        means = np.frombuffer(self._means, np.float32).reshape(-1, DIMENSIONS)
        squares = np.frombuffer(self._squares, np.float32)
        along, by = (means @ np.array([direction, usual], np.float32).T).T
        # the same as `apart` says, in a third of the time where there are thousands
        lengths = np.sqrt(np.maximum(squares - 2 * by + usual @ usual, 1))
        near = nearness((along - usual @ direction) / lengths) * (squares > 0)
        found: Numbers = mixed(likeness, near)
        return found
