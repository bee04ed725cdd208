"""A campaign from draft to end: approved, a few first, everybody once, stopped when people do not want it."""

from __future__ import annotations

from datetime import UTC, time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from listener.actions.contract import Failed
from listener.model.campaign import CampaignRecipient
from listener.model.delivery import Delivery
from listener.model.issue import Issue
from listener.pipeline.notices import BLANK
from listener.pipeline.outreach import Wish
from listener.pipeline.people import NotPossible
from listener.store import Store
from listener.store.campaigns import Written
from listener.store.deliveries import Outcome
from listener.store.engine import table
from listener.store.house import audit
from rules.quantities import QuietHours
from tests.campaigns.ground import Ground, a_ground, an_issue, an_outbreak, customers, registry, said
from tests.makers import NOW
from tests.pipeline.road import TROUBLE


@pytest.fixture
def ground(store: Store, tmp_path: Path) -> Ground:
    registry(store)
    return a_ground(store, tmp_path)


def set_to(store: Store, number: int, status: str) -> None:
    with store.database.write() as connection:
        connection.execute(update(table(Delivery)).where(table(Delivery).c.id == number).values(status=status))


def begun(ground: Ground, issue: str = "", **wish: object) -> int:
    """A campaign that two persons approved."""
    row = ground.outreach.draft(Wish(issue or an_outbreak(ground.store), **wish), "kim")  # type: ignore[arg-type]
    for who in ("kim", "lee")[: 1 if row.audience <= 25 else 2]:
        ground.outreach.approve(row.id, who)
    return int(row.id)


def test_a_draft_sends_nothing(ground: Ground) -> None:
    row = ground.outreach.draft(Wish(an_outbreak(ground.store)), "kim")
    ground.goes_on()

    assert (row.status, row.audience, row.canary, ground.told()) == ("draft", 20, 5, [])
    assert ground.store.campaigns.excluded(row.id) == {"A": {"": 8}, "B": {"": 12}}


def test_only_the_lists_that_were_asked_for_are_written_to(ground: Ground) -> None:
    row = ground.outreach.draft(Wish(an_outbreak(ground.store), lists=("A",)), "kim")

    assert ground.store.campaigns.excluded(row.id) == {"A": {"": 8}}


def test_up_to_25_recipients_take_one_person_whoever_it_is(ground: Ground) -> None:
    row = ground.outreach.draft(Wish(an_outbreak(ground.store)), "kim")

    assert ground.outreach.approve(row.id, "zoe").status == "canary"


def test_a_few_are_told_first_then_all_others_and_everybody_once(ground: Ground) -> None:
    number = begun(ground)
    ground.goes_on()
    assert len(ground.told()) == 5
    ground.goes_on(hours=0.4)
    assert len(ground.told()) == 5
    ground.goes_on(hours=0.2)

    assert sorted(ground.told()) == sorted(f"c{3 * n}" for n in range(20))
    assert ground.outreach.get(number).status == "done"
    assert {row.status for row in ground.store.campaigns.receipts(number)} == {"done"}


def test_at_work_it_is_counted_by_what_has_not_gone_out(ground: Ground) -> None:
    number = begun(ground)
    campaigns = ground.store.campaigns
    # another's deliveries, and one before it began, are none of it
    ground.store.deliveries.add(BLANK | {"key": "x", "action": "notify", "due_at": NOW, "created_at": NOW})
    for _ in range(3):
        ground.outreach.beat()
        row, since = ground.outreach.get(number), ground.clock() - timedelta(seconds=1)
        assert campaigns.pulse(row, since) == campaigns.counts(row, since)
        ground.act.perform(2)
        set_to(ground.store, 3, "failed")

    assert (campaigns.pulse(row, since).sent, campaigns.pulse(row, since).bounced) == (1, 1)
    for status in ("due", "held", "sending", "waiting", "by_hand", "in_doubt", "failed", "cancelled", "done"):
        set_to(ground.store, 3, status)
        assert campaigns.pulse(row, since) == campaigns.counts(row, since)


def test_the_message_is_ops_own_with_a_way_to_opt_out(ground: Ground) -> None:
    begun(ground)
    ground.goes_on()

    message = next(each for each in ground.sent if each.to)
    assert message.title == "Sync is down: we know of it"
    assert "Hello Name c" in message.text
    assert message.unsubscribe.startswith("https://listener.example/u/")


def test_more_than_25_recipients_take_two_persons_who_may_approve(ground: Ground) -> None:
    row = ground.outreach.draft(Wish(an_outbreak(ground.store), where=("plan=pro",)), "kim")
    assert row.audience == 40

    with pytest.raises(NotPossible, match="two persons who may approve, and sam is none"):
        ground.outreach.approve(row.id, "sam")
    assert ground.outreach.approve(row.id, "kim").status == "draft"
    with pytest.raises(NotPossible, match="kim has approved"):
        ground.outreach.approve(row.id, "kim")
    assert ground.outreach.approve(row.id, "lee").status == "canary"
    with pytest.raises(NotPossible, match="a draft is approved"):
        ground.outreach.approve(row.id, "lee")


def test_words_that_changed_after_the_draft_are_not_approved(ground: Ground, tmp_path: Path) -> None:
    row = ground.outreach.draft(Wish(an_outbreak(ground.store)), "kim")
    (tmp_path / "issue-trouble.txt").write_text("Buy our new product")
    changed = a_ground(ground.store, tmp_path)

    with pytest.raises(NotPossible, match="was changed after campaign"):
        changed.outreach.approve(row.id, "kim")


def test_words_that_changed_after_the_approval_stop_it(ground: Ground, tmp_path: Path) -> None:
    number = begun(ground)
    (tmp_path / "issue-trouble.txt").write_text("Buy our new product")
    changed = a_ground(ground.store, tmp_path)
    changed.goes_on()

    assert (changed.told(), changed.outreach.get(number).status) == ([], "stopped")


def test_all_messages_call_the_issue_what_the_first_approver_read(ground: Ground) -> None:
    number = begun(ground)
    with ground.store.database.write() as connection:
        connection.execute(update(table(Issue)).values(title="Nothing works"))
    ground.goes_on(), ground.goes_on(hours=1)

    assert ground.outreach.get(number).title == "Sync is down"
    assert {message.title for message in ground.sent if message.to} == {"Sync is down: we know of it"}


def test_who_waits_for_the_morning_is_counted_and_says_until_when(store: Store, tmp_path: Path) -> None:
    registry(store)
    night = QuietHours(time(1), time(23), UTC)
    ground = a_ground(store, tmp_path, quiet=night)
    number = begun(ground)
    ground.goes_on(beats=1)

    sleepers, first = ground.store.campaigns.sleepers(number, ground.clock())
    assert (sleepers > 0, first) == (True, NOW.replace(hour=23))
    assert NOW.replace(hour=23) in {row.not_before for row in ground.store.campaigns.receipts(number)}


def test_one_of_the_first_five_who_opts_out_stops_it(ground: Ground) -> None:
    number = begun(ground)
    ground.goes_on()
    ground.store.contacts.opt_out(ground.told()[0], ground.clock(), "the link in a message")
    ground.goes_on(hours=1)

    row = ground.outreach.get(number)
    assert (row.status, row.why, len(ground.told())) == (
        "stopped",
        "1 of 5 opted out or answered badly: more than 2%",
        5,
    )


def test_a_bad_answer_after_the_message_stops_it(ground: Ground) -> None:
    number = begun(ground)
    ground.goes_on()
    said(ground.store, [ground.told()[0]], at=ground.clock() + timedelta(minutes=1), tag="angry")
    ground.goes_on(hours=1)

    assert ground.outreach.get(number).status == "stopped"


def test_on_hold_nothing_goes_out_and_then_it_goes_on(ground: Ground) -> None:
    number = begun(ground)
    ground.outreach.hold(number, "kim", "wait for legal")
    ground.goes_on()
    assert ground.told() == []
    ground.outreach.resume(number, "kim")
    ground.goes_on()

    assert len(ground.told()) == 5


def test_what_has_begun_is_not_approved_again(ground: Ground) -> None:
    number = begun(ground)

    assert ground.store.campaigns.approve(number, "lee", NOW, 1, {}) is None


def test_two_approvals_are_of_two_persons_and_the_first_one_has_read_it(ground: Ground) -> None:
    number = ground.outreach.draft(Wish(an_outbreak(ground.store)), "kim").id
    approvals = [("kim", "Sync is down"), ("kim", "Sync is slow"), ("lee", "All is well")]
    rows = [ground.store.campaigns.approve(number, who, NOW, 2, {"title": title}) for who, title in approvals]

    assert [(row.status, row.title) for row in rows if row] == [
        ("draft", "Sync is down"),
        ("draft", "Sync is down"),
        ("canary", "Sync is down"),
    ]


def test_it_goes_on_only_from_where_it_is(ground: Ground) -> None:
    number = begun(ground)

    assert ground.store.campaigns.move(number, ("holding", "running"), NOW, "kim", status="done") is None
    assert ground.outreach.get(number).status == "canary"


def two_drafts(ground: Ground) -> tuple[int, int, list[str]]:
    """Campaigns to the same customers, and those of the first by their turn: one is left out, one has a message."""
    numbers = [ground.outreach.draft(Wish(an_outbreak(ground.store)), "kim").id]
    outage = said(ground.store, [f"c{3 * n}" for n in range(8)], tag="again")
    numbers.append(ground.outreach.draft(Wish(an_issue(ground.store, outage, name="login")), "kim").id)
    turns = [row.customer for row in ground.store.campaigns.receipts(numbers[0])]
    recipient = table(CampaignRecipient)
    with ground.store.database.write() as connection:
        for who, values in zip(turns, ({"excluded": "left out"}, {"made_at": NOW}), strict=False):
            mine = (recipient.c.campaign == numbers[0]) & (recipient.c.customer == who)
            connection.execute(update(recipient).where(mine).values(values))
    return numbers[0], numbers[1], turns


def test_whose_turn_it_is_once_quiet_hours_are_over(ground: Ground) -> None:
    campaigns, (first, second, turns) = ground.store.campaigns, two_drafts(ground)
    morning, noon = NOW + timedelta(hours=1), NOW + timedelta(hours=4)
    campaigns.asleep(first, {**dict.fromkeys(turns[:3], morning), turns[3]: noon})

    for at, whose in ((NOW, turns[4:]), (morning, [turns[2], *turns[4:]]), (noon, turns[2:])):
        assert [row.id for row in campaigns.next_ones(first, 99, at)] == whose
    assert campaigns.sleepers(first, NOW) == (2, morning)
    assert campaigns.sleepers(second, NOW) == (0, None)


def test_who_left_the_registry_is_left_out_where_nothing_else_is_said(ground: Ground) -> None:
    first, second, turns = two_drafts(ground)
    customers(ground.store, *({"id": f"c{n}"} for n in range(60) if f"c{n}" not in turns[:3]))

    assert ground.store.campaigns.forget_gone(first) == 1
    whys = {row.customer: row.excluded for row in ground.store.campaigns.receipts(first)}
    assert [whys[who] for who in turns[:4]] == ["left out", None, "no longer in the registry", None]
    assert {row.excluded for row in ground.store.campaigns.receipts(second)} == {None}


def test_both_ways_to_count_know_who_is_gone_and_what_is_no_longer_recent(ground: Ground) -> None:
    campaigns, number = ground.store.campaigns, begun(ground)
    ground.goes_on(beats=1)
    made_at = ground.clock()
    ground.store.contacts.opt_out(ground.told()[0], ground.clock() + timedelta(minutes=1), "the link in a message")

    for count in (campaigns.counts, campaigns.pulse):
        counted = count(ground.outreach.get(number), made_at)
        assert (counted.made, counted.refused, counted.recent) == (5, 1, 0)
        assert count(ground.outreach.get(number), made_at - timedelta(microseconds=1)).recent == 5


def test_whoever_began_first_goes_first(ground: Ground) -> None:
    first, outage = begun(ground), said(ground.store, [f"c{3 * n}" for n in range(8)], tag="again")
    second = begun(ground, an_issue(ground.store, outage, name="login"))

    assert [row.id for row in ground.store.campaigns.at_work()] == [first, second]


def test_the_switch_of_the_house_holds_it_too(ground: Ground) -> None:
    begun(ground)
    ground.store.house.pause("all", NOW, "kim")
    ground.goes_on()

    assert ground.told() == []


def test_a_stopped_one_ends_and_a_new_draft_reaches_the_others(ground: Ground) -> None:
    number = begun(ground)
    ground.goes_on()
    first = set(ground.told())
    ground.outreach.stop(number, "kim", "wrong words")
    again = ground.outreach.draft(Wish("sync"), "kim")

    reasons = ground.store.campaigns.excluded(again.id)
    assert sum(each.get("told already at this stage", 0) for each in reasons.values()) == 5
    assert again.audience == 15
    ground.outreach.approve(again.id, "kim")
    ground.goes_on()
    ground.goes_on(hours=1)
    assert len(ground.told()) == len(set(ground.told())) == 20
    assert first <= set(ground.told())


def test_a_stop_withdraws_what_waits_and_nothing_that_may_have_arrived(ground: Ground) -> None:
    number = begun(ground)
    ground.outreach.beat()
    for delivery, status in enumerate(("due", "held", "waiting", "sending", "in_doubt"), 1):
        set_to(ground.store, delivery, status)
    ground.outreach.stop(number, "kim", "wrong words")

    left = {row.delivery: row.status for row in ground.store.campaigns.receipts(number) if row.delivery}
    assert [left[number] for number in sorted(left)] == ["cancelled"] * 3 + ["sending", "in_doubt"]


def test_the_audit_trail_says_who_did_what_with_it(ground: Ground) -> None:
    number = begun(ground)
    ground.goes_on()
    ground.outreach.hold(number, "lee")
    ground.outreach.stop(number, "kim", "wrong words")

    with ground.store.database.read() as connection:
        trail = connection.execute(select(audit.c.who, audit.c.what, audit.c.why).order_by(audit.c.id)).all()
    assert trail == [
        ("kim", "campaign draft", "sync"),
        ("kim", "campaign approve", ""),
        ("listener", "campaign holding", ""),
        ("lee", "pause", ""),
        ("kim", "campaign stopped", "wrong words"),
    ]


def test_what_was_refused_for_now_does_not_go_out_after_the_stop(ground: Ground) -> None:
    number = begun(ground)
    TROUBLE["next"] = Failed("450 mailbox full")
    ground.goes_on()
    ground.outreach.stop(number, "kim", "wrong words")
    TROUBLE.clear()
    ground.goes_on(hours=1)

    assert ground.told() == []
    assert ground.outreach.draft(Wish("sync"), "kim").audience == 20


def test_what_is_refused_for_now_while_it_is_stopped_is_withdrawn_too(ground: Ground) -> None:
    number = begun(ground)
    ground.outreach.beat()
    due = ground.store.deliveries.due(ground.clock())[0][0]
    row = ground.store.deliveries.claim(due, ground.clock(), lambda entries: None)
    assert row is not None
    ground.outreach.stop(number, "kim", "wrong words")
    ground.store.deliveries.finish(Outcome(due, row.attempts, "due", NOW, due_at=NOW, error="450 mailbox full"))
    ground.goes_on(hours=1)

    left = next(each for each in ground.store.campaigns.receipts(number) if each.delivery == due)
    assert (ground.told(), left.status, left.why) == ([], "cancelled", "the campaign was stopped: wrong words")
    assert ground.outreach.draft(Wish("sync"), "kim").audience == 20


def test_whose_letter_came_back_is_not_said_to_be_told(ground: Ground) -> None:
    begun(ground)
    TROUBLE["next"] = Failed("550 no such user", permanent=True)
    ground.goes_on()

    reasons = ground.store.campaigns.excluded(ground.outreach.draft(Wish("sync"), "kim").id)
    back = "the letter came back: correct the address, then listener retry"
    assert sum(each.get(back, 0) for each in reasons.values()) == 5
    assert not any("told already at this stage" in each for each in reasons.values())


def test_the_rate_is_kept(store: Store, tmp_path: Path) -> None:
    registry(store)
    ground = a_ground(store, tmp_path, per_hour=120, hold=timedelta(seconds=0))
    begun(ground)
    ground.goes_on(beats=30)
    assert len(ground.told()) == 2
    ground.goes_on(beats=31)

    assert len(ground.told()) == 4


def merged(store: Store, one: str, other: str) -> None:
    with store.database.write() as connection:
        mine = table(Issue).c.id == one
        connection.execute(table(Issue).update().where(mine).values(alias_of=other))


def test_two_issues_merged_while_their_campaigns_run_tell_nobody_twice(ground: Ground) -> None:
    first = an_outbreak(ground.store)
    second = an_issue(ground.store, said(ground.store, [f"c{3 * n}" for n in range(8)], tag="again"), name="login")
    numbers = begun(ground, first), begun(ground, second)
    # both have messages on their way to the same customers when they become one
    ground.outreach.beat()
    assert [ground.outreach.progress(ground.outreach.get(number)).open for number in numbers] == [5, 5]
    merged(ground.store, second, first)
    for hours in (0, 1, 25):
        ground.goes_on(hours=hours)

    assert len(ground.told()) == len(set(ground.told())) == 20
    assert {ground.outreach.get(number).status for number in numbers} == {"done"}


def test_a_message_made_twice_goes_once(ground: Ground) -> None:
    number = begun(ground)
    ground.goes_on()
    row = ground.outreach.get(number)
    customer = ground.store.customers.get([ground.told()[0]])[ground.told()[0]]
    written = ground.outreach.words.delivery(row, customer, ground.outreach.words.subject(row))

    assert ground.store.campaigns.make(row, [Written(customer.id, written.columns)], {}, NOW) == 0


def test_who_left_the_registry_does_not_keep_it_from_ending(ground: Ground) -> None:
    number = begun(ground)
    ground.goes_on()
    customers(ground.store, *({"id": who} for who in ground.told()))
    ground.goes_on(hours=1)

    assert ground.outreach.get(number).status == "done"


def test_who_has_not_enough_known_for_the_template_is_left_out_with_the_reason(store: Store, tmp_path: Path) -> None:
    registry(store)
    (tmp_path / "own.txt").write_text("Dear {{ customer.region }}")
    ground = a_ground(store, tmp_path)
    number = begun(ground, template="own")
    ground.goes_on()

    reasons = ground.store.campaigns.excluded(number)
    assert any("no value for customer.region" in why for each in reasons.values() for why in each)


@pytest.mark.parametrize(
    ("wish", "said_so"),
    [
        ({"stage": "gone"}, "--stage is one of"),
        ({"template": "nothing"}, "there is no template"),
        ({"lists": ("D",)}, "there is no list D"),
    ],
)
def test_a_draft_that_cannot_be_says_why(ground: Ground, wish: dict[str, object], said_so: str) -> None:
    with pytest.raises(NotPossible, match=said_so):
        ground.outreach.draft(Wish(an_outbreak(ground.store), **wish), "kim")  # type: ignore[arg-type]


def test_an_issue_that_is_none_is_told(ground: Ground) -> None:
    with pytest.raises(NotPossible, match="there is no issue 'nothing'"):
        ground.outreach.draft(Wish("nothing"), "kim")
