"""Walking a site's pages: every kind of pagination, the watermark, and walks that would never end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from connectors.contract import Batch, TryLater
from tests.connectors.loopback import NOW, Answer, Asked, PlainDoor, Site, a_site
from tests.connectors.small_spec import a_source, a_spec, posts


@pytest.fixture
def site() -> Iterator[Site]:
    with a_site() as site:
        yield site


def ids(batch: Batch) -> list[str]:
    return [item.external_id for item in batch.items]


def poll(site: Site, spec: Path, cursor: str = "") -> Batch:
    return a_source(site, spec).poll(cursor, PlainDoor())


PAGES = {
    "cursor": "{kind: cursor, next: then}",
    "page": "{kind: page, first: 1}",
    "offset": "{kind: offset, size: 2}",
    "url": "{kind: url, next: then}",
    "link": "{kind: link}",
}


def three_pages(asked: Asked) -> Answer:
    """Six posts, newest first, in whatever way the request asks for the next two."""
    place = asked.query.get("cursor") or asked.query.get("at") or asked.query.get("page") or 1
    number = max(int(place), int(asked.query.get("offset") or 0) // 2 + 1)
    if number > 3:
        return posts()
    following = f"/posts?at={number + 1}" if number < 3 else ""
    headers = {"link": f'<{following}>; rel="next", </posts?at=1>; rel="first"'} if following else {}
    return posts(8 - 2 * number, 7 - 2 * number, headers=headers, then=number + 1 if number < 3 else None)


@pytest.mark.parametrize("kind", ["cursor", "page", "offset", "link"])
def test_every_page_is_read_and_items_come_oldest_first(site: Site, tmp_path: Path, kind: str) -> None:
    site.pages["/posts"] = three_pages

    batch = poll(site, a_spec(tmp_path, PAGES[kind]))

    assert ids(batch) == ["1", "2", "3", "4", "5", "6"]
    assert not batch.blind


def test_pages_may_be_named_by_whole_addresses(site: Site, tmp_path: Path) -> None:
    site.pages["/posts"] = posts(4, 3, then="/older?x=1")
    site.pages["/older"] = posts(2, 1, then=None)

    assert ids(poll(site, a_spec(tmp_path, PAGES["url"]))) == ["1", "2", "3", "4"]


def test_pages_may_go_on_from_the_last_time(site: Site, tmp_path: Path) -> None:
    def since(asked: Asked) -> Answer:
        late = asked.query["since"] >= "2026-11-20"
        return posts(2, 3, at="2026-11-21T10:00:00Z") if late else posts(1, 2)

    site.pages["/posts"] = since
    batch = poll(site, a_spec(tmp_path, "{kind: since}", "{order: oldest, overlap: 1h}"))

    assert ids(batch) == ["1", "2", "3"]
    assert not batch.blind


def test_a_walk_ends_where_the_last_poll_came(site: Site, tmp_path: Path) -> None:
    days = {"1": "2026-11-22", "2": "2026-11-15", "3": "2026-11-10"}
    site.pages["/posts"] = lambda asked: posts(int(asked.query["page"]), at=days[asked.query["page"]])
    spec = a_spec(tmp_path, "{kind: page, limit: 2}")

    cursor = poll(site, spec).cursor
    days["1"] = "2026-11-23"
    site.asked.clear()
    batch = poll(site, spec, cursor)

    assert [asked.query["page"] for asked in site.asked] == ["1", "2"]
    assert not batch.blind


def test_an_unchanged_answer_is_told_by_its_validators_or_its_body(site: Site, tmp_path: Path) -> None:
    spec = a_spec(tmp_path, watermark="{first: 1d}").read_text().replace(', since: "{since}"', "")
    (tmp_path / "posts.yaml").write_text(spec)
    site.pages["/posts"] = posts(1, headers={"etag": '"a"'})
    cursor = poll(site, tmp_path / "posts.yaml").cursor

    assert poll(site, tmp_path / "posts.yaml", cursor).unchanged
    assert site.asked[-1].headers["if-none-match"] == '"a"'
    site.pages["/posts"] = Answer(status=304)
    assert poll(site, tmp_path / "posts.yaml", cursor).unchanged


@pytest.mark.parametrize("then", ["same", "always new"])
def test_a_cursor_that_repeats_for_ever_ends_and_is_told(site: Site, tmp_path: Path, then: str) -> None:
    count = iter(range(1000))
    site.pages["/posts"] = lambda asked: posts(1, 2, then="same" if then == "same" else f"c{next(count)}")

    batch = poll(site, a_spec(tmp_path, PAGES["cursor"]))

    assert sorted(ids(batch)) == ["1", "2"]
    assert [blind.why[:37] for blind in batch.blind] == ["the site's pages repeat themselves: i"]
    assert len(site.asked) == 2


def test_endless_news_end_at_the_limit_and_what_was_missed_is_told(site: Site, tmp_path: Path) -> None:
    count = iter(range(1000))
    site.pages["/posts"] = lambda asked: posts(next(count), at="2026-11-22T10:00:00Z", then=f"c{next(count)}")
    spec = a_spec(tmp_path, "{kind: cursor, next: then, limit: 3}")
    first = poll(site, spec)
    second = poll(site, spec, first.cursor)

    assert (len(ids(first)), list(first.blind)) == (3, [])
    assert [blind.why for blind in second.blind] == ["more than 3 pages since the last poll"]


def test_a_page_of_absurd_size_is_read_in_part_and_told(site: Site, tmp_path: Path) -> None:
    site.pages["/posts"] = posts(*range(10_001))

    batch = poll(site, a_spec(tmp_path, PAGES["page"]))

    assert len(ids(batch)) == 10_000
    assert [blind.why for blind in batch.blind] == ["a page of 10001 entries, of which the first 10000 were read"]


def test_trouble_on_a_later_page_loses_nothing(site: Site, tmp_path: Path) -> None:
    broken = True

    def pages(asked: Asked) -> Answer:
        number = int(asked.query["page"])
        if number == 2 and broken:
            return Answer(status=503, headers={"retry-after": "1200"})
        return posts(9 - number, at=f"2026-11-{23 - number}T10:00:00Z") if number < 4 else posts()

    site.pages["/posts"] = pages
    spec = a_spec(tmp_path, PAGES["page"])
    first = poll(site, spec)
    broken = False
    second = poll(site, spec, first.cursor)

    assert (ids(first), ids(second)) == (["8"], ["6", "7", "8"])
    assert first.every == timedelta(minutes=20)
    assert [blind.why[:7] for blind in first.blind] == ["page 2:"]


def test_no_credentials_follow_a_link_to_another_site(site: Site, tmp_path: Path) -> None:
    secret = 'secrets: {token: {about: a token}}\nauth: {kind: bearer, token: "{token}"}'
    with a_site() as other:
        site.pages["/posts"] = posts(1, then=f"{other.url}/posts")
        batch = a_source(site, a_spec(tmp_path, PAGES["url"], more=secret), token="t0p").poll("", PlainDoor())

        assert [blind.why[:36] for blind in batch.blind] == ["the next page lies on another site, "]
        assert not other.asked


def test_clocks_in_the_future_do_not_blind_the_next_poll(site: Site, tmp_path: Path) -> None:
    site.pages["/posts"] = posts(1, at="2096-01-01T00:00:00Z")
    spec = a_spec(tmp_path, PAGES["page"])
    first = poll(site, spec)
    poll(site, spec, first.cursor)

    assert next(iter(first.items)).posted_at == NOW
    assert site.asked[-1].query["since"] == (NOW - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("<html>Log in</html>", "instead of JSON"),
        ("", "no content"),
        ('{"posts": [{"id": 1', "broken JSON"),
        ("[" * 100_000, "broken JSON"),
        ('{"error": "quota"}', "without `posts`"),
        ('{"posts": null}', "without `posts`"),
        ('{"posts": [{"text": "a"}, {"id": null}, {"id": true}]}', "none of the 3 entries has an id"),
    ],
)
def test_an_answer_that_cannot_be_mapped_says_why(site: Site, tmp_path: Path, body: str, why: str) -> None:
    site.pages["/posts"] = Answer(body)

    with pytest.raises(TryLater, match=why):
        poll(site, a_spec(tmp_path))


def test_odd_values_cost_the_value_not_the_item(site: Site, tmp_path: Path) -> None:
    odd = '{"id": 7, "text": ["x"], "at": "soon", "by": {"name": 1}}, {"id": "\\ud83d8", "text": "\\u0000\\ud83d"}'
    site.pages["/posts"] = Answer(f'{{"posts": [null, 5, "x", {odd}, {{"id": 9, "at": NaN, "text": 1.5}}]}}')

    items = list(poll(site, a_spec(tmp_path)).items)

    assert {(item.external_id, item.text, item.posted_at) for item in items} == {
        ("7", "", None),
        ("?8", "?", None),
        ("9", "1.5", None),
    }


def test_a_foreign_cursor_is_a_first_poll(site: Site, tmp_path: Path) -> None:
    site.pages["/posts"] = posts(1)

    assert ids(poll(site, a_spec(tmp_path), "v0;1;2")) == ["1"]


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "90", "x-ratelimit-remaining": "0"}, 90),
        ({"retry-after": "0"}, 0),
        ({"retry-after": format_datetime(NOW + timedelta(seconds=120))}, 120),
        ({"retry-after": "soon"}, 3_600),
        ({"x-ratelimit-remaining": "0"}, 3_600),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": f"{NOW.timestamp() + 600:.0f}"}, 600),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "9" * 5_000}, 86_400),
    ],
)
def test_a_used_up_quota_waits_as_long_as_the_site_says(
    site: Site, tmp_path: Path, headers: dict[str, str], seconds: int
) -> None:
    site.pages["/posts"] = posts(status=403, headers=headers)

    with pytest.raises(TryLater) as raised:
        poll(site, a_spec(tmp_path))
    assert raised.value.after == timedelta(seconds=seconds)


def test_what_the_answer_asks_for_becomes_the_wait(site: Site, tmp_path: Path) -> None:
    site.pages["/posts"] = posts(1, backoff=3600)

    batch = poll(site, a_spec(tmp_path, more="rate: {requests: 1000, per: 1m, wait: backoff}"))

    assert batch.every == timedelta(hours=1)


def test_figures_of_the_answer_become_measures(site: Site, tmp_path: Path) -> None:
    site.pages["/posts"] = posts(1, total="1,5 of 5")

    [measure] = poll(site, a_spec(tmp_path, more="measures: {rating: total, absent: nothing}")).measures

    assert (measure.name, measure.value, measure.at) == ("rating", 1.5, NOW)


def test_times_of_a_spec_may_be_those_of_changes(site: Site, tmp_path: Path) -> None:
    site.pages["/posts"] = Answer('{"posts": [{"id": 1, "at": "2026-01-01", "changed": "2026-11-20T08:00:00Z"}]}')
    spec = a_spec(tmp_path, watermark="{time: changed, overlap: 1h}")
    poll(site, spec, poll(site, spec).cursor)

    assert site.asked[-1].query["since"] == datetime(2026, 11, 20, 7, tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
