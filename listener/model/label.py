"""What people say that mentions are, and what was learned from it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

LISTENER = "listener"  # who labels a post that no longer names the brand


class GivenLabel(SQLModel, table=True):
    """What a person, or for want of the brand's name the house, says one mention is; it overrides its verdict.

    `drawn` is true where the mention came out of the random audit queue: only those labels teach, because labels
    of what looked wrong would teach that everything is wrong. `verdict` is what the mention was called before.
    """

    __tablename__ = "given_label"
    mention: int = Field(primary_key=True, foreign_key="mention.id")
    label: str
    verdict: str
    drawn: bool
    who: str
    at: datetime = Field(index=True)


class LearnedModel(SQLModel, table=True):
    """One fit on what people said, with how it fared on labels it had not seen: accuracies from 0 to 1.

    `kind` says of what: verdicts, the topics of complaints, or the likeness from which two complaints are one issue.
    The newest of a kind that was adopted and not rolled back is at work. `model` is readable JSON.
    """

    __tablename__ = "learned_model"
    id: int | None = Field(default=None, primary_key=True)
    kind: str = "verdicts"
    at: datetime
    labels: int
    before: float
    after: float
    told: str
    adopted: bool
    rolled_back_at: datetime | None = None
    model: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
