"""The reference programme as a table of moves: where a customer stands, and what may come next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

FORMS = ("call", "talk", "written", "video", "social")
STATES = ("candidate", "invited", "accepted", "active", "resting", "paused", "withdrawn", "declined")
SERVING = frozenset({"accepted", "active", "resting"})
INSIDE = ("candidate", "invited", "accepted", "active", "resting")
NOBODY = ""  # a customer who is not in the programme


@dataclass(frozen=True, slots=True)
class Move:
    """One step: from which states it is open, and where it leads. `reason`: it needs a reason in words."""

    origin: frozenset[str]
    to: str
    reason: bool = False


def _move(*origin: str, to: str, reason: bool = False) -> Move:
    return Move(frozenset(origin), to, reason)


# a pause remembers where it came from; `reinstate` goes back there
MOVES: Mapping[str, Move] = MappingProxyType(
    {
        "nominate": _move(NOBODY, to="candidate"),
        "invite": _move("candidate", to="invited"),
        "accept": _move("candidate", "invited", to="accepted"),
        "decline": _move("candidate", "invited", to="declined", reason=True),
        "activate": _move("accepted", "resting", to="active"),
        "rest": _move("accepted", "active", to="resting"),
        "pause": _move(*INSIDE, to="paused", reason=True),
        "reinstate": _move("paused", to=NOBODY),
        "withdraw": _move(
            "candidate", "invited", "accepted", "active", "resting", "paused", to="withdrawn", reason=True
        ),
        "reconsider": _move("declined", "withdrawn", to="candidate", reason=True),
    }
)


class NoSuchMove(Exception):
    """The step is not open from where the customer stands; the text says which are."""


def after(state: str, what: str, why: str = "", before: str | None = None) -> str:
    """The state after a step. `before` is the state that a pause interrupted. Raises NoSuchMove."""
    move = MOVES[what]
    if state not in move.origin:
        raise NoSuchMove(f"a customer who is {state or 'not in the programme'} cannot {what}: {_open(state)}")
    if move.reason and not why.strip():
        raise NoSuchMove(f"{what} needs a reason: say why with --why")
    return move.to or before or "candidate"


def _open(state: str) -> str:
    steps = [what for what, move in MOVES.items() if state in move.origin]
    return f"open steps are {', '.join(steps)}" if steps else "nothing is open"
