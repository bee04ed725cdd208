"""The evidence card: what a verdict on an issue rests on, in figures, words and quotes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import datetime
from math import log

from listener.counted import counted
from listener.issues.rates import DAYS, MOST_A_QUARTER, Rate
from listener.issues.spread import Verdict
from listener.issues.words import stem
from listener.likeness import normal_words

QUOTES = 3
MOST_LIFTED = 8
MOST_SEGMENTS = 5
LEAST_LIFT = 2.0
LEAST_TOGETHER = 2
# a card that says "low confidence" below so many days is believed above
FULL_HISTORY = 7


@dataclass(frozen=True, slots=True)
class Member:
    """One mention of the issue as the card sees it. `attributes` are the customer's: product, version, region …

    `score` is the sentiment from −1 to 1, `likeness` that to the issue. `copy` says that it repeats another.
    """

    mention: int
    person: str | None
    customer: str | None
    at: datetime
    text: str
    terms: tuple[str, ...] = ()
    url: str | None = None
    score: float = 0.0
    likeness: float = 1.0
    copy: bool = False
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Lifted:
    """A word that is said more often here than elsewhere: in `k` of `n` mentions, `lift` times the share elsewhere."""

    word: str
    k: int
    n: int
    lift: float


@dataclass(frozen=True, slots=True)
class Segment:
    """What the customers have in common: `k` of `n` have this value, `lift` times its share of other complainants."""

    attribute: str
    value: str
    k: int
    n: int
    lift: float


@dataclass(frozen=True, slots=True)
class Quote:
    mention: int
    text: str
    url: str | None = None

    def __str__(self) -> str:
        return f"“{self.text}” {self.url or ''}".rstrip()


@dataclass(frozen=True, slots=True)
class Past:
    """A similar issue of the past, and how it ended."""

    issue: str
    title: str
    likeness: float
    ended: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything on the card. `persons` and `mentions` are of the window of `rate`, the rest of the whole issue."""

    verdict: Verdict
    rate: Rate
    persons: int
    customers: int
    mentions: int
    first_at: datetime
    last_at: datetime
    words: tuple[Lifted, ...] = ()
    segments: tuple[Segment, ...] = ()
    quotes: tuple[Quote, ...] = ()
    dissent: Quote | None = None
    past: tuple[Past, ...] = ()
    why: tuple[str, ...] = ()

    @property
    def counted(self) -> str:
        """13 persons (9 known customers, 14 mentions) in 6 h, expected 2.1 → 6.2 ×."""
        known = f"{counted(self.customers, 'known customer')}, {counted(self.mentions, 'mention')}"
        rate = self.rate
        usual = f"expected {rate.expected:.1f} → {rate.ratio:.1f} ×" if rate.windows else "usual not known"
        if rate.windows and rate.persons < self.persons:
            usual = f"{rate.persons} held against the usual (at most {MOST_A_QUARTER} a quarter of an hour), {usual}"
        return f"{counted(self.persons, 'person')} ({known}) in {rate.hours} h, {usual}"

    @property
    def baseline(self) -> str:
        """What the usual was taken from, and how far it can be trusted."""
        windows = self.rate.windows
        if not windows:
            return "baseline: none yet (cannot tell what is usual)"
        short = f" of {DAYS} (short history: low confidence)" if windows < FULL_HISTORY else ""
        return f"baseline: same clock time of {counted(windows, 'window')}{short}"

    def lines(self, clock: Callable[[datetime], str] = "{:%H:%M}".format) -> list[str]:
        """The card as text. `clock` writes a time in the reader's zone."""
        return [
            f"{self.verdict.spread}: {'; '.join(self.verdict.reasons)}",
            self.counted,
            f"first seen {clock(self.first_at)}, last {clock(self.last_at)}",
            self.baseline,
            *([f"said more than elsewhere: {_listed(self.words)}"] if self.words else ()),
            *(f"{one.attribute} {one.value}: {one.k} of {one.n}, {one.lift:.1f} ×" for one in self.segments),
            *(str(quote) for quote in self.quotes),
            *([f"but: {self.dissent}"] if self.dissent else ()),
            *(f"like issue {one.issue} ({one.title}): {one.ended}" for one in self.past),
            *([f"grouped by the words: {', '.join(self.why)}"] if self.why else ()),
            *(f"would change it: {one}" for one in self.verdict.would_change),
        ]


def _listed(words: Iterable[Lifted]) -> str:
    return ", ".join(f"{word.word} ({word.k} of {word.n})" for word in words)


def evidence(
    verdict: Verdict,
    rate: Rate,
    members: Sequence[Member],
    now: datetime,
    background: Sequence[Member] = (),
    past: Iterable[Past] = (),
    why: Iterable[str] = (),
) -> Evidence:
    """The card of an issue. `background` are other complaints about the brand. Raises ValueError without members."""
    if not members:
        raise ValueError("an issue without a mention has no card")
    originals = [one for one in members if not one.copy]
    recent = [one for one in originals if 0 <= (now - one.at).total_seconds() < rate.hours * 3_600]
    return Evidence(
        verdict,
        rate,
        persons=len({one.person for one in recent if one.person}),
        customers=len({one.customer for one in recent if one.customer}),
        mentions=len(recent),
        first_at=min(one.at for one in members),
        last_at=max(one.at for one in members),
        words=lifted(originals, background),
        segments=segments(originals, background),
        quotes=tuple(as_quote(one) for one in central(originals)),
        dissent=dissent(originals),
        past=tuple(past),
        why=tuple(why),
    )


def as_quote(one: Member) -> Quote:
    return Quote(one.mention, one.text, one.url)


def central(members: Iterable[Member]) -> list[Member]:
    """The mentions most like the issue that are still there, of different persons."""
    by_person: dict[object, Member] = {}
    for one in sorted((one for one in members if one.text), key=lambda one: (-one.likeness, one.mention)):
        by_person.setdefault(one.person or one.mention, one)
    return list(by_person.values())[:QUOTES]


def dissent(members: Sequence[Member]) -> Quote | None:
    """Who says otherwise: the friendliest that is no complaint."""
    shown = {one.mention for one in central(members)}
    friendly = [one for one in members if one.score >= 0 and one.mention not in shown]
    best = max(friendly, key=lambda one: (one.score, -one.mention), default=None)
    return as_quote(best) if best else None


def lifted(members: Sequence[Member], background: Sequence[Member]) -> tuple[Lifted, ...]:
    """The words said here at twice their share elsewhere, those that tell most first."""
    here, there = counts(members), counts(background)
    found = [
        (k * log(lift), Lifted(word, k, len(members), round(lift, 1)))
        for word, k in here.items()
        if k >= LEAST_TOGETHER and (lift := lift_of(k, len(members), there.get(word, 0), len(background))) >= LEAST_LIFT
    ]
    most = [word for _, word in sorted(found, key=lambda one: (-one[0], one[1].word))[:MOST_LIFTED]]
    written = as_written({word.word for word in most}, members)
    return tuple(replace(word, word=written.get(word.word, word.word)) for word in most)


def as_written(stems: Set[str], members: Iterable[Member]) -> dict[str, str]:
    """Each of these stems as a word that most wrote: `updat` is nothing that people read."""
    words = Counter(word for one in members for word in set(normal_words(one.text)) if stem(word) in stems)
    return {stem(word): word for word in sorted(words, key=lambda word: (words[word], word))}


def counts(members: Iterable[Member]) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in members:
        for term in dict.fromkeys(one.terms):
            found[term] = found.get(term, 0) + 1
    return found


def lift_of(k: int, n: int, others: int, of: int) -> float:
    """The share here over the share elsewhere; half a one is added there, so that rare things stay numbers."""
    return (k / n) / ((others + 0.5) / (of + 1)) if n else 0.0


def segments(members: Sequence[Member], background: Sequence[Member]) -> tuple[Segment, ...]:
    """What the known customers share more than other complainants do. One customer counts once."""
    here, elsewhere = of_customers(members), of_customers(background)
    found = []
    for attribute in sorted({name for known in here for name in known}):
        mine = [known[attribute] for known in here if attribute in known]
        others = [known[attribute] for known in elsewhere if attribute in known]
        for value in sorted(set(mine)):
            k = mine.count(value)
            lift = lift_of(k, len(mine), others.count(value), len(others))
            if k >= LEAST_TOGETHER and lift >= LEAST_LIFT and others:
                found.append(Segment(attribute, value, k, len(mine), round(lift, 1)))
    return tuple(sorted(found, key=lambda one: (-one.k * log(one.lift), one.attribute))[:MOST_SEGMENTS])


def of_customers(members: Iterable[Member]) -> list[Mapping[str, str]]:
    return list({one.customer: one.attributes for one in members if one.customer}.values())
