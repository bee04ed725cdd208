"""What a source remembers between two polls, as a model that is kept as the cursor's text."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, ConfigDict, ValidationError


class Cursor(BaseModel):
    """A kind's memory is a subclass whose fields all have defaults: a blank one is where every source begins."""

    model_config = ConfigDict(frozen=True)

    @classmethod
    def load(cls, cursor: str) -> Self:
        """A cursor that is not ours, or of another version, is an empty memory."""
        try:
            return cls.model_validate_json(cursor or "{}")
        except ValidationError:
            return cls()
