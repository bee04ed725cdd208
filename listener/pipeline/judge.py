"""Step 2 of the road: every mention without a decision gets a verdict, a person and a decision."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Row
from structlog.typing import FilteringBoundLogger

from listener.actions import notices as words
from listener.advocacy.souring import soured
from listener.customers.clues import Orders as FindOrders
from listener.customers.clues import none
from listener.intake import reposts
from listener.model.contact import Check, unbounded
from listener.model.plan import Judgement, Ordered
from listener.model.verdict import Utterance, Verdict
from listener.pipeline.brake import WINDOW, Brake
from listener.pipeline.circle import with_threads
from listener.pipeline.courtesies import Offering
from listener.pipeline.decided import decided
from listener.pipeline.facts import WINDOWS, facts_of, kept_facts
from listener.pipeline.given import about, corrected
from listener.pipeline.issue_check import IssueCheck, Seen
from listener.pipeline.joined import Reading, is_complaint
from listener.pipeline.notices import as_delivery
from listener.pipeline.orders import Orders, Said
from listener.pipeline.reached import Reached
from listener.pipeline.recognising import Recogniser
from listener.pipeline.replay import expected_per_day
from listener.pipeline.running import Running
from listener.pipeline.sitting import Before, Limits, Sitting, expect
from listener.store import Store
from listener.store.engine import StoreTrouble
from listener.store.judging import Turn
from listener.store.moving import Move
from listener.store.person_records import PersonRecord
from listener.store.rates import Rate
from listener.understanding.utterances import BrandWords, Post, utterance
from rules.catalogue import ADVOCACY
from rules.clauses import Sight
from rules.engine import Deciding
from rules.rule import Rule
from rules.stages import House
from rules.terms import Decision, Moment

BATCH = 500
NOBODY_KNOWN = PersonRecord({}, {}, False)
BROKEN = Verdict("unsure", 0.0, 0.0, "none")


class Understands(Protocol):
    """Text → verdict."""

    def judge(self, utterance: Utterance) -> Verdict: ...


def as_it_is(verdict: Verdict, _: str) -> Verdict:
    """Nothing was learned about topics."""
    return verdict


class Judge:
    """Decides batches of mentions. `running` is asked for anew each batch, so that a reload takes hold at once."""

    def __init__(
        self,
        store: Store,
        understanding: Understands,
        brands: Mapping[str, BrandWords],
        running: Callable[[], Running],
        orders: Orders,
        limits: Limits,
        now: Callable[[], datetime],
        log: FilteringBoundLogger,
        issues: IssueCheck | None = None,
        order_numbers: FindOrders = none,
        contact: Check = unbounded,
        named: Callable[[Verdict, str], Verdict] = as_it_is,
    ) -> None:
        self._contact = contact
        self._named = named
        self._store = store
        self._issues = issues or IssueCheck(Reading)
        self._recogniser = Recogniser(store, order_numbers)
        self._understanding = understanding
        self._brands = brands
        self._running = running
        self._orders = orders
        self._limits = limits
        self._now = now
        self._log = log

    def batch(self) -> int:
        """Judge the oldest mentions that wait; returns how many were decided. Raises StoreTrouble."""
        read_at = self._now()
        rows = self._store.judging.waiting(BATCH)
        return self._decide(rows, read_at) if rows else 0

    def _decide(self, rows: Sequence[Row[Any]], read_at: datetime) -> int:
        """This is the boundary of a mention: a batch that fails is taken apart until the bad one stands alone."""
        try:
            return self._turn(rows, self._judgements(rows), read_at)
        except StoreTrouble:
            self._issues.forget()
            raise
        except Exception:  # noqa: BLE001  # boundary: one bad mention never stops the line
            self._issues.forget()
            if len(rows) > 1:
                return sum(self._decide([row], read_at) for row in rows)
            self._log.exception("judge.bug", mention=rows[0].id)
            return self._set_aside(rows[0], read_at)

    def _set_aside(self, row: Row[Any], read_at: datetime) -> int:
        """A mention that cannot be judged is kept with that as its reason."""
        with self._store.judging.turn(self._now()) as turn:
            turn.claim([row.id], read_at)
            turn.keep_judgements([Judgement(row.id, BROKEN, f"mention:{row.id}", None)])
            because = "it could not be judged: a bug, see the log for its traceback"
            turn.keep([Ordered(decided(row.id, Decision("none", nothing_because=because), {}, self._now()))])
        return 1

    def _judgements(self, rows: Sequence[Row[Any]]) -> dict[int, Judgement]:
        verdicts = self.verdicts(rows)

        def counts_in(row: Row[Any]) -> str | None:
            said = verdicts.get(row.id, row)
            return (said.fence or "") if is_complaint(said.label, row) else None

        originals = reposts.originals(rows, self._store.judging.possible_copies(rows), counts_in)
        return {
            number: Judgement(number, verdicts[number], who.person, who.customer, originals.get(number), who)
            for number, who in self._recogniser.of(rows).items()
        }

    def scored_anew(self, turn: Turn, rows: Sequence[Row[Any]], judgements: Mapping[int, Judgement]) -> None:
        """Keep other verdicts on mentions that were decided before; nothing is decided again."""
        turn.keep_judgements(judgements.values())
        self._issues.refenced(turn, rows, judgements)

    def verdicts(self, rows: Sequence[Row[Any]]) -> dict[int, Verdict]:
        """What understanding says of each mention, or the person who gave it a label or a topic."""
        numbers = [row.id for row in rows]
        given, topics = self._store.verdicts.given(numbers), self._store.issues.given_topics(numbers)
        return {row.id: about(self._verdict(row, given.get(row.id)), topics.get(row.id)) for row in rows}

    def _verdict(self, row: Row[Any], given: Row[Any] | None) -> Verdict:
        said = self.utterance(row)
        return self._named(corrected(self._understanding.judge(said), given), said.text)

    def praises(self, post: Post, brand: str) -> bool:
        """Whether a post praises a brand, also before it is stored. No bug in understanding stops the poll of it."""
        try:
            return self._understanding.judge(utterance(post, brand, self._brands)).label == "positive"
        except Exception:  # noqa: BLE001  # boundary: told when its turn to be judged comes
            return False

    def utterance(self, row: Row[Any]) -> Utterance:
        """A mention as understanding is given it."""
        return utterance(row, row.brand, self._brands)

    def _turn(self, rows: Sequence[Row[Any]], judgements: Mapping[int, Judgement], read_at: datetime) -> int:
        now = self._now()
        customers = self._store.customers.get(j.customer for j in judgements.values() if j.customer)
        with self._store.judging.turn(now) as turn:
            claimed = turn.claim([row.id for row in rows], read_at)
            mine = [row for row in rows if row.id in claimed]
            turn.pass_on(_moves(mine, judgements))
            turn.close_ours([row.id for row in mine if row.own and row.label])
            turn.keep_judgements(judgements[row.id] for row in mine)
            turn.recognise([who for row in mine if (who := judgements[row.id].who)])
            persons = sorted({judgements[row.id].person for row in mine})
            records = turn.records(persons, self._windows(), self._advocacy())
            turn.talks.with_persons(persons)
            before = turn.ordered_before([row.id for row in mine if row.edited_at or row.label])
            issues = self._issues.check(turn, mine, judgements, now)
            said = [self._said(row, judgements[row.id], customers, records, now, issues.get(row.id)) for row in mine]
            said = with_threads(said, turn)
            sitting = self._sitting(turn, now)
            turn.pause_references(self._soured(mine, judgements))
            turn.keep(self._ordered(sitting, said, before, now))
            braked = self._keep_rates(sitting, now)
        self._store.house.tally("skipped", sitting.skipped)
        for rate in braked:
            self._log.warning("rule.braked", rule=rate.rule, fired=rate.fired, expected=round(rate.expected, 1))
        self._log.info("judge.done", mentions=len(mine))
        return len(mine)

    def _soured(self, rows: Sequence[Row[Any]], judgements: Mapping[int, Judgement]) -> dict[str, str]:
        """Customers whose own words end their service as a reference for now, with the cause."""
        spoke = [(row.id, judgements[row.id]) for row in rows if not row.history and judgements[row.id].customer]
        causes = {one.customer: soured(one.verdict, number, self._limits.sour) for number, one in spoke}
        return {customer: cause for customer, cause in causes.items() if customer and cause}

    def _sitting(self, turn: Turn, now: datetime) -> Sitting:
        running = self._running()

        def expected(rule: Rule, since: datetime) -> float | None:
            return expected_per_day(self._store, rule, since, now, self._limits.zone)

        brake = Brake(running.book, running.since, turn.known_rates(), turn.fired_since(now - WINDOW), expected)
        return Sitting(turn, running, brake, turn.mutes(), [])

    def _keep_rates(self, sitting: Sitting, now: datetime) -> list[Rate]:
        """In the same transaction as the decisions: the brake is never pulled unseen."""
        brake = sitting.brake
        told = [
            words.brake(rate.rule, rate.fired, rate.expected, f"brake:{rate.rule}:{rate.since.isoformat()}")
            for rate in brake.pulled
        ]
        notices = [as_delivery(message, self._limits.ops, now) for message in told]
        sitting.turn.keep_rates(brake.counted, brake.measured.values(), notices)
        return brake.pulled

    def _advocacy(self) -> bool:
        return bool(ADVOCACY & self._running().reads)

    def _windows(self) -> tuple[int, ...]:
        """Counting a person's mentions costs a query, so it is done for the windows that the book tests."""
        fields = self._running().reads
        return tuple(days for days in WINDOWS if f"mentions.{days}d" in fields)

    def _said(
        self,
        row: Row[Any],
        judgement: Judgement,
        customers: Mapping[str, Row[Any]],
        records: Mapping[str, PersonRecord],
        now: datetime,
        issue: Seen | None,
    ) -> Said:
        customer = customers.get(judgement.customer or "")
        record = records.get(judgement.person, NOBODY_KNOWN)
        local = now.astimezone(self._limits.zone)
        facts = facts_of(row, judgement.verdict, judgement.person, customer, record, local, issue)
        return Said(row, judgement, facts, customer)

    def _ordered(
        self, sitting: Sitting, said: Sequence[Said], before: Mapping[int, Before], now: datetime
    ) -> list[Ordered]:
        """All are looked at first, so that what settling asks of the store is read for all of them at once."""
        cases = [(one, self._deciding(sitting, one, before.get(one.row.id, frozenset()), now)) for one in said]
        expect(sitting.turn, cases)
        return [self._order(sitting, one, deciding, now) for one, deciding in cases]

    def _deciding(self, sitting: Sitting, said: Said, before: Before, now: datetime) -> Deciding:
        turn, row = sitting.turn, said.row
        moment = Moment(
            now=now,
            first_seen=row.seen_at,
            posted_at=row.posted_at if row.dated else None,
            first_poll=row.first_poll,
            history=row.history,
            decided=before,
        )
        house = House(
            since=sitting.running.since,
            max_age=self._limits.max_age,
            ledger=turn.ledger,
            floor=self._limits.floor,
            mutes=sitting.mutes,
            contacts=Reached(turn, said.judgement, self._contact),
            offers=Offering(self._orders.courtesies, turn, said.judgement.person, said.facts),
        )
        return Deciding(sitting.brake.book, Sight(said.facts, now, turn.history(row.id)), moment, house)

    def _order(self, sitting: Sitting, said: Said, deciding: Deciding, now: datetime) -> Ordered:
        # a brake that was pulled since then holds from the very next mention on
        decision = deciding.under(sitting.brake.book).decision()
        sitting.brake.saw(decision, now)
        for error in decision.errors:
            self._log.error("rule.skipped", mention=said.row.id, error=error)
            sitting.skipped.append(error.partition(":")[0])
        plan = self._orders.plan(said, decision, sitting.turn, now)
        return Ordered(decided(said.row.id, decision, kept_facts(said.facts), now), plan.deliveries, tags=plan.tags)


def _moves(rows: Sequence[Row[Any]], judgements: Mapping[int, Judgement]) -> list[Move]:
    """Mentions whose author is known better than when they were judged before; a deleted account changes nobody."""
    spoke = [(row, judgements[row.id], judgements[row.id].who) for row in rows if row.person]
    return [
        Move(row.person, judged.person, judged.customer, who.account, (row.id,))
        for row, judged, who in spoke
        if who and who.account and judged.person != row.person
    ]
