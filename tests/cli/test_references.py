"""The reference programme by command: a customer's road, a request, a takedown; each refusal names the way on."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from listener.model.reference import ReferenceStep, Takedown
from listener.store.engine import table
from tests.connectors.loopback import Answer, a_site
from tests.makers import CONFIG, NOW, House, a_house, the_time
from tests.running import PATIENCE

CUSTOMERS = """\
id,name,segment,products,owner,handles
c-1,Anna Ltd,enterprise,Flow,kim,forum:anna
c-2,Bob AG,enterprise,Flow,,forum:bob
"""
SAID = """\
text,author,source,posted_at
Acme Flow support was wonderful and so helpful thank you,anna,forum,2026-11-20
I love Acme Flow it is great,bob,forum,2026-11-21
"""


@pytest.fixture
def house(tmp_path: Path) -> House:
    house = a_house(tmp_path, CONFIG + "[net]\nallow_private = true\n")
    (tmp_path / "customers.csv").write_text(CUSTOMERS)
    (tmp_path / "said.csv").write_text(SAID)
    assert house.run("customers", "import", str(tmp_path / "customers.csv")).code == 0
    assert house.run("import", str(tmp_path / "said.csv")).code == 0
    return house


def does(house: House, *words: str) -> str:
    ran = house.run("references", *words)
    assert ran.code == 0, ran.err
    return ran.out


def serving(house: House) -> None:
    does(house, "nominate", "c-1", "--why", "praised support")
    does(house, "invite", "c-1", "--form", "call", "--benefit", "a case study")
    does(house, "answer", "1", "--yes")
    does(house, "activate", "c-1")


def told(house: House) -> list[str]:
    """What our own people were told of references, oldest first."""
    rows = [json.loads(line) for line in house.run("deliveries", "--json").out.splitlines()]
    return [row["text"].splitlines()[0] for row in reversed(rows) if "c-1" in row["text"].partition("\n")[0]]


def test_a_customers_road_and_who_asks_whom(house):
    assert "why they are happy: service" in does(house, "nominate", "c-1")
    assert "kim asks c-1; the driver is service" in does(house, "invite", "c-1", "--form", "call", "--benefit", "fame")
    does(house, "answer", "1", "--yes")

    (row,) = map(json.loads, does(house, "--json").splitlines())
    assert (row["id"], row["state"], row["drivers"][0]["driver"], row["asks"]) == ("c-1", "accepted", "service", 1)


def test_the_list_of_customers_says_where_each_stands_as_a_reference(house):
    does(house, "nominate", "c-1")

    listed = map(json.loads, house.run("customers", "--json").out.splitlines())

    assert {one["id"]: one["reference"] for one in listed} == {"c-1": "candidate", "c-2": None}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("nominate", "c-9"), "no customer 'c-9'"),
        (("activate", "c-1"), "open steps are nominate"),
        (("invite", "c-1", "--form", "poem", "--benefit", "x"), "write one of call, talk"),
        (("invite", "c-1", "--form", "call", "--benefit", " "), "what the customer gets"),
        (("answer", "7", "--yes"), "references asks"),
        (("consent", "c-1", "--form", "call", "--grant", "nmae"), "write name, logo, quote, recording"),
        (("cancelled", "7", "c-1"), "references requests"),
        (("down", "7"), "references takedowns"),
        (("fill", "7", "--outcome", "x"), "references requests"),
        (("use", "c-1", "deck", "--text", "Anna"), "only an accepted, active or resting reference"),
    ],
)
def test_what_is_not_possible_says_what_is(house, words, told):
    ran = house.run("references", *words)

    assert ran.code == 1
    assert told in ran.err


def test_who_was_just_asked_is_not_asked_again_by_anybody(house):
    serving(house)

    assert "ask now? no: was asked" in does(house, "show", "c-1")
    out = does(house, "request", "--form", "call", "--segment", "enterprise", "--team", "marketing")
    assert "c-2 is reserved" in out
    assert "c-1" not in out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--segment", "entreprise"), "no customer has the segment 'entreprise': did you mean 'enterprise'?"),
        (("--where", "industri=bank"), "customers have no column 'industri'"),
        (("--product", "Flo"), "did you mean 'Flow'?"),
        (("--by", "2020-01-01"), "2020-01-01 is over"),
    ],
)
def test_a_request_that_nobody_can_serve_is_told_and_not_opened(house, words, told):
    ran = house.run("references", "request", "--form", "call", *words)

    assert (ran.code, told in ran.err) == (1, True), ran.err
    assert does(house, "requests").strip() == "no requests"


def test_two_requests_never_get_the_same_customer(house):
    first = does(house, "request", "--form", "call", "--product", "Flow", "--team", "sales", "--by", "30d")
    second = does(house, "request", "--form", "talk", "--product", "Flow", "--team", "events")

    assert "request 1: c-2 is reserved\n" in first
    assert "request 1: c-1 is reserved as the stand-by" in first
    assert "nobody who fits may be asked now" in second
    assert "request 1: c-1 is reserved" in does(house, "cancelled", "1", "c-2", "--why", "ill")
    assert "request 2 is open" in does(house, "again", "2")
    does(house, "cancel", "1", "--why", "not needed")
    assert "request 1 is cancelled already" in house.run("references", "again", "1").err


def test_two_teams_in_the_same_second_get_two_customers(house):
    words = ("references", "request", "--form", "call", "--product", "Flow", "--team")
    same_time = "import pytest; from tests.makers import keep_time; keep_time(pytest.MonkeyPatch())"
    with (
        house.start(*words, "sales", before=same_time) as sales,
        house.start(*words, "events", before=same_time) as events,
    ):
        teams = sales, events
        told = [team.communicate(timeout=PATIENCE) for team in teams]

    assert [team.returncode for team in teams] == [0, 0], told
    reserved = [line.split()[2] for out, _ in told for line in out.splitlines() if "is reserved" in line]
    assert sorted(reserved) == ["c-1", "c-2"]


def test_a_request_that_nobody_could_serve_is_tried_again(house):
    with house.store() as store:
        store.contacts.opt_out("c-1", the_time(), "a letter"), store.contacts.opt_out("c-2", NOW, "a letter")
    assert "request 1 is open" in does(house, "request", "--form", "call", "--team", "sales")
    with house.store() as store, store.database.write() as connection:
        connection.exec_driver_sql("DELETE FROM opt_out WHERE person = 'c-1'")

    assert "request 1: c-1 is reserved" in does(house, "again", "1")
    (ask,) = map(json.loads, does(house, "asks", "--json").splitlines())
    assert (ask["customer"], ask["driver"], ask["asker"]) == ("c-1", "service", "sales")


def test_what_was_given_and_received_is_kept_with_the_customer(house):
    does(house, "request", "--form", "call", "--team", "sales")
    does(house, "fill", "1", "--outcome", "they signed", "--gave", "a call", "--received", "a webinar together")

    sides = [json.loads(line)["side"] for line in does(house, "favours", "c-2", "--json").splitlines()]
    assert sorted(sides) == ["given", "received"]


def test_a_place_is_taken_down_when_the_reference_pauses(house):
    serving(house)
    with a_site() as site:
        site.pages["/customers"] = Answer("<h1>Anna Ltd</h1>")
        does(house, "use", "c-1", f"{site.url}/customers", "--text", "Anna Ltd", "--owner", "marketing")
        assert "1 place to take down" in does(house, "pause", "c-1", "--why", "a quarrel")
        site.pages["/customers"] = Answer("<h1>Globex</h1>")
        assert house.run("run", "--once").code == 0

    assert does(house, "takedowns").strip() == "no takedowns"
    assert told(house) == ["c-1 is no reference now: 1 place to take down"]
    assert "down: web page" in does(house, "show", "c-1")


def test_one_round_does_the_daily_look_and_tells_of_it(house):
    serving(house)
    does(house, "use", "c-1", "sales deck 2026", "--kind", "deck", "--text", "Anna Ltd")
    (house.folder / "customers.csv").write_text(CUSTOMERS.replace(",kim,", ",lou,"))
    assert house.run("run", "--once").code == 0
    assert told(house) == ["c-1: a new owner looks after this reference"]

    does(house, "pause", "c-1", "--why", "a quarrel")
    with house.store() as store, store.database.write() as connection:
        before = the_time() - timedelta(days=2)
        connection.execute(update(table(Takedown)).values(opened_at=before))
        connection.execute(update(table(ReferenceStep)).values(at=before))
    for _ in range(2):
        assert house.run("run", "--once").code == 0

    assert told(house)[1:] == [
        "c-1: 1 place still not confirmed as taken down",
        "c-1 is no reference now: 1 place to take down",
    ]
