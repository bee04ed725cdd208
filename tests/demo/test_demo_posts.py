"""The written world: enough of it, varied, and with everything a newcomer must see."""

from __future__ import annotations

import csv
import io
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from listener.demo.posts import SOURCES, Post, all_posts, offset, world_text
from listener.demo.week import Week

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def every_post() -> list[tuple[str, Post]]:
    return [(source, post) for source in SOURCES for post in all_posts()[source]]


def owners() -> dict[str, dict[str, str]]:
    rows = csv.DictReader(io.StringIO(world_text("customers.csv")))
    return {handle: row for row in rows for handle in row["handles"].split(";") if handle}


def test_about_three_hundred_items_are_said_by_at_least_110_people():
    known = owners()
    people = {known[f"{s}:{p.by}"]["id"] if f"{s}:{p.by}" in known else f"{s}:{p.by}" for s, p in every_post()}
    assert len(every_post()) >= 300
    assert len(people) >= 110


def test_every_id_is_used_once():
    assert len({(source, post.id) for source, post in every_post()}) == len(every_post())


def test_no_text_is_said_twice_but_for_the_copies():
    texts = Counter(post.text for _, post in every_post())
    copies = {post.text for _, post in every_post() if post.shows == "copy"}
    assert {text for text, count in texts.items() if count > 1} == copies


def test_the_week_lies_behind_us():
    assert all(timedelta(days=-7) < post.at < timedelta() for _, post in every_post())


@pytest.mark.parametrize(
    "kind", ["question", "sarcasm", "churn", "legal", "journalist", "competitor", "own", "machine"]
)
def test_it_shows_every_kind_of_voice(kind):
    assert any(post.shows == kind for _, post in every_post())


def test_five_languages_are_spoken():
    assert {post.language for _, post in every_post()} >= {"en", "de", "es", "fr", "ja"}


def test_a_journalist_has_forty_thousand_readers():
    assert [post.followers for _, post in every_post() if post.shows == "journalist"] == [40_000]


def test_fourteen_customers_voice_one_trouble_within_six_hours():
    known = owners()
    voices = [(source, post) for source, post in every_post() if post.shows == "trouble"]
    assert len({known[f"{source}:{post.by}"]["id"] for source, post in voices}) == 14
    assert max(p.at for _, p in voices) - min(p.at for _, p in voices) <= timedelta(hours=6)


def test_forum_and_reviews_alone_hold_all_fourteen():
    assert sum(post.shows == "trouble" for source, post in every_post() if source in ("forum", "reviews")) == 14


def test_those_who_voice_it_share_product_version_and_region():
    known = owners()
    rows = [known[f"{source}:{post.by}"] for source, post in every_post() if post.shows == "trouble"]
    assert {(row["products"].split(";")[0], row["version"], row["region"]) for row in rows} == {
        ("Kettle Pro", "4.2", "uk")
    }


def test_about_sixty_more_have_the_same_and_keep_silent():
    rows = list(csv.DictReader(io.StringIO(world_text("customers.csv"))))
    same = [r for r in rows if "Kettle Pro" in r["products"] and (r["version"], r["region"]) == ("4.2", "uk")]
    assert 190 <= len(rows) <= 220
    assert sum(not row["handles"] for row in same) == 60


def test_no_handle_belongs_to_two_customers():
    rows = csv.DictReader(io.StringIO(world_text("customers.csv")))
    handles = [handle for row in rows for handle in row["handles"].split(";") if handle]
    assert len(handles) == len(set(handles))


def test_every_known_handle_has_spoken():
    assert set(owners()) <= {f"{source}:{post.by}" for source, post in every_post()}


def test_every_purchase_is_one_of_a_customer():
    customers = {row["id"]: row for row in csv.DictReader(io.StringIO(world_text("customers.csv")))}
    purchases = list(csv.DictReader(io.StringIO(world_text("purchases.csv"))))
    assert len(purchases) > 200
    assert all(row["product"] in customers[row["customer"]]["products"].split(";") for row in purchases)


def test_the_second_round_brings_posts_edits_and_deletions():
    week = Week(NOW)
    before = {s: {shown.post.id for shown in week.on(s)} for s in SOURCES}
    week.round = 2
    for source in SOURCES:
        after = week.on(source)
        assert {shown.post.id for shown in after} - before[source]
        assert any(shown.edited for shown in after)
    assert sum(len(before[s] - {shown.post.id for shown in week.on(s)}) for s in SOURCES) == 4


def test_an_edit_can_change_the_stars():
    week = Week(NOW)
    first = week.find("reviews", "r050")
    week.round = 2
    second = week.find("reviews", "r050")
    assert first
    assert second
    assert (first.stars, second.stars, second.edited) == (1, 4, NOW)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("-2d3h", timedelta(days=-2, hours=-3)),
        ("-40m", timedelta(minutes=-40)),
        ("+90d", timedelta(days=90)),
    ],
)
def test_offsets_are_read(text, span):
    assert offset(text) == span


@pytest.mark.parametrize("text", ["", "-", "2d", "-2w", "-3m2h"])
def test_other_offsets_are_refused(text):
    with pytest.raises(ValueError, match="not an offset"):
        offset(text)


def test_a_misspelt_key_in_the_world_is_refused():
    with pytest.raises(ValidationError):
        Post.model_validate({"id": "x", "by": "y", "at": "-1m", "text": "z", "star": 3})
