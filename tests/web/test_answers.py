"""Surveys and presents over a real socket: a link answers once, and its answer walks the ordinary road."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest
import structlog

from listener.cli.spreadsheet import plain
from listener.config.quantities import Address
from listener.intake import BrandNames, Brands, Intake
from listener.issues.reading import TERMS
from listener.pipeline.answers import Presents, Reply, Surveys
from listener.signing import Signer
from listener.store.delivery_lists import DeliveryFilter
from listener.web import serve
from listener.web.answers import GiftPage, SurveyPage
from tests.makers import NOW, a_customer, a_delivery, a_house
from tests.pipeline.road import Road, a_road

LOG, SIGNER = structlog.get_logger("listener"), Signer(b"key")
RULES = """\
version: 1
rules:
  - id: unhappy
    mode: live
    when: {source.kind: survey, rating: {at_most: 3}}
    then: [open_ticket: {}]
"""


@pytest.fixture
def road(tmp_path: Path) -> Road:
    road = a_road(tmp_path, RULES)
    who = {"person": "c-17", "customer": "c-17"}
    a_delivery(road.store, "done", key="ask", action="ask_feedback", purpose="ask", **who)
    a_delivery(road.store, "done", key="present", action="send_gift", purpose="gift", **who)
    with road.store.judging.turn(NOW) as turn:
        turn.giving.offer({"delivery": "present", "item": "flowers", **who})
    return road


@pytest.fixture
def port(road: Road) -> Iterator[int]:
    intake = Intake(Brands([BrandNames("Acme Flow", ("acme flow",))]), Brands([]))
    pages = {
        "/survey/": SurveyPage(Surveys(road.store, intake, SIGNER, ["Acme Flow"], road.clock), LOG),
        "/gift/": GiftPage(Presents(road.store, SIGNER, "", road.clock), LOG),
    }
    with serve(Address("127.0.0.1", 0), pages, LOG) as port:  # type: ignore[arg-type]
        yield port


def ask(port: int, method: str, path: str, body: str = "", kind: str = "application/x-www-form-urlencoded"):
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request(method, path, body.encode(), {"Content-Type": kind})
    answer = connection.getresponse()
    told = answer.status, answer.read().decode()
    connection.close()
    return told


def link(page: str, key: str, **lives: float) -> str:
    return f"/{page}/{SIGNER.token(page, {'delivery': key}, NOW + timedelta(**(lives or {'days': 30})))}"


def test_an_answer_becomes_a_mention_of_its_customer_and_walks_the_road(road: Road, port: int) -> None:
    form = {"score": "2", "reason.Price": "on", "text": "Too dear & slow"}
    assert ask(port, "GET", link("survey", "ask"))[0] == 200
    assert ask(port, "POST", link("survey", "ask"), urlencode(form))[0] == 200
    while road.judge.batch():
        pass

    row = road.store.mentions.get(1)
    assert row is not None
    assert (row.kind, row.person, row.customer, row.voice) == ("survey", "c-17", "c-17", "review")
    assert row.text == "Too dear & slow\nReasons: Price.\n2 of 10."
    assert (row.rating, row.attributes["score"], row.attributes["reasons"]) == (1.8, 2, "Price")
    assert road.store.tickets.of_mention(1) == 1


def test_low_scores_are_not_taken_for_one_trouble(road: Road, port: int) -> None:
    for number, word in enumerate(("- awful", "- terrible", "- horrible")):
        who = {"person": f"c-{number}", "customer": f"c-{number}"}
        a_delivery(road.store, "done", key=f"ask{number}", action="ask_feedback", purpose="ask", **who)
        assert ask(port, "POST", link("survey", f"ask{number}"), urlencode({"score": 2, "text": word}))[0] == 200
    while road.judge.batch():
        pass

    rows = [road.store.mentions.get(number) for number in (1, 2, 3)]
    assert [row.label for row in rows if row] == ["negative"] * 3
    assert len({row.issue for row in rows if row}) == 3


CANDIDATES = """\
version: 1
rules:
  - id: fond
    mode: ask
    when: {survey.score: {at_least: 9}}
    then: [{invite_reference: {form: talk, benefit: fame}}]
    limits: {invite_reference: {per_person: 1 per year}}
"""


@pytest.mark.parametrize(("score", "state"), [(9, "candidate"), (8, None)])
def test_a_score_makes_its_customer_a_candidate_by_rule(tmp_path: Path, score: int, state: str | None) -> None:
    (tmp_path / "invite-reference.txt").write_text("May others ask you?")
    road = a_road(tmp_path, CANDIDATES)
    a_customer(road.store, handle="forum:anna")
    a_delivery(road.store, "done", key="ask", action="ask_feedback", purpose="ask", person="c-17", customer="c-17")
    intake = Intake(Brands([BrandNames("Acme Flow", ("acme flow",))]), Brands([]))
    surveys = Surveys(road.store, intake, SIGNER, ["Acme Flow"], road.clock)

    assert surveys.keep(link("survey", "ask").rpartition("/")[2], Reply(score))
    while road.judge.batch():
        pass

    row = road.store.references.get("c-17")
    assert (row.state if row else None) == state


def test_a_link_is_answered_once_whatever_comes_after(road: Road, port: int) -> None:
    body = json.dumps({"score": 9, "reasons": ["Service"], "token": link("survey", "ask").rpartition("/")[2]})

    first = ask(port, "POST", "/survey/", body, "application/json")
    second = ask(port, "POST", link("survey", "ask"), urlencode({"score": "1"}))

    assert (first[0], second[0]) == (202, 200)
    assert "You have answered" in second[1]
    assert road.store.mentions.get(2) is None
    assert road.store.mentions.get(1).attributes["score"] == 9  # type: ignore[union-attr]


@pytest.mark.parametrize("score", ["", "11", "-1", "ten", "1e1"])
def test_what_is_no_score_is_asked_again(road: Road, port: int, score: str) -> None:
    status, told = ask(port, "POST", link("survey", "ask"), urlencode({"score": score}))

    assert status == 400
    assert "0 to 10" in told
    assert road.store.mentions.get(1) is None


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (link("survey", "ask", days=-1), 410),
        (link("survey", "nothing"), 404),
        ("/survey/x", 404),
        (link("gift", "ask"), 404),
    ],
)
def test_a_link_that_is_over_or_not_ours_says_so(port: int, path: str, status: int) -> None:
    assert ask(port, "POST", path, urlencode({"score": "5"}))[0] == status


def test_the_link_of_an_erased_person_brings_them_back_no_more(road: Road, port: int) -> None:
    a_customer(road.store, "c-17")
    whom = road.store.personal.by_customer("c-17")
    assert whom is not None
    road.store.personal.erase(whom, ["0" * 64], "care", "asked", NOW, TERMS)

    assert ask(port, "POST", link("survey", "ask"), urlencode({"score": "1", "text": "I am Anna"}))[0] == 404
    assert road.store.mentions.get(1) is None


def test_an_address_is_given_once_and_for_this_present_only(road: Road, port: int) -> None:
    first = ask(port, "POST", link("gift", "present"), urlencode({"name": "Anna", "address": "1 Main St"}))
    again = ask(port, "POST", link("gift", "present"), urlencode({"name": "Eve", "address": "2 Side St"}))

    assert (first[0], "on its way" in again[1]) == (200, True)
    assert [(row.name, row.address) for row in road.store.gifts.to_send()] == [("Anna", "1 Main St")]
    assert "1 Main St" not in str(road.store.deliveries.page(DeliveryFilter()))


def test_what_no_store_can_hold_is_left_out_of_an_address(road: Road, port: int) -> None:
    ask(port, "POST", link("gift", "present"), urlencode({"name": "Anna\x00", "address": "1 Main\x00 St"}))

    assert [(row.name, row.address) for row in road.store.gifts.to_send()] == [("Anna", "1 Main St")]


def test_addresses_are_exported_once_and_safe_for_a_spreadsheet(tmp_path: Path) -> None:
    house = a_house(tmp_path)
    with house.store() as store:
        with store.judging.turn(NOW) as turn:
            turn.giving.offer({"delivery": "k", "item": "flowers", "person": "c-17", "customer": "c-17"})
        store.gifts.accept("k", "=cmd()", "1 Main St", NOW, None)

    assert house.run("gifts", "export", str(tmp_path / "a.csv")).out.startswith("1 presents in")
    assert house.run("gifts", "export", str(tmp_path / "b.csv")).out.startswith("0 presents in")
    (row,) = csv.DictReader((tmp_path / "a.csv").read_text().splitlines())
    assert (row["name"], row["address"]) == ("'=cmd()", "1 Main St")
    assert house.run("gifts", "export", str(tmp_path / "a.csv")).code == 2
    assert plain("@x") == "'@x"
