"""The whole road of one mention: where it came from, what was understood, what each rule said, what was done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from shlex import quote
from typing import Any

from sqlalchemy import Row

from listener.customers.clues import account_of
from listener.customers.parsing import written
from listener.model.mention import ERASED
from listener.model.registry import Key
from listener.pipeline.facts import facts_again
from listener.pipeline.people import NotPossible
from listener.store import Store
from listener.store.delivery_lists import DeliveryFilter
from listener.views import objects
from listener.views.objects import Object, moment
from listener.views.tables import at
from rules import book, engine
from rules.problems import BookError
from rules.terms import Finding

MOST_SUGGESTED = 3


@dataclass(frozen=True, slots=True)
class Ruling:
    """One decision: the book, what became of each action, and every clause of every rule as it was seen."""

    at: str
    book: str
    fired: tuple[str, ...]
    settled: tuple[Mapping[str, Any], ...]
    nothing_because: str | None
    findings: tuple[Finding, ...]
    unexplained: str = ""


@dataclass(frozen=True, slots=True)
class Road:
    """All that is kept of one mention. `mention` and `deliveries` are the contract's objects with their attempts.

    `emptied` says why it has no words, "" where it has some.
    """

    mention: Object
    emptied: str
    words: tuple[str, ...]
    tags: tuple[str, ...]
    source: Object | None
    copies: int
    versions: tuple[Object, ...]
    person_by: str
    plain: float
    rulings: tuple[Ruling, ...]
    deliveries: tuple[Object, ...]
    ticket: int | None
    recovery: Object | None


def road_of(store: Store, number: int, plain: Callable[[str], float]) -> Road:
    """Everything about one mention. `plain` is stock VADER, for comparison. Raises NotPossible."""
    row = store.mentions.get(number)
    if row is None:
        raise NotPossible(f"there is no mention {number}: `listener mentions` lists them")
    decisions = store.mentions.decisions([number]).get(number, [])
    places = store.mentions.appearances([row.post]).get(row.post, [])
    source = store.sources.get(row.source)
    return Road(
        mention=objects.mention(row, places, decisions[-1] if decisions else None),
        emptied=_emptied(row),
        words=tuple(row.words),
        tags=tuple(row.tags),
        source=objects.source(source) if source else None,
        copies=len(places),
        versions=tuple(
            {"until": moment(old.until), "title": old.title, "text": old.text}
            for old in store.mentions.versions(number)
        ),
        person_by=_person_by(store, row),
        plain=plain(_said(row)),
        rulings=tuple(_ruling(store, row, decision) for decision in decisions),
        deliveries=tuple(_delivery(store, one) for one in store.deliveries.page(DeliveryFilter(mention=number))),
        ticket=(ticket := store.tickets.of_mention(number)),
        recovery=_recovery(store, ticket),
    )


def _emptied(row: Row[Any]) -> str:
    if (row.person or "").startswith(ERASED):
        return "its person was erased, and its words with them"
    if row.gone_at is not None:
        return f"it was deleted at its source, seen {at(moment(row.gone_at))}: its words and its author went here too"
    return "" if _said(row) else "it has no words: it came without any, or it is older than `[retention]` keeps them"


def _recovery(store: Store, number: int | None) -> Object | None:
    row = store.tickets.get(number) if number is not None else None
    return objects.ticket(row, store.tickets.mentions_of([row.id]).get(row.id, [])) if row else None


def _said(row: Row[Any]) -> str:
    return f"{row.title}\n{row.text}".strip()


def _person_by(store: Store, row: Row[Any]) -> str:
    """How it is known who spoke: the evidence, or that nobody is known."""
    account, told = account_of(row), "{} ({}, confidence {:.2f})"
    if row.customer and (own := store.identities.of_mention(row.id)):
        return f"customer {row.customer}: " + told.format(own.evidence, own.source, own.confidence)
    if row.customer and account and (link := store.identities.linked(account, row.customer)):
        evidence = told.format(link.evidence, link.source, link.confidence)
        return f"customer {row.customer}, by the handle {':'.join(account)}: {evidence}"
    if row.customer:
        return f"customer {row.customer}; what told so is not in the registry any more"
    if account:
        claims = store.identities.claimed(account)
        both = f", claimed by {' and '.join(claims)}: it counts for neither" if len(claims) > 1 else ""
        return f"{row.person}, an account of no known customer{both}{_perhaps(store, account)}"
    return "nobody we could meet again: the source gives no account of the author's, so this mention stands alone"


def _perhaps(store: Store, account: Key) -> str:
    """What waits for a person to say whose the account is."""
    name = quote(written(account))
    return "".join(
        f"; perhaps {one.customer}: {one.evidence}. `listener customers link {name} {one.customer} --why TEXT` says "
        f"so, `listener customers unlink {name} --why TEXT` that it is not"
        for one in store.identities.suggested(MOST_SUGGESTED, account)
    )


def _delivery(store: Store, row: Row[Any]) -> Object:
    attempts = [
        {"number": one.number, "at": moment(one.at), "outcome": one.outcome, "error": one.error}
        for one in store.deliveries.attempts_of(row.id)
    ]
    return {
        **objects.delivery(row),
        "decided_by": row.decided_by,
        "anyway": row.anyway,
        "why": row.why,
        "tries": attempts,
    }


def _ruling(store: Store, row: Row[Any], decision: Row[Any]) -> Ruling:
    findings, unexplained = _findings(store, row, decision)
    return Ruling(
        at=moment(decision.at) or "",
        book=decision.book,
        fired=tuple(decision.fired),
        settled=tuple(decision.settled),
        nothing_because=decision.nothing_because,
        findings=findings,
        unexplained=unexplained,
    )


def _findings(store: Store, row: Row[Any], decision: Row[Any]) -> tuple[tuple[Finding, ...], str]:
    """The stored facts against the stored book: what was seen then, not what would be seen today."""
    kept = store.house.book(decision.book)
    if kept is None:
        return (), f"rule book {decision.book} is not kept"
    try:
        then = book.restore(kept.version, kept.files)
    except BookError:
        return (), f"rule book {decision.book} is written in a language that this version does not read"
    with store.judging.past(row.id, decision.at) as history:
        return engine.trace(then, facts_again(row, decision.facts), decision.at, history), ""
