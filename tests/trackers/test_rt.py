"""Kind `rt` against a real Request Tracker 5, started once for these tests."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from connectors.contract import Failed
from listener.trackers.contract import Missing, State
from listener.trackers.rt import RequestTracker
from tests.doors import RealDoor, a_door
from tests.pipeline.road import an_item
from tests.pipeline.test_tracking import a_town
from tests.trackers import rt_server
from tests.trackers.desks import Desk
from tests.trackers.test_contract_suite import ENDING, a_case, a_comment

pytestmark = [pytest.mark.slow, pytest.mark.skipif(bool(rt_server.missing()), reason=rt_server.missing())]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with rt_server.serving(tmp_path_factory.mktemp("rt")) as url:
        yield url


@pytest.fixture
def door() -> Iterator[RealDoor]:
    with a_door() as door:
        yield door


@pytest.fixture
def rt(address: str) -> RequestTracker:
    return RequestTracker.model_validate(
        {"url": address, "user": "root", "password": "password", "cause_field": rt_server.CAUSE}
    )


def rest(url: str, method: str, path: str, body: Any = None) -> Any:
    log_in = {"Authorization": "Basic " + base64.b64encode(b"root:password").decode()}
    data = json.dumps(body).encode() if body is not None else None
    request = Request(f"{url}/REST/2.0/{path}", data, {**log_in, "Content-Type": "application/json"}, method=method)
    with urlopen(request, timeout=30) as answer:
        return json.loads(answer.read() or b"null")


def test_a_case_is_opened_and_found_again_by_its_mark_alone(rt: RequestTracker, door: RealDoor) -> None:
    mark = "listener-ab12-1-260101000001"
    rt.create(a_case(f"{mark}1"), door)
    made = rt.create(a_case(mark), door)

    assert rt.find(a_case(mark), door) == made
    assert rt.find(a_case("listener-ab12-99"), door) is None
    shown = rest(rt.url, "GET", f"ticket/{made.key}")
    assert (shown["Subject"], shown["Status"], shown["Requestor"]) == (f"A complaint [{mark}]", "new", [])


def test_a_comment_is_added_once(rt: RequestTracker, door: RealDoor) -> None:
    key = rt.create(a_case("listener-ab12-2-260101000001"), door).key
    for comment in (a_comment(), a_comment(), a_comment("listener-ab12-1-261123120000-m70")):
        rt.comment(key, comment, door)

    history = rest(rt.url, "GET", f"ticket/{key}/history?fields=Type,Data&per_page=100")
    assert [each["Type"] for each in history["items"]] == ["Create", "Comment", "Comment"]


def test_it_is_closed_once_and_opened_again(rt: RequestTracker, door: RealDoor) -> None:
    key = rt.create(a_case("listener-ab12-3-260101000001"), door).key
    for _ in range(2):
        rt.close(key, ENDING, door)
    assert rt.states([key], door) == {key: State("closed", "update 4.2")}
    rt.reopen(key, a_comment(), door)
    assert rt.states([key], door)[key].status == "open"


def test_what_others_write_is_read_and_what_we_write_is_not(rt: RequestTracker, door: RealDoor) -> None:
    key = rt.create(a_case("listener-ab12-9-260101000001"), door).key
    rt.comment(key, a_comment(), door)
    for way, text in (("comment", "who knows?"), ("correspond", "Dear Anna, we are on it — ü")):
        rest(rt.url, "POST", f"ticket/{key}/{way}", {"Content": text, "ContentType": "text/plain"})

    told = rt.said(key, (), door)
    assert [(one.kind, one.by, one.text) for one in told] == [
        ("note", "root", "who knows?"),
        ("reply", "root", "Dear Anna, we are on it — ü"),
    ]
    assert told[1].at is not None
    assert rt.said(key, [one.name for one in told], door) == []
    assert rt.states([key], door)[key].changed == rest(rt.url, "GET", f"ticket/{key}")["LastUpdated"]


def test_states_are_read_together_and_what_was_deleted_is_gone(rt: RequestTracker, door: RealDoor) -> None:
    keys = [rt.create(a_case(f"listener-ab12-{number}-260101000001"), door).key for number in (4, 5, 6)]
    rest(rt.url, "PUT", f"ticket/{keys[1]}", {"Status": "stalled"})
    rest(rt.url, "PUT", f"ticket/{keys[2]}", {"Status": "deleted"})

    states = rt.states([*keys, "999999"], door)
    assert [states[key].status for key in (*keys, "999999")] == ["open", "waiting", "gone", "gone"]
    with pytest.raises(Missing):
        rt.close(keys[2], ENDING, door)


def test_what_rt_answers_with_200_and_does_not_do_is_a_failure(rt: RequestTracker, door: RealDoor) -> None:
    key = rt.create(a_case("listener-ab12-7-260101000001"), door).key
    with pytest.raises(Failed, match="isn't a valid status"):
        rt.model_copy(update={"done": "nonsense"}).close(key, ENDING, door)


def test_an_unknown_queue_and_wrong_credentials_are_told(rt: RequestTracker, door: RealDoor) -> None:
    with pytest.raises(Failed, match="queue 'Nope'"):
        rt.create(a_case("listener-ab12-8-260101000001", place="Nope"), door)
    wrong = RequestTracker.model_validate({"url": rt.url, "user": "root", "password": "wrong"})
    with pytest.raises(Failed, match="wants other credentials"):
        wrong.verify(door)
    rt.verify(door)


def test_a_complaint_goes_to_rt_and_what_is_resolved_there_is_closed_here(
    address: str, door: RealDoor, tmp_path: Path
) -> None:
    options = {"url": address, "user": "root", "password": "password", "cause_field": rt_server.CAUSE}
    town = a_town(tmp_path, Desk(), door, RequestTracker.model_validate(options))
    town.road.says(an_item())
    town.road.says(an_item("p2", text="Acme Flow - still down"))
    assert town.work() == ["done", "done"]

    key = town.ticket().external["key"]
    rest(address, "PUT", f"ticket/{key}", {"Status": "resolved", "CustomFields": {rt_server.CAUSE: "a cable"}})
    town.pull()
    assert (town.ticket().status, town.ticket().root_cause) == ("closed", "a cable")
    town.people.reopen(1)
    assert town.work() == ["done"]
    assert rest(address, "GET", f"ticket/{key}")["Status"] == "open"
