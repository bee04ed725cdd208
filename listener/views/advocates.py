"""References, their asks, requests and takedown lists → JSON objects with fixed keys: absent values are null."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from listener.counted import counted
from listener.views.objects import Object, Record, moment


def reference(row: Record, known: Mapping[str, Any], agreed: Sequence[Record], counts: Mapping[str, int]) -> Object:
    """One customer in the programme. `known`: name and segment; `counts`: asks, uses and open takedowns."""
    return {
        "id": row.customer,
        "name": known.get("name"),
        "segment": known.get("segment"),
        "state": row.state,
        "since": moment(row.since),
        "why": row.why or None,
        "drivers": list(row.drivers),
        "owner": row.owner or None,
        "forms": [consent(each) for each in agreed],
        "rests_until": moment(row.rests_until),
        "review": row.review or None,
        "asks": counts.get("asks", 0),
        "uses": counts.get("uses", 0),
        "takedowns": counts.get("takedowns", 0),
    }


def consent(row: Record) -> Object:
    """What a customer agreed to for one form."""
    granted = [what for what in ("name", "logo", "quote", "recording") if getattr(row, what)]
    return {"form": row.form, "granted": granted, "until": moment(row.until)}


def ask(row: Record) -> Object:
    """One time that a customer was asked."""
    return {
        "id": row.id,
        "customer": row.customer,
        "at": moment(row.at),
        "form": row.form,
        "asker": row.asker,
        "driver": row.driver or None,
        "expected": None if row.expected is None else round(row.expected, 3),
        "answer": row.answer,
        "answered_at": moment(row.answered_at),
        "why": row.why or None,
    }


def request(row: Record, bookings: Iterable[Record]) -> Object:
    """What a team needs, and who is reserved for it."""
    return {
        "id": row.id,
        "form": row.form,
        "wanted": dict(row.wanted),
        "by": moment(row.needed_by),
        "team": row.team,
        "status": row.status,
        "opened_at": moment(row.opened_at),
        "closed_at": moment(row.closed_at),
        "outcome": row.outcome or None,
        "customers": [{"customer": b.customer, "role": b.role, "status": b.status} for b in bookings],
    }


def proposal(one: Any) -> Object:
    """A customer who could be asked, with the reasons. `one` is a `advocacy.ranking.Ranked`."""
    known = one.candidate
    return {
        "customer": known.customer,
        "name": known.name or None,
        "segment": known.segment or None,
        "owner": known.owner or None,
        "score": round(one.score, 3),
        "likely": round(one.likely, 3),
        "reasons": list(one.reasons),
    }


def use(row: Record) -> Object:
    """One place where a reference appears."""
    return {
        "id": row.id,
        "customer": row.customer,
        "kind": row.kind,
        "place": row.place,
        "owner": row.owner or None,
        "looks_for": list(row.looks_for),
        "status": row.status,
        "since": moment(row.since),
        "seen_at": moment(row.seen_at),
        "ended_at": moment(row.ended_at),
    }


def takedown(row: Record, now: datetime) -> Object:
    """One place that must come down, and for how many hours it has been on the list."""
    return {
        "id": row.id,
        "customer": row.customer,
        "kind": row.kind,
        "place": row.place,
        "owner": row.owner or None,
        "cause": row.cause,
        "opened_at": moment(row.opened_at),
        "hours": round((now - row.opened_at).total_seconds() / 3600, 1),
        "seen": row.seen or None,
        "detail": row.detail or None,
        "looked_at": moment(row.looked_at),
    }


def favour(row: Record) -> Object:
    """Something given or received."""
    said = {"customer": row.customer, "at": moment(row.at), "side": row.side, "form": row.form or None}
    return {**said, "what": row.what, "worth": row.worth or None, "request": row.request, "who": row.who or None}


def referral(row: Record) -> Object:
    """One newcomer that a customer brought; money in the currency's units."""
    return {
        "id": row.id,
        "customer": row.customer,
        "newcomer": row.newcomer,
        "code": row.code,
        "source": row.source,
        "status": row.status,
        "at": moment(row.at),
        "signed_up_at": moment(row.signed_up_at),
        "purchased_at": moment(row.purchased_at),
        "refunded_at": moment(row.refunded_at),
        "worth": row.worth / 100,
        "earned": row.earned / 100,
        "rewarded": row.earned / 100 if row.reward_status == "done" else 0.0,
        "reward": row.reward,
        "why": row.why or None,
    }


def panelist(row: Record) -> Object:
    """One customer who was invited to the panel, or joined it."""
    return {
        "customer": row.customer,
        "panel": row.panel or None,
        "mention": row.mention,
        "score": row.score,
        "invitation": row.status,
        "invited_at": moment(row.done_at),
        "joined_at": moment(row.joined_at),
        "outcome": row.outcome or None,
        "outcome_at": moment(row.outcome_at),
        "detractor": row.before_hurt > 0,
        "before": _voice(row, "before"),
        "after": _voice(row, "after") if row.joined_at else None,
        "since_then": _since_then(row) if row.joined_at else None,
    }


def _voice(row: Record, when: str) -> Object:
    """How somebody spoke of us: mentions, complaints among them, mean score (−1 to 1), last survey (0 to 10)."""
    score = getattr(row, f"{when}_score")
    return {
        "mentions": getattr(row, f"{when}_mentions"),
        "complaints": getattr(row, f"{when}_hurt"),
        "score": None if score is None else round(float(score), 2),
        "survey": getattr(row, f"{when}_survey"),
    }


def _since_then(row: Record) -> str:
    """What a member said after joining, against before."""
    if not row.after_mentions:
        return "silent"
    parts = [f"{counted(row.after_mentions, 'mention')}, {counted(row.after_hurt, 'complaint')}"]
    for name, sign in (("score", "+.2f"), ("survey", "d")):
        before, after = getattr(row, f"before_{name}"), getattr(row, f"after_{name}")
        if after is not None:
            parts.append(f"{name} {after:{sign}}" + (f" (was {before:{sign}})" if before is not None else ""))
    return ", ".join(parts)
