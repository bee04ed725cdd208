"""What a campaign says to one customer: the template filled, as a delivery that goes once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from listener.actions.templates import Templates
from listener.pipeline.letters import Mailroom, letter
from listener.pipeline.people import NotPossible
from listener.store import Store
from listener.store.campaigns import Written

TROUBLE, FIXED = "trouble", "fixed"
SUBJECT = "subject:"
KNOWN = ("id", "name", "segment", "plan", "region", "version", "language", "owner")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One rendered message."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Subject:
    """What a message is about."""

    brand: str
    title: str
    topic: str
    cause: str | None


@dataclass(frozen=True)
class Wordings:
    """Writes a campaign's messages. `ask` is the share that is asked whether it is fixed, besides all reporters."""

    store: Store
    templates: Templates
    room: Mailroom
    ask: float
    now: Callable[[], datetime]
    link: Callable[[Row[Any], str], str] = field(default=lambda campaign, customer: "")

    def digest(self, template: str) -> str:
        """What this template says, in short: other words have another digest."""
        return hashlib.sha256(self.templates.wording(template).encode()).hexdigest()[:16]

    def delivery(self, row: Row[Any], customer: Row[Any], subject: Subject) -> Written:
        sheet, asked = self.sheet(row, customer, subject), self.asks(row, customer)
        key = f"campaign:{row.issue}:{row.episode}:{row.stage}:{customer.id}"
        # a second message is worse than none: what is in doubt is settled by a person
        about = {"issue": row.issue, "rule": rule_of(row.id), "options": {"once": True, "campaign": row.id}}
        about |= {"decided_by": ", ".join(each["who"] for each in row.approvals)}
        columns = letter(self.room, key, "notice", customer.id, sheet.title, sheet.text, self.now(), **about)
        return Written(customer.id, columns, asked)

    def asks(self, row: Row[Any], customer: Row[Any]) -> bool:
        if row.stage != FIXED:
            return False
        share = int.from_bytes(hashlib.sha256(f"ask:{row.issue}:{customer.id}".encode()).digest()[:4]) / 2**32
        return customer._mapping.get("list") == "A" or share < self.ask

    def sheet(self, row: Row[Any], customer: Row[Any], subject: Subject) -> Sheet:
        values = self._values(row, customer, subject)
        draft = self.templates.render(row.template, values, customer.language or None)
        first, _, rest = draft.text.partition("\n")
        if first.lower().startswith(SUBJECT):
            return Sheet(first[len(SUBJECT) :].strip(), rest.strip())
        return Sheet(f"About {subject.title}", draft.text)

    def _values(self, row: Row[Any], customer: Row[Any], subject: Subject) -> Mapping[str, Any]:
        known = {f"customer.{name}": getattr(customer, name) for name in KNOWN}
        known |= {f"customer.{name}": value for name, value in customer.columns.items()}
        link = self.link(row, customer.id) if self.asks(row, customer) else None
        told = {"brand": subject.brand, "issue.title": subject.title, "issue.topic": subject.topic}
        return known | told | {"issue.cause": subject.cause, "fixed.link": link}

    def subject(self, row: Row[Any]) -> Subject:
        found = self.store.issues.root(row.issue)
        if found is None:
            raise NotPossible(f"issue {row.issue} is gone")
        causes = [each.root_cause for each in self.store.issues.episodes(row.issue) if each.root_cause]
        title, topic = row.title or found.title, row.topic or found.topic
        return Subject(found.brand, title, topic, causes[-1] if causes else None)


def rule_of(number: int) -> str:
    """What stands as the rule of a campaign's deliveries: `pause --rule campaign-7` holds them."""
    return f"campaign-{number}"


def scope_of(number: int) -> str:
    return f"rule:{rule_of(number)}"
