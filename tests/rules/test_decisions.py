"""How a decision is made: the stages, their order and their reasons."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from rules import stages
from rules.book import Book
from rules.clauses import Sight
from rules.engine import Deciding
from rules.memory import MemoryHistory, MemoryLedger
from rules.terms import MaxAge, Moment, Mute
from tests.rules.rulebooks import NOW, a_book, a_decision, a_rule, facts, outcome

THANK = "[{thank: {template: thanks}}]"
WEEKLY = "limits: {thank: {per_person: 1 per 7d}}"
ASK = "[{ask_feedback: {}}]"
ASK_WEEKLY = "limits: {ask_feedback: {per_person: 1 per 7d}}"


def both(tmp_path: Path, one: str, other: str) -> Book:
    return a_book(tmp_path, one + other.removeprefix("rules:\n"))


@pytest.mark.parametrize(
    ("mode", "becomes"), [("off", "refused mode"), ("shadow", "shadow"), ("ask", "waiting"), ("live", "due")]
)
def test_the_mode_decides_what_becomes_of_an_action(tmp_path: Path, mode: str, becomes: str) -> None:
    book = a_book(tmp_path, a_rule("{sentiment: negative}", mode=mode))
    assert outcome(a_decision(book)) == {"alert": becomes}


def test_the_floor_holds_public_and_asking_actions_for_approval(tmp_path: Path) -> None:
    book = a_book(tmp_path, a_rule("{sentiment: negative}", "[{thank: {}}, {ask_to_share: {}}, {alert: care}]"))
    decision = a_decision(book, floor="ask")
    assert outcome(decision) == {"thank": "waiting", "ask_to_share": "waiting", "alert": "due"}
    assert decision.settled[0].reason == "public and asking actions need approval here"
    asking = a_book(tmp_path, a_rule("{sentiment: negative}", "[{thank: {}}]", mode="ask"))
    assert a_decision(asking, floor="ask").settled[0].reason == "the rule's mode is ask"


def test_somebody_whom_nobody_knows_hears_nothing_without_approval(tmp_path: Path) -> None:
    book = a_book(tmp_path, a_rule("{sentiment: negative}", THANK, WEEKLY))
    decision = a_decision(book, facts(person__id="mention:7"))
    assert outcome(decision) == {"thank": "waiting"}
    assert decision.settled[0].reservations == ()


def test_a_mention_of_nobody_is_its_own_person_for_limits(tmp_path: Path) -> None:
    one, other = (a_rule("{sentiment: negative}", ASK, ASK_WEEKLY, id=name) for name in "ab")
    decision = a_decision(both(tmp_path, one, other), facts(person__id="mention:7"))
    assert [(s.rule, s.status, s.stage) for s in decision.settled] == [
        ("a", "waiting", "approval"),
        ("b", "refused", "limit"),
    ]
    assert "per person is used up by this very mention" in decision.settled[1].reason


def test_what_another_limit_refused_uses_up_nothing_of_a_nobody(tmp_path: Path) -> None:
    full = "priority: 1\nlimits: {ask_feedback: {per_person: 1 per 7d, per_rule: 1 per 7d}}"
    book = both(
        tmp_path,
        a_rule("{sentiment: negative}", ASK, full, id="a"),
        a_rule("{sentiment: negative}", ASK, ASK_WEEKLY, id="b"),
    )
    ledger = MemoryLedger()
    a_decision(book, facts(person__id="mention:7"), ledger)
    decision = a_decision(book, facts(person__id="mention:8"), ledger)
    assert [(s.rule, s.status) for s in decision.settled] == [("a", "refused"), ("b", "waiting")]


def test_an_unsure_verdict_reaches_nobody_without_approval(tmp_path: Path) -> None:
    book = a_book(tmp_path, a_rule("{sentiment: unsure}", "[{thank: {}}, {alert: care}]", WEEKLY))
    decision = a_decision(book, facts(sentiment="unsure"), floor="live")
    assert outcome(decision) == {"thank": "waiting", "alert": "due"}
    assert decision.settled[0].reason == "the verdict is unsure"


def test_nothing_is_decided_about_own_accounts_and_machines(tmp_path: Path) -> None:
    book = a_book(tmp_path, a_rule("{sentiment: negative}"))
    assert a_decision(book, facts(author__is_us=True)).nothing_because == "written by one of our own accounts"
    assert a_decision(book, facts(author__is_machine=True)).nothing_because == "sent by a machine"


def test_an_unscored_mention_fires_nothing_and_the_nearest_rule_is_named(tmp_path: Path) -> None:
    book = a_book(tmp_path, a_rule("{sentiment: negative, rating: {at_most: 2}}"))
    decision = a_decision(book, facts(rating=4))
    assert decision.nothing_because == "no rule matched; nearest: r needs rating: at_most 2, and it is 4"


def days(number: float) -> datetime:
    return NOW - timedelta(days=number)


@pytest.mark.parametrize(
    ("moment", "acts"),
    [
        (Moment(NOW, NOW, days(2.9)), ["alert", "tag"]),
        (Moment(NOW, NOW, days(4)), ["alert"]),
        (Moment(NOW, NOW, days(15)), []),
        (Moment(NOW, NOW, days(1.9), first_poll=True), ["alert", "tag"]),
        (Moment(NOW, NOW, days(2.1), first_poll=True), []),
        (Moment(NOW, NOW, None, first_poll=True), []),
        (Moment(NOW, NOW, None), ["alert", "tag"]),
        (Moment(NOW, days(31), days(1)), []),
        (Moment(NOW, NOW, NOW, history=True), []),
        (Moment(NOW, NOW, NOW, decided=frozenset({("r", "alert", "care")})), ["tag"]),
    ],
)
def test_day_one_is_quiet(tmp_path: Path, moment: Moment, acts: list[str]) -> None:
    book = a_book(tmp_path, a_rule("{sentiment: negative}", "[{alert: care}, {tag: old}]"))
    decision = a_decision(book, moment=moment)
    assert [s.action for s in decision.ordered] == acts
    assert bool(decision.nothing_because) is not bool(acts)


def test_a_rule_whose_mode_began_nobody_knows_when_acts_on_nothing(tmp_path: Path) -> None:
    book = a_book(tmp_path, a_rule("{sentiment: negative}"))
    assert (
        a_decision(book, since={}).nothing_because
        == "r fired, but alert: seen before the rule reached its present mode"
    )


def test_an_opt_out_wins_over_outward_actions_only(tmp_path: Path) -> None:
    book = a_book(tmp_path, a_rule("{sentiment: negative}", "[{thank: {}}, {alert: care}, {open_ticket: {}}]"))
    decision = a_decision(book, facts(customer__opted_out=True))
    assert outcome(decision) == {"thank": "refused opt-out", "alert": "due", "open_ticket": "due"}


@pytest.mark.parametrize(("kind", "what"), [("rule", "r"), ("author", "C-1"), ("topic", "sync"), ("thread", "t9")])
def test_a_silence_is_named_in_what_it_suppressed(tmp_path: Path, kind: str, what: str) -> None:
    book = a_book(tmp_path, a_rule("{sentiment: negative}"))
    mute = Mute(kind, what, NOW + timedelta(days=1), "known trouble", "zoe")  # type: ignore[arg-type]  # parametrised
    seen = facts(topics=("sync",), thread="t9")
    assert "by zoe: known trouble" in a_decision(book, seen, mutes=(mute,)).nothing_because
    assert a_decision(book, seen, mutes=(replace(mute, until=NOW),)).ordered


def test_a_limit_per_person_slides_and_counts_over_all_rules(tmp_path: Path) -> None:
    other = a_rule("{sentiment: positive}", THANK, "limits: {thank: {per_person: 5 per 1d}}", id="s")
    book, ledger = both(tmp_path, a_rule("{sentiment: negative}", THANK, WEEKLY), other), MemoryLedger()
    assert outcome(a_decision(book, facts(sentiment="positive"), ledger)) == {"thank": "due"}
    decision = a_decision(book, ledger=ledger)
    assert outcome(decision) == {"thank": "refused limit"}
    assert "1 per 7d per person is used up (1 of 1), free again 2026-11-30 12:00 UTC" in decision.nothing_because
    assert outcome(a_decision(book, facts(person__id="c-2"), ledger)) == {"thank": "due"}


@pytest.mark.parametrize(("cost", "second"), [("18 EUR", "refused budget"), ("18 USD", "due")])
def test_a_gift_without_a_budget_uses_up_that_of_other_rules_in_its_currency(
    tmp_path: Path, cost: str, second: str
) -> None:
    bounded = a_rule(
        "{sentiment: negative}",
        "[{send_gift: {item: flowers, cost: 18 EUR}}]",
        "limits: {send_gift: {budget: 30 EUR per month}}",
    )
    free = a_rule("{sentiment: positive}", f"[{{send_gift: {{item: flowers, cost: {cost}}}}}]", id="free")
    book, ledger = both(tmp_path, bounded, free), MemoryLedger()
    for who in ("c-1", "c-2"):
        assert outcome(a_decision(book, facts(sentiment="positive", person__id=who), ledger)) == {"send_gift": "due"}
    decision = a_decision(book, facts(person__id="c-3"), ledger)
    assert outcome(decision) == {"send_gift": second}
    assert ("is used up (36 by all rules together)" in decision.nothing_because) is (second != "due")


def test_a_limit_that_other_rules_have_passed_says_so(tmp_path: Path) -> None:
    other = a_rule("{sentiment: positive}", THANK, "limits: {thank: {per_person: 5 per 7d}}", id="s")
    book, ledger = both(tmp_path, a_rule("{sentiment: negative}", THANK, WEEKLY), other), MemoryLedger()
    for _ in range(2):
        assert outcome(a_decision(book, facts(sentiment="positive"), ledger)) == {"thank": "due"}

    refused = a_decision(book, ledger=ledger).nothing_because
    assert "1 per 7d per person is used up (2 by all rules together), free again 2026-11-30 12:00 UTC" in refused


def test_what_was_released_can_be_taken_again(tmp_path: Path) -> None:
    book, ledger = a_book(tmp_path, a_rule("{sentiment: negative}", THANK, WEEKLY)), MemoryLedger()
    ledger.release(a_decision(book, ledger=ledger).settled[0].reservations)
    assert outcome(a_decision(book, ledger=ledger)) == {"thank": "due"}


def test_a_ticket_limit_bounds_new_tickets_and_drops_no_complaint(tmp_path: Path) -> None:
    rule = a_rule("{sentiment: negative}", "[{open_ticket: {}}]", "limits: {open_ticket: {per_person: 1 per 7d}}")
    book, ledger = a_book(tmp_path, rule), MemoryLedger()
    first, second = (a_decision(book, ledger=ledger).settled[0] for _ in range(2))
    assert (first.status, first.join) == ("due", False)
    assert (second.status, second.join, second.reservations) == ("due", True, ())
    assert second.reason.startswith("joins the latest ticket: 1 per 7d per person")


@pytest.mark.parametrize(
    ("limit", "second", "third"),
    [
        ("per_rule: 1 per day", "refused limit", "refused limit"),
        ("per_installation: 2 per 1h", "due", "refused limit"),
        ("per_issue: 1 per 6h", "refused limit", "due"),
    ],
)
def test_limits_of_every_kind(tmp_path: Path, limit: str, second: str, third: str) -> None:
    rule = a_rule("{sentiment: negative}", more=f"limits: {{alert: {{{limit}}}}}")
    book, ledger = a_book(tmp_path, rule), MemoryLedger()
    found = [
        outcome(a_decision(book, facts(person__id=f"c-{n}", issue__id=issue), ledger))["alert"]
        for n, issue in enumerate(["sync", "sync", "login"])
    ]
    assert found == ["due", second, third]


def test_a_budget_is_the_calendars_month_in_the_zone_of_the_file(tmp_path: Path) -> None:
    more = "limits: {send_gift: {budget: 30 EUR per month}}"
    gift = a_rule("{sentiment: negative}", "[{send_gift: {item: flowers, cost: 18 EUR}}]", more)
    book, ledger = a_book(tmp_path, "timezone: Asia/Tokyo\n" + gift), MemoryLedger()
    assert outcome(a_decision(book, ledger=ledger)) == {"send_gift": "due"}
    decision = a_decision(book, facts(person__id="c-2"), ledger)
    assert outcome(decision) == {"send_gift": "refused budget"}
    assert "30 EUR per month is used up (18 of 30), free again 2026-11-30 15:00 UTC" in decision.nothing_because
    december = datetime.fromisoformat("2026-11-30T15:00:00+00:00")
    later = a_decision(book, facts(person__id="c-3"), ledger, moment=Moment(december, december, december))
    assert outcome(later) == {"send_gift": "due"}


QUIET = "timezone: Europe/Berlin\nquiet_hours: {from: 21:00, to: 08:00, then: hold}\n"


@pytest.mark.parametrize(
    ("utc", "until"),
    [
        ("2026-11-23T19:59", None),
        ("2026-11-23T20:00", "2026-11-24T07:00"),
        ("2026-11-23T23:30", "2026-11-24T07:00"),
        ("2026-11-24T06:59", "2026-11-24T07:00"),
        ("2026-11-24T07:00", None),
        ("2026-03-28T22:00", "2026-03-29T06:00"),  # the clocks go forward that night
    ],
)
def test_quiet_hours_hold_outward_contact_across_midnight(tmp_path: Path, utc: str, until: str | None) -> None:
    book = a_book(tmp_path, QUIET + a_rule("{sentiment: negative}", "[{thank: {}}, {alert: care}, {open_ticket: {}}]"))
    now = datetime.fromisoformat(f"{utc}:00+00:00")
    settled = a_decision(book, moment=Moment(now, now, now), since={"r": now}).settled
    assert [s.status for s in settled] == ["held" if until else "due", "due", "due"]
    assert settled[0].hold_until == (datetime.fromisoformat(f"{until}:00+00:00") if until else None)


def test_blocks_keep_a_rule_quiet_for_the_mention_and_for_a_while(tmp_path: Path) -> None:
    angry = a_rule("{sentiment: negative}", more="blocks: {rules: [thanks], for: 7d}", id="angry")
    book, ledger = both(tmp_path, angry, a_rule("{customer.known: false}", THANK, id="thanks")), MemoryLedger()
    assert outcome(a_decision(book, ledger=ledger)) == {"alert": "due", "thank": "refused blocks"}
    happy = facts(sentiment="positive")
    assert "blocked by angry, which fired for this person" in a_decision(book, happy, ledger).nothing_because
    later = Moment(NOW + timedelta(days=8), NOW, NOW + timedelta(days=8))
    assert outcome(a_decision(book, happy, ledger, moment=later)) == {"thank": "due"}


def test_a_block_ends_to_the_second_and_begins_with_the_rule(tmp_path: Path) -> None:
    thanks, happy = a_rule("{customer.known: false}", THANK, id="thanks"), facts(sentiment="positive")
    for mode, blocked in (("live", True), ("off", False)):
        angry = a_rule("{sentiment: negative}", more="blocks: {rules: [thanks], for: 7d}", id="angry", mode=mode)
        ledger = MemoryLedger()
        a_decision(both(tmp_path, angry, thanks), ledger=ledger)
        book = both(tmp_path, angry.replace(f"mode: {mode}", "mode: live"), thanks)
        for after, kept in ((timedelta(days=7) - timedelta(seconds=1), blocked), (timedelta(days=7), False)):
            now = NOW + after
            decision = a_decision(book, happy, ledger, moment=Moment(now, now, now))
            assert (outcome(decision) == {"thank": "refused blocks"}) is kept


def test_a_silenced_rule_keeps_no_other_from_acting(tmp_path: Path) -> None:
    angry = a_rule("{sentiment: negative}", more="blocks: {rules: [thanks]}", id="angry")
    book = both(tmp_path, angry, a_rule("{customer.known: false}", THANK, id="thanks"))
    mute = Mute("rule", "angry", NOW + timedelta(days=1), "known trouble", "zoe")

    assert outcome(a_decision(book, mutes=(mute,))) == {"alert": "refused silence", "thank": "due"}


@pytest.mark.parametrize("seen", [{"person__id": "mention:7"}, {"sentiment": "unsure"}])
@pytest.mark.parametrize(("mode", "becomes"), [("shadow", "shadow"), ("off", "refused mode")])
def test_what_asks_for_approval_lets_no_rule_out_of_the_shadow(
    tmp_path: Path, mode: str, becomes: str, seen: dict[str, str]
) -> None:
    book = a_book(tmp_path, a_rule("{text: {says_any: [sync]}}", THANK, WEEKLY, mode=mode))
    assert outcome(a_decision(book, facts(text="sync", **seen))) == {"thank": becomes}


@pytest.mark.parametrize(("blocker", "rule", "blocks"), [
    ("shadow", "shadow", True), ("shadow", "live", False), ("ask", "live", True), ("off", "live", False),
])  # fmt: skip
def test_a_rule_in_shadow_blocks_among_shadow_only(tmp_path: Path, blocker: str, rule: str, blocks: bool) -> None:
    angry = a_rule("{sentiment: negative}", more="blocks: {rules: [r], for: 7d}", id="angry", mode=blocker)
    decision = a_decision(both(tmp_path, angry, a_rule("{sentiment: negative}", "[{tag: old}]", mode=rule)))
    assert (next(s for s in decision.settled if s.rule == "r").stage == "blocks") is blocks


def test_blocks_hold_for_the_person_who_complained_and_for_what_is_new(tmp_path: Path) -> None:
    angry = a_rule("{sentiment: negative}", more="blocks: {rules: [thanks], for: 7d}", id="angry")
    book, ledger = both(tmp_path, angry, a_rule("{customer.known: false}", THANK, id="thanks")), MemoryLedger()
    a_decision(book, ledger=ledger)
    a_decision(book, facts(person__id="c-3"), ledger, moment=Moment(NOW, NOW, NOW, history=True))
    blocked = [
        "blocked by angry" in a_decision(book, facts(sentiment="positive", person__id=who), ledger).nothing_because
        for who in ("c-1", "c-2", "c-3")
    ]
    assert blocked == [True, False, False]


def test_one_public_reply_goes_to_the_higher_priority(tmp_path: Path) -> None:
    high = a_rule("{sentiment: negative}", "[{engage: {}}]", "priority: 5", id="high")
    decision = a_decision(both(tmp_path, a_rule("{sentiment: negative}", THANK), high))
    assert outcome(decision) == {"engage": "due", "thank": "refused exclusive"}
    assert decision.settled[1].reason == "one public reply per mention: high has it"


def test_never_a_gift_and_a_public_ask_for_one_person_within_thirty_days(tmp_path: Path) -> None:
    gift = a_rule("{text: {says_any: [sync]}}", "[{send_gift: {item: flowers}}]", id="gift")
    ask = a_rule("{text: {says_any: [share]}}", "[{ask_to_share: {}}]", "priority: 1", id="ask")
    book, ledger = both(tmp_path, gift, ask), MemoryLedger()
    assert outcome(a_decision(book, facts(text="sync share"), ledger)) == {
        "ask_to_share": "due", "send_gift": "refused exclusive",
    }  # fmt: skip
    assert outcome(a_decision(book, ledger=ledger)) == {"send_gift": "refused exclusive"}
    later = NOW + timedelta(days=30)
    assert outcome(a_decision(book, ledger=ledger, moment=Moment(later, later, later))) == {"send_gift": "due"}
    assert outcome(a_decision(book, facts(text="share"), ledger, moment=Moment(later, later, later))) == {
        "ask_to_share": "refused exclusive"
    }
    assert outcome(a_decision(book, facts(text="share", person__id="c-2"), ledger)) == {"ask_to_share": "due"}


def test_one_person_gets_one_gift_and_one_public_ask_of_a_mention(tmp_path: Path) -> None:
    for then in ("[{send_gift: {item: flowers}}]", "[{ask_to_share: {}}]"):
        rules = (a_rule("{sentiment: negative}", then, f"priority: {n}", id=n) for n in "12")
        first, second = a_decision(both(tmp_path, *rules)).settled
        assert (first.rule, first.status, second.status) == ("2", "due", "refused")
        assert second.reason.endswith("per person: 2 has it")


def test_a_nobody_gets_no_gift_and_public_ask_together_either(tmp_path: Path) -> None:
    gift = a_rule("{sentiment: negative}", "[{send_gift: {item: flowers}}]", id="gift")
    ask = a_rule("{sentiment: negative}", "[{ask_to_share: {}}]", "priority: 1", id="ask")
    decision = a_decision(both(tmp_path, gift, ask), facts(person__id="mention:7"))
    assert outcome(decision) == {"ask_to_share": "waiting", "send_gift": "refused exclusive"}
    assert decision.settled[1].reason == "never a gift and a public ask together: ask has the other"


def test_only_if_drops_one_action_and_keeps_the_others(tmp_path: Path) -> None:
    then = "[{alert: care}, {tag: {tags: vip, only_if: {customer.segment: enterprise}}}]"
    decision = a_decision(a_book(tmp_path, a_rule("{sentiment: negative}", then)))
    assert outcome(decision) == {"alert": "due", "tag": "refused only_if"}
    assert decision.settled[1].reason == "only if customer.segment: enterprise, which is unknown"
    known = a_decision(a_book(tmp_path, a_rule("{sentiment: negative}", then)), facts(customer__segment="small"))
    assert known.settled[1].reason == "only if customer.segment: enterprise"


def test_what_gives_nothing_is_refused_before_it_takes_anything(tmp_path: Path) -> None:
    class Empty:
        def lacking(self, action: str, options: object) -> str:
            return "all are given" if action == "send_gift" else ""

    gift = a_rule("{text: {says_any: [sync]}}", "[{send_gift: {item: flowers}}]", "priority: 1", id="gift")
    book = both(tmp_path, gift, a_rule("{text: {says_any: [sync]}}", "[{ask_to_share: {}}]"))
    house = stages.House({"gift": days(30), "r": days(30)}, MaxAge(), MemoryLedger(), "live", offers=Empty())
    sight = Sight(facts(), NOW, MemoryHistory(NOW))
    decision = Deciding(book, sight, Moment(NOW, NOW, NOW), house).decision()
    assert outcome(decision) == {"send_gift": "refused offer", "ask_to_share": "due"}
    assert decision.settled[0].reason == "all are given"


def test_ignore_drops_what_rules_of_the_same_or_lower_priority_propose(tmp_path: Path) -> None:
    quiet = a_rule("{text: {says_any: [sync]}}", "[{ignore: spam}]", id="quiet")
    decision = a_decision(both(tmp_path, a_rule("{sentiment: negative}"), quiet))
    assert outcome(decision) == {"ignore": "due", "alert": "refused exclusive"}


def test_shadow_settles_in_lanes_of_its_own_and_takes_nothing_away(tmp_path: Path) -> None:
    shadow = a_rule("{sentiment: negative}", THANK, f"{WEEKLY}\npriority: 9", id="shadow", mode="shadow")
    book, ledger = both(tmp_path, shadow, a_rule("{text: {says_any: [hey]}}", THANK, WEEKLY)), MemoryLedger()
    assert outcome(a_decision(book, ledger=ledger)) == {"thank": "shadow"}
    assert "shadow fired, but thank: the rule is in shadow" in a_decision(book, ledger=MemoryLedger()).nothing_because
    decision = a_decision(book, facts(text="hey"), ledger)
    assert [(s.rule, s.status) for s in decision.settled] == [("r", "due"), ("shadow", "refused")]


@pytest.mark.parametrize(("zone", "held"), [("America/New_York", False), ("Asia/Tokyo", True), ("nowhere", True)])
def test_quiet_hours_are_kept_in_the_customers_timezone_where_it_is_known(
    tmp_path: Path, zone: str, held: bool
) -> None:
    book = a_book(tmp_path, QUIET + a_rule("{sentiment: negative}", "[{thank: {}}]"))
    now = datetime.fromisoformat("2026-11-23T20:30:00+00:00")
    seen = facts(customer__timezone=zone)
    (settled,) = a_decision(book, seen, moment=Moment(now, now, now), since={"r": now}).settled
    assert settled.status == ("held" if held else "due")


def test_a_rule_that_the_brake_holds_asks_and_says_why(tmp_path: Path) -> None:
    book = a_book(tmp_path, a_rule("{sentiment: negative}")).braked({"r", "other"})
    (settled,) = a_decision(book).settled
    assert (settled.status, settled.reason) == ("waiting", stages.BRAKED)


def test_a_silence_on_an_author_names_one_account_of_one_platform(tmp_path: Path) -> None:
    book = a_book(tmp_path, a_rule("{sentiment: negative}"))
    mute = Mute("author", "reddit:zed", NOW + timedelta(days=1), "w", "z")
    there, elsewhere = (facts(author__account=f"{where}:Zed", author__handle="Zed") for where in ("reddit", "forum"))
    assert not a_decision(book, there, mutes=(mute,)).ordered
    assert a_decision(book, elsewhere, mutes=(mute,)).ordered
