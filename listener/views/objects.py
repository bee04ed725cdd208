"""Stored rows → JSON objects with the keys of the contract, in its order: times in UTC, absent values null."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeAlias

Record: TypeAlias = Any  # a row whose columns are attributes
Object: TypeAlias = dict[str, Any]

UNSENT = ("cancelled", "rejected", "expired")


def line(thing: Mapping[str, Any]) -> str:
    """One object as one line of JSON."""
    return json.dumps(thing, ensure_ascii=False, default=_plain)


def _plain(value: object) -> str:
    return moment(value) or "" if isinstance(value, datetime) else str(value)


def moment(at: datetime | None) -> str | None:
    """A time in UTC, ISO 8601."""
    return at.astimezone(UTC).isoformat() if at else None


def mention(row: Record, appearances: Iterable[Record] = (), decision: Record | None = None) -> Object:
    """A mention with where it appeared and the newest decision about it; verdict and decision null until judged."""
    kept = row.verdict or {}
    return {
        "id": row.id,
        "source": row.source,
        "kind": row.kind,
        "external_id": row.external_id,
        "url": row.url,
        "brand": row.brand,
        "person": row.person,
        "author": _author(row),
        "title": row.title,
        "text": row.text,
        "language": row.language,
        "rating": row.rating,
        "posted_at": moment(row.posted_at),
        "seen_at": moment(row.seen_at),
        "edited_at": moment(row.edited_at),
        "history": row.history,
        "appearances": [appearance(each) for each in appearances],
        "verdict": _verdict(row) if row.label else None,
        "topics": list(kept.get("topics", ())),
        "drivers": list(kept.get("drivers", ())),
        "customer": row.customer,
        "issue": row.issue,
        "duplicate_of": row.duplicate_of,
        "decision": _decision(decision) if decision else None,
    }


def _author(row: Record) -> Object:
    return {
        "handle": row.author_handle,
        "name": row.author_name,
        "url": row.author_url,
        "followers": row.author_followers,
    }


def appearance(row: Record) -> Object:
    """Where and when a post was seen."""
    return {
        "source": row.source,
        "external_id": row.external_id,
        "seen_at": moment(row.seen_at),
        "gone_at": moment(row.gone_at),
    }


def _verdict(row: Record) -> Object:
    evidence = (row.verdict or {}).get("evidence", ())
    return {
        "label": row.label,
        "score": row.score,
        "confidence": row.confidence,
        "engine": row.engine,
        "evidence": [{"what": what, "value": value, "origin": origin} for what, value, origin in evidence],
    }


def _decision(row: Record) -> Object:
    return {"book": row.book, "fired": list(row.fired), "nothing_because": row.nothing_because}


def ticket(row: Record, mentions: Sequence[int] = ()) -> Object:
    """A recovery ticket and the mentions that belong to it."""
    return {
        "id": row.id,
        "mentions": list(mentions),
        "person": row.person,
        "customer": row.customer,
        "issue": row.issue,
        "status": row.status,
        "queue": row.queue,
        "urgency": row.urgency,
        "owner": row.owner,
        "opened_at": moment(row.opened_at),
        "first_reply_due": moment(row.first_reply_due),
        "resolve_due": moment(row.resolve_due),
        "closed_at": moment(row.closed_at),
        "root_cause": row.root_cause,
        "outcome": row.outcome,
        "external": _external(row),
        "owner_role": row.owner_role,
        "replied_at": moment(row.replied_at),
        "wait_until": moment(row.wait_until),
        "win_back": row.win_back,
    }


def issue(row: Record, quotes: Sequence[Record] = ()) -> Object:
    """One trouble of several mentions; `quotes` are some of these."""
    return {
        "id": row.id,
        "brand": row.brand,
        "topic": row.topic,
        "title": row.title,
        "keywords": list(row.keywords),
        "spread": row.spread,
        "state": row.state,
        "mentions": row.mentions,
        "persons": row.persons,
        "customers": row.customers,
        "usual_rate": row.usual_rate,
        "ratio": row.ratio,
        "first_seen": moment(row.first_seen),
        "last_seen": moment(row.last_seen),
        "affected": row.affected,
        "quotes": [{"mention": one.id, "text": one.text, "url": one.url} for one in quotes],
    }


def delivery(row: Record) -> Object:
    """One action on its way out; where it ended unsent, `last_error` says why."""
    return {
        "id": row.id,
        "action": row.action,
        "rule": row.rule,
        "mention": row.mention,
        "issue": row.issue,
        "person": row.person,
        "customer": row.customer,
        "channel": row.channel,
        "mode": row.mode,
        "status": row.status,
        "due_at": moment(row.due_at),
        "attempts": row.attempts,
        "last_error": (row.why if row.status in UNSENT else None) or row.last_error,
        "done_at": moment(row.done_at),
        "text": row.text,
        "external": _external(row),
    }


def _external(row: Record) -> Object | None:
    kept = row.external
    return {name: kept.get(name) for name in ("kind", "key", "url")} if kept else None


def contact(row: Record) -> Object:
    """One entry of the contact ledger."""
    return {
        "id": row.id,
        "person": row.person,
        "customer": row.customer,
        "purpose": row.purpose,
        "channel": row.channel,
        "delivery": row.delivery,
        "at": moment(row.at),
    }


def customer(
    row: Record,
    handles: Sequence[str],
    last_contact: datetime | None,
    open_ticket: int | None,
    reference: str | None,
    opted_out: bool,
) -> Object:
    """One customer; `handles` as platform:name, `open_ticket` its number, `reference` where they stand as one.

    `opted_out`: they said so themselves, or one of us for them; `do_not_contact` is what the registry says.
    """
    consent = {"do_not_contact": row.do_not_contact, "opted_out": opted_out}
    return {
        "id": row.id,
        "name": row.name,
        "segment": row.segment or None,
        "plan": row.plan or None,
        "products": list(row.products),
        "region": row.region or None,
        "owner": row.owner or None,
        "handles": list(handles),
        "consent": {**dict.fromkeys(row.consents, True), **consent},
        "last_contact_at": moment(last_contact),
        "open_ticket": open_ticket,
        "reference": reference,
    }


def alert(row: Record, mentions: Sequence[int], noticed: Sequence[Record]) -> Object:
    """One alert: what it is about, how it stands, and everybody who acknowledged it (again, after it had grown)."""
    return {
        "id": row.id,
        "state": _alert_state(row),
        "channel": row.channel,
        "rule": row.rule,
        "about": row.about,
        "mentions": list(mentions),
        "told": row.told,
        "times": row.times,
        "opened_at": moment(row.opened_at),
        "last_at": moment(row.last_at),
        "told_at": moment(row.told_at),
        "tell_at": moment(row.tell_at),
        "closed_at": moment(row.closed_at),
        "acknowledged_by": row.acked_by,
        "acknowledged_at": moment(row.acked_at),
        "acknowledged": [{"who": one.who, "at": moment(one.at)} for one in noticed],
    }


def _alert_state(row: Record) -> str:
    if row.closed_at:
        return "over"
    return "acknowledged" if row.acked_by else "open" if row.told_at else "collecting"


def suggestion(one: Record) -> Object:
    """That an account might be a customer's."""
    return {
        "account": one.account,
        "customer": one.customer,
        "evidence": one.evidence,
        "confidence": one.confidence,
    }


def erasure_task(row: Record) -> Object:
    """What an erasure left to people."""
    return {"id": row.id, "at": moment(row.at), "what": row.what, "url": row.url}


def silence(row: Record) -> Object:
    """One silence in force."""
    return {
        "id": row.id,
        "kind": row.kind,
        "what": row.what,
        "since": moment(row.since),
        "until": moment(row.until),
        "owner": row.owner,
        "why": row.why,
    }


def source(row: Record) -> Object:
    """One source's state and health."""
    return {
        "name": row.name,
        "kind": row.kind,
        "state": row.state,
        "last_ok_at": moment(row.last_ok_at),
        "next_at": moment(row.next_at),
        "failures": row.failures,
        "last_error": row.last_error,
        "items": row.items,
        "mentions": row.mentions,
        "blind_since": moment(row.blind_since),
    }
