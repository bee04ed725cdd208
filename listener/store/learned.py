"""The models learned from audited labels: which one is at work, and which came before it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update

from listener.model import LearnedModel
from listener.store.engine import Database, table
from listener.store.house import audit, audit_line

model = table(LearnedModel)


class LearnedModels:
    """Fits on audited labels, adopted or not."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, fit: LearnedModel) -> None:
        """Remember a fit; an adopted one is at work from the next start or reload on."""
        with self._database.write() as connection:
            connection.execute(model.insert(), fit.model_dump(exclude={"id"}))

    def at_work(self) -> Row[Any] | None:
        """The newest that was adopted and not rolled back."""
        query = select(model).where(model.c.adopted, model.c.rolled_back_at.is_(None)).order_by(model.c.id.desc())
        with self._database.read() as connection:
            return connection.execute(query.limit(1)).first()

    def newest(self) -> Row[Any] | None:
        """The newest fit, adopted or not."""
        with self._database.read() as connection:
            return connection.execute(select(model).order_by(model.c.id.desc()).limit(1)).first()

    def roll_back(self, at: datetime, who: str) -> Row[Any] | None:
        """Put the model at work aside, for the one before it or for the words alone; None when there is none."""
        row = self.at_work()
        if row is not None:
            with self._database.write() as connection:
                connection.execute(update(model).where(model.c.id == row.id).values(rolled_back_at=at))
                connection.execute(audit.insert(), audit_line(at, who, "roll back", f"learned model {row.id}"))
        return row
