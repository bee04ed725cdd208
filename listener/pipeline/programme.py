"""What people do in the reference programme: the same for the command line, the ops desk and rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from listener.advocacy.drivers import Driver, Route, route
from listener.advocacy.fatigue import Policy, Reason, against
from listener.advocacy.programme import FORMS, SERVING, NoSuchMove, after
from listener.advocacy.ranking import Answers, Candidate, Ranked, likely_yes, ranked
from listener.customers.parsing import moment_of
from listener.pipeline.attributes import must_exist
from listener.pipeline.inviting import drivers_from, standing_from
from listener.pipeline.people import NotPossible
from listener.store import Store
from listener.store.asks import NotHeld, Wanted
from listener.store.goodwill import Sought
from listener.store.references import Step

YEAR = timedelta(days=365)
PROPOSED = 10
CONSENTS = ("name", "logo", "quote", "recording")


@dataclass(frozen=True, slots=True)
class Favour:
    """Something given by a customer or received by one, in words, with what it is worth where that is known."""

    side: str
    what: str
    worth: str = ""


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation that was entered: the ask's number, who asks and why, the chance of a yes."""

    ask: int
    route: Route
    likely: float


class Programme:
    """Steps of customers, asks, requests and places, in the name of one person."""

    def __init__(self, store: Store, policy: Policy, now: Callable[[], datetime], who: str) -> None:
        self._store = store
        self._policy = policy
        self._now = now
        self._who = who

    def nominate(self, customer: str, why: str) -> Row[Any]:
        """Somebody thinks that this customer could speak for us."""
        known = self._known(customer)
        drivers = [asdict(driver) for driver in self.drivers(customer)]
        return self.step(customer, "nominate", why, drivers=drivers, owner=known.owner)

    def step(self, customer: str, what: str, why: str = "", **columns: Any) -> Row[Any]:
        """Any step of `advocacy.programme.MOVES`. Raises NotPossible with what is open instead."""
        step = Step(customer, what, self._who, self._now(), why, columns=columns)
        try:
            return self._store.references.take(step, _after(step))
        except NoSuchMove as error:
            raise NotPossible(str(error)) from None

    def rest(self, customer: str, until: datetime) -> Row[Any]:
        """Nobody asks this customer until then."""
        return self.step(customer, "rest", f"until {until:%Y-%m-%d}", rests_until=until)

    def reviewed(self, customer: str) -> None:
        """The new owner has looked at what we say with this customer."""
        if self._store.references.get(customer) is None:
            raise NotPossible(f"{customer} is not in the programme: `listener references` lists who is")
        self._store.references.mark(customer, review="", owner=self._known(customer).owner)
        self._store.house.audit(self._now(), self._who, "reviewed", customer)

    def drivers(self, customer: str) -> tuple[Driver, ...]:
        """Why this customer is happy, with the mentions of a year that say so."""
        return drivers_from(self._store.goodwill.praise(customer, self._now() - YEAR))

    def against(self, customer: str) -> tuple[Reason, ...]:
        """Everything that speaks against asking this customer now."""
        row = self._store.goodwill.standing(customer, self._now() - YEAR)
        if row is None:
            return (Reason("is not in the registry"),)
        asks = self._store.asks.asks_of([customer]).get(customer, [])
        return against(standing_from(row, asks), self._policy, self._now())

    def invite(self, customer: str, form: str, benefit: str) -> Invited:
        """Enter that this customer is asked to join. What the customer gets is part of the ask. Raises NotPossible."""
        if not benefit.strip():
            raise NotPossible("say with --benefit what the customer gets: an ask without it is begging")
        drivers, row = self.drivers(customer), self._known(customer)
        way, likely = route(drivers, row.owner), self._likely(customer, form, row)
        asked = {"form": _form(form), "asker": way.asker, "why": benefit, "expected": likely}
        asked["driver"] = drivers[0].driver if drivers else ""
        step = Step(customer, "invite", self._who, self._now(), f"asked by {way.asker} for {form}: {benefit}")
        try:
            return Invited(self._store.asking.invite(step, _after(step), self._must_fit, asked), way, likely)
        except NoSuchMove as error:
            raise NotPossible(str(error)) from None

    def _fits(self, row: Row[Any] | None, asks: Sequence[datetime]) -> bool:
        return row is not None and not against(standing_from(row, asks), self._policy, self._now())

    def _must_fit(self, row: Row[Any] | None, asks: Sequence[datetime]) -> bool:
        reasons = against(standing_from(row, asks), self._policy, self._now()) if row is not None else ()
        if row is not None and reasons:
            raise NotPossible(f"{row.id} is not asked now: {'; '.join(reason.text for reason in reasons)}")
        return True

    def _likely(self, customer: str, form: str, row: Row[Any]) -> float:
        praise = len(self._store.goodwill.praise(customer, self._now() - YEAR))
        known = Candidate(customer, segment=row.segment, state=row.state, praise=praise)
        return likely_yes(known, self._groups(form).get(row.segment, Answers(0, 0)))

    def answer(self, ask: int, yes: bool, why: str = "") -> str:
        """The customer answered; returns who. A no has a reason that we learn from. Who was invited joins, or not."""
        if not yes and not why.strip():
            raise NotPossible("a no needs its reason: say why with --why")

        def joins(customer: str) -> tuple[Step, Callable[[str, str | None], str]]:
            step = Step(customer, "accept" if yes else "decline", self._who, self._now(), why)
            return step, _after(step)

        customer = self._store.asking.answered(ask, "yes" if yes else "no", self._now(), why, joins)
        if customer is None:
            raise NotPossible(f"there is no ask {ask} that waits for an answer: `listener references asks` lists them")
        return customer

    def use(self, customer: str, kind: str, place: str, owner: str, looks_for: Sequence[str]) -> int:
        """A place where this reference appears; returns its number. Only who serves may be shown anywhere."""
        texts = [text.strip() for text in looks_for if text.strip()]
        if not texts:
            raise NotPossible("say with --text what to look for there: the name, the quote")
        columns: dict[str, Any] = {"customer": customer, "kind": kind, "place": place, "owner": owner}
        columns |= {"status": "up", "looks_for": texts, "since": self._now()}
        number = self._store.places.add(columns, self._who, SERVING)
        if number is None:
            row = self._store.references.get(customer)
            state = row.state if row else "not in the programme"
            raise NotPossible(f"{customer} is {state}: only an accepted, active or resting reference may be used")
        return number

    def down(self, takedown: int) -> None:
        """Somebody saw that this place is down."""
        if not self._store.places.confirm(takedown, self._now(), self._who):
            raise NotPossible(f"there is no open entry {takedown}: `listener references takedowns` lists them")

    def consent(self, customer: str, form: str, granted: Sequence[str], until: datetime | None) -> None:
        """What the customer agreed to for one form, out of name, logo, quote and recording."""
        self._known(customer)
        strange = [word for word in granted if word not in CONSENTS]
        if strange:
            raise NotPossible(f"{strange[0]!r} is nothing to agree to: write {', '.join(CONSENTS)}, with commas")
        allowed = {what: what in granted for what in CONSENTS}
        columns = {"customer": customer, "form": _form(form), "until": until, "at": self._now(), "who": self._who}
        self._store.asks.agree(columns | allowed)

    def propose(self, form: str, attributes: Mapping[str, str]) -> list[Ranked]:
        """Who could be asked for this, best first, each with reasons."""
        now = self._now()
        rest, hurt = now - self._policy.rest, now - self._policy.after_complaint
        sought = Sought(_form(form), attributes, now, rest, hurt, self._policy.per_year)
        rows = self._store.goodwill.best(sought, PROPOSED)
        free = [row for row in rows if not self._renews(row.renewal_at, now)]
        if not rows:
            for name, value in attributes.items():
                must_exist(self._store, name, value)
        found = (Candidate(**{name: getattr(row, name) for name in Candidate.__slots__}) for row in free)
        return ranked(found, self._groups(form), now)[:PROPOSED]

    def request(self, wanted: Wanted) -> tuple[int, list[Ranked]]:
        """Open a request, reserve the best customer and, for a dated one, a stand-by; returns it with all proposals.

        Two teams that ask in the same second never get the same customer: whoever is second gets the next.
        """
        proposals, now = self.propose(wanted.form, wanted.wanted), self._now()
        if wanted.needed_by and wanted.needed_by < now:
            raise NotPossible(f"{wanted.needed_by:%Y-%m-%d} is over: write with --by the day on which it is needed")
        number = self._store.asks.open(wanted, now)
        self._reserve(number, wanted, proposals)
        return number, proposals

    def again(self, request: int) -> list[Ranked]:
        """Propose and reserve anew for a request that nobody, or no stand-by, is reserved for yet."""
        row = self._request(request)
        if row.status not in ("open", "reserved"):
            raise NotPossible(f"request {request} is {row.status} already")
        wanted = Wanted(row.form, row.wanted, row.team, row.needed_by)
        proposals = self.propose(wanted.form, wanted.wanted)
        self._reserve(request, wanted, proposals)
        return proposals

    def _reserve(self, number: int, wanted: Wanted, proposals: Sequence[Ranked]) -> None:
        held = {row.role for row in self._store.asks.bookings(number) if row.status == "held"}
        roles = [role for role in ("main", "stand-by")[: 2 if wanted.needed_by else 1] if role not in held]
        for one in proposals:
            if not roles:
                return
            customer, now = one.candidate.customer, self._now()
            drivers = self.drivers(customer)
            asked = {"form": wanted.form, "asker": wanted.team, "answer": None, "expected": one.likely}
            asked["driver"] = drivers[0].driver if drivers else ""
            if self._store.asking.reserve(number, customer, roles[0], now, asked, self._fits):
                roles.pop(0)

    def cancelled(self, request: int, customer: str, why: str) -> Row[Any] | None:
        """The customer cannot, which costs them nothing; returns the booking of whoever serves now."""
        self._request(request)
        try:
            return self._store.asks.cancelled(request, customer, self._now(), why)
        except NotHeld as error:
            raise NotPossible(f"{error}: `listener references requests` tells who is") from None

    def close(self, request: int, filled: bool, outcome: str, favours: Sequence[Favour] = ()) -> None:
        """How a request ended, and what its customer gave and received."""
        row = self._request(request)
        held = [one for one in self._store.asks.bookings(request) if one.status == "held" and one.role == "main"]
        if filled and not held:
            raise NotPossible(f"nobody is reserved for request {request}: reserve a customer, or cancel the request")
        rows = [self._favour(held[0].customer, row.form, one, request) for one in favours] if held else []
        if not self._store.asks.close(request, "filled" if filled else "cancelled", outcome, self._now(), rows):
            raise NotPossible(f"request {request} is {row.status} already")

    def favour(self, customer: str, form: str, favour: Favour) -> None:
        """Give and take outside of a request, co-marketing too."""
        self._known(customer)
        self._store.asks.favour(self._favour(customer, form, favour, None))

    def _favour(self, customer: str, form: str, favour: Favour, request: int | None) -> dict[str, Any]:
        said = {"customer": customer, "at": self._now(), "side": favour.side, "form": form, "what": favour.what}
        return {**said, "worth": favour.worth, "request": request, "who": self._who}

    def _request(self, number: int) -> Row[Any]:
        row = self._store.asks.get(number)
        if row is None:
            raise NotPossible(f"there is no request {number}: `listener references requests` lists them")
        return row

    def _groups(self, form: str) -> dict[str, Answers]:
        rows = self._store.goodwill.acceptance("segment", _form(form))
        return {row.group or "": Answers(row.yes, row.all) for row in rows}

    def _renews(self, written: str, now: datetime) -> bool:
        at = moment_of(written)
        return at is not None and abs(at - now) <= self._policy.around_renewal

    def _known(self, customer: str) -> Row[Any]:
        row = self._store.goodwill.standing(customer, self._now() - YEAR)
        if row is None:
            raise NotPossible(f"there is no customer {customer!r} in the registry: `listener customers` lists them")
        return row


def _after(step: Step) -> Callable[[str, str | None], str]:
    return lambda state, before: after(state, step.what, step.why, before)


def _form(written: str) -> str:
    if written not in FORMS:
        raise NotPossible(f"{written!r} is no form of advocacy: write one of {', '.join(FORMS)}")
    return written
