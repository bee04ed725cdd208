"""One address for one post, however it is written, and none that a store cannot hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listener.intake.address import canonical

PARTS = ("/", "a", "?", "&", "=", "#", "utm_source=x", "id=7", "%ff", "%2F", "+", "post-3", "é", ";", "..", ":80", "@")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("http://Forum.Example/post/1/", "https://forum.example/post/1"),
        ("https://forum.example:443/post/1", "https://forum.example/post/1"),
        ("https://forum.example:8443/post/1", "https://forum.example:8443/post/1"),
        ("https://anna:secret@forum.example/post/1", "https://forum.example/post/1"),
        ("https://forum.example/p?utm_source=mail&id=7&fbclid=x", "https://forum.example/p?id=7"),
        ("https://forum.example/p?id=", "https://forum.example/p?id="),
        ("https://forum.example/t/9#post-31", "https://forum.example/t/9#post-31"),
        ("https://forum.example/t/9#comments", "https://forum.example/t/9"),
        ("http://[2001:db8::1]:8080/p/", "https://[2001:db8::1]:8080/p"),
        ("  https://forum.example/p\n", "https://forum.example/p"),
        ("https://forum.example/p?utm_source=" + 2_000 * "x", "https://forum.example/p"),
    ],
)
def test_the_same_post_has_one_address(written: str, meant: str) -> None:
    assert canonical(written) == meant


@pytest.mark.parametrize(
    "written",
    [None, "", "forum.example/p", "ftp://forum.example/p", "javascript:alert(1)", "https://", "https://[::1/p",
     "https://forum.example:99999/p", "https://forum.example/\0p", "https://forum.example/?q=\ud83d",
     "https://forum.example/" + 2_000 * "p", "https://forum.example/" + 1_000 * "é"],
)  # fmt: skip
def test_what_is_no_address_is_none(written: str | None) -> None:
    assert canonical(written) is None


@given(st.lists(st.sampled_from(PARTS), max_size=8).map(lambda parts: "http://forum.example/x" + "".join(parts)))
def test_an_address_that_was_made_is_left_as_it_is(written: str) -> None:
    made = canonical(written)

    assert made is not None
    assert canonical(made) == made
