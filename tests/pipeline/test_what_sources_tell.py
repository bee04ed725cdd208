"""What a source tells beyond the text reaches the rules: stars, version, country, purchase, reply, followers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from connectors.contract import Item
from connectors.json_api_load import load_spec
from connectors.schema_org import read_page
from connectors.specs import shipped
from listener.store.mentions import MentionFilter
from tests.connectors.kinds import cases
from tests.connectors.loopback import Answer, a_site
from tests.connectors.review_pages import a_page, a_product, a_review
from tests.doors import a_door
from tests.pipeline.road import a_road

RULE = """\
version: 1
rules:
  - id: told
    mode: live
    when: {all: [%s]}
    then: [{tag: {tags: [told]}}]
"""
# what issue and documents promise of a spec, beyond what every item has
PROMISED = {
    "app_store": {"rating", "attribute.version", "attribute.country"},
    "app_store_connect": {"rating", "attribute.country"},
    "google_play": {"rating", "attribute.version", "company_reply"},
    "google_business": {"rating", "company_reply"},
    "trustpilot": {"rating", "attribute.verified", "company_reply"},
    "steam": {"rating", "attribute.verified"},
    "bazaarvoice": {"rating", "company_reply"},
    "g2": {"rating", "attribute.country", "attribute.verified"},
    "judge_me": {"rating", "attribute.verified"},
    "yotpo": {"rating", "attribute.verified"},
}


def told_of(item: Item) -> set[str]:
    """The facts that this item should become."""
    values: Mapping[str, object] = {
        "rating": item.rating,
        "title": item.title,
        "company_reply": item.company_reply,
        "author.handle": item.author.handle,
        "author.name": item.author.name,
        "author.followers": item.author.followers,
        **{f"attribute.{name}": value for name, value in item.attributes.items()},
    }
    return {name for name, value in values.items() if value not in (None, "")}


def fired(folder: Path, item: Item, facts: set[str]) -> list[str]:
    """The rules that fire on this item when one asks whether all these facts are known."""
    road = a_road(folder, RULE % ", ".join(f"{{{name}: {{is: known}}}}" for name in sorted(facts)))
    road.says(replace(item, text="Acme Flow", title=item.title.strip("!"), posted_at=None))
    (row,) = road.store.mentions.page(MentionFilter())
    (decision,) = road.store.mentions.decisions([row.id])[row.id]
    return list(decision.fired)


def sampled(name: str) -> list[Item]:
    """The items of a spec's own sample, read over a real connection."""
    case, sample = dict(cases())[f"json_api:{name}"], load_spec(Path(name)).sample
    assert sample
    with a_site() as site, a_door() as door:
        token = Answer('{"access_token": "fresh"}')
        page = Answer(json.dumps(sample.answer), headers={"content-type": "application/json"})
        site.pages["*"] = lambda asked: token if asked.method == "POST" else page
        return list(case.source(site).poll("", door).items)


@pytest.mark.parametrize("name", shipped())
def test_what_a_spec_maps_can_be_tested_by_rules(tmp_path: Path, name: str) -> None:
    items = sampled(name)
    richest = max(items, key=lambda item: len(told_of(item)))

    assert PROMISED.get(name, set()) <= {fact for item in items for fact in told_of(item)}
    assert fired(tmp_path, richest, told_of(richest)) == ["told"]


def test_followers_and_the_companys_reply_on_a_page_can_be_tested_by_rules(tmp_path: Path) -> None:
    count = {"@type": "InteractionCounter", "interactionType": "https://schema.org/FollowAction"}
    author = {"@type": "Person", "name": "Ada", "interactionStatistic": {**count, "userInteractionCount": 40_000}}
    comment = {"@type": "Comment", "author": {"@type": "Organization", "name": "Acme"}, "text": "Sorry!"}
    page = a_page(a_product(a_review(author=author, comment=comment)))
    with a_site() as site, a_door() as door:
        site.pages["*"] = Answer(page, headers={"content-type": "text/html"})
        (item,) = dict(cases())["reviews_page"].source(site).poll("", door).items

    assert (item.author.followers, item.company_reply) == (40_000, "Sorry!")
    assert fired(tmp_path, item, {"author.followers", "company_reply", "rating", "attribute.product"}) == ["told"]


@pytest.mark.parametrize(
    ("statistic", "followers"),
    [
        ({"interactionType": "FollowAction", "userInteractionCount": "12"}, 12),
        ({"interactionType": {"@type": "FollowAction"}, "userInteractionCount": 12}, 12),
        ({"interactionType": {"@id": "http://schema.org/FollowAction"}, "userInteractionCount": 12}, 12),
        ([{"interactionType": "LikeAction", "userInteractionCount": 9}], None),
        ([{"interactionType": "LikeAction"}, {"interactionType": "FollowAction", "userInteractionCount": 3}], 3),
        ({"interactionType": "FollowAction", "userInteractionCount": -1}, None),
        ({"interactionType": "FollowAction"}, None),
        ("many", None),
        ([[], None, 7], None),
        (None, None),
    ],
)
def test_followers_are_read_in_every_shape(statistic: object, followers: int | None) -> None:
    author = {"@type": "Person", "name": "Ada", "interactionStatistic": statistic}
    (review,) = read_page(b"text/html\n" + a_page(a_product(a_review(author=author))).encode()).reviews

    assert review.followers == followers


def test_what_a_source_does_not_tell_is_unknown_to_rules(tmp_path: Path) -> None:
    assert fired(tmp_path, Item("p1", "Acme Flow"), {"company_reply"}) == []


@pytest.mark.parametrize("number", [10**400, -(10**400), 2**63, 2**31])
def test_a_number_larger_than_the_store_takes_costs_no_item(tmp_path: Path, number: int) -> None:
    road = a_road(tmp_path)
    item = Item("p1", "Acme Flow", attributes={"votes": number})
    road.says(replace(item, author=replace(item.author, handle="anna", followers=number)))

    (row,) = road.store.mentions.page(MentionFilter())
    assert 0 <= row.author_followers < 2**31
    assert abs(row.attributes["votes"]) <= 2**53
