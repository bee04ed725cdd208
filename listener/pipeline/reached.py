"""The contact budget as a decision asks for it: once, and only where a rule wants to reach somebody."""

from __future__ import annotations

from dataclasses import dataclass

from listener.model.contact import Check
from listener.model.plan import Judgement
from listener.store.judging import Turn
from rules.terms import ALONE, Barrier, Purpose


@dataclass(frozen=True, slots=True)
class Reached:
    """rules.terms.Contacts for the person of one mention."""

    turn: Turn
    judgement: Judgement
    check: Check

    def barrier(self, purpose: Purpose) -> Barrier | None:
        """What is in the way now; the claim asks again before anything leaves."""
        person = self.judgement.person
        if person.startswith(ALONE):
            return None
        block = self.check(self.turn.standing(person, self.judgement.customer, purpose))
        return Barrier(block.why, block.until) if block else None
