"""What one mention tells about who wrote it, and what it must not be taken to tell."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from listener.customers.clues import Clues, account_of, clues_of, none


@dataclass
class Post:
    """As much of a mention's row as its author is told by."""

    platform: str = "Reddit"
    author_handle: str | None = "Anna"
    author_url: str | None = None
    url: str | None = "https://www.reddit.example/r/acme/1"
    kind: str = "feed"
    title: str = "Late"
    text: str = "my order AC-1"
    attributes: dict[str, Any] = field(default_factory=dict)


def clues(**post: Any) -> Clues:
    return clues_of(Post(**post), none)  # type: ignore[arg-type]  # as much of a row as is read


@pytest.mark.parametrize(
    ("handle", "account"),
    [
        ("Anna", ("reddit", "anna")),
        (" @Anna ", ("reddit", "anna")),
        ("Straße", ("reddit", "strasse")),
        ("", None),
        (None, None),
        ("Deleted User", None),
        ("[deleted]", None),
        ("A Google user", None),
        ("verifiedbuyer", None),
    ],
)
def test_an_account_is_its_folded_name_and_a_placeholder_is_nobodys(handle: str | None, account: Any) -> None:
    assert account_of(Post(author_handle=handle)) == account  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("page", "key", "site", "apart"),
    [
        ("https://www.Anna.example/", ("@url", "anna.example"), ("@site", "anna.example"), True),
        ("https://blog.example/anna/?ref=1", ("@url", "blog.example/anna"), ("@site", "blog.example"), True),
        ("https://reddit.example", ("@url", "reddit.example"), ("@site", "reddit.example"), False),
        ("https://[broken", None, None, False),
        ("", None, None, False),
        (None, None, None, False),
    ],
)
def test_a_page_tells_its_site_and_whether_the_post_is_elsewhere(
    page: str | None, key: Any, site: Any, apart: bool
) -> None:
    found = clues(author_url=page)

    assert (found.page, found.site, found.apart) == (key, site, apart)


def test_a_post_without_an_address_carries_nobodys_page() -> None:
    assert clues(author_url="https://anna.example", url=None).apart


@pytest.mark.parametrize(
    ("kind", "email", "told"),
    [
        ("webhook", " Anna@Customer.example ", "anna@customer.example"),
        ("feed", "anna@customer.example", ""),  # anybody could have written that into a feed
        ("webhook", "anna", ""),
        ("webhook", 7, ""),
        ("webhook", None, ""),
    ],
)
def test_only_a_signed_item_may_name_its_authors_address(kind: str, email: object, told: str) -> None:
    assert clues(kind=kind, attributes={"author_email": email}).email == told


def test_order_numbers_are_sought_in_title_and_text() -> None:
    found = clues_of(Post(), lambda said: tuple(said.split()))  # type: ignore[arg-type]

    assert found.orders == ("Late", "my", "order", "AC-1")


def test_what_may_be_listed_as_somebodys() -> None:
    found = Clues(("reddit", "anna"), ("@url", "a.example/x"), None, orders=("AC-1", "AC-2"))

    assert list(found.keys) == [("@url", "a.example/x"), ("@order", "AC-1"), ("@order", "AC-2")]
