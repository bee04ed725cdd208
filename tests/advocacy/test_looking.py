"""A look at a place: what counts as gone, as still up, and as nobody can tell."""

from __future__ import annotations

import pytest

from listener.advocacy.looking import Page, judge

ADDRESS = "https://acme.example/customers"
TEXTS = ("Anna Ltd", "It saved us two days & a lot of nerves")


def seen(status: int = 200, body: str = "<p>Nothing here</p>", url: str = ADDRESS, was_there: bool = True) -> str:
    return judge(Page(status, url, body.encode()), ADDRESS, TEXTS, was_there).seen


@pytest.mark.parametrize(
    "body",
    [
        "<h1>anna  LTD</h1>",
        "<b>Anna</b> <i>Ltd</i>",
        "<b>An</b>na Ltd",
        "It saved us two days &amp; a lot\n of nerves",
        '<img alt="Anna Ltd">',
        '<script>{"name": "Anna Ltd"}</script>',
    ],
)
def test_a_text_that_is_left_in_any_shape_is_still_up(body: str) -> None:
    assert seen(body=body) == "still up"


@pytest.mark.parametrize("status", [404, 410])
def test_a_page_that_is_gone_shows_nobody(status: int) -> None:
    assert seen(status) == "gone"


def test_a_page_that_lost_the_texts_is_clean() -> None:
    assert seen() == "gone"


@pytest.mark.parametrize("status", [401, 403, 429, 500, 503])
def test_a_page_that_does_not_answer_proves_nothing(status: int) -> None:
    assert seen(status) == "cannot tell"


@pytest.mark.parametrize(
    ("body", "url"),
    [
        ('<form><input name="p" type="password"></form>', ADDRESS),
        ("<p>Welcome</p>", "https://acme.example/login?next=/customers"),
        ("<p>Welcome</p>", "https://sso.example/start"),
    ],
)
def test_a_login_page_proves_nothing(body: str, url: str) -> None:
    assert seen(body=body, url=url) == "cannot tell"


def test_what_was_never_seen_there_is_not_called_gone() -> None:
    assert seen(was_there=False) == "cannot tell"


def test_another_charset_is_read() -> None:
    page = Page(200, ADDRESS, "Müller GmbH".encode("latin-1"), "text/html; charset=iso-8859-1")

    assert judge(page, ADDRESS, ("Müller GmbH",), True).seen == "still up"
