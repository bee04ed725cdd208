"""gifts.yaml and ecosystem.yaml: read as ops write them, and every mistake with its place and cure."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from listener.actions.catalogues import DISCLOSURE, CatalogueError, Useful, ecosystem, fitting, gifts, over_cap

FILE = Path("not-there.yaml")
ITEM = "{title: Recipe, url: 'https://acme.example/r'%s}"


def test_a_present_is_read_with_what_it_leaves_open() -> None:
    found = gifts(
        FILE, text="gifts:\n  tea: {title: Tea, cost: 9.50 EUR, stock: 3, needs: address}\n  hug: {cost: 0 EUR}\n"
    )

    assert (found["tea"].cost.cents, found["tea"].stock, found["tea"].needs_address) == (950, 3, True)
    assert (found["hug"].title, found["hug"].stock, found["hug"].disclosure) == ("hug", None, DISCLOSURE)


@pytest.mark.parametrize("text", ["", "gifts:\n", "gifts: {}\n"])
def test_without_entries_there_is_nothing_to_give(text: str) -> None:
    assert gifts(FILE, text=text) == ecosystem(FILE) == {}


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ("{}", "'tea' does not say what it costs — write cost: 18 EUR"),
        ("{cost: cheap}", "'cheap' is no amount of money"),
        ("{cost: 9 EUR, stock: some}", "'some' is no number of pieces"),
        ("{cost: 9 EUR, stock: -1}", "'-1' is no number of pieces"),
        ("{cost: 9 EUR, needs: adress}", "did you mean 'address'?"),
        ("{cost: 9 EUR, titel: Tea}", "did you mean 'title'?"),
        ("{cost: 31 EUR}", "'tea' costs 31 EUR, more than [actions] gift_cap = 30 EUR"),
        ("{cost: 9 USD}", "'tea' costs 9 USD, more than [actions] gift_cap = 30 EUR"),
        ("tea", "of the form `name: value`"),
    ],
)
def test_a_mistake_in_a_present_is_told_with_its_cure(entry: str, told: str) -> None:
    with pytest.raises(CatalogueError) as caught:
        gifts(FILE, "30 EUR", f"gifts:\n  tea: {entry}\n")

    assert told in str(caught.value)
    assert str(caught.value).startswith("not-there.yaml:2:")


@pytest.mark.parametrize(("cap", "over"), [("", False), ("9.50 EUR", False), ("9.49 EUR", True), ("20 USD", True)])
def test_a_cap_is_in_one_currency(cap: str, over: bool) -> None:
    gift = gifts(FILE, text="gifts: {tea: {cost: 9.50 EUR}}")["tea"]

    assert bool(over_cap(gift, cap)) is over


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ("{url: 'https://a.example'}", "'r' lacks 'title' — write title: …"),
        ("{title: Recipe}", "'r' lacks 'url'"),
        ("{title: Recipe, url: a.example}", "'a.example' is no address — write it with https:// in front"),
        ("{title: Recipe, url: 'ftp://a.example'}", "'ftp://a.example' is no address"),
        (ITEM % ", kind: recepie", "did you mean 'recipe'?"),
        (ITEM % ", topic: [x]", "did you mean 'topics'?"),
    ],
)
def test_a_mistake_in_a_useful_thing_is_told_with_its_cure(entry: str, told: str) -> None:
    with pytest.raises(CatalogueError) as caught:
        ecosystem(FILE, f"ecosystem:\n  r: {entry}\n")

    assert told in str(caught.value)


def test_all_mistakes_are_told_at_once_and_a_file_that_is_no_text_too(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError) as caught:
        gifts(FILE, text="gifts: {tea: {cost: x}, hug: {cost: y}}")
    assert len(caught.value.problems) == 2

    (tmp_path / "gifts.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CatalogueError, match="cannot be read"):
        gifts(tmp_path / "gifts.yaml")


def useful(item: str, **own: str) -> Useful:
    return Useful(item, item, "https://a.example", "guide", **{name: frozenset({value}) for name, value in own.items()})


THINGS = (
    useful("any"),
    useful("of-topic", topics="delivery"),
    useful("of-both", topics="delivery", languages="de"),
    useful("of-pro", segments="pro"),
)


@pytest.mark.parametrize(
    ("facts", "fits"),
    [
        ({}, ["any"]),
        ({"topics": ("Delivery",)}, ["of-topic", "any"]),
        ({"topics": ("delivery", "billing"), "language": "DE"}, ["of-both", "of-topic", "any"]),
        ({"customer.segment": "Pro"}, ["of-pro", "any"]),
        ({"topics": ("billing",), "language": "de"}, ["any"]),
    ],
)
def test_what_suits_a_mention_comes_the_most_particular_first(facts: dict[str, Any], fits: list[str]) -> None:
    assert [one.item for one in fitting(THINGS, facts)] == fits


def test_topics_that_a_rule_names_count_in_place_of_the_mentions_own() -> None:
    assert [one.item for one in fitting(THINGS, {"topics": ("billing",)}, ["delivery"])] == ["of-topic", "any"]
