"""The rule book at work: swapped whole, never lost to a broken edit, quiet about what it did not see."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import structlog

from listener.pipeline.notices import Notices
from listener.rulebook import RuleBook
from listener.store.delivery_lists import DeliveryFilter
from rules.problems import BookError
from rules.terms import UNBOUND
from tests.fresh import a_store
from tests.rules.rulebooks import a_rule

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


class House:
    """A store, a folder of rules and the book over both, at a clock that the test moves."""

    def __init__(self, folder: Path) -> None:
        self.now = NOW
        self.rules = folder / "rules.d"
        self.rules.mkdir()
        self.store = a_store(folder)
        self.start()

    def start(self) -> None:
        log = structlog.get_logger("listener")
        self.book = RuleBook(self.rules, UNBOUND, self.store, Notices(self.store, "ops"), lambda: self.now, log)

    def writes(self, text: str) -> None:
        self.now += timedelta(minutes=1)
        (self.rules / "book.yaml").write_text(text)
        self.book.refresh()

    def told(self) -> list[str]:
        return [row.message["text"] for row in self.store.deliveries.page(DeliveryFilter())]

    def titles(self) -> list[str]:
        return [row.message["title"] for row in self.store.deliveries.page(DeliveryFilter())]

    def ids(self) -> list[str]:
        return [rule.id for rule in self.book.running().book.rules]


@pytest.fixture
def house(tmp_path: Path) -> House:
    made = House(tmp_path)
    (made.rules / "book.yaml").write_text(a_rule("{sentiment: negative}", id="good"))
    made.book.running()
    return made


HALF = a_rule("{sentiment: negative}", id="better")[:60]


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        (HALF, "book.yaml:"),
        (a_rule("{sentimant: negative}"), "did you mean 'sentiment'?"),
        ("x" * 5_000_001, "larger than 5 MB"),
        ("[" * 1_000, "nested deeper"),
        (a_rule("{text: {matches: '((a{100}){100}){100}'}}"), "no pattern"),
    ],
)
def test_a_broken_edit_leaves_the_last_good_book_at_work_and_says_so_with_its_line(
    house: House, broken: str, told: str
) -> None:
    house.writes(broken)
    assert house.ids() == ["good"]
    assert told in house.told()[0]
    assert house.store.house.get("book")["broken_since"] == house.now.isoformat()
    assert f"file on disk is broken at line {house.store.house.get('book')['line']} since" in house.titles()[0]

    house.writes(a_rule("{sentiment: negative}", id="better"))
    assert house.ids() == ["better"]
    assert "broken_since" not in house.store.house.get("book")


def test_the_same_breakage_is_told_once_whatever_is_reloaded_or_restarted(house: House) -> None:
    house.writes("rules: [")
    broken_since = house.now.isoformat()
    for _ in range(2):
        house.now += timedelta(hours=1)
        house.start()
        house.book.running()

    known = house.store.house.get("book")
    assert (len(house.told()), known["broken_since"], known["since"]) == (1, broken_since, NOW.isoformat())
    house.writes("ruls: []")
    assert len(house.told()) == 2


def test_a_directory_that_vanishes_or_is_emptied_stops_no_rule(house: House) -> None:
    (house.rules / "book.yaml").unlink()
    house.book.refresh()
    assert house.ids() == ["good"]
    assert "no rule file is there any more" in house.told()[0]

    house.rules.rmdir()
    house.now += timedelta(minutes=1)
    house.book.reload()
    assert house.ids() == ["good"]
    assert "cannot be read" in house.told()[0]


def test_after_a_restart_the_last_good_book_is_the_one_that_the_store_remembers(house: House) -> None:
    house.writes("rules: [")
    house.start()
    assert house.ids() == ["good"]


def test_without_any_good_book_it_says_so_and_starts_nothing(tmp_path: Path) -> None:
    made = House(tmp_path)
    (made.rules / "book.yaml").write_text("rules: [")
    with pytest.raises(BookError, match=r"book.yaml:2:1: .* is never closed"):
        made.book.running()


def test_an_edit_keeps_since_when_a_rule_is_in_its_mode_and_a_new_mode_begins_now(house: House) -> None:
    before = house.book.running().since["good"]
    house.writes(a_rule("{sentiment: positive}", id="good"))
    assert house.book.running().since["good"] == before
    house.writes(a_rule("{sentiment: positive}", id="good", mode="ask"))
    assert house.book.running().since["good"] == house.now


def test_ten_thousand_rules_are_taken_over(house: House) -> None:
    one = "- {{id: r{n}, when: {{product: p{n}}}, then: [{{tag: t{n}}}]}}\n"
    house.writes("rules:\n" + "".join(one.format(n=n) for n in range(10_000)))
    assert len(house.ids()) == 10_000
