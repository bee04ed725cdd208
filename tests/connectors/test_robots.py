"""What a robots.txt allows us, as RFC 9309 reads it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.robots import parse_robots

SITE = "https://shop.example"


def allowed(rules: str, path: str) -> bool:
    return parse_robots(rules.encode()).allows(f"{SITE}{path}")


@pytest.mark.parametrize(
    ("pattern", "path", "forbidden"),
    [
        ("/", "/", True),
        ("/fish", "/fish/salmon.html", True),
        ("/fish", "/Fish", False),
        ("/fish/", "/fish", False),
        ("/*.php", "/folder/any.php?x=1", True),
        ("/*.php$", "/folder/any.php", True),
        ("/*.php$", "/folder/any.php?x=1", False),
        ("/fish*.php", "/fishheads/catfish.php", True),
        ("/fish*.php", "/Fish.php", False),
        ("/p/*/reviews$", "/p/7/reviews", True),
        ("/p/*/reviews$", "/p/7/reviews/2", False),
        ("/~joe", "/%7Ejoe/index.html", True),
        ("/%7Ejoe", "/~joe/index.html", True),
        ("/?sort=", "/?sort=new", True),
        ("", "/", False),  # an empty Disallow forbids nothing
    ],
)
def test_a_pattern_fits_a_path(pattern: str, path: str, forbidden: bool) -> None:
    assert allowed(f"User-agent: *\nDisallow: {pattern}", path) is not forbidden


@pytest.mark.parametrize(
    ("rules", "path", "may"),
    [
        ("Disallow: /p\nAllow: /p/7", "/p/7/reviews", True),
        ("Allow: /p\nDisallow: /p/7", "/p/7/reviews", False),
        ("Disallow: /p\nAllow: /p", "/p", True),  # of two equals the one that allows
        ("Disallow: /  # everything", "/p", False),
        ("disallow:/p", "/p", False),
        ("Disallow /p", "/p", True),
        ("Crawl-delay: 3\nDisallow: /p", "/p", False),
    ],
)
def test_the_longest_pattern_decides(rules: str, path: str, may: bool) -> None:
    assert allowed(f"User-agent: *\n{rules}", path) is may


@pytest.mark.parametrize(
    ("rules", "may"),
    [
        ("", True),
        ("User-agent: *\nDisallow: /\n\nUser-agent: listening-post\nAllow: /", True),
        ("User-agent: *\nAllow: /\n\nUser-agent: Listening-Post/1.0\nDisallow: /", False),
        ("User-agent: other\nDisallow: /", True),
        ("User-agent: other\nUser-agent: listening-post\nDisallow: /", False),
        ("User-agent: listening-post\nDisallow: /x\n\nUser-agent: *\nDisallow: /", True),
        ("User-agent: listening-post\nAllow: /y\n\nUser-agent: listening-post\nDisallow: /", False),
        ("Disallow: /", True),  # for nobody
        ("\ufeffUser-agent: *\nDisallow: /", False),
    ],
)
def test_the_group_that_names_us_counts_else_that_for_everybody(rules: str, may: bool) -> None:
    assert allowed(rules, "/p") is may


@given(st.binary(max_size=300), st.text(max_size=30))
def test_whatever_stands_there_has_an_answer(body: bytes, path: str) -> None:
    assert parse_robots(b"User-agent: *\nDisallow: " + body).allows(f"{SITE}/{path}") in (True, False)


def test_a_pattern_of_many_stars_takes_no_time() -> None:
    rules = parse_robots(b"User-agent: *\nDisallow: /" + b"*a" * 5_000 + b"$")

    assert rules.allows(f"{SITE}/" + "a" * 4_999)
    assert not rules.allows(f"{SITE}/" + "a" * 5_000)
