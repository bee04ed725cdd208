"""Deliveries: claimed once, fenced by their attempt, held by stop switches, told, gathered, expired."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from listener.model.contact import unbounded
from listener.model.plan import OwnReply
from listener.pipeline.notices import BLANK
from listener.store.deliveries import ByHand, Outcome
from listener.store.delivery_lists import DeliveryFilter
from listener.store.house import audit
from rules.terms import Counter
from tests.makers import a_mention
from tests.store.arrived import NOW


def an_order(key="r:alert:care:1", **changes):
    values = {
        "told_at": None,
        "key": key,
        "action": "alert",
        "channel": "care",
        "due_at": NOW,
        "created_at": NOW,
        "text": "news",
    }
    return {**BLANK, **values, **changes}


def only(store):
    (row,) = store.deliveries.page(DeliveryFilter())
    return row


def test_the_same_key_is_ordered_once(store):
    store.deliveries.add(an_order(), an_order())
    store.deliveries.add(an_order(text="changed"))

    assert only(store).text == "news"


def test_a_due_delivery_is_claimed_by_one_performer_only(store):
    store.deliveries.add(an_order())
    ((number, channel),) = store.deliveries.due(NOW)

    assert channel == "care"
    assert store.deliveries.claim(number, NOW).attempts == 1
    assert store.deliveries.claim(number, NOW) is None


def test_an_outcome_counts_only_for_the_attempt_that_made_it(store):
    store.deliveries.add(an_order())
    row = store.deliveries.claim(only(store).id, NOW)
    late = Outcome(row.id, row.attempts - 1, "done", NOW)

    assert store.deliveries.finish(late) is False
    assert store.deliveries.finish(Outcome(row.id, row.attempts, "done", NOW)) is True
    assert only(store).status == "done"


def test_an_outward_delivery_that_is_done_enters_the_contact_ledger(store):
    store.deliveries.add(an_order(purpose="thanks", person="forum:anna"))
    row = store.deliveries.claim(only(store).id, NOW)
    store.deliveries.finish(Outcome(row.id, row.attempts, "done", NOW))

    (contact,) = store.deliveries.contacts(10)
    assert (contact.person, contact.purpose, contact.at) == ("forum:anna", "thanks", NOW)


def test_a_delivery_in_the_future_is_not_due(store):
    store.deliveries.add(an_order(due_at=NOW + timedelta(seconds=1)))

    assert store.deliveries.due(NOW) == []


@pytest.mark.parametrize("scope", ["all", "rule:thank", "channel:care"])
def test_a_stop_switch_holds_what_it_names_until_it_is_lifted(store, scope):
    store.deliveries.add(an_order(rule="thank"))
    number = only(store).id
    store.house.pause(scope, NOW, "anna")

    assert store.deliveries.due(NOW) == []
    assert store.deliveries.claim(number, NOW) is None
    assert store.house.resume(scope, NOW, "anna") is True
    assert store.deliveries.claim(number, NOW) is not None


def test_the_stop_switch_of_another_rule_holds_nothing(store):
    store.deliveries.add(an_order(rule="thank"))
    store.house.pause("rule:other", NOW, "anna")

    assert len(store.deliveries.due(NOW)) == 1


def test_a_draft_that_waited_too_long_expires_and_gives_back_what_it_reserved(store):
    counter = Counter("thank:per_person:anna", cap=1, window=timedelta(days=7))
    with store.judging.turn(NOW) as turn:
        assert turn.ledger.reserve((counter,), NOW) is None
    held = {"key": counter.key, "amount": 1, "window": 604800.0, "ends": None, "at": NOW.isoformat()}
    store.deliveries.add(an_order(status="waiting", expires_at=NOW, reservations=[held]))

    assert [(row.status, row.why) for row in store.deliveries.expire(NOW)] == [("expired", "nobody decided in time")]
    assert (store.deliveries.expired_since(NOW), store.deliveries.expired_since(NOW + timedelta(days=1))) == (1, 0)
    with store.judging.turn(NOW) as turn:
        assert turn.ledger.reserve((counter,), NOW) is None


def test_alerts_held_back_by_a_channels_share_wait_for_their_summary(store):
    store.deliveries.add(an_order("a", status="held"), an_order("b", status="held"))
    assert store.deliveries.due(NOW) == []

    rows = store.deliveries.crowded(NOW)["care"]
    store.deliveries.gather([row.id for row in rows], NOW, an_order("summary", action="summary"))
    assert [row.status for row in store.deliveries.page(DeliveryFilter())] == ["due", "done", "done"]


def test_people_are_told_of_a_draft_once(store):
    store.deliveries.add(an_order(status="waiting"))
    (row,) = store.deliveries.to_tell(NOW)
    store.deliveries.announce([row.id], NOW, [an_order("notice", action="notice")])

    assert store.deliveries.to_tell(NOW + timedelta(days=1)) == []


def test_people_are_reminded_once_of_what_is_theirs_to_do_by_hand(store):
    store.deliveries.add(an_order(status="by_hand", told=1, told_at=NOW))

    assert store.deliveries.to_tell(NOW - timedelta(seconds=1)) == []
    (row,) = store.deliveries.to_tell(NOW)
    store.deliveries.announce([row.id], NOW, [])
    assert store.deliveries.to_tell(NOW + timedelta(days=1)) == []


def test_what_is_being_sent_by_a_performer_that_died_is_found(store):
    store.deliveries.add(an_order())
    store.deliveries.claim(only(store).id, NOW)

    assert store.deliveries.orphans(NOW) == []
    assert len(store.deliveries.orphans(NOW + timedelta(seconds=1))) == 1


def test_an_end_is_kept_with_its_attempt_and_once(store):
    store.deliveries.add(an_order(purpose="thanks", person="forum:anna"))
    number = only(store).id
    row = store.deliveries.claim(number, NOW)
    later = NOW + timedelta(minutes=5)

    assert store.deliveries.finish(Outcome(number, row.attempts, "due", NOW, due_at=later, error="busy"))
    assert not store.deliveries.finish(Outcome(number, row.attempts, "done", NOW))
    kept = store.deliveries.page(DeliveryFilter(id=number))[0]
    assert (kept.status, kept.due_at, kept.last_error, kept.done_at) == ("due", later, "busy", None)
    assert store.deliveries.contacts(5) == []

    again = store.deliveries.claim(number, later)
    external = {"kind": "slack", "key": "1.5", "url": None}
    assert store.deliveries.finish(Outcome(number, again.attempts, "done", later, external=external))
    kept = store.deliveries.page(DeliveryFilter(id=number))[0]
    assert (kept.status, kept.done_at, kept.external["key"], kept.last_error) == ("done", later, "1.5", None)
    assert [(one.number, one.outcome) for one in store.deliveries.attempts_of(number)] == [(1, "due"), (2, "done")]
    assert len(store.deliveries.contacts(5)) == 1


@pytest.mark.parametrize(("newest", "found"), [(5_000, (1, 3)), (3, (0, 3)), (2, (0, 2))])
def test_whether_a_channel_fails_is_asked_of_the_newest_alone(store, monkeypatch, newest, found):
    monkeypatch.setattr("listener.store.delivery_lists.NEWEST", newest)
    store.deliveries.add(an_order("k1", status="done"))
    store.deliveries.add(*(an_order(f"k{number}", status="failed") for number in (2, 3, 4)))

    assert store.deliveries.failing("care", "failed") == found


def two(store, **changes):
    """The numbers of two deliveries, the one that is due later first."""
    store.deliveries.add(an_order("late", **changes), an_order("early", due_at=NOW - timedelta(minutes=1), **changes))
    return sorted(row.id for row in store.deliveries.page(DeliveryFilter()))


def states(store):
    return {row.key: row.status for row in store.deliveries.page(DeliveryFilter())}


def test_what_is_due_longest_is_claimed_first(store):
    late, early = two(store)

    assert [number for number, _ in store.deliveries.due(NOW)] == [early, late]
    assert [number for number, _ in store.deliveries.due(NOW, limit=1)] == [early]


def test_of_what_is_due_since_the_same_moment_the_first_that_was_ordered_is_claimed_first(store):
    store.deliveries.add(*(an_order(f"k{number}") for number in range(3)))

    numbers = [number for number, _ in store.deliveries.due(NOW)]
    assert numbers == sorted(numbers)


def test_an_outcome_ends_no_other_delivery_that_is_being_sent(store):
    rows = [store.deliveries.claim(number, NOW) for number in two(store)]
    store.deliveries.finish(Outcome(rows[0].id, rows[0].attempts, "done", NOW))

    assert states(store) == {"late": "done", "early": "sending"}


def test_a_person_moves_only_what_is_where_they_saw_it(store):
    late, _ = two(store, status="waiting")
    assert store.deliveries.move(late, ("waiting",), NOW, status="rejected").status == "rejected"

    assert store.deliveries.move(late, ("waiting",), NOW, status="due") is None
    assert store.deliveries.let_out(99, ("waiting",), NOW, ByHand("kim", "approve"), unbounded) == (None, None)
    assert states(store) == {"late": "rejected", "early": "waiting"}


def test_a_link_moves_one_delivery_once(store):
    late, early = two(store, status="waiting")
    link = ByHand("kim", "reject", link="once", until=NOW + timedelta(days=1))
    store.deliveries.move(late, ("waiting",), NOW, link, status="rejected")

    assert store.deliveries.move(early, ("waiting",), NOW, link, status="rejected") is None
    assert states(store) == {"late": "rejected", "early": "waiting"}


def test_who_approves_a_draft_keeps_what_it_reserved_and_is_on_record(store):
    counter = Counter("thank:per_person:anna", cap=1, window=timedelta(days=7))
    held = {"key": counter.key, "amount": 1, "window": 604800.0, "ends": None, "at": NOW.isoformat()}
    store.deliveries.add(an_order(status="waiting", reservations=[held]))
    with store.judging.turn(NOW) as turn:
        turn.ledger.reserve((counter,), NOW)
    store.deliveries.move(only(store).id, ("waiting",), NOW, ByHand("kim", "approve", "kind"), status="due")

    with store.judging.turn(NOW) as turn:
        assert turn.ledger.reserve((counter,), NOW) is not None
    with store.database.read() as connection:
        (line,) = connection.execute(select(audit)).all()
    assert (line.who, line.what, line.about, line.why) == ("kim", "approve", f"delivery {only(store).id}", "kind")


@pytest.mark.parametrize(
    ("source", "reply", "status"),
    [
        ("forum", OwnReply("p1", None, "u"), "done"),
        ("forum", OwnReply(None, "t1", "u"), "done"),
        ("forum", OwnReply("p2", "t2", "u"), "by_hand"),
        ("board", OwnReply("p1", "t1", "u"), "by_hand"),
    ],
)
def test_our_own_answer_ends_what_waited_for_it_at_that_post_of_that_source(store, source, reply, status):
    number = a_mention(store, thread="t1")
    store.deliveries.add(an_order("a", mention=number, status="by_hand"), an_order("b", mention=number, status="held"))
    store.deliveries.answered(source, [reply], NOW)

    assert states(store) == {"a": status, "b": "held"}
    if status == "done":
        assert next(row for row in store.deliveries.page(DeliveryFilter()) if row.key == "a").external["url"] == "u"


def test_only_drafts_expire_and_only_those_whose_time_is_over(store):
    store.deliveries.add(an_order("sent", status="done", expires_at=NOW))
    store.deliveries.add(an_order("young", status="waiting", expires_at=NOW + timedelta(seconds=1)))
    store.deliveries.add(an_order("old", status="by_hand", expires_at=NOW))

    assert [(row.key, row.why) for row in store.deliveries.expire(NOW)] == [("old", "nobody did it in time")]
    assert states(store) == {"sent": "done", "young": "waiting", "old": "expired"}


def test_people_are_told_of_the_drafts_that_they_are_told_of(store):
    late, early = two(store, status="waiting")
    store.deliveries.announce([late], NOW, [an_order("notice", action="notice")])

    assert [row.id for row in store.deliveries.to_tell(NOW)] == [early]
    assert states(store)["notice"] == "due"
