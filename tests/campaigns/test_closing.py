"""A fix is told to everybody who had the trouble, once; it is watched, and taken back when it did not hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from listener.customers.budget import Policy
from listener.model.grouped import Act
from listener.model.plan import TicketPlan
from listener.pipeline.closing import Closing
from listener.pipeline.issue_desk import IssueDesk
from listener.pipeline.outreach import Wish
from listener.pipeline.people import NotPossible
from listener.store import Store
from listener.store.closing import mention
from listener.store.delivery_lists import DeliveryFilter
from listener.store.tickets import TicketFilter
from tests.campaigns.ground import Ground, a_ground, an_issue, an_outbreak, customers, registry, said
from tests.campaigns.test_outreach import begun, merged
from tests.fresh import a_store
from tests.makers import NOW


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """On SQLite alone; `test_whole_loop` walks the same road on both."""
    store = a_store(tmp_path)
    yield store
    store.close()


@pytest.fixture
def ground(store: Store, tmp_path: Path) -> Ground:
    """An outbreak whose campaign has told all 20 customers of version 3."""
    registry(store)
    ground = a_ground(store, tmp_path, hold=timedelta(seconds=0))
    begun(ground)
    ground.goes_on()
    assert len(ground.told()) == 20
    ground.clock.time += timedelta(hours=25)
    return ground


def is_fixed(ground: Ground) -> Ground:
    ground.closing.fixed("sync", "a full disk", "kim")
    ground.goes_on()
    return ground


def titles(ground: Ground) -> Counter[str]:
    return Counter(message.title for message in ground.sent if message.to)


def a_late_post(ground: Ground, who: str, hours: float) -> None:
    """Somebody reports it so many hours after the fix (before it where negative)."""
    an_issue(ground.store, said(ground.store, [who], at=ground.clock() + timedelta(hours=hours), tag=f"late{hours}"))


def test_everybody_who_reported_it_or_was_told_hears_of_the_fix_once(ground: Ground) -> None:
    is_fixed(ground)

    assert titles(ground) == {"Sync is down: we know of it": 20, "Sync is down: fixed": 20}
    assert set(Counter(ground.told()).values()) == {2}
    with pytest.raises(NotPossible, match="is fixed already"):
        ground.closing.fixed("sync", "again", "kim")


def test_the_note_of_a_fix_is_kept_and_no_customer_reads_it(ground: Ground) -> None:
    ground.closing.fixed("sync", "a full disk", "kim", "see post-mortem 12")
    ground.goes_on()

    written = [row.text for row in ground.store.deliveries.page(DeliveryFilter())]
    assert any("a full disk" in text for text in written)
    assert not any("post-mortem" in text for text in written)
    act = next(row for row in ground.store.issues.acts(9) if row.what == "fixed")
    assert act.why == "a full disk: see post-mortem 12"


def test_who_is_no_customer_is_answered_where_they_spoke_when_a_person_approves(ground: Ground) -> None:
    is_fixed(ground)

    (row,) = ground.store.deliveries.page(DeliveryFilter(status=("waiting",)))
    assert (row.person, row.action, row.purpose) == ("forum:stranger", "reply", "notice")
    assert "is fixed: a full disk" in row.text


def test_a_reporter_without_an_address_is_answered_where_they_spoke(store: Store, tmp_path: Path) -> None:
    registry(store)
    ground = a_ground(store, tmp_path)
    issue = an_outbreak(store)
    customers(store, {"id": "c0"}, {"id": "c3", "email": ""}, {"id": "c6", "do_not_contact": True})
    told = ground.closing.fixed(issue, "a full disk", "kim")

    assert (told.campaign.audience, told.replies) == (1, 1 + 1 + 5)  # with the stranger, and 5 who left the registry


def test_without_a_channel_all_reporters_are_answered_where_they_spoke(store: Store, tmp_path: Path) -> None:
    registry(store)
    ground = a_ground(store, tmp_path)
    object.__setattr__(ground.outreach.words.room, "channel", "")
    try:
        told = ground.closing.fixed(an_outbreak(store), "a full disk", "kim")
    finally:
        object.__setattr__(ground.outreach.words.room, "channel", "mail")

    assert (told.campaign, told.replies) == (None, 9)


def test_a_trouble_campaign_that_is_still_going_on_ends_with_the_fix(store: Store, tmp_path: Path) -> None:
    registry(store)
    ground = a_ground(store, tmp_path)
    number = begun(ground)
    ground.goes_on()
    is_fixed(ground)

    assert (ground.outreach.get(number).status, ground.outreach.get(number).why) == ("stopped", "issue sync is fixed")
    # five were told of the trouble; they and the eight reporters hear of the fix
    five = set(ground.told()[:5])
    ground.goes_on(hours=1)
    fixed = [str(message.to).partition("@")[0] for message in ground.sent if "fixed" in message.title and message.to]
    assert sorted(fixed) == sorted(five | {f"c{3 * n}" for n in range(8)})


def test_a_note_of_the_fix_begins_with_who_may_hear_of_it_today(store: Store, tmp_path: Path) -> None:
    registry(store)
    ground = a_ground(store, tmp_path)
    begun(ground)
    ground.goes_on()
    told = set(ground.told())
    ground.closing.fixed("sync", "a full disk", "kim")
    ground.goes_on()

    fixed = [str(message.to).partition("@")[0] for message in ground.sent if "fixed" in message.title and message.to]
    assert len(fixed) == 5
    assert not told & set(fixed)


def test_more_than_25_letters_wait_for_a_second_person(store: Store, tmp_path: Path) -> None:
    registry(store, 120)
    ground = a_ground(store, tmp_path)
    begun(ground), ground.goes_on(), ground.goes_on(hours=1)
    told = ground.closing.fixed("sync", "a full disk", "kim")

    assert (told.campaign.status, told.campaign.audience) == ("draft", 40)
    assert ground.outreach.approve(told.campaign.id, "lee").status == "canary"


def test_tickets_of_the_issue_close_with_the_cause_and_those_about_more_do_not(ground: Ground) -> None:
    (whole,) = ground.store.closing.latest("sync", ["c0"]).values()
    (part,) = ground.store.closing.latest("sync", ["c3"]).values()
    (other,) = said(ground.store, ["c3"], tag="bill")
    with ground.store.judging.turn(NOW) as turn:
        for mention, who in ((whole.id, "c0"), (part.id, "c3"), (other, "c3")):
            turn.open_ticket(TicketPlan(mention, who, who, None, "help", {"queue": "care"}))
    is_fixed(ground)

    rows = {row.person: row for row in ground.store.tickets.page(TicketFilter())}
    assert (rows["c0"].status, rows["c0"].root_cause, rows["c0"].outcome) == ("closed", "a full disk", "neutral")
    assert rows["c3"].status == "open"
    assert "is fixed" in ground.store.tickets.notes(rows["c3"].id)[-1].text


def asked(ground: Ground) -> list[str]:
    return [row.person for row in ground.store.closing.told("sync") if row.asked]


def test_all_reporters_and_a_sample_of_the_others_are_asked(ground: Ground) -> None:
    is_fixed(ground)

    assert {f"c{3 * n}" for n in range(8)} <= set(asked(ground))
    assert len(asked(ground)) < 20
    asking = [message for message in ground.sent if "/fixed/" in message.text]
    assert len(asking) == len(asked(ground))


def test_a_yes_is_thanked_and_turns_the_ticket_to_recovered(ground: Ground) -> None:
    (post,) = ground.store.closing.latest("sync", ["c0"]).values()
    with ground.store.judging.turn(NOW) as turn:
        turn.open_ticket(TicketPlan(post.id, "c0", "c0", None, "help", {"queue": "care"}))
    is_fixed(ground)
    number = ground.store.campaigns.page()[0].id
    ground.act._contact = Policy().check

    assert ground.closing.answered(number, "c0", "yes")
    assert ground.closing.answered(number, "c0", "yes")
    ground.goes_on(hours=25)

    assert titles(ground)["Thank you"] == 1
    assert ground.store.tickets.page(TicketFilter())[0].outcome == "recovered"
    assert ground.report().confirmed == 1


def test_a_no_opens_it_again_for_that_segment_and_stops_telling_that_it_is_fixed(ground: Ground) -> None:
    ground.closing.fixed("sync", "a full disk", "kim")
    ground.goes_on(beats=2)
    number = ground.store.campaigns.page()[0].id
    first = next(row.person for row in ground.store.closing.told("sync") if row.campaign == number)
    ground.closing.answered(number, first, "no")

    assert (ground.state(), ground.outreach.get(number).status) == ("regressed", "stopped")
    assert [row.kind for row in ground.store.issues.episodes("sync")] == ["first", "regression"]
    assert "version=3" in ground.store.issues.acts(1)[0].why


def test_a_no_promises_the_ticket_anew(ground: Ground) -> None:
    (post,) = ground.store.closing.latest("sync", ["c0"]).values()
    with ground.store.judging.turn(NOW) as turn:
        turn.open_ticket(TicketPlan(post.id, "c0", "c0", None, "help", {"queue": "care", "first_reply_within": 7200}))
    is_fixed(ground)
    ground.closing.answered(ground.store.campaigns.page()[0].id, "c0", "no")

    ticket = ground.store.tickets.page(TicketFilter())[0]
    assert (ticket.status, ticket.first_reply_due - ground.clock()) == ("open", timedelta(hours=2))


def test_it_was_detected_when_people_were_told(ground: Ground) -> None:
    told = NOW + timedelta(hours=3)
    with ground.store.judging.turn(NOW) as turn:
        alarm = {"key": "issue:sync", "issue": "sync", "brand": "Acme Flow", "topic": "outage", "level": "page"}
        counted = {"persons": 8, "expected": 0.5, "ratio": 16.0, "z": 9.0, "ended_at": None, "told_persons": 8}
        about = {"told_level": "page", "why_quiet": None, "at": NOW, "told_at": told}
        turn.hearing.add_alarms([alarm | counted | about])

    assert ground.report().detected_after == (told - ground.store.issues.get("sync").first_seen).total_seconds()


def test_nobody_answers_who_was_not_told(ground: Ground) -> None:
    is_fixed(ground)

    assert not ground.closing.answered(ground.store.campaigns.page()[0].id, "c1", "no")
    assert ground.state() == "fixed"


def test_a_fix_that_holds_is_watched_and_then_resolved(ground: Ground) -> None:
    is_fixed(ground)
    ground.closing.watch()
    assert ground.state() == "watching"
    ground.clock.time += timedelta(hours=24)
    ground.closing.watch(), ground.closing.watch()
    ground.goes_on(beats=1)

    assert ground.state() == "resolved"
    (message,) = [each for each in ground.sent if "is resolved" in each.title]
    assert "wanted below" in message.text


def test_late_reports_of_the_time_before_do_not_open_it_again(ground: Ground) -> None:
    is_fixed(ground)
    for number, who in enumerate(("c1", "c2", "c4", "c5")):
        a_late_post(ground, who, -5 - number)
    ground.clock.time += timedelta(hours=24)
    ground.closing.watch(), ground.closing.watch()

    assert ground.state() == "resolved"


def test_three_who_have_it_again_are_a_new_episode_marked_as_regression(ground: Ground) -> None:
    is_fixed(ground)
    for number, who in enumerate(("c1", "c2", "c4")):
        a_late_post(ground, who, 7 + number)
    ground.clock.time += timedelta(hours=10)
    ground.closing.watch()
    ground.goes_on(beats=1)

    assert ground.state() == "regressed"
    assert "3 persons have it again" in ground.store.issues.acts(1)[0].why
    assert any("is back after its fix" in message.title for message in ground.sent)


def test_who_was_told_of_a_fix_hears_of_the_trouble_that_is_one_with_it_and_came_later(ground: Ground) -> None:
    is_fixed(ground)
    ground.clock.time += timedelta(days=8)
    again = said(ground.store, [f"c{3 * n}" for n in range(8)], at=ground.clock(), tag="again")
    an_issue(ground.store, again, "login", at=ground.clock())
    merged(ground.store, "sync", "login")
    begun(ground, "login")
    ground.goes_on()
    assert titles(ground)["Sync is down: we know of it"] == 40

    ground.clock.time += timedelta(hours=25)
    ground.closing.fixed("login", "a full disk again", "kim")
    ground.goes_on()
    assert titles(ground)["Sync is down: fixed"] == 40
    assert set(Counter(ground.told()).values()) == {4}


@pytest.mark.parametrize("merged_first", [True, False])
def test_who_heard_of_a_fix_hears_of_that_of_the_open_trouble_it_was_merged_into(
    ground: Ground, merged_first: bool
) -> None:
    again = said(ground.store, [f"c{3 * n}" for n in range(8)], at=ground.clock(), tag="again")
    an_issue(ground.store, again, "login", at=ground.clock() - timedelta(days=2))
    is_fixed(ground)
    ground.clock.time += timedelta(hours=25)
    for step in ("merge", "fix") if merged_first else ("fix", "merge"):
        ground.clock.time += timedelta(seconds=1)
        if step == "fix":
            ground.closing.fixed("login", "a full disk again", "kim")
        else:
            ground.store.issue_acts.merge(Act("kim", "merge", "login"), "sync", ground.clock())
    ground.goes_on()

    # it was there still, so its fix is news; where both were fixed before they were one, it is not
    assert titles(ground)["Sync is down: fixed"] == (40 if merged_first else 20)
    assert ground.report("login").reached == 20


def cut_off(ground: Ground, step: str) -> None:
    """Say that it is fixed, in a command that is killed before this step."""

    class Killed(Closing):
        pass

    def die(*_: Any) -> Any:
        raise KeyboardInterrupt

    setattr(Killed, step, die)
    closing = ground.closing
    with pytest.raises(KeyboardInterrupt):
        Killed(**vars(closing)).fixed("sync", "a full disk", "kim")


@pytest.mark.parametrize("step", ["_tell", "_campaign", "_begun", "_reply"])
def test_a_command_that_is_killed_while_a_fix_is_told_leaves_nobody_out(ground: Ground, step: str) -> None:
    cut_off(ground, step)
    with pytest.raises(NotPossible, match="is being told"):
        ground.closing.fixed("sync", "a full disk", "lee")
    ground.closing.watch(), ground.goes_on()
    assert titles(ground)["Sync is down: fixed"] == (20 if step == "_reply" else 0)

    ground.clock.time += timedelta(minutes=4)
    for _ in range(2):
        ground.closing.watch(), ground.goes_on()

    assert titles(ground)["Sync is down: fixed"] == 20
    assert [row.person for row in ground.store.deliveries.page(DeliveryFilter(status=("waiting",)))] == [
        "forum:stranger"
    ]
    assert ground.state() == "watching"


def test_a_fix_that_cannot_be_told_is_told_to_us_and_goes_on_when_it_can(ground: Ground, tmp_path: Path) -> None:
    (tmp_path / "issue-fixed-public.txt").write_text("It is fixed, {{ customer.pet }}")
    broken = a_ground(ground.store, tmp_path)
    with pytest.raises(NotPossible, match="cannot be filled"):
        broken.closing.fixed("sync", "a full disk", "kim")
    broken.clock.time = ground.clock() + timedelta(minutes=4)
    broken.closing.watch(), broken.goes_on()
    assert any("not everybody is told" in message.title for message in broken.sent)

    (tmp_path / "issue-fixed-public.txt").write_text("It is fixed.")
    mended = a_ground(ground.store, tmp_path)
    mended.clock.time = broken.clock()
    mended.closing.watch(), mended.closing.watch()
    assert len(ground.store.deliveries.page(DeliveryFilter(status=("waiting",)))) == 1


def test_a_regression_that_is_undone_can_come_again(ground: Ground) -> None:
    is_fixed(ground)
    number = ground.store.campaigns.page()[0].id
    ground.closing.answered(number, "c0", "no")
    acts = ground.store.issue_acts
    (act,) = [row for row in ground.store.issues.acts(9) if row.what == "regressed"]
    acts.undo(act, ground.clock(), "kim")
    assert (ground.state(), len(ground.store.issues.episodes("sync"))) == ("fixed", 1)

    ground.closing.answered(number, "c3", "no")
    assert (ground.state(), len(ground.store.issues.episodes("sync"))) == ("regressed", 2)


def test_undo_without_a_number_takes_back_what_a_person_did(ground: Ground) -> None:
    is_fixed(ground)
    ground.closing.answered(ground.store.campaigns.page()[0].id, "c0", "no")

    last = ground.store.issue_acts.last()
    assert last is not None
    assert (last.what, last.who) == ("fixed", "kim")


def test_a_fix_is_taken_back_with_what_the_daemon_made_of_it(ground: Ground) -> None:
    is_fixed(ground)
    ground.closing.watch()
    ground.clock.time += timedelta(hours=24)
    ground.closing.watch(), ground.closing.watch()
    assert ground.state() == "resolved"

    take_back(ground)
    ground.closing.watch()
    assert (ground.state(), ground.store.issues.episodes("sync")[-1].fixed_at) == ("open", None)


def test_a_second_fix_is_told_again(ground: Ground) -> None:
    is_fixed(ground)
    number = ground.store.campaigns.page()[0].id
    ground.closing.answered(number, "c0", "no")
    ground.clock.time += timedelta(hours=25)
    ground.closing.fixed("sync", "two full disks", "kim")
    ground.goes_on(), ground.goes_on(hours=25)

    told = Counter(
        str(message.to).partition("@")[0] for message in ground.sent if "fixed" in message.title and message.to
    )
    assert (told["c0"], max(told.values())) == (2, 2)


def test_an_issue_that_was_merged_after_its_fix_was_told_tells_nobody_twice(ground: Ground) -> None:
    is_fixed(ground)
    other = an_issue(ground.store, said(ground.store, ["c0", "c1"], tag="login"), name="login")
    merged(ground.store, "sync", other)
    ground.closing.fixed(other, "a full disk", "kim")
    ground.goes_on(), ground.goes_on(hours=25)

    told = Counter(
        str(message.to).partition("@")[0] for message in ground.sent if "fixed" in message.title and message.to
    )
    assert max(told.values()) == 1


def test_the_report_tells_who_complained_who_was_told_who_was_not_and_what_they_said_later(ground: Ground) -> None:
    is_fixed(ground)
    ground.store.contacts.opt_out("c9", ground.clock(), "a link")
    ground.closing.answered(ground.store.campaigns.page()[0].id, "c0", "yes")
    said(ground.store, ["c0"], label="positive", at=ground.clock() + timedelta(hours=1), tag="love")
    a_late_post(ground, "c3", 2)
    found = ground.report()
    people = {each.person: each for each in found.people}

    assert (found.complained, found.affected, found.reached, found.share_reached) == (9, 20, 20, 1.0)
    assert (found.reached_before, found.confirmed, found.praised, found.repeats) == (0.6, 1, 1, 1)
    assert found.outreach_after > 0
    assert found.root_cause == "a full disk"
    assert [each["stage"] for each in people["c0"].told] == ["trouble", "fixed"]
    assert (people["c0"].answer, len(people["c0"].praised)) == ("yes", 1)
    assert people["forum:stranger"].not_told == "waiting"


def test_the_report_names_the_reason_of_everybody_who_was_left_out(store: Store, tmp_path: Path) -> None:
    registry(store)
    ground = a_ground(store, tmp_path)
    issue = an_outbreak(store)
    store.contacts.opt_out("c9", NOW, "a link")
    ground.outreach.draft(Wish(issue), "kim")

    assert ground.report().untold == {"opted out": 1, "not yet": 19, "no campaign named them": 1}


class NoWatch:
    """Issues that nobody looks at in between."""

    def beat(self, _: object) -> None:
        return


def take_back(ground: Ground) -> None:
    IssueDesk(ground.store, NoWatch(), ground.clock, "kim").undo()  # type: ignore[arg-type]


def test_a_fix_that_is_taken_back_is_told_to_nobody_else(ground: Ground) -> None:
    ground.closing.fixed("sync", "a full disk", "kim")
    ground.goes_on(beats=2)
    heard = titles(ground)["Sync is down: fixed"]
    take_back(ground)
    ground.goes_on(hours=25)

    assert 0 < titles(ground)["Sync is down: fixed"] == heard < 20
    assert ground.outreach.get(ground.store.campaigns.page()[0].id).why == "kim took the fix of issue sync back"
    assert not ground.store.deliveries.page(DeliveryFilter(status=("waiting",)))


def test_who_was_spared_a_fix_that_was_taken_back_hears_of_the_next_one_once(ground: Ground) -> None:
    ground.closing.fixed("sync", "a full disk", "kim")
    ground.goes_on(beats=2)
    take_back(ground)
    ground.clock.time += timedelta(hours=25)
    ground.closing.fixed("sync", "a full disk, really", "kim")
    ground.goes_on()

    assert set(Counter(ground.told()).values()) == {2}
    (draft,) = ground.store.deliveries.page(DeliveryFilter(status=("waiting",)))
    assert "a full disk, really" in draft.text


def test_whoever_the_trouble_kept_from_hearing_of_its_fix_hears_of_the_next_one(ground: Ground) -> None:
    ground.closing.fixed("sync", "a full disk", "kim")
    ground.goes_on(beats=2)
    early = {row.person for row in ground.store.closing.told("sync") if row.stage == "fixed" and row.status == "done"}
    ground.closing.answered(ground.store.campaigns.page()[0].id, "c0", "no")
    ground.clock.time += timedelta(hours=25)
    ground.closing.fixed("sync", "a full disk, really", "kim")
    ground.goes_on(), ground.goes_on(hours=25)

    heard = Counter(str(one.to).partition("@")[0] for one in ground.sent if one.to and "fixed" in one.title)
    assert set(heard) == set(ground.told())
    reporters = {row.customer for row in ground.store.audience.complainants("sync")}
    assert {who for who, often in heard.items() if often > 1} == early & reporters


def test_where_the_trouble_is_back_no_draft_says_that_it_is_fixed(ground: Ground) -> None:
    is_fixed(ground)
    for number, who in enumerate(("c1", "c2", "c4")):
        a_late_post(ground, who, 7 + number)
    ground.clock.time += timedelta(hours=10)
    ground.closing.watch()

    drafts = [row for row in ground.store.deliveries.page(DeliveryFilter()) if row.action == "reply"]
    assert [row.status for row in drafts] == ["cancelled"]
    assert drafts[0].why.startswith("the trouble is back: 3 persons")


def test_who_has_a_ticket_hears_why_it_closes_though_they_only_repeated_another(ground: Ground) -> None:
    (copy,) = said(ground.store, ["c1"], tag="again")
    an_issue(ground.store, [copy])
    with ground.store.database.write() as connection:
        connection.execute(update(mention).where(mention.c.id == copy).values(duplicate_of=1))
    with ground.store.judging.turn(NOW) as turn:
        turn.open_ticket(TicketPlan(copy, "c1", "c1", None, "help", {"queue": "care"}))
    is_fixed(ground)

    assert Counter(ground.told())["c1"] == 1
    assert ground.store.tickets.page(TicketFilter())[0].status == "closed"
