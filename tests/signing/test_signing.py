"""Tokens in links: read back whole, refused when changed, borrowed or old."""

from __future__ import annotations

from datetime import timedelta

import pytest

from listener.signing import BadToken, Expired, Signer
from tests.makers import NOW

SIGNER = Signer(b"a key of thirty-two bytes, or so.")
HOUR = timedelta(hours=1)


def test_what_was_signed_comes_back() -> None:
    token = SIGNER.token("survey", {"delivery": 7}, NOW + HOUR)

    assert SIGNER.read("survey", token, NOW) == {"delivery": 7}


def test_a_token_without_an_end_is_good_for_ever() -> None:
    token = SIGNER.token("refer", {"customer": "c-17"})

    assert SIGNER.read("refer", token, NOW + 10_000 * HOUR) == {"customer": "c-17"}


def test_a_token_ends() -> None:
    token = SIGNER.token("survey", {"delivery": 7}, NOW)

    with pytest.raises(Expired):
        SIGNER.read("survey", token, NOW + HOUR)


def test_a_token_of_one_page_is_none_for_another() -> None:
    token = SIGNER.token("survey", {"delivery": 7})

    with pytest.raises(BadToken):
        SIGNER.read("approve", token, NOW)


@pytest.mark.parametrize("at", range(0, 40, 3))
def test_a_changed_token_is_refused(at: int) -> None:
    token = SIGNER.token("survey", {"delivery": 7}, NOW + HOUR)
    other = "A" if token[at] != "A" else "B"

    with pytest.raises(BadToken):
        SIGNER.read("survey", token[:at] + other + token[at + 1 :], NOW)


@pytest.mark.parametrize("token", ["", ".", "a.b", "ä.ö", "x" * 5_000, "bm90IGpzb24.bm90IGpzb24"])
def test_anything_else_is_refused(token: str) -> None:
    with pytest.raises(BadToken):
        SIGNER.read("survey", token, NOW)


def test_another_house_cannot_sign_for_us() -> None:
    token = Signer(b"another key").token("survey", {"delivery": 7})

    with pytest.raises(BadToken):
        SIGNER.read("survey", token, NOW)


def test_a_digest_recognises_and_does_not_tell() -> None:
    assert SIGNER.digest("handle", "reddit:zed") == SIGNER.digest("handle", "reddit:zed")
    assert SIGNER.digest("handle", "reddit:zed") != SIGNER.digest("person", "reddit:zed")
    assert "zed" not in SIGNER.digest("handle", "reddit:zed")
