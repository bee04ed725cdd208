"""Answers to us join their conversation and its ticket, whatever their mood; answers to a praise are followed."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from listener.actions.templates import Templates
from listener.model.verdict import Utterance, Verdict
from listener.pipeline.attention import Readers
from listener.pipeline.orders import Orders
from listener.pipeline.people import People, Person
from listener.store.delivery_lists import DeliveryFilter
from listener.store.mentions import MentionFilter
from tests.pipeline.road import Mood, Road, a_road, an_item


class Asking(Mood):
    """A text with a question mark is a question."""

    def judge(self, utterance: Utterance) -> Verdict:
        verdict = super().judge(utterance)
        asked = "?" in utterance.text
        return Verdict(verdict.label, verdict.score, 0.9, "mood", "en", intent="question") if asked else verdict


@pytest.fixture
def road(tmp_path: Path) -> Road:
    """A road on which anna's complaint in thread t1 has a ticket."""
    road = a_road(tmp_path)
    road.judge._understanding = Asking()
    road.judge._orders = Orders(Templates(tmp_path), readers=Readers("ops", ZoneInfo("UTC")))
    road.says(an_item("p1", "Acme Flow - is down", thread="t1"))
    return road


def an_answer(name: str, text: str, handle: str = "anna", **changes: object):  # type: ignore[no-untyped-def]
    """Something said to our own account."""
    return an_item(name, text, handle, **({"thread": "t1", "parent": "x1", "parent_author": "acme_care"} | changes))


def mentions_of(road: Road, ticket: int = 1) -> list[str]:
    numbers = road.store.tickets.mentions_of([ticket]).get(ticket, [])
    return [row.external_id for row in map(road.store.mentions.get, numbers) if row]


def told(road: Road) -> list[str]:
    rows = road.store.deliveries.page(DeliveryFilter(limit=100))
    return [row.message["title"] for row in rows if row.action == "notice"]


def status(road: Road) -> str:
    row = road.store.tickets.get(1)
    assert row is not None
    return str(row.status)


def close(road: Road) -> None:
    People(road.store, lambda source: False, road.clock, Person("kim")).close(1, "update 4.2", "recovered")


@pytest.mark.parametrize(
    "text", ["it works now, thanks +", "I sent you the log", "worse than before -", "when is it fixed?"]
)
def test_an_answer_joins_the_ticket_of_its_thread_whatever_its_mood(road: Road, text: str) -> None:
    road.says(an_answer("p2", text))

    assert mentions_of(road) == ["p1", "p2"]
    assert road.store.tickets.notes(1)[-1].what == "joined"
    assert status(road) == "open"


def test_an_answer_to_us_need_not_name_the_brand(road: Road) -> None:
    road.says(an_answer("p2", "done, thanks"), an_item("p3", "nothing about anybody", "zoe"))

    assert [row.external_id for row in road.store.mentions.page(MentionFilter())] == ["p2", "p1"]


def test_what_the_person_says_elsewhere_joins_nothing(road: Road) -> None:
    road.says(an_item("p2", "Acme Flow has a manual", thread="t2"))
    road.says(an_answer("p3", "as I said", thread="t2"))

    assert mentions_of(road) == ["p1"]


def test_what_somebody_else_answers_in_the_thread_joins_nothing(road: Road) -> None:
    road.says(an_answer("p2", "good to know", "zoe"))

    assert mentions_of(road) == ["p1"]


def test_where_a_thread_has_our_replys_name_an_answer_finds_the_ticket_of_its_source(road: Road) -> None:
    road.says(an_answer("p2", "done, thanks", thread="x1"))
    road.says(an_answer("p3", "and the log", thread="x1"))

    assert mentions_of(road) == ["p1", "p2", "p3"]


def test_a_complaint_and_its_answer_in_one_batch_are_one_ticket(road: Road) -> None:
    road.says(an_item("q1", "Acme Flow - slow", "bob", thread="t9"), an_answer("q2", "yes", "bob", thread="t9"))

    assert mentions_of(road, 2) == ["q1", "q2"]


def test_an_answer_ends_the_waiting_and_the_owner_hears(road: Road) -> None:
    People(road.store, lambda source: False, road.clock, Person("kim")).tickets.wait(1, None, "the log")
    road.says(an_answer("p2", "here is the log"))

    assert status(road) == "open"
    assert told(road) == ["Ticket 1 (care): its person answered"]


def test_thanks_after_the_close_are_kept_with_the_ticket_and_open_nothing(road: Road) -> None:
    close(road)
    road.says(an_answer("p2", "thanks, it works +"))

    assert (mentions_of(road), status(road)) == (["p1", "p2"], "closed")


def test_a_question_after_the_close_opens_it_again_with_its_promises_anew(road: Road) -> None:
    close(road)
    road.clock.pass_by(days=2)
    road.says(an_answer("p2", "and on Linux?", posted_at=road.clock()))

    row = road.store.tickets.get(1)
    assert row is not None
    assert (row.status, row.outcome, row.replied_at) == ("open", None, None)
    assert row.first_reply_due == road.clock() + timedelta(hours=4)


def test_a_complaint_after_the_close_opens_its_own_ticket_again_also_where_a_new_one_were_allowed(road: Road) -> None:
    close(road)
    road.clock.pass_by(days=9)
    road.says(an_answer("p2", "down again -", posted_at=road.clock()))

    assert (mentions_of(road), status(road)) == (["p1", "p2"], "open")


def test_long_after_the_close_it_is_another_conversation(road: Road) -> None:
    close(road)
    road.store.tickets.change(1, road.clock(), "listener", "checked", look_at=None)
    road.says(an_answer("p2", "thanks +"))

    assert mentions_of(road) == ["p1"]


def test_an_edit_of_an_answer_joins_once(road: Road) -> None:
    road.says(an_answer("p2", "done, thanks"))
    road.says(an_answer("p2", "done, thanks. And another thing"))

    assert [note.what for note in road.store.tickets.notes(1)] == ["opened", "joined"]


def test_a_question_under_a_praise_is_followed_though_it_names_nobody(tmp_path: Path) -> None:
    rules = "version: 1\nrules:\n  - {id: r, mode: live, when: {thread.praise: true}, then: [tag: [seen]]}\n"
    road = a_road(tmp_path, rules)
    road.says(an_item("p1", "Acme Flow +", thread="p1"), an_item("c1", "Acme Flow -", "eve", thread="c1"))
    road.says(an_item("p2", "does it run on Linux", "zoe", thread="p1"), an_item("c2", "no", "bob", thread="c1"))

    rows = {row.external_id: row for row in road.store.mentions.page(MentionFilter())}
    assert sorted(rows) == ["c1", "p1", "p2"]
    assert (rows["p2"].brand, rows["p2"].tags) == ("Acme Flow", ["seen"])


class Counting(Mood):
    """Remembers what it was asked about."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def judge(self, utterance: Utterance) -> Verdict:
        self.asked.append(utterance.text)
        return super().judge(utterance)


SEEN = "version: 1\nrules:\n  - {id: r, mode: live, when: {thread.praise: true}, then: [tag: [seen]]}\n"


@pytest.mark.parametrize("newest_first", [False, True])
def test_an_answer_in_the_same_poll_as_the_praise_is_followed(tmp_path: Path, newest_first: bool) -> None:
    road = a_road(tmp_path, SEEN)
    praise, complaint = an_item("p1", "Acme Flow +", thread="p1"), an_item("c1", "Acme Flow -", "eve", thread="c1")
    under = an_item("p2", "does it run on Linux", "zoe", thread="p1"), an_item("c2", "no", "bob", thread="c1")
    items = (praise, complaint, *under)
    road.says(*(reversed(items) if newest_first else items))

    rows = {row.external_id: row for row in road.store.mentions.page(MentionFilter())}
    assert sorted(rows) == ["c1", "p1", "p2"]
    assert (rows["p2"].brand, rows["p2"].tags) == ("Acme Flow", ["seen"])


def test_our_own_account_in_the_same_poll_as_the_praise_is_no_mention(tmp_path: Path) -> None:
    road = a_road(tmp_path)
    road.says(an_item("p1", "Acme Flow +", thread="p1"), an_item("p2", "you are welcome", "acme_care", parent="p1"))

    assert [row.external_id for row in road.store.mentions.page(MentionFilter())] == ["p1"]


def test_a_post_that_cannot_be_read_stops_no_poll(tmp_path: Path) -> None:
    road = a_road(tmp_path)
    road.says(an_item("p1", "Acme Flow !"), an_item("p2", "does it run on Linux", "zoe", parent="p1"))

    assert [row.external_id for row in road.store.mentions.page(MentionFilter())] == ["p1"]


def test_only_what_is_answered_without_our_name_and_is_not_kept_is_read_before_the_judge(tmp_path: Path) -> None:
    counting = Counting()
    road = a_road(tmp_path, understanding=counting)
    lone, named = an_item("p1", "Acme Flow +"), an_item("p3", "Acme Flow on Linux?", "zoe", parent="p2")
    road.says(lone, an_item("p2", "Acme Flow -", "eve", thread="p2"), named)
    assert len(counting.asked) == 3

    under = an_item("p4", "no", "bob", parent="p2")
    road.says(an_item("p2", "Acme Flow -", "eve", thread="p2"), under)
    assert len(counting.asked) == 3


def test_our_own_account_under_a_praise_is_no_mention(tmp_path: Path) -> None:
    road = a_road(tmp_path)
    road.says(an_item("p1", "Acme Flow +", thread="p1"))
    road.says(an_item("p2", "you are welcome", "acme_care", thread="p1"))

    assert [row.external_id for row in road.store.mentions.page(MentionFilter())] == ["p1"]


def test_an_answer_whose_thread_is_the_praise_itself_is_in_its_circle(tmp_path: Path) -> None:
    rules = "version: 1\nrules:\n  - {id: r, mode: live, when: {thread.praise: true}, then: [tag: [seen]]}\n"
    road = a_road(tmp_path, rules)
    road.says(an_item("p1", "Acme Flow +", thread="somebody"))
    road.says(an_item("p2", "does it run on Linux", "zoe", thread="p1"))

    (answer, _) = road.store.mentions.page(MentionFilter())
    assert answer.tags == ["seen"]
