"""HTML and odd characters → plain text."""

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listener.intake.plain import LONGEST_TEXT, plain


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Hello <b>world</b> &amp; co</p>", "Hello world & co"),
        ("one<br>two<br/>three", "one\ntwo\nthree"),
        ("<ul><li>one<li>two</ul>", "one\n\ntwo"),
        ('<a href="http://x.example">link</a> text', "link text"),
        ("a<script>alert(1)</script><style>b{}</style>c", "ac"),
        ("1 &lt; 2 &#128512; a&nbsp;b", "1 < 2 😀 a b"),
        ("&lt;b&gt; stays", "<b> stays"),
        ("a < b and c > d", "a < b and c > d"),
        ("<i>source</i>\nlines\n  join", "source lines join"),
        ("no markup\nat all", "no markup\nat all"),
        ("<!-- not said -->said", "said"),
        ("<a href='javascript:x'>y", "y"),
    ],
)
def test_html_becomes_text(html: str, text: str) -> None:
    assert plain(html, html=True) == text


def test_text_that_is_no_html_keeps_its_signs() -> None:
    assert plain("<3 AT&amp;T <b>", html=False) == "<3 AT&amp;T <b>"


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("a\x00b\x1b[0m\u202ec", "ab[0mc"),
        ("cafe\u0301", "café"),
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("  a \t b  \n\n\n\n c ", "a b\n\nc"),
        ("\ufeffbom \ud800half", "bom half"),
        ("👩\u200d👧", "👩\u200d👧"),
        ("", ""),
    ],
)
def test_odd_characters_are_tidied(raw: str, text: str) -> None:
    assert plain(raw, html=False) == text


@given(st.text(max_size=200), st.booleans())
def test_plain_text_is_composed_printable_and_stays_as_it_is(raw: str, html: bool) -> None:
    text = plain(raw, html)
    assert unicodedata.is_normalized("NFC", text)
    assert text.encode("utf-8").decode() == text.strip() == plain(text, html=False)


@pytest.mark.parametrize("piece", ["<b>", "<a><b>", "&", "<p>", "a\u0301\u0316", "\n ", "<div class='", "&#x41;"])
def test_no_text_is_too_long_or_takes_too_long(piece: str) -> None:
    start = time.process_time()
    assert len(plain(piece * 200_000, html=True)) <= LONGEST_TEXT
    assert time.process_time() - start < 1
