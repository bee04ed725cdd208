"""Codes that cannot be guessed, and reports that end the same in whatever order they come."""

from __future__ import annotations

import random
from datetime import timedelta
from itertools import permutations

import pytest

from listener.advocacy.referring import ALPHABET, after, is_ours, new_code
from listener.model.referral import Brought, Report
from listener.signing import Signer
from tests.makers import NOW

SIGNER = Signer(b"a key of thirty-two bytes, or so.")
DAY = timedelta(days=1)


def digest(drawn: str) -> str:
    return SIGNER.digest("referral", drawn)


def test_a_code_is_ours_and_no_other_is() -> None:
    code = new_code(digest)

    assert is_ours(code, digest)
    assert not is_ours(code[:-1] + next(letter for letter in ALPHABET if letter != code[-1]), digest)
    assert not is_ours(code, lambda drawn: Signer(b"another key").digest("referral", drawn))


@pytest.mark.parametrize("code", ["", "x", "A" * 11, "../../etc", "ä" * 11, "2" * 5_000])
def test_what_is_no_code_is_not_ours(code: str) -> None:
    assert not is_ours(code, digest)


def test_guesses_do_not_pass() -> None:
    draw = random.Random(3)
    guesses = ["".join(draw.choices(ALPHABET, k=11)) for _ in range(3_000)]

    assert not any(is_ours(guess, digest) for guess in guesses)


def said(event: str, what: str, days: int, worth: int = 0) -> Report:
    return Report(event, what, "n-1", NOW + days * DAY, worth=worth)


STORY = (said("1", "signed_up", 0), said("2", "purchased", 3, 900), said("3", "refunded", 5, 900))


@pytest.mark.parametrize("order", list(permutations(STORY)), ids=lambda order: "".join(one.event for one in order))
def test_the_end_is_the_same_in_any_order(order: tuple[Report, ...]) -> None:
    known: Brought | None = None
    for report in order:
        known = after(known, report, "")

    assert known == Brought("signed_up", NOW, NOW + 3 * DAY, NOW + 5 * DAY, 0)


def test_a_part_refunded_is_still_a_purchase() -> None:
    known = after(after(None, STORY[1], ""), said("4", "refunded", 6, 300), "")

    assert (known.status, known.worth) == ("purchased", 600)


def test_what_was_rejected_stays_so() -> None:
    known = after(after(None, STORY[0], "self-referral"), STORY[1], "")

    assert (known.status, known.why) == ("rejected", "self-referral")
