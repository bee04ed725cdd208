"""Kind words that do not repeat, presents out of a stock, useful things nobody gets twice, by letter where possible."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Row

from listener.actions.catalogues import ecosystem, gifts
from listener.actions.templates import Templates
from listener.model.house import LimitCounter
from listener.model.mention import Decision
from listener.model.verdict import Utterance, Verdict
from listener.pipeline.courtesies import Courtesies
from listener.pipeline.letters import Mailroom
from listener.signing import Signer
from listener.store.delivery_lists import DeliveryFilter
from listener.store.engine import table
from listener.store.verdicts import Given
from tests.makers import a_customer
from tests.pipeline.road import SENT, Mood, Road, a_road, an_item

RULES = """\
version: 1
rules:
  - id: kind
    mode: live
    when: {{sentiment: positive}}
    then: [{action}]
    limits: {{{name}: {{per_person: 9 per 7d}}}}
"""
GIFTS = "gifts:\n  flowers: {title: flowers, cost: 18 EUR, stock: 1, needs: address}\n  car: {cost: 900 EUR}\n"
THINGS = """\
ecosystem:
  general: {title: Ten things, url: https://acme.example/ten}
  mobile: {title: On the road, url: https://acme.example/road, products: [Acme Flow Mobile]}
"""


def a_kind_road(folder: Path, action: str, more: str = "", book: str = "", **files: str) -> Road:
    """A road whose one rule orders this, with templates and catalogues of these texts; `more` is for its file.

    `book` takes the place of that file.
    """
    for name, text in {"gifts.yaml": GIFTS, "ecosystem.yaml": THINGS, **files}.items():
        (folder / name).write_text(text)
    room = Mailroom("mail", "https://listener.example", Signer(b"key"))
    catalogues = ecosystem(folder / "ecosystem.yaml"), gifts(folder / "gifts.yaml")
    kind = Courtesies(Templates(folder), room, *catalogues, cap="30 EUR")
    rules = RULES.format(action=action, name=action.partition(":")[0].strip("{ "))
    return a_road(folder, book or rules + more, courtesies=kind)


def decision(road: Road, mention: int) -> Row[Any]:
    """What was decided about a mention."""
    with road.store.database.read() as connection:
        return connection.execute(table(Decision).select().where(table(Decision).c.mention == mention)).one()


def because(road: Road, mention: int) -> str:
    return str(decision(road, mention).nothing_because)


def drafts(road: Road) -> list[tuple[str, str, str]]:
    """Status, text and note of each delivery about a mention, oldest first."""
    rows = [row for row in road.store.deliveries.page(DeliveryFilter()) if row.mention]
    return [(row.status, row.text, row.last_error or "") for row in reversed(rows)]


THANKS = {"short.txt": "Thank you!\n---\nMany thanks!\n"}


def test_the_same_words_are_never_used_twice_in_a_conversation(tmp_path: Path) -> None:
    road = a_kind_road(tmp_path, "{thank: {template: short}}", **THANKS)

    road.says(*(an_item(f"p{n}", f"Acme Flow + {n}", f"user{n}", thread="t1") for n in range(3)))

    said = drafts(road)
    assert [text for _, text, _ in said] == ["Thank you!", "Many thanks!", ""]
    assert said[2][0] == "waiting"
    assert "every variant was used in this thread or to this person" in said[2][2]


def test_nor_twice_to_one_person_also_later(tmp_path: Path) -> None:
    road = a_kind_road(tmp_path, "{thank: {template: short}}", **THANKS)

    road.says(an_item("p1", "Acme Flow + once"))
    road.says(an_item("p2", "Acme Flow + again"))
    road.says(an_item("p3", "Acme Flow + by somebody else", "zoe"))

    assert [text for _, text, _ in drafts(road)] == ["Thank you!", "Many thanks!", "Thank you!"]


def test_a_present_is_offered_by_letter_with_a_link_and_its_disclosure(tmp_path: Path) -> None:
    road = a_kind_road(
        tmp_path, "{send_gift: {item: flowers}}", **{"gift.txt": "Subject: For you\n\nTake {{ gift.title }}."}
    )
    a_customer(road.store)

    road.says(an_item("p1", "Acme Flow +"))

    (row,) = [row for row in road.store.deliveries.page(DeliveryFilter()) if row.mention]
    assert (row.status, row.channel, row.message["title"]) == ("due", "mail", "For you")
    assert row.text.startswith("Take flowers.\n\nhttps://listener.example/gift/")
    assert "please say that we gave it to you" in row.text
    road.perform_all()
    assert (SENT[-1].to, SENT[-1].text) == ("anna@customer.example", row.text)


def test_a_present_that_waits_for_the_morning_says_so(tmp_path: Path) -> None:
    quiet = "quiet_hours: {from: 09:00, to: 21:00, then: hold}\n"
    road = a_kind_road(tmp_path, "{send_gift: {item: flowers}}", quiet, **{"gift.txt": "Take {{ gift.title }}."})

    road.says(an_item("p1", "Acme Flow +"))

    assert [(status, why) for status, _, why in drafts(road)] == [("held", "quiet hours until 2026-11-23 21:00 UTC")]


def test_what_is_out_of_stock_is_cancelled_and_says_so(tmp_path: Path) -> None:
    road = a_kind_road(tmp_path, "{send_gift: {item: flowers}}")

    road.says(*(an_item(f"p{n}", f"Acme Flow + {n}", f"user{n}") for n in range(2)))

    assert [status for status, _, _ in drafts(road)] == ["due", "cancelled"]
    assert drafts(road)[1][2] == "flowers: all 1 pieces of gifts.yaml are given"


def test_a_present_that_never_went_out_is_in_stock_again(tmp_path: Path) -> None:
    road = a_kind_road(tmp_path, "{send_gift: {item: flowers}}")
    road.says(an_item("p1", "Acme Flow +"))
    road.store.contacts.opt_out("forum:anna", road.clock(), "a letter")

    road.says(an_item("p2", "Acme Flow + too", "zoe"))

    assert [status for status, _, _ in drafts(road)] == ["cancelled", "due"]


def test_a_present_for_what_was_no_praise_is_in_stock_again(tmp_path: Path) -> None:
    road = a_kind_road(tmp_path, "{send_gift: {item: flowers}}")
    road.says(an_item("p1", "Acme Flow +"))
    road.store.verdicts.keep(Given(1, "negative", "kim"), road.clock())

    road.says(an_item("p2", "Acme Flow + too", "zoe"))

    assert [status for status, _, _ in drafts(road)] == ["cancelled", "due"]


def test_a_present_above_the_cap_is_never_given(tmp_path: Path) -> None:
    road = a_kind_road(tmp_path, "{send_gift: {item: car}}")

    road.says(an_item("p1", "Acme Flow +"))

    assert drafts(road)[0][2] == "car costs 900 EUR, more than [actions] gift_cap = 30 EUR"


def test_nobody_is_shown_the_same_useful_thing_twice(tmp_path: Path) -> None:
    road = a_kind_road(
        tmp_path, "{engage: {template: engage}}", **{"engage.txt": "{{ item.title }}\n---\nAlso: {{ item.title }}"}
    )

    for number in range(3):
        road.says(an_item(f"p{number}", f"Acme Flow + {number}"))

    assert [text for _, text, _ in drafts(road)] == ["Ten things"]
    assert "this person was given all that fits: general" in because(road, 2)


BOTH = """\
version: 1
rules:
  - id: useful
    mode: {mode}
    priority: 55
    when: {{sentiment: positive}}
    then: [engage: {{template: engage}}]
    limits: {{engage: {{per_person: 9 per 7d}}}}
  - id: plain
    mode: live
    when: {{sentiment: positive}}
    then: [thank: {{template: short}}]
    limits: {{thank: {{per_person: 9 per 7d}}}}
"""


def a_road_that_offers_and_thanks(folder: Path, mode: str, things: str) -> Road:
    texts = {"ecosystem.yaml": things, "engage.txt": "{{ item.title }}", **THANKS}
    return a_kind_road(folder, "", book=BOTH.format(mode=mode), **texts)


def test_who_has_had_all_that_is_useful_is_thanked_in_plain_words(tmp_path: Path) -> None:
    road = a_road_that_offers_and_thanks(tmp_path, "live", THINGS)
    road.says(an_item("p1", "Acme Flow + 1"))
    road.says(an_item("p2", "Acme Flow + 2"))

    assert [text for _, text, _ in drafts(road)] == ["Ten things", "Thank you!"]
    (row,) = [row for row in road.store.deliveries.page(DeliveryFilter()) if row.mention == 2]
    assert (row.action, row.rule, row.status) == ("thank", "plain", "waiting")


def test_two_in_one_batch_are_offered_once_and_thanked_once(tmp_path: Path) -> None:
    road = a_road_that_offers_and_thanks(tmp_path, "live", THINGS)
    road.says(an_item("p1", "Acme Flow + 1"), an_item("p2", "Acme Flow + 2"))

    assert sorted(text for _, text, _ in drafts(road)) == ["Ten things", "Thank you!"]


@pytest.mark.parametrize("mode", ["live", "ask"])
def test_where_nothing_useful_fits_anybody_is_thanked_and_no_limit_is_used(tmp_path: Path, mode: str) -> None:
    road = a_road_that_offers_and_thanks(tmp_path, mode, "ecosystem: {}\n")
    road.says(an_item("p1", "Acme Flow +"))

    assert drafts(road) == [("waiting", "Thank you!", "")]
    (settled,) = [one for one in decision(road, 1).settled if one["action"] == "engage"]
    assert (settled["status"], settled["stage"]) == ("refused", "offer")
    assert settled["reason"] == "nothing in ecosystem.yaml fits this product, topic, segment and language"
    with road.store.database.read() as connection:
        assert not [row for row in connection.execute(table(LimitCounter).select()) if "useful" in row.key]


@pytest.fixture
def circle(tmp_path: Path) -> Iterator[Road]:
    rules = "version: 1\nrules:\n  - {id: r, mode: live, when: {thread.praise: true}, then: [tag: [seen]]}\n"
    return a_road(tmp_path, rules)


def test_an_answer_under_somebody_elses_praise_is_known_as_that(circle: Road) -> None:
    circle.says(an_item("p1", "Acme Flow +", "anna", thread="t1"))
    circle.says(an_item("p2", "Is Acme Flow any good?", "zoe", thread="t1"), an_item("p3", "Acme Flow?", "bob"))

    tags = {row.external_id: row.tags for row in map(circle.store.mentions.get, (1, 2, 3)) if row}
    assert tags == {"p1": [], "p2": ["seen"], "p3": []}
    (decision,) = circle.store.mentions.decisions([2])[2]
    assert decision.facts["thread.persons"] == 2


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("gifts:\n  flowers: {cost: 18}\n", "gifts.yaml:2:19: '18' is no amount of money"),
        ("gifts:\n  flowers: {cost: 18 EUR, stok: 2}\n", "gifts.yaml:2:27: unknown key 'stok' in flowers"),
        ("gifts:\n  flowers: {cost: 18 EUR, stok: 2}\n", "did you mean 'stock'?"),
        ("gift:\n  flowers: {cost: 18 EUR}\n", "gifts.yaml:1:1: unknown key 'gift' in the file"),
        ("gifts:\n  flowers: {stock: -1, cost: 18 EUR}\n", "gifts.yaml:2:20: '-1' is no number of pieces"),
    ],
)  # fmt: skip
def test_a_mistake_in_gifts_yaml_is_told_with_its_place(tmp_path: Path, text: str, told: str) -> None:
    from listener.actions.catalogues import CatalogueError

    (tmp_path / "gifts.yaml").write_text(text)
    with pytest.raises(CatalogueError) as error:
        gifts(tmp_path / "gifts.yaml")
    assert told in str(error.value)


@pytest.mark.parametrize(("drivers", "note"), [(("service",), "kim looks after this customer"), (("product",), "")])
def test_who_asks_for_a_reference_depends_on_the_driver(tmp_path: Path, drivers: tuple[str, ...], note: str) -> None:
    words = {"invite-reference.txt": "May others ask you about {{ brand }}?"}
    road = a_kind_road(tmp_path, "{invite_reference: {template: invite-reference}}", **words)
    road.judge._understanding = Driven(drivers)  # type: ignore[assignment]
    a_customer(road.store, owner="kim")

    road.says(an_item("p1", "Acme Flow +"))

    (row,) = [row for row in road.store.deliveries.page(DeliveryFilter()) if row.mention]
    assert (row.status, row.text) == ("waiting", "May others ask you about Acme Flow?")
    assert (row.last_error or "").startswith(note)
    assert row.channel == (None if note else "mail")


class Driven(Mood):
    """The same mood, for these reasons."""

    def __init__(self, drivers: tuple[str, ...]) -> None:
        self.drivers = drivers

    def judge(self, utterance: Utterance) -> Verdict:
        return super().judge(utterance)._replace(drivers=self.drivers)
