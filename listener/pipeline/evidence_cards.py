"""The evidence card of an issue, put together from the store: for alerts, tickets, lists and the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Row

from listener.actions.contract import Plot
from listener.actions.issue_words import IssueTold
from listener.issues.evidence import Evidence, Member, Past, evidence
from listener.issues.rates import Rate
from listener.issues.words import terms
from listener.pipeline.issue_check import IssueCheck
from listener.store.card_rows import ATTRIBUTES
from listener.store.judging import Turn

BACKGROUND = timedelta(days=14)
STEP = timedelta(hours=6)
BARS = 28
# similar issues share at least so many of their five keywords
ALIKE = 2
MOST_PAST = 3


@dataclass(frozen=True, slots=True)
class EvidenceCard:
    """An issue with what its verdict rests on. `unknown` is what nobody can tell, `copies` the mentions not counted."""

    issue: Row[Any]
    evidence: Evidence
    plot: Plot
    copies: int
    unknown: tuple[str, ...]

    def told(self) -> IssueTold:
        """The card as messages carry it."""
        row, made = self.issue, self.evidence
        return IssueTold(
            id=row.id,
            brand=row.brand,
            topic=row.topic,
            title=row.title,
            spread=made.verdict.spread,
            state=row.state,
            counted=made.counted,
            baseline=made.baseline,
            lines=tuple(self.lines()),
            plot=self.plot,
        )

    def lines(self) -> list[str]:
        """The card as text; times in UTC."""
        lines = self.evidence.lines("{:%m-%d %H:%M} UTC".format)
        copied = [f"{self.copies} more mentions repeat the same words and are not counted"] if self.copies else []
        return [*lines, *copied, *(f"not known: {one}" for one in self.unknown)]


class EvidenceCards:
    """Makes cards within an open transaction, or over a view of the store."""

    def __init__(self, check: IssueCheck) -> None:
        self._check = check
        self._made: WeakKeyDictionary[Turn, dict[tuple[str, datetime], EvidenceCard | None]] = WeakKeyDictionary()

    def card(self, turn: Turn, root: str, now: datetime) -> EvidenceCard | None:
        """The card of a root issue; None where there is no such issue or nothing in it.

        All mentions of a batch have their issues before the first card, so that of one time it is made once in a turn.
        """
        made = self._made.setdefault(turn, {})
        if (root, now) not in made:
            made[root, now] = self._make(turn, root, now)
        return made[root, now]

    def _make(self, turn: Turn, root: str, now: datetime) -> EvidenceCard | None:
        row = turn.issues.rows([root]).get(root)
        said = turn.card_rows.members(root) if row is not None else []
        if row is None or not said:
            return None
        background = turn.card_rows.background(row.brand, root, now - BACKGROUND)
        customers = turn.card_rows.customers({one.customer for one in (*said, *background) if one.customer})
        members = [_member(one, customers, one.likeness) for one in said]
        others = [_member(one, customers) for one in background]
        looked = self._check.looked(turn, row, now)
        at = min(now, row.last_seen)
        past = _past(row, turn.card_rows.past(row.brand, root))
        made = evidence(looked.verdict, looked.rate, members, at, others, past, row.keywords)
        copies = sum(one.copy for one in members)
        unknown = _unknown(made, members, turn.card_rows.has_registry())
        return EvidenceCard(row, made, self._plot(turn, row, now), copies, unknown)

    def _plot(self, turn: Turn, row: Row[Any], now: datetime) -> Plot:
        """Persons in steps of 6 h up to now, or up to the last mention of an old issue."""
        voices = self._check.voices(turn, row, now)
        end = min(now, row.last_seen + STEP).timestamp()
        ends = [end - STEP.total_seconds() * step for step in reversed(range(BARS))]
        rates: list[Rate] = [voices.rate(at - 1) for at in ends]
        start = datetime.fromtimestamp(ends[0], UTC) - STEP
        usual = tuple(rate.expected if rate.windows else None for rate in rates)
        return Plot(title=row.title, start=start, hours=6, counts=tuple(rate.persons for rate in rates), usual=usual)


def _member(row: Row[Any], customers: Mapping[str, Row[Any]], likeness: float = 1.0) -> Member:
    text = f"{row.title}\n{row.text}".strip()
    named = row.person and not row.person.startswith("mention:")
    known = customers.get(row.customer or "")
    attributes = {name: value for name in ATTRIBUTES if known is not None and (value := getattr(known, name))}
    if row.product:
        attributes["product"] = row.product
    return Member(
        mention=row.id,
        person=row.person if named else None,
        customer=row.customer,
        at=row.posted_at,
        text=" ".join(text.split())[:280],
        terms=terms(text),
        url=row.url,
        score=row.score or 0.0,
        likeness=likeness,
        copy=row.duplicate_of is not None,
        attributes=attributes,
    )


def _past(row: Row[Any], others: list[Row[Any]]) -> list[Past]:
    """Issues of the brand that share keywords, and how they ended."""
    mine = set(row.keywords)
    found = [(len(mine & set(other.keywords)), other) for other in others]
    near = sorted((pair for pair in found if pair[0] >= ALIKE), key=lambda pair: (-pair[0], pair[1].id))
    return [
        Past(other.id, other.title, shared / max(len(mine), 1), other.root_cause or other.state)
        for shared, other in near[:MOST_PAST]
    ]


def _unknown(made: Evidence, members: list[Member], has_registry: bool) -> tuple[str, ...]:
    """What the card cannot say, in words."""
    persons = {one.person for one in members if one.person}
    found = []
    if not has_registry:
        found.append("who of them is a customer: the registry is empty")
    elif persons and not any(one.customer for one in members):
        found.append(f"whether any of these {len(persons)} persons is a customer: none is in the registry")
    if len(persons) > 1 and not any(one.customer for one in members):
        found.append("whether one person has several of these accounts")
    if any(one.person is None for one in members):
        found.append("the authors of some mentions: they are not counted as persons")
    if made.rate.windows < 3:
        found.append("what is usual: there is too little history")
    return tuple(found)
