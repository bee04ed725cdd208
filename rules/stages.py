"""What becomes of proposals: fixed stages, in one order, each with a reason in words."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from typing import get_args

from rules.book import Book
from rules.catalogue import PROMPT
from rules.claims import apart, claims
from rules.clauses import Clause, Sight
from rules.ends import Stop, outcome, settled
from rules.limits import APART, LANES, Whom, counters, full, note, reserved
from rules.problems import Misread
from rules.quantities import zone
from rules.rule import Rule, Step
from rules.terms import (
    FREE,
    PLENTY,
    Contacts,
    Counter,
    Ledger,
    MaxAge,
    Mode,
    Moment,
    Mute,
    Offers,
    Reservation,
    Settled,
)

BRAKED = "the brake holds this rule: it fired far more often than its simulation"
OWN: Mapping[Mode, str] = {"shadow": "the rule is in shadow: recorded, not done", "ask": "the rule's mode is ask"}
HERE: Mapping[Mode, str] = {
    "shadow": "public and asking actions are in shadow here: recorded, not done",
    "ask": "public and asking actions need approval here",
}
CAUTION: tuple[Mode, ...] = get_args(Mode)  # from the most cautious to the least


@dataclass(frozen=True, slots=True)
class House:
    """What the installation adds to the rules: since when each rule is in its mode, ages, floor and silences."""

    since: Mapping[str, datetime]
    max_age: MaxAge
    ledger: Ledger
    floor: Mode
    mutes: tuple[Mute, ...] = ()
    contacts: Contacts = FREE
    offers: Offers = PLENTY


@dataclass(slots=True)
class Case:
    """One mention on its way through the stages, with what earlier proposals have claimed already."""

    book: Book
    sight: Sight
    moment: Moment
    house: House
    fired: tuple[Rule, ...]
    whom: Whom = field(init=False)
    claims: dict[str, str] = field(default_factory=dict)
    barred: dict[str, Stop | None] = field(default_factory=dict)
    ignored: tuple[int, str] | None = None
    given: Tally[tuple[str, str, str]] = field(default_factory=Tally)

    def __post_init__(self) -> None:
        self.whom = Whom.of(self.sight.values.get("person.id"), self.sight.values.get("issue.id"))

    def settle(self) -> tuple[Settled, ...]:
        """What becomes of every step of the rules that fired: acting rules first, so that shadow takes nothing away."""
        proposals = [(rule, step) for rule in self.fired for step in rule.steps]
        order = sorted(proposals, key=lambda p: (p[0].mode == "shadow", -p[0].priority, p[1].action.name != "ignore"))
        # noted before anything is settled, also when every action of the blocking rule is refused by a limit
        self._note_blocks()
        return tuple(self._settle(rule, step) for rule, step in order)

    def foreseen(self) -> Iterator[tuple[Step, list[str]]]:
        """The steps that neither their mode nor their age stops, each with the keys of the counter rows it asks for.

        `settle` may still ask for others.
        """
        for rule in self.fired:
            for step in rule.steps:
                mode, _ = self._mode(rule, step)
                if not self._off(rule, step, mode) and not self._old(rule, step):
                    yield step, [row.key for row in self._rows(rule, step, mode)] + self._looked_at(rule, step, mode)

    def _looked_at(self, rule: Rule, step: Step, mode: Mode) -> list[str]:
        """Keys of the rows that say when something else last happened to the person."""
        if not self.whom.person:
            return []
        blockers = (rule, *self.book.blockers.get(rule.id, ()))
        keys = [self._block(one) for one in blockers if one.blocks and one.blocks.lasts]
        return keys + ([self._claimed(other, mode)] if (other := apart(step.action)) else [])

    def _settle(self, rule: Rule, step: Step) -> Settled:
        mode, why_mode = self._mode(rule, step)
        stop = self._stopped(rule, step, mode)
        if stop:
            return settled(rule, step, mode, "refused", stop)
        hold_until = rule.quiet.until(self.moment.now, self._zone()) if rule.quiet and step.action.outward else None
        if hold_until and rule.quiet and rule.quiet.drop:
            return settled(rule, step, mode, "refused", Stop("quiet hours", "quiet hours, and nothing is held"))
        barred = self.house.contacts.barrier(step.action.purpose) if step.action.outward else None
        if barred and barred.until is None:
            return settled(rule, step, mode, "refused", Stop("contact", barred.reason))
        taken, stop = self._reserve(rule, step, mode)
        # no complaint is dropped by a limit: it joins the person's latest ticket
        join = bool(stop) and step.action.name == "open_ticket"
        if stop and not join:
            return settled(rule, step, mode, "refused", stop)
        self._claim(rule, step, mode)
        status, end = outcome(mode, hold_until, why_mode)
        if barred and barred.until and status != "shadow":
            # a draft waits for its person meanwhile, and is told what it may still have to wait for
            held = "held" if status == "due" else status
            hold_until = max(barred.until, hold_until or barred.until)
            status, end = held, Stop("contact", "; ".join(filter(None, (end.reason, barred.reason))))
        if stop and not end.stage:
            end = Stop("limit", f"joins the latest ticket: {stop.reason}")
        return settled(rule, step, mode, status, end, hold_until, join, taken)

    def _zone(self) -> tzinfo | None:
        """The customer's timezone, None where the registry has none that exists."""
        name = self.sight.values.get("customer.timezone")
        try:
            return zone(name) if isinstance(name, str) else None
        except Misread:
            return None

    def _mode(self, rule: Rule, step: Step) -> tuple[Mode, str]:
        """The mode that counts, and why where it is not the rule's own."""
        mode, why = rule.mode, BRAKED if rule.braked else OWN.get(rule.mode, "")
        if step.action.guarded and CAUTION.index(self.house.floor) < CAUTION.index(mode):
            mode, why = self.house.floor, HERE.get(self.house.floor, "")
        if step.action.outward and not self.whom.person and mode == "live":
            mode, why = "ask", "nobody knows who wrote this"
        if step.action.outward and self.sight.values.get("sentiment") == "unsure" and mode == "live":
            mode, why = "ask", "the verdict is unsure"
        return mode, why

    def _stopped(self, rule: Rule, step: Step, mode: Mode) -> Stop | None:
        return (
            self._off(rule, step, mode)
            or self._old(rule, step)
            or self._opted_out(step)
            or self._barred(rule)
            or self._excluded(rule, step, mode)
            or self._unless(step.only_if)
            or self._lacking(step)
        )

    def _off(self, rule: Rule, step: Step, mode: Mode) -> Stop | None:
        if mode == "off":
            return Stop("mode", "the rule is off" if rule.mode == "off" else "public and asking actions are off here")
        if (rule.id, step.action.name, step.channel) in self.moment.decided:
            return Stop("repeat", "ordered before for this mention")
        return None

    def _old(self, rule: Rule, step: Step) -> Stop | None:
        moment, since = self.moment, self.house.since.get(rule.id)
        if moment.history:
            return Stop("day one", "history: kept and counted, never acted on")
        if since is None or moment.first_seen < since:
            return Stop("day one", "seen before the rule reached its present mode")
        if moment.posted_at is None:
            return Stop("day one", "no date, and from a source's first poll") if moment.first_poll else None
        ages = self.house.max_age
        most = ages.first_poll if moment.first_poll else ages.tickets if step.action.name in PROMPT else ages.other
        if moment.now - moment.posted_at > most:
            return Stop("day one", f"posted {moment.posted_at:%Y-%m-%d %H:%M}, more than {_span(most)} ago")
        return None

    def _opted_out(self, step: Step) -> Stop | None:
        if step.action.outward and self.sight.values.get("customer.opted_out") is True:
            return Stop("opt-out", "the person wants to hear nothing from us")
        return None

    def _muted(self, rule: Rule) -> Stop | None:
        for mute in self.house.mutes:
            if mute.until > self.moment.now and _concerns(mute, rule, self.sight):
                until = f"{mute.until:%Y-%m-%d %H:%M %Z}".strip()
                return Stop("silence", f"{mute.kind} {mute.what} is silenced until {until} by {mute.owner}: {mute.why}")
        return None

    def _barred(self, rule: Rule) -> Stop | None:
        """Silences and blocks, which are the same for all steps of a rule."""
        if rule.id not in self.barred:
            self.barred[rule.id] = self._muted(rule) or self._blocked(rule)
        return self.barred[rule.id]

    def _blocked(self, rule: Rule) -> Stop | None:
        for blocker in self.book.blockers.get(rule.id, ()):
            # a silenced rule does nothing, so it must not keep others from acting either
            if not _outranks(blocker, rule) or self._muted(blocker):
                continue
            if blocker in self.fired:
                return Stop("blocks", f"blocked by {blocker.id}, which fired too")
            lasts = blocker.blocks.lasts if blocker.blocks else None
            since = self._last(self._block(blocker)) if lasts else None
            if since and lasts and self.moment.now - since < lasts:
                return Stop("blocks", f"blocked by {blocker.id}, which fired for this person on {since:%Y-%m-%d %H:%M}")
        return None

    def _last(self, key: str) -> datetime | None:
        return self.house.ledger.latest(key) if self.whom.person else None

    def _block(self, blocker: Rule) -> str:
        """The row that says when this rule last fired for the person."""
        return f"{LANES.get(blocker.mode, '')}blocks:{blocker.id}:{self.whom.person}"

    def _claimed(self, claim: str, mode: Mode) -> str:
        """The row that says when the person last got what only one rule may give."""
        return f"{LANES.get(mode, '')}{claim}:{self.whom.person}"

    def _note_blocks(self) -> None:
        """Remember that rules with `blocks: {for: …}` fired for this person."""
        for rule in self.fired:
            lasting = rule.blocks and rule.blocks.lasts and rule.mode != "off" and self.whom.person
            if lasting and not self._old(rule, rule.steps[0]):
                self.house.ledger.reserve((note(self._block(rule)),), self.moment.now)

    def _excluded(self, rule: Rule, step: Step, mode: Mode) -> Stop | None:
        if self.ignored and rule.priority <= self.ignored[0] and rule.id != self.ignored[1]:
            return Stop("exclusive", f"ignored by {self.ignored[1]}")
        for claim, words in claims(step.action).items():
            if claim in self.claims:
                return Stop("exclusive", f"{words}: {self.claims[claim]} has it")
        other = apart(step.action)
        if not other:
            return None
        if other in self.claims:
            return Stop("exclusive", f"never a gift and a public ask together: {self.claims[other]} has the other")
        since = self._last(self._claimed(other, mode))
        if since and self.moment.now - since < timedelta(days=APART):
            return Stop(
                "exclusive", f"never a gift and a public ask within {APART} days; the other was on {since:%Y-%m-%d}"
            )
        return None

    def _unless(self, only_if: Clause | None) -> Stop | None:
        found = only_if.holds(self.sight) if only_if else True
        if only_if is None or found is True:
            return None
        says = "; ".join(part.says for part in only_if.parts)
        return Stop("only_if", f"only if {says}" + (", which is unknown" if found is None else ""))

    def _lacking(self, step: Step) -> Stop | None:
        """Before anything is claimed: what gives nothing keeps no other rule from its reply."""
        why = self.house.offers.lacking(step.action.name, step.options)
        return Stop("offer", why) if why else None

    def _reserve(self, rule: Rule, step: Step, mode: Mode) -> tuple[tuple[Reservation, ...], Stop | None]:
        if crowded := self._crowded(step, mode):
            return (), crowded
        rows, now = self._rows(rule, step, mode), self.moment.now
        refused = self.house.ledger.reserve(tuple(rows), now) if rows else None
        if refused is None:
            return reserved(rows, now), None
        return (), Stop("budget" if ":budget:" in refused.counter.key else "limit", full(refused, rows))

    def _crowded(self, step: Step, mode: Mode) -> Stop | None:
        """Where nobody knows the author the mention is its own person, whom only this decision can give anything."""
        if self.whom.person:
            return None
        given = self.given[LANES.get(mode, ""), step.action.name, step.channel]
        for limit in step.limits:
            if limit.reach == "per_person" and given >= limit.cap.amount:
                return Stop("limit", f"{limit.cap.says} per person is used up by this very mention")
        return None

    def _rows(self, rule: Rule, step: Step, mode: Mode) -> dict[Counter, str]:
        """Every counter row of a step, each with its limit in words ("" where it only takes note)."""
        rows: dict[Counter, str] = counters(self.book, rule, step, self.whom, LANES.get(mode, ""), self.moment.now)
        if self.whom.person:
            rows |= {note(self._claimed(claim, mode)): "" for claim in claims(step.action) if claim != "reply"}
        return rows

    def _claim(self, rule: Rule, step: Step, mode: Mode) -> None:
        for claim in claims(step.action):
            self.claims.setdefault(claim, rule.id)
        self.given[LANES.get(mode, ""), step.action.name, step.channel] += 1
        if step.action.name == "ignore" and mode == "live" and self.ignored is None:
            self.ignored = (rule.priority, rule.id)


def _outranks(blocker: Rule, rule: Rule) -> bool:
    """Whether a rule's `blocks` count for another: those of acting rules always, those of shadow among shadow."""
    return blocker.mode in ("ask", "live") or (blocker.mode == "shadow" == rule.mode)


def _concerns(mute: Mute, rule: Rule, sight: Sight) -> bool:
    if mute.kind == "rule":
        return mute.what == rule.id
    names = {
        "thread": ("thread",),
        "author": ("person.id", "author.account"),
        "source": ("source",),
        "topic": ("topics",),
    }[mute.kind]
    return any(mute.what.casefold() in (sight.labels(name) or ()) for name in names)


def _span(span: timedelta) -> str:
    hours = int(span.total_seconds() // 3600)
    return f"{hours // 24} days" if hours > 48 else f"{hours} hours"
