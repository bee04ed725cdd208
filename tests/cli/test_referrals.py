"""Referrals and the report by command: links, a shop's file, rates as table, JSON, CSV and picture."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from tests.makers import CONFIG, House, a_house

CUSTOMERS = """\
id,name,segment,email,industry
c-1,Anna Ltd,enterprise,anna@x.example,bank
c-2,Bob AG,small,bob@y.example,=1+1
"""
REPORTS = """\
event,what,newcomer,code,customer,at,worth
e1,signed_up,n-1,,c-1,2026-11-01,
e2,purchased,n-1,,,2026-11-03,49.50
e2,purchased,n-1,,,2026-11-03,49.50
e3,purchased,n-2,,,2026-11-03,10
e4,bought,n-3,,c-1,,
e5,purchased,c-1,,c-1,,10
"""


@pytest.fixture
def house(tmp_path: Path) -> House:
    house = a_house(tmp_path, CONFIG + '[advocacy]\nreward = "20 EUR"\nreward_budget = "500 EUR"\n')
    (tmp_path / "customers.csv").write_text(CUSTOMERS)
    (tmp_path / "reports.csv").write_text(REPORTS)
    (tmp_path / "advocacy.yaml").write_text("goals: [{segment: enterprise, form: call, want: 3}]")
    assert house.run("customers", "import", str(tmp_path / "customers.csv")).code == 0
    return house


def test_a_shops_file_counts_each_newcomer_once_and_tells_what_it_cannot_use(house):
    ran = house.run("referrals", "import", str(house.folder / "reports.csv"))

    assert ran.out.splitlines()[0] == "3 kept, 1 reported before, 1 without a customer"
    assert "reports.csv:6: what is bought: write one of signed_up, purchased, refunded" in ran.err
    rows = [json.loads(line) for line in house.run("referrals", "--json").out.splitlines()]
    assert [(row["newcomer"], row["status"], row["worth"]) for row in rows] == [
        ("c-1", "rejected", 10.0),
        ("n-1", "purchased", 49.5),
    ]


def test_a_purchase_earns_one_reward_that_waits_for_a_person(house):
    house.run("referrals", "import", str(house.folder / "reports.csv"))
    for _ in range(2):
        assert house.run("run", "--once").code == 0

    rows = [json.loads(line) for line in house.run("deliveries", "--json").out.splitlines()]
    (letter,) = [row for row in rows if row["action"] == "notify"]
    assert (letter["customer"], letter["status"]) == ("c-1", "waiting")
    assert "20.00 EUR" in letter["text"]
    assert "does not depend on anything you say" in letter["text"]


def test_a_customer_has_one_link(house):
    first, again = (house.run("referrals", "code", "c-1").out for _ in range(2))

    assert "/r/" in first
    assert first == again
    assert house.run("referrals", "code", "c-9").code == 1


def test_the_report_tells_rates_with_their_denominators(house):
    house.run("referrals", "import", str(house.folder / "reports.csv"))
    out = house.run("report", "advocacy", "--by", "segment").out

    assert "50.0% (1 of 2; 95 %: " in out
    assert "enterprise: 100.0% (1 of 1; 95 %: 20.7% to 100.0%)" in out
    assert "segment enterprise, call: 0 of 3, 3 short" in out


def test_the_report_as_json_csv_and_picture(house):
    table, picture = house.folder / "r.csv", house.folder / "r.png"
    ran = house.run("report", "advocacy", "--by", "industry", "--csv", str(table), "--chart", str(picture), "--json")

    assert json.loads(ran.out)["referral_rate"]["overall"] == {
        "group": "all", "count": 0, "of": 2, "share": 0.0, "low": 0.0, "high": pytest.approx(0.6576, abs=1e-3)
    }  # fmt: skip
    assert {"'=1+1", "bank"} <= {row["group"] for row in csv.DictReader(table.read_text().splitlines())}
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_goals_that_cannot_be_read_are_told_with_their_lines(house):
    (house.folder / "advocacy.yaml").write_text("goals:\n  - {form: poem, want: 3}\n  - {want: many}\n")
    for ran in (house.run("report", "advocacy"), house.run("check")):
        assert ran.code == 1
        assert "advocacy.yaml:2: unknown form 'poem'" in ran.out + ran.err
        assert "advocacy.yaml:3: want is many" in ran.out + ran.err


def test_a_slip_of_the_keyboard_is_told(house):
    refused = house.run("report", "advocacy", "--by", "segmnt")
    assert (refused.code, "no column 'segmnt': did you mean 'segment'?" in refused.err) == (1, True)
    (house.folder / "other.csv").write_text("Event;What;Newcomer\ne1;purchased;n-1\n")
    refused = house.run("referrals", "import", str(house.folder / "other.csv"))
    assert (refused.code, "other.csv:1: no column what and no column newcomer" in refused.err) == (1, True)
