"""The evidence card of an issue for a terminal and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import timedelta

from listener.actions.contract import Plot
from listener.pipeline.evidence_cards import EvidenceCard
from listener.views.objects import Object, moment
from listener.views.tables import one_line

WIDE = 40


def as_json(card: EvidenceCard) -> Object:
    """The card with the figures of its plot."""
    row, made = card.issue, card.evidence
    return {
        "id": row.id,
        "brand": row.brand,
        "topic": row.topic,
        "title": row.title,
        "keywords": list(row.keywords),
        "spread": made.verdict.spread,
        "state": row.state,
        "reasons": list(made.verdict.reasons),
        "would_change": list(made.verdict.would_change),
        "counted": made.counted,
        "baseline": made.baseline,
        "persons": row.persons,
        "customers": row.customers,
        "mentions": row.mentions,
        "copies": card.copies,
        "window": {"hours": made.rate.hours, "persons": made.rate.persons, "expected": made.rate.expected}
        | {"ratio": made.rate.ratio, "z": made.rate.z, "windows": made.rate.windows},
        "first_seen": moment(made.first_at),
        "last_seen": moment(made.last_at),
        "words": [asdict(one) for one in made.words],
        "segments": [asdict(one) for one in made.segments],
        "quotes": [asdict(one) for one in made.quotes],
        "dissent": asdict(made.dissent) if made.dissent else None,
        "past": [asdict(one) for one in made.past],
        "why": list(made.why),
        "not_known": list(card.unknown),
        "plot": card.plot.model_dump(mode="json"),
        "locked": row.locked,
        "muted_until": row.muted_until,
        "episode": row.episode,
    }


def told(card: EvidenceCard) -> Iterator[str]:
    """The card in lines for people."""
    row = card.issue
    held = ", locked" if row.locked else ""
    muted = f", muted until {row.muted_until} persons have it" if row.muted_until else ""
    yield f"{row.id} · {row.brand} · {row.topic} · {row.state}{held}{muted}"
    yield one_line(row.title)
    yield ""
    yield from (one_line(line) for line in card.lines())
    yield ""
    yield from plotted(card.plot)


def plotted(plot: Plot) -> Iterator[str]:
    """A line of bars over the whole time, then the newest steps against the usual."""
    most = max((*plot.counts, 1))
    what, line = plot.in_text()
    yield what
    yield f"  {line}"
    yield f"the newest against the usual ({'│'}):"
    newest = range(max(0, len(plot.counts) - 8), len(plot.counts))
    for step in newest:
        start = plot.start + timedelta(hours=plot.hours * step)
        yield f"  {start:%m-%d %H:%M}  {plot.counts[step]:>4}  {bar(plot.counts[step], plot.usual[step], most)}"


def bar(count: int, usual: float | None, most: int) -> str:
    """A bar with a mark where the usual is."""
    filled = round(WIDE * count / most)
    cells = ["█"] * filled + [" "] * (WIDE - filled)
    if usual is not None:
        cells[min(WIDE - 1, round(WIDE * usual / most))] = "│"
    return "".join(cells).rstrip()
