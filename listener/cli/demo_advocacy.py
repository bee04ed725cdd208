"""The demo's last act: one reference turns sour and is taken down, one referral pays off, one request is filled."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from listener.demo.telling import Note, Scene

if TYPE_CHECKING:
    from listener.wiring import Parts

OWNER, APPROVER = "sunniva", "care"
# who complains in round 2, and who praises us there
SOUR, FRIEND = "c-147", "c-105"
NAME = "Rob Ackroyd"


def speaks_for_us(parts: Parts, page: str) -> None:
    """Before round 2: a customer agrees to be a reference, and appears on a web page and in a deck."""
    programme = parts.programme(OWNER)
    programme.nominate(SOUR, "has bought from us for years")
    ask = programme.invite(SOUR, "written", "an early look at the new kettle").ask
    programme.answer(ask, True)
    programme.consent(SOUR, "written", ["name", "quote"], None)
    programme.step(SOUR, "activate")
    number = programme.use(SOUR, "web page", page, "marketing", [NAME])
    parts.takedowns.first_look(number, page, [NAME])
    programme.use(SOUR, "deck", "sales deck 2026", "sales", [NAME])


def told_of_advocates(parts: Parts) -> Scene:
    """After round 2: what became of that reference, a referral and a request."""
    return Scene("Round 6: who speaks for us", advocates=[*_turned(parts), *_referred(parts), *_asked_for(parts)])


def _turned(parts: Parts) -> list[Note]:
    parts.takedowns.look()
    row = parts.store.references.get(SOUR)
    if row is None:
        return []
    places = [f"{place.kind} {place.status}" for place in parts.store.places.of(SOUR)]
    where = f"listener references show {SOUR}"
    return [Note(NAME, f"{row.state} as a reference: {row.why}"), Note("places", ", ".join(places), where)]


def _referred(parts: Parts) -> list[Note]:
    from listener.advocacy.referring import after
    from listener.model.referral import Report
    from listener.store.referrals import ReferralFilter
    from listener.wiring.now import clock

    now, referrals = clock(), parts.store.referrals
    code = referrals.code_of(FRIEND, now, parts.new_code())
    referrals.clicked(code, now)
    steps = (("evt-1", "signed_up", 0), ("evt-2", "purchased", 4_950), ("evt-2", "purchased", 4_950))
    kept = referrals.reports(
        "shop", [Report(event, what, "shop-4711", now, code=code, worth=worth) for event, what, worth in steps],
        after, now,
    )  # fmt: skip
    parts.rewards.decide()
    (one,) = referrals.page(ReferralFilter(customer=FRIEND))
    told = f"brought shop-4711: {one.status}; {kept.count('repeated')} report came twice and counts once"
    earned = f"{one.earned / 100:.2f} EUR for {FRIEND}; the letter waits for your yes"
    return [Note(FRIEND, told, "listener referrals"), Note("earned", earned, "listener deliveries")]


def _asked_for(parts: Parts) -> list[Note]:
    from listener.pipeline.programme import Favour
    from listener.store.asks import Wanted
    from listener.wiring.now import clock

    programme = parts.programme(OWNER)
    wanted = Wanted("call", {"product": "Kettle Pro"}, "sales", clock() + timedelta(days=14))
    number, proposals = programme.request(wanted)
    held = parts.store.asks.bookings(number)
    if not held:
        return [Note("request", "nobody who fits may be asked now", "listener references requests")]
    best = next(one for one in proposals if one.candidate.customer == held[0].customer)
    favours = [Favour("given", "a call with a prospect"), Favour("received", "a year of the Tea Club")]
    programme.close(number, True, "the prospect bought", favours)
    names = ", ".join(f"{row.customer} ({row.role})" for row in held)
    why = f"{best.candidate.name}: {'; '.join(best.reasons)}"
    told = f"{len(proposals)} proposed, reserved {names}; filled"
    return [Note("request", told), Note("why", why, "listener references requests")]
