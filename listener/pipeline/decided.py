"""What was decided about a mention, as the store keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from rules.terms import Decision

SETTLED = ("rule", "action", "status", "stage", "reason", "line")


def decided(number: int, decision: Decision, facts: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """A row of Decision, with the facts that rules were given."""
    return {
        "mention": number,
        "book": decision.book,
        "at": at,
        "fired": list(decision.fired),
        "settled": [{name: getattr(one, name) for name in SETTLED} for one in decision.settled],
        "nothing_because": decision.nothing_because or None,
        "facts": facts,
    }
