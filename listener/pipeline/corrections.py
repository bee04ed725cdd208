"""Verdicts that change after the fact: corrected by a person, or scored anew by changed words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from listener.model.plan import Judgement
from listener.pipeline.given import LABELS
from listener.pipeline.judge import Judge
from listener.pipeline.people import NotPossible
from listener.store import Store
from listener.store.verdicts import Changed, Given

BATCH = 500


@dataclass(frozen=True, slots=True)
class Rescored:
    """One mention whose label changed when it was scored anew."""

    mention: int
    before: str
    after: str


class Corrections:
    """What people and changed words do to verdicts that were given before."""

    def __init__(self, store: Store, judge: Judge, now: Callable[[], datetime]) -> None:
        self._store = store
        self._judge = judge
        self._now = now

    def correct(self, given: Given) -> Changed:
        """This mention only: queued deliveries are cancelled, it is judged again at once. Raises NotPossible."""
        if given.label not in LABELS:
            raise NotPossible(f"{given.label!r} is no label: it is one of {', '.join(LABELS)}")
        changed = self._store.verdicts.keep(given, self._now())
        if changed is None:
            raise NotPossible(f"there is no judged mention {given.mention}: `listener mentions` lists them")
        if changed.verdict != given.label:
            while self._judge.batch():
                """What else waits is judged on the way, as the daemon would."""
        return changed

    def rescore(self, since: datetime | None = None) -> Iterator[list[Rescored]]:
        """Score stored mentions with the words of today, batch by batch; decisions and deliveries stay as they are."""
        after = 0
        while rows := self._store.verdicts.judged(after, BATCH, since):
            verdicts = self._judge.verdicts(rows)
            judgements = {
                row.id: Judgement(row.id, verdicts[row.id], row.person, row.customer, row.duplicate_of) for row in rows
            }
            with self._store.judging.turn(self._now()) as turn:
                self._judge.scored_anew(turn, rows, judgements)
            after = rows[-1].id
            yield [
                Rescored(row.id, row.label, verdicts[row.id].label)
                for row in rows
                if row.label != verdicts[row.id].label
            ]
