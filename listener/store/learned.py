"""The models learned from what people said: which one of each kind is at work, and which came before it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update

from listener.model.label import LearnedModel
from listener.store.engine import Database, table
from listener.store.house import audit, audit_line

model = table(LearnedModel)


class LearnedModels:
    """Fits on what people said of verdicts, topics and likeness, adopted or not."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, fit: LearnedModel) -> None:
        """Remember a fit; an adopted one is at work from the next start or reload on."""
        with self._database.write() as connection:
            connection.execute(model.insert(), fit.model_dump(exclude={"id"}))

    def at_work(self, kind: str = "verdicts") -> Row[Any] | None:
        """The newest that was adopted and not rolled back."""
        mine = (model.c.kind == kind) & model.c.adopted & model.c.rolled_back_at.is_(None)
        query = select(model).where(mine).order_by(model.c.id.desc())
        with self._database.read() as connection:
            return connection.execute(query.limit(1)).first()

    def newest(self, kind: str = "verdicts") -> Row[Any] | None:
        """The newest fit, adopted or not."""
        query = select(model).where(model.c.kind == kind).order_by(model.c.id.desc()).limit(1)
        with self._database.read() as connection:
            return connection.execute(query).first()

    def all(self, limit: int = 20) -> list[Row[Any]]:
        """Fits of all kinds, newest first."""
        with self._database.read() as connection:
            return list(connection.execute(select(model).order_by(model.c.id.desc()).limit(limit)))

    def roll_back(self, at: datetime, who: str, kind: str = "verdicts") -> Row[Any] | None:
        """Put the model at work aside, for the one before it or for what was shipped; None when there is none."""
        row = self.at_work(kind)
        if row is not None:
            with self._database.write() as connection:
                connection.execute(update(model).where(model.c.id == row.id).values(rolled_back_at=at))
                connection.execute(audit.insert(), audit_line(at, who, "roll back", f"learned model {row.id} ({kind})"))
        return row
