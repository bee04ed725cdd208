"""The shapes in which pages state reviews."""

from __future__ import annotations

from typing import Any

import pytest

from connectors.schema_org import Page, Review, read_page
from tests.connectors.review_pages import a_page, a_product, a_review


def read(html: str | bytes, content_type: str = "text/html; charset=utf-8") -> Page:
    return read_page(content_type.encode() + b"\n" + (html.encode() if isinstance(html, str) else html))


def the_review(*blocks: Any, inside: str = "") -> Review:
    [review] = read(a_page(*blocks, inside=inside)).reviews
    return review


SHAPES = {
    "a list": a_product(a_review()),
    "a single object": {**a_product(), "review": a_review()},
    "a graph": {"@context": "https://schema.org", "@graph": [{"@type": "WebPage"}, a_product(a_review())]},
    "a reference": {
        "@graph": [
            {"@type": "Product", "name": "Acme Flow", "review": [{"@id": "#r7"}]},
            a_review(**{"@id": "#r7"}),
        ]
    },
    "a review with its product": a_review(itemReviewed={"@type": "Product", "name": "Acme Flow"}),
    "a list of types": a_review(**{"@type": ["Review", "CreativeWork"]}, itemReviewed={"name": "Acme Flow"}),
    "types as addresses": a_review(**{"@type": "http://schema.org/UserReview"}, itemReviewed={"name": "Acme Flow"}),
    "a top list": [a_product(a_review())],
    "untyped reviews": {**a_product(), "reviews": [a_review(**{"@type": None})]},
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
def test_a_review_is_found_in_every_shape(shape: Any) -> None:
    review = the_review(shape)

    assert (review.author, review.text, review.rating) == ("Ada", "Works well.", 4.0)
    assert review.product == "Acme Flow"


@pytest.mark.parametrize(
    "author",
    ["Ada", ["Ada", "Bob"], {"name": "Ada"}, [{"name": ["Ada"]}], {"name": {"@value": "Ada"}}, {"givenName": "Ada"}],
)
def test_an_author_may_be_text_an_object_or_a_list(author: Any) -> None:
    assert the_review(a_review(author=author)).author == "Ada"


def test_an_author_may_be_named_elsewhere() -> None:
    assert the_review({"@graph": [a_review(author={"@id": "#p"}), {"@id": "#p", "name": "Ada"}]}).author == "Ada"


@pytest.mark.parametrize(
    ("rating", "stars"),
    [
        ({"ratingValue": "4,5", "bestRating": "5", "worstRating": "1"}, 4.5),
        ({"ratingValue": 8, "bestRating": 10}, 4.0),
        ({"ratingValue": "60", "bestRating": "100", "worstRating": "0"}, 3.0),
        ([{"ratingValue": 3}], 3.0),
        ("4/5", 4.0),
        (2, 2.0),
        ({"ratingValue": "great"}, None),
        (None, None),
    ],
)
def test_ratings_are_normalised_to_stars(rating: Any, stars: float | None) -> None:
    assert the_review(a_review(reviewRating=rating)).rating == stars


def test_a_malformed_block_is_counted_and_the_others_are_read() -> None:
    page = read(a_page('{"@type": "Review", ', a_review(), "[" * 100_000))

    assert (len(page.reviews), page.malformed) == (1, 2)


@pytest.mark.parametrize("wrapped", ["<!-- %s -->", "//<![CDATA[\n%s\n//]]>", "%s;", "\n  %s\n"])
def test_a_wrapped_block_is_read(wrapped: str) -> None:
    assert the_review(wrapped % '{"@type": "Review", "reviewBody": "a\nline"}').text == "a\nline"


def test_a_review_stated_twice_is_one() -> None:
    page = read(a_page(a_product(a_review()), a_review(itemReviewed={"name": "Acme Flow"})))

    assert len(page.reviews) == 1


def test_the_answer_of_the_firm_is_told_from_other_comments() -> None:
    firm = {"@type": "Comment", "text": "Sorry!", "author": {"@type": "Organization", "name": "Acme"}}
    other = {"@type": "Comment", "text": "Me too", "author": {"@type": "Person", "name": "Bob"}}

    assert the_review(a_review(comment=[other, firm])).reply == "Sorry!"


MICRODATA = """
<div itemscope itemtype="https://schema.org/Product"><h1 itemprop="name">Acme Flow</h1>
 <div itemprop="aggregateRating" itemscope itemtype="https://schema.org/AggregateRating">
  <span itemprop="ratingValue">4,2</span> of <meta itemprop="bestRating" content="5">
  <b itemprop="reviewCount">12</b></div>
 <div itemprop="review" itemscope itemtype="https://schema.org/Review">
  <span itemprop="author" itemscope itemtype="https://schema.org/Person"><a itemprop="url" href="/u/ada">
   <span itemprop="name">Ada</span></a></span>
  <time itemprop="datePublished" datetime="2026-11-20">three days ago</time>
  <div itemprop="reviewRating" itemscope itemtype="https://schema.org/Rating">
   <meta itemprop="ratingValue" content="4"></div>
  <p itemprop="reviewBody">Works<br>well<script>no()</script>.</p></div></div>
"""


def test_microdata_is_read_like_json_ld() -> None:
    page = read(a_page(inside=MICRODATA))

    [review] = page.reviews
    assert (review.author, review.author_address, review.published) == ("Ada", "/u/ada", "2026-11-20")
    assert (review.rating, review.text, review.product) == (4.0, "Works\nwell.", "Acme Flow")
    assert {(figure.name, figure.value, figure.about) for figure in page.figures} == {
        ("rating", 4.2, "Acme Flow"),
        ("reviews", 12.0, "Acme Flow"),
    }


def test_microdata_that_repeats_json_ld_adds_nothing() -> None:
    page = read(a_page(a_product(a_review(reviewBody="Works\nwell.")), inside=MICRODATA))

    assert len(page.reviews) == 1


@pytest.mark.parametrize(
    ("content_type", "encoding"),
    [("text/html; charset=shift_jis", "shift_jis"), ("text/html", "utf-8"), ("text/html", "utf-16"), ("", "utf-8-sig")],
)
def test_reviews_in_any_script_and_charset_arrive_whole(content_type: str, encoding: str) -> None:
    html = '<script type="application/ld+json">{"@type":"Review","reviewBody":"素晴らしい"}</script>'.encode(encoding)

    assert read(html, content_type).reviews[0].text == "素晴らしい"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\0\xff" * 1000,
        b'{"json": true}',
        b"<div>" * 50_000,
        b"<a itemprop=x itemscope>" * 3000,
        b'<script type="application/ld+json">' + b'{"review":' * 900 + b"1" + b"}" * 900,
        b'<script type="application/ld+json">[null, 1, {"@type": {"a": 1}, "review": [[[]], null, 7, {"@id": []}]}]',
        b'<script type="application/ld+json">{"@type":"Review","reviewBody":{"@value":[[1]]},"author":[[]]}',
        b'<script type="application/ld+json">{"@type":"Review","reviewBody":"\\ud83d\\u0000","reviewRating":1e999}',
    ],
)
@pytest.mark.parametrize("content_type", ["text/html", "text/html; charset=punycode", "text/html; charset=no-such"])
def test_no_body_breaks_the_reading(body: bytes, content_type: str) -> None:
    for review in read(body, content_type).reviews:
        review.text.encode()
