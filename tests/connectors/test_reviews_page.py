"""Polling a review page: what arrives, what is remembered, what is told as trouble."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from connectors.contract import Batch, Item, TryLater
from connectors.reviews_page import ReviewsPage
from tests.connectors.loopback import NOW, Answer, Asked, PlainDoor, Site, a_site
from tests.connectors.review_pages import a_page, a_product, a_review

HTML = {"content-type": "text/html; charset=utf-8"}
PAGE = "/product"


@pytest.fixture
def site() -> Iterator[Site]:
    with a_site() as site:
        yield site


def poll(site: Site, html: str | None = None, cursor: str = "", pages: int = 3, door: PlainDoor | None = None) -> Batch:
    if html is not None:
        site.pages[PAGE] = Answer(html, headers=HTML)
    return ReviewsPage(url=site.url + PAGE, pages=pages).poll(cursor, door or PlainDoor())


def items(batch: Batch) -> list[Item]:
    return list(batch.items)


def test_reviews_arrive_oldest_first_with_all_that_the_page_says(site: Site) -> None:
    new = a_review(name="Great", url="/r/2", author={"name": "Ada", "url": "/u/ada"}, inLanguage="en")
    old = a_review(author="Bob", datePublished="2026-11-01T10:00:00+02:00", reviewBody="Was <b>fine</b>")

    first, second = items(poll(site, a_page(a_product(new, old))))

    assert (first.author.name, first.author.handle, first.html) == ("Bob", None, True)
    assert first.posted_at == datetime(2026, 11, 1, 8, tzinfo=UTC)
    assert (second.title, second.text, second.rating, second.language) == ("Great", "Works well.", 4.0, "en")
    assert second.url == second.external_id == site.url + "/r/2"
    assert second.author.handle == second.author.url == site.url + "/u/ada"
    assert second.attributes == {"product": "Acme Flow"}


def test_the_aggregate_rating_becomes_measures(site: Site) -> None:
    rating = {"@type": "AggregateRating", "ratingValue": "8,4", "bestRating": 10, "reviewCount": "120"}

    batch = poll(site, a_page(a_product(a_review(), aggregateRating=rating), "{broken"))

    assert {(measure.name, measure.value, measure.about) for measure in batch.measures} == {
        ("rating", 4.2, "Acme Flow"),
        ("reviews", 120.0, "Acme Flow"),
        ("malformed_blocks", 1.0, ""),
    }


def test_an_edited_review_keeps_its_identity(site: Site) -> None:
    [before] = items(poll(site, a_page(a_product(a_review(reviewBody="Bad.", reviewRating=1)))))
    [after] = items(poll(site, a_page(a_product(a_review(reviewBody="Fixed, good!", reviewRating=5)))))

    assert before.external_id == after.external_id


def test_two_people_are_never_one_review(site: Site) -> None:
    same_name = [a_review(reviewBody="One."), a_review(reviewBody="Two.")]
    nameless = [a_review(author=None, reviewBody="Three."), a_review(author="Anonymous", reviewBody="Four.")]

    batch = poll(site, a_page(a_product(*same_name, *nameless)))

    assert len({item.external_id for item in batch.items}) == 4


def test_positions_are_no_names(site: Site) -> None:
    old, new = a_review(author="Bob"), a_review(author="Cy")
    [before] = items(poll(site, a_page(a_product({**old, "@id": "#review-1"}))))
    batch = poll(site, a_page(a_product({**new, "@id": "#review-1"}, {**old, "@id": "#review-2"})))

    assert {item.author.name for item in batch.items if item.external_id == before.external_id} == {"Bob"}


def test_an_address_that_all_reviews_share_is_no_name(site: Site) -> None:
    reviews = [a_review(author=name, url=site.url + PAGE) for name in ("Ada", "Bob")]

    assert len({item.external_id for item in poll(site, a_page(a_product(*reviews))).items}) == 2


def test_a_profile_that_two_people_share_is_no_handle(site: Site) -> None:
    reviews = [a_review(author={"name": name, "url": "/members/all"}) for name in ("Ada", "Bob")]

    assert {item.author.handle for item in poll(site, a_page(a_product(*reviews))).items} == {None}


def test_an_unchanged_page_is_told_by_its_validators_or_its_body(site: Site) -> None:
    def conditional(asked: Asked) -> Answer:
        known = asked.headers.get("if-none-match") == '"one"'
        return Answer(status=304) if known else Answer(a_page(a_review()), headers={**HTML, "etag": '"one"'})

    site.pages[PAGE] = conditional
    first = poll(site)
    by_validator = poll(site, cursor=first.cursor)
    by_body = poll(site, a_page(a_review()), cursor=by_validator.cursor)

    assert by_validator.unchanged
    assert by_body.unchanged
    assert not items(by_validator)


def test_pages_are_followed_up_to_the_limit_and_never_twice(site: Site) -> None:
    for number, following in enumerate(("/product/2", "/product/3", "/product"), 1):
        path = PAGE if number == 1 else f"/product/{number}"
        html = a_page(a_review(author=f"Person {number}"), inside=f'<a rel="next" href="{following}#top">more</a>')
        site.pages[path] = Answer(html, headers=HTML)

    assert len(items(poll(site, pages=2))) == 2
    assert len(items(poll(site, pages=9))) == 3
    assert site.paths().count(PAGE) == 2


def test_a_next_page_on_another_site_is_not_read(site: Site) -> None:
    html = a_page(a_review(), inside='<a rel="next" href="http://127.0.0.1:9/product">more</a>')

    assert len(items(poll(site, html))) == 1


def test_trouble_on_a_later_page_keeps_the_first_and_is_told(site: Site) -> None:
    site.pages["/more"] = Answer(status=503)
    html = a_page(a_review(), inside='<a rel="next" href="/more">more</a>')

    batch = poll(site, html)

    assert len(items(batch)) == 1
    assert [blind.why[:7] for blind in batch.blind] == ["page 2:"]
    assert not poll(site, html, cursor=batch.cursor).unchanged


@pytest.mark.parametrize(
    ("rules", "allowed"),
    [
        ("User-agent: *\nDisallow: /", False),
        ("User-agent: *\nDisallow: /prod*$", False),
        ("User-agent: *\nDisallow: /\nAllow: /product", True),
        ("User-agent: *\nDisallow: /\n\nUser-agent: Listening-Post/1\nDisallow: /private", True),
        ("User-agent: other\nUser-agent: listening-post\nDisallow: /product", False),
        ("User-agent: *\nDisallow: /*duct$", False),
        ("User-agent: *\nDisallow: /*.pdf$\nDisallow: /%70rivate", True),
        ("User-agent: *\nDisallow:", True),
        ("<html>not found</html>", True),
    ],
)
def test_robots_txt_is_obeyed(site: Site, rules: str, allowed: bool) -> None:
    site.pages["/robots.txt"] = Answer(rules)
    site.pages[PAGE] = Answer(a_page(a_review()), headers=HTML)

    if allowed:
        assert items(poll(site))
    else:
        with pytest.raises(TryLater, match="forbids reading"):
            poll(site)
        assert site.paths() == ["/robots.txt"]


def test_robots_txt_is_asked_once_a_day(site: Site) -> None:
    door = PlainDoor()
    cursor = poll(site, a_page(a_review()), door=door).cursor
    door.time = NOW + timedelta(hours=23)
    cursor = poll(site, cursor=cursor, door=door).cursor
    door.time = NOW + timedelta(hours=25)
    poll(site, cursor=cursor, door=door)

    assert site.paths().count("/robots.txt") == 2


def test_a_robots_txt_that_fails_means_later(site: Site) -> None:
    site.pages["/robots.txt"] = Answer(status=503)

    with pytest.raises(TryLater):
        poll(site, a_page(a_review()))
    assert PAGE not in site.paths()


def test_a_page_that_lost_its_reviews_is_trouble_and_recovers(site: Site) -> None:
    cursor = poll(site, a_page(a_review())).cursor

    with pytest.raises(TryLater, match="no reviews any more, it gave 1 before"):
        poll(site, a_page(a_product()), cursor=cursor)
    assert items(poll(site, a_page(a_review(), a_review(author="Bob")), cursor=cursor))


@pytest.mark.parametrize(
    ("html", "why"),
    [
        ("", "holds no schema.org reviews"),
        ("<html><body>Welcome</body></html>", "holds no schema.org reviews"),
        (a_page("{broken"), "1 malformed"),
        (a_page(a_product(aggregateRating={"ratingValue": 4, "reviewCount": 12})), "counts 12 reviews"),
    ],
)
def test_a_page_that_cannot_be_read_says_why(site: Site, html: str, why: str) -> None:
    with pytest.raises(TryLater, match=why):
        poll(site, html)


def test_a_product_without_reviews_yet_is_no_trouble(site: Site) -> None:
    assert not items(poll(site, a_page(a_product())))


def test_a_review_from_the_future_is_from_now(site: Site) -> None:
    [item] = items(poll(site, a_page(a_review(datePublished="2031-01-01"))))

    assert item.posted_at == NOW


def test_a_foreign_cursor_is_a_first_poll(site: Site) -> None:
    assert items(poll(site, a_page(a_review()), cursor='{"pages": 7, "reviews": "many"}'))


@pytest.mark.parametrize(
    "url", ["", "shop.example/page", "ftp://shop.example/", "file:///etc/passwd", "http:", "http://["]
)
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="http"):
        ReviewsPage(url=url)
