"""When a reference turns sour: what one judged mention says about the customer who spoke."""

from __future__ import annotations

from listener.model.verdict import Verdict

RECOVERED = "recovered"
SOUR = -0.3  # the score from which on a complaint is more than grumbling


def soured(verdict: Verdict, mention: int, below: float = SOUR) -> str:
    """Why this mention ends the customer's service as a reference for now; "" when it does not."""
    if "churn" in verdict.tags:
        return f"mention {mention} says that the customer leaves"
    if verdict.label == "negative" and verdict.score <= below:
        return f"mention {mention} is a complaint ({verdict.score:+.2f})"
    return ""


def over(cause: str, outcome: str | None, closed_since: bool) -> str:
    """Why a pause of this cause seems over, of a customer in no trouble now; "" where it does not.

    `outcome` is how the customer's last ticket ended (None: there was none), `closed_since` whether after the pause.
    """
    if closed_since:
        won = f"Their last ticket was closed as recovered; the pause was because {cause}"
        return won if outcome == RECOVERED else ""
    if "is a complaint" in cause or cause.startswith("an outbreak"):
        return f"No complaint and no open ticket since; the pause was because {cause}"
    return ""
