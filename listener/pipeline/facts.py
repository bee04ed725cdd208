"""Mention → Facts: the one translation between what is kept and what rules ask about."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row

from listener.model.verdict import Verdict
from listener.pipeline.issue_check import Seen
from listener.store.person_records import PersonRecord
from rules.terms import Facts, Value

# what somebody wrote is kept once, with the mention, where an erasure finds it
WORDS: Final = frozenset({"title", "text", "author.name", "company_reply", "attribute.author_email"})
WINDOWS: Final = (7, 30, 365)
DAY = 86_400
SURVEY = "survey"  # the kind of the mentions that answers to our surveys are


def facts_of(
    row: Row[Any],
    verdict: Verdict,
    person: str,
    customer: Row[Any] | None,
    record: PersonRecord,
    local: datetime,
    issue: Seen | None = None,
) -> Facts:
    """All that is known of one mention. What is not known is left out. `local`: now, where the operator lives."""
    values: dict[str, Value | None] = {
        **_said(row),
        **_judged(verdict),
        **_person(row, person, record),
        **_customer(customer, record.opted_out),
        **_issue(issue),
        **{f"attribute.{name}": value for name, value in row.attributes.items()},
    }
    values |= {"weekday": local.strftime("%A").lower(), "hour": local.hour}
    return Facts({name: value for name, value in values.items() if value is not None and value != ""})


def _said(row: Row[Any]) -> dict[str, Value | None]:
    return {
        "source": row.source,
        "source.kind": row.kind,
        "brand": row.brand,
        "title": row.title,
        "text": f"{row.title}\n{row.text}".strip(),
        "thread": row.thread,
        "product": row.product,
        "url": row.url,
        "rating": row.rating,
        "survey.score": row.attributes.get("score") if row.kind == SURVEY else None,
        "reply_to_us": row.reply_to_us,
        "company_reply": row.company_reply,
        "author.handle": row.author_handle,
        "author.account": f"{row.platform}:{row.author_handle.lstrip('@')}" if row.author_handle else None,
        "author.name": row.author_name,
        "author.followers": row.author_followers,
        "author.is_us": row.own,
        "author.is_machine": row.attributes.get("machine") is True,
    }


def _judged(verdict: Verdict) -> dict[str, Value | None]:
    return {
        "language": verdict.language,
        "sentiment": None if verdict.label == "unscored" else verdict.label,
        "score": verdict.score,
        "confidence": verdict.confidence,
        "topics": verdict.topics,
        "drivers": verdict.drivers,
        "intent": verdict.intent,
        "tags": verdict.tags,
    }


def _person(row: Row[Any], person: str, record: PersonRecord) -> dict[str, Value | None]:
    """What is left out here has its default in the catalogue: who never had a thing had it infinitely long ago."""
    values: dict[str, Value | None] = {"person.id": person, "customer.open_ticket": record.open_ticket}
    values |= record.advocacy
    values |= {f"mentions.{days}d": count for days, count in record.mentions.items()}
    for purpose, last in record.last_contact.items():
        values[f"days_since.{purpose}"] = max(0.0, (row.seen_at - last).total_seconds() / DAY)
    return values


def _customer(customer: Row[Any] | None, opted_out: bool) -> dict[str, Value | None]:
    if customer is None:
        return {"customer.known": False, "customer.opted_out": opted_out}
    columns: Mapping[str, str] = customer.columns
    return {
        "customer.known": True,
        "customer.opted_out": customer.do_not_contact or opted_out,
        "customer.id": customer.id,
        "customer.name": customer.name,
        "customer.segment": customer.segment,
        "customer.plan": customer.plan,
        "customer.region": customer.region,
        "customer.version": customer.version,
        "customer.owner": customer.owner,
        "customer.owner_role": customer.owner_role,
        "customer.language": customer.language,
        "customer.timezone": customer.timezone,
        "customer.products": tuple(customer.products),
        "customer.tags": tuple(customer.tags),
        **{f"customer.{name}": value for name, value in columns.items()},
    }


def _issue(seen: Seen | None) -> dict[str, Value | None]:
    if seen is None:
        return {}
    return {
        "issue.id": seen.issue,
        "issue.spread": seen.spread,
        "issue.state": seen.state,
        "issue.persons": seen.persons,
        "issue.customers": seen.customers,
        "issue.ratio": seen.ratio,
        "topic.trend": seen.trend,
    }


def kept_facts(facts: Facts) -> dict[str, Value]:
    """The facts as they are stored with a decision; `words_of` gives back what is left out."""
    return {name: value for name, value in facts.values.items() if name not in WORDS}


def facts_again(row: Row[Any], kept: Mapping[str, Any]) -> Facts:
    """The facts that a mention was decided on, from its row and what was stored with the decision."""
    # JSON has no infinity: what never happened comes back as nothing, and its default says never again
    values = {n: tuple(v) if isinstance(v, list) else v for n, v in kept.items() if v is not None}
    return Facts({**words_of(row), **values})


def words_of(row: Row[Any]) -> dict[str, Value]:
    """What the stored facts of a mention leave out."""
    said = {"title": row.title, "text": f"{row.title}\n{row.text}".strip(), "author.name": row.author_name}
    said |= {"company_reply": row.company_reply, "attribute.author_email": row.attributes.get("author_email")}
    return {name: value for name, value in said.items() if value}
