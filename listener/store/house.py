"""What the house remembers about itself: rule books, modes, stop switches, settings, the audit trail."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update

from listener.model.delivery import Delivery
from listener.model.house import AuditLine, BookVersion, Pause, RuleMode, Setting, SpentToken
from listener.model.source import Source
from listener.store.engine import Database, table

book_version, rule_mode, pause = table(BookVersion), table(RuleMode), table(Pause)
source, delivery = table(Source), table(Delivery)
setting, audit, spent = table(Setting), table(AuditLine), table(SpentToken)


class House:
    """The daemon's own memory."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def adopt_book(
        self, version: str, files: Mapping[str, str], modes: Mapping[str, str], at: datetime
    ) -> dict[str, datetime]:
        """Remember a rule book; returns since when each rule has been in its present mode."""
        with self._database.write() as connection:
            values = {"version": version, "loaded_at": at, "files": dict(files)}
            connection.execute(self._database.insert(BookVersion).on_conflict_do_nothing(), values)
            known = {row.rule: row for row in connection.execute(select(rule_mode))}
            # a moment that is still to come was told by a clock that was set back since: nothing would act until then
            there = {rule for rule, row in known.items() if row.mode == modes.get(rule) and row.since <= at}
            changed = {rule: mode for rule, mode in modes.items() if rule not in there}
            for rule, mode in changed.items():
                new = {"mode": mode, "since": at}
                statement = self._database.insert(RuleMode).values(rule=rule, **new)
                connection.execute(statement.on_conflict_do_update(index_elements=["rule"], set_=new))
            # a rule that comes back later must not act on what happened while it was away
            connection.execute(delete(rule_mode).where(rule_mode.c.rule.not_in(list(modes))))
        return {rule: at if rule in changed else known[rule].since for rule in modes}

    def set_back(self, seconds: float, now: datetime) -> None:
        """The clock was set back by so much: polls and deliveries not due yet are due so much earlier by it."""
        planned = (
            (source.c.name, source.c.next_at, source.c.next_at > now),
            (delivery.c.id, delivery.c.due_at, (delivery.c.status == "due") & (delivery.c.due_at > now)),
        )
        with self._database.write() as connection:
            for key, due, later in planned:
                for name, at in list(connection.execute(select(key, due).where(later))):
                    earlier = update(key.table).where(key == name).values({due: at - timedelta(seconds=seconds)})
                    connection.execute(earlier)

    def book(self, version: str) -> Row[Any] | None:
        with self._database.read() as connection:
            return connection.execute(select(book_version).where(book_version.c.version == version)).first()

    def pause(self, scope: str, at: datetime, who: str, why: str = "") -> None:
        """Hold all outward work, or that of one rule or channel, from this moment on."""
        with self._database.write() as connection:
            values = {"scope": scope, "since": at, "who": who, "why": why}
            connection.execute(self._database.insert(Pause).values(values).on_conflict_do_nothing())
            connection.execute(audit.insert(), audit_line(at, who, "pause", scope, why))

    def resume(self, scope: str, at: datetime, who: str) -> bool:
        """False when nothing was paused there."""
        with self._database.write() as connection:
            gone = connection.execute(delete(pause).where(pause.c.scope == scope)).rowcount
            connection.execute(audit.insert(), audit_line(at, who, "resume", scope))
        return bool(gone)

    def pauses(self) -> list[Row[Any]]:
        with self._database.read() as connection:
            return list(connection.execute(select(pause).order_by(pause.c.scope)))

    def put(self, name: str, value: Mapping[str, Any]) -> None:
        """Keep a small fact under a name."""
        with self._database.write() as connection:
            new = {"value": dict(value)}
            statement = self._database.insert(Setting).values(name=name, **new)
            connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_=new))

    def forget(self, name: str) -> None:
        """Keep nothing more under that name."""
        with self._database.write() as connection:
            connection.execute(delete(setting).where(setting.c.name == name))

    def tally(self, name: str, what: Iterable[str]) -> None:
        """Add one for each to the counts kept under a name."""
        counted = Counter(what)
        if counted:
            kept = Counter({key: int(count) for key, count in self.get(name).items()})
            self.put(name, kept + counted)

    def get(self, name: str) -> dict[str, Any]:
        """The fact under that name, empty when there is none."""
        with self._database.read() as connection:
            value = connection.execute(select(setting.c.value).where(setting.c.name == name)).scalar()
        return dict(value or {})

    def named(self, beginning: str) -> list[dict[str, Any]]:
        """The facts under every name that begins so."""
        query = select(setting.c.value).where(setting.c.name.startswith(beginning, autoescape=True))
        with self._database.read() as connection:
            return [dict(value) for value in connection.execute(query.order_by(setting.c.name)).scalars()]

    def restored_at(self) -> datetime | None:
        """When a backup was put in the store's place; None where that never was."""
        kept = self.get("restored").get("at")
        return datetime.fromisoformat(kept) if kept else None

    def signing_key(self) -> bytes:
        """The key that links are signed with: made at the first use, and part of every backup."""
        # only the first one writes: `explain` would wait for whoever holds the store
        if not self.get("signing key"):
            statement = self._database.insert(Setting).values(name="signing key", value={"key": secrets.token_hex(32)})
            with self._database.write() as connection:
                connection.execute(statement.on_conflict_do_nothing(index_elements=["name"]))
        return bytes.fromhex(self.get("signing key")["key"])

    def spend(self, token: str, at: datetime, until: datetime | None = None) -> bool:
        """Use a link that works once, told by what it is for; false when it was used before."""
        with self._database.write() as connection:
            return spend(connection, self._database, token, at, until)

    def audit(self, at: datetime, who: str, what: str, about: str = "", why: str = "") -> None:
        """One line of who did what by hand."""
        with self._database.write() as connection:
            connection.execute(audit.insert(), audit_line(at, who, what, about, why))


def spend(connection: Connection, database: Database, token: str, at: datetime, until: datetime | None) -> bool:
    """The same within a transaction that does what the link is for."""
    statement = database.insert(SpentToken).values(id=token, at=at, until=until)
    once = statement.on_conflict_do_nothing(index_elements=["id"]).returning(spent.c.id)
    return connection.execute(once).first() is not None


def audit_line(at: datetime, who: str, what: str, about: str = "", why: str = "") -> dict[str, Any]:
    """The columns of one line of who did what by hand."""
    return {"at": at, "who": who, "what": what, "about": about, "why": why}
