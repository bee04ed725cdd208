"""What every kind of tracker must do: everything once, and every trouble in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from connectors.contract import Failed
from listener.trackers import KINDS, kind
from listener.trackers.contract import Case, Comment, Ending, Missing, Tracker
from tests.doors import NOW, RealDoor, a_door
from tests.trackers import desks

TOKEN = "s3cret-token"


@dataclass(frozen=True)
class Kind:
    """How a kind is made for a server at an address, and what that server is."""

    name: str
    desk: Callable[[], desks.Desk]
    options: dict[str, Any]


SUITE = [
    Kind("zendesk", desks.ZendeskDesk, {"user": "kim@acme.example", "token": TOKEN, "cause_field": 36}),
    Kind("jira", desks.JiraDesk, {"user": "kim@acme.example", "token": TOKEN, "project": "SUP", "cause_field": "cf"}),
    Kind("jira", desks.JiraDesk, {"deployment": "server", "token": TOKEN, "project": "SUP", "cause_field": "cf"}),
    Kind("github", desks.GitHubDesk, {"token": TOKEN, "repo": "acme/app"}),
    Kind("rt", desks.RtDesk, {"user": "kim", "password": TOKEN, "cause_field": "Root cause"}),
    Kind("webhook", desks.ReceiverDesk, {"secret": TOKEN}),
]
ASKED = [each for each in SUITE if each.name != "webhook"]


@dataclass(frozen=True)
class Bench:
    """A tracker, the desk that it speaks to, and the door between."""

    tracker: Tracker
    desk: desks.Desk
    door: RealDoor


@pytest.fixture
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    with desks.serving(request.param.desk()) as desk, a_door() as door:
        options = {"url": desk.url, **request.param.options}
        yield Bench(kind(request.param.name).model_validate(options), desk, door)


def over(kinds: list[Kind]) -> Any:
    names = [f"{each.name} {each.options.get('deployment', '')}".strip() for each in kinds]
    return pytest.mark.parametrize("bench", kinds, ids=names, indirect=True)


def a_case(mark: str = "listener-ab12-1-261123120000", **changes: Any) -> Case:
    values: dict[str, Any] = {"mark": mark, "ticket": 1, "title": "A complaint", "about": "Ticket 1", "link": None}
    values |= {"quote": "Sync is down, @root #1 {code}", "known": "Customer: c-17", "place": "", "urgency": "high"}
    return Case(**(values | {"opened_at": NOW} | changes))


def a_comment(mark: str = "listener-ab12-1-261123120000-m7") -> Comment:
    return Comment(mark, "The same person wrote again", "It is still down")


ENDING = Ending(a_comment("listener-ab12-1-261123120000-d9"), "update 4.2", "recovered")


def test_every_kind_is_in_the_suite() -> None:
    assert {each.name for each in SUITE} == set(KINDS)


@over(SUITE)
def test_a_case_is_opened_and_found_again_by_its_mark_alone(bench: Bench) -> None:
    other = bench.tracker.create(a_case("listener-ab12-1-2611231200001"), bench.door)
    made = bench.tracker.create(a_case(), bench.door)

    assert made.key != other.key
    assert made.url
    assert len(bench.desk.things) == 2
    if bench.tracker.pulls:
        assert bench.tracker.find(a_case(), bench.door) == made
        assert bench.tracker.find(a_case("listener-ab12-9"), bench.door) is None


@over(SUITE)
def test_what_the_person_wrote_arrives(bench: Bench) -> None:
    bench.tracker.create(a_case(), bench.door)
    assert "Sync is down, @root #1" in bench.desk.things[1].body


@over(SUITE)
def test_a_comment_is_added_once(bench: Bench) -> None:
    key = bench.tracker.create(a_case(), bench.door).key
    bench.tracker.comment(key, a_comment("listener-ab12-1-261123120000-m70"), bench.door)
    for _ in range(2):
        bench.tracker.comment(key, a_comment(), bench.door)
    assert len(bench.desk.things[1].comments) == 2


@over(ASKED)
def test_a_comment_is_found_behind_a_page_of_others(bench: Bench) -> None:
    key = bench.tracker.create(a_case(), bench.door).key
    mine = f"wrote again\n\n{a_comment().mark}"
    bench.desk.things[1].comments += ["first", mine, *(f"noise {number}" for number in range(150)), mine, "last"]
    del bench.desk.things[1].comments[-2 if isinstance(bench.desk, desks.ZendeskDesk) else 1]
    bench.tracker.comment(key, a_comment(), bench.door)
    assert len(bench.desk.things[1].comments) == 153


@over(SUITE)
def test_it_is_closed_once_and_opened_again(bench: Bench) -> None:
    key = bench.tracker.create(a_case(), bench.door).key
    for _ in range(2):
        bench.tracker.close(key, ENDING, bench.door)
    assert len(bench.desk.things[1].comments) == 1
    if bench.tracker.pulls:
        assert bench.tracker.states([key], bench.door)[key].status == "closed"

    bench.tracker.reopen(key, a_comment(), bench.door)
    assert len(bench.desk.things[1].comments) == 2
    assert bench.desk.things[1].status in ("open", "To Do")


@over([each for each in ASKED if "cause_field" in each.options])
def test_the_root_cause_is_written_and_read(bench: Bench) -> None:
    key = bench.tracker.create(a_case(), bench.door).key
    bench.tracker.close(key, ENDING, bench.door)
    assert bench.tracker.states([key], bench.door)[key].cause == "update 4.2"


@over(SUITE)
def test_what_was_deleted_there_is_missing(bench: Bench) -> None:
    key = bench.tracker.create(a_case(), bench.door).key
    bench.desk.things.clear()

    with pytest.raises(Missing):
        bench.tracker.comment(key, a_comment(), bench.door)
    if bench.tracker.pulls:
        assert bench.tracker.states([key], bench.door)[key].status == "gone"


@over(ASKED)
def test_wrong_credentials_are_told_without_showing_them(bench: Bench) -> None:
    bench.desk.password = "another"
    with pytest.raises(Failed, match="wants other credentials") as caught:
        bench.tracker.verify(bench.door)
    assert caught.value.permanent
    assert TOKEN not in str(caught.value)


@over(SUITE)
def test_a_limit_is_waited_for_and_a_fault_tried_again(bench: Bench) -> None:
    bench.desk.troubles = [(429, {}, {"Retry-After": "0"}), (503, "<html>busy</html>")]
    for _ in range(2):
        with pytest.raises(Failed) as caught:
            bench.tracker.create(a_case(), bench.door)
        assert not caught.value.permanent


@over([each for each in SUITE if each.name == "github"])
def test_retry_after_may_be_a_date_where_the_pace_is_refused(bench: Bench) -> None:
    bench.desk.troubles = [(403, {}, {"Retry-After": format_datetime(NOW + timedelta(seconds=77))})]
    with pytest.raises(Failed, match="asked too often") as caught:
        bench.tracker.create(a_case(), bench.door)
    assert caught.value.after == timedelta(seconds=77)


@over(SUITE)
def test_retry_after_is_honoured(bench: Bench) -> None:
    bench.desk.troubles = [(429, {}, {"Retry-After": "77"})]
    with pytest.raises(Failed) as caught:
        bench.tracker.create(a_case(), bench.door)
    assert caught.value.after == timedelta(seconds=77)


@over([each for each in SUITE if each.name == "github"])
@pytest.mark.parametrize("headers", [{"Retry-After": "0"}, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1"}])
def test_what_is_refused_for_its_pace_alone_is_tried_again(bench: Bench, headers: dict[str, str]) -> None:
    bench.desk.troubles = [(403, {}, headers), (403, {})]
    with pytest.raises(Failed, match="asked too often") as caught:
        bench.tracker.create(a_case(), bench.door)
    assert not caught.value.permanent
    with pytest.raises(Failed, match="check the rights of its user") as caught:
        bench.tracker.create(a_case(), bench.door)
    assert caught.value.permanent


@over(SUITE)
def test_a_refusal_is_told_in_the_words_of_the_far_side(bench: Bench) -> None:
    bench.desk.troubles = [(422, {"message": "Validation Failed", "errors": [{"field": "title", "code": "missing"}]})]
    with pytest.raises(Failed, match=r"422.*Validation Failed.*title") as caught:
        bench.tracker.create(a_case(), bench.door)
    assert caught.value.permanent


@over(SUITE)
def test_a_conflict_is_tried_again(bench: Bench) -> None:
    bench.desk.troubles = [(409, {"description": "Update conflict"})]
    with pytest.raises(Failed, match="Update conflict") as caught:
        bench.tracker.create(a_case(), bench.door)
    assert not caught.value.permanent


@over(ASKED)
def test_a_page_of_html_is_no_answer(bench: Bench) -> None:
    bench.desk.troubles = [(200, "<html>sign in</html>")]
    with pytest.raises(Failed, match="no JSON"):
        bench.tracker.find(a_case(), bench.door)


@over(ASKED)
@pytest.mark.parametrize("half", ["{}", "null", '{"items": null}', '"text"'])
def test_half_an_answer_says_nothing(bench: Bench, half: str) -> None:
    key = bench.tracker.create(a_case(), bench.door).key
    asked: list[Callable[[], object]] = [
        lambda: bench.tracker.find(a_case(), bench.door),
        lambda: bench.tracker.create(a_case(), bench.door),
        lambda: bench.tracker.states([key], bench.door),
        lambda: bench.tracker.said(key, (), bench.door),
    ]
    for ask in asked:
        bench.desk.troubles = [(200, half)]
        with pytest.raises(Failed, match="half of what it should") as caught:
            ask()
        assert not caught.value.permanent


@over(ASKED)
def test_credentials_can_be_tried(bench: Bench) -> None:
    bench.tracker.verify(bench.door)
    assert bench.desk.writes() == 0


@over(ASKED)
def test_what_others_write_is_read_and_what_we_write_is_not(bench: Bench) -> None:
    key = bench.tracker.create(a_case(), bench.door).key
    bench.tracker.comment(key, a_comment(), bench.door)
    before = bench.tracker.states([key], bench.door)[key].changed
    bench.desk.things[1].says(f"We are on it\n\n> It is still down\n> {a_comment().mark}")
    bench.desk.things[1].says("Thanks!", "person")

    told = bench.tracker.said(key, (), bench.door)
    assert [(one.kind, one.text.partition("\n")[0]) for one in told] == [
        ("reply", "We are on it"),
        ("person", "Thanks!"),
    ]
    assert told[0].name != told[1].name
    assert told[0].by in ("Kim", "kim")
    assert told[0].at == NOW.replace(hour=12, minute=1, second=0)
    assert before != bench.tracker.states([key], bench.door)[key].changed


@over([each for each in ASKED if each.name != "github"])
def test_what_is_not_for_the_person_is_no_reply(bench: Bench) -> None:
    key = bench.tracker.create(a_case(), bench.door).key
    bench.desk.things[1].says("who knows about this?", inside=True)

    assert [one.kind for one in bench.tracker.said(key, (), bench.door)] == ["note"]
