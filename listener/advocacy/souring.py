"""When a reference turns sour: what one judged mention says about the customer who spoke."""

from __future__ import annotations

from listener.model.verdict import Verdict

SOUR = -0.3  # the score from which on a complaint is more than grumbling


def soured(verdict: Verdict, mention: int, below: float = SOUR) -> str:
    """Why this mention ends the customer's service as a reference for now; "" when it does not."""
    if "churn" in verdict.tags:
        return f"mention {mention} says that the customer leaves"
    if verdict.label == "negative" and verdict.score <= below:
        return f"mention {mention} is a complaint ({verdict.score:+.2f})"
    return ""
