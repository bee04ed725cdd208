"""Complaints that say the same in other words are alike; without the extra, and in other languages, words decide."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listener.issues import meaning as reading
from listener.issues.grouping import Centroid, Complaint, Grouping
from listener.issues.meaning import DIMENSIONS, folder, meaning
from listener.issues.meant import NOTHING, Meanings, Meant, general, general_of, mixed
from listener.issues.words import terms

FOUNDER = "the ATM kept my bank card"
SAME = "a cash machine swallowed my debit card"
OTHER = "the heel of my left shoe came off"


@pytest.fixture
def without_the_extra(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    forget()
    monkeypatch.setattr(reading, "PACKAGE", "no_such_package")
    yield
    forget()


def forget() -> None:
    reading.vectors.cache_clear()
    reading.meaning_of.cache_clear()


def a_complaint(text: str, at: float = 0.0) -> Complaint:
    return Complaint("Acme", "", terms(text), at, meaning=meaning(text, "en"))


def grouped(*texts: str) -> list[int]:
    """The issue of each."""
    grouping, found = Grouping(), []
    for at, text in enumerate(texts):
        said = a_complaint(text, at * 60.0)
        found.append(grouping.match(said, said.at).nearest or at + 1)
        grouping.join(found[-1], said, said.at)
    return found


def test_the_same_trouble_in_other_words_is_one_issue() -> None:
    assert grouped(FOUNDER, OTHER, SAME) == [1, 2, 1]


def test_what_shares_no_word_may_be_alike_in_meaning() -> None:
    said = Complaint("Acme", "", ("word",), 0.0, meaning=meaning(FOUNDER, "en"))
    found = Grouping([Grouping().join(1, a_complaint(FOUNDER), 0.0)]).match(said, 60.0)

    assert (found.nearest, found.reason, found.words) == (1, "alike in meaning", ())


def test_without_the_extra_words_decide(without_the_extra: None) -> None:
    assert (folder(), meaning(FOUNDER, "en")) == (None, b"")
    assert grouped(FOUNDER, OTHER, SAME, "bank card kept by the ATM") == [1, 2, 3, 1]


@pytest.mark.parametrize("language", ["de", "ja", None])
def test_nothing_is_known_of_what_other_languages_mean(language: str | None) -> None:
    assert meaning(FOUNDER, language) == b""


@pytest.mark.parametrize("text", ["", "!!! ???", "🙃", "awful", "so bad!", "Worst service I have ever had. Terrible!"])
def test_nothing_is_known_of_a_text_that_tells_hardly_anything(text: str) -> None:
    assert meaning(text, "en") == b""


def test_neither_what_the_brand_is_called_nor_anger_makes_two_troubles_one() -> None:
    said = (FOUNDER, OTHER, "the soup was cold", "nobody answers the phone")
    told = [meaning(f"{one} at Acme Flow, absolutely terrible", "en", "Acme Flow") for one in said]

    assert told == [meaning(f"{one} at", "en") for one in said]


def test_links_and_case_mean_nothing() -> None:
    assert meaning(f"@acme {FOUNDER.upper()}! https://t.example/x", "en") == meaning(f"acme {FOUNDER}", "en")


@given(st.floats(0, 1), st.floats(0, 1))
def test_what_is_said_in_the_same_words_stays_alike(words: float, near: float) -> None:
    assert mixed(words, near) >= words


MEANINGS = st.lists(st.binary(min_size=DIMENSIONS, max_size=DIMENSIONS), min_size=1, max_size=6)


@given(MEANINGS, st.randoms())
def test_meanings_add_up_to_the_same_in_any_order_and_are_taken_away_again(
    meanings: list[bytes], chance: Random
) -> None:
    shuffled = chance.sample(meanings, len(meanings))
    whole = NOTHING.plus(meanings)

    assert NOTHING.plus(shuffled) == whole == Meant.from_json(whole.as_json())
    assert whole.plus([b""]) == whole
    assert whole.plus(shuffled[1:], -1) == NOTHING.plus(shuffled[:1])
    assert whole.plus(shuffled, -1) == NOTHING


@given(st.lists(MEANINGS, max_size=5))
def test_what_is_usual_is_taken_from_each_issue_once(issues: list[list[bytes]]) -> None:
    means = sum(NOTHING.plus(mine).mean() for mine in issues)

    assert general_of(issues).tolist() == general(means, len(issues)).tolist()


@given(st.lists(st.tuples(st.integers(0, 4), MEANINGS | st.just([])), max_size=12))
def test_what_issues_mean_hangs_on_the_last_of_each_alone(orders: list[tuple[int, list[bytes]]]) -> None:
    """A slot that was dropped and taken again knows nothing of the one before."""
    lived, last = Meanings(), dict.fromkeys(range(5), NOTHING)
    for slot in last:
        lived.put(slot, NOTHING, NOTHING)
    for slot, meanings in orders:
        lived.put(slot, NOTHING.plus(meanings), last[slot])
        last[slot] = NOTHING.plus(meanings)
    fresh = Meanings()
    for slot, meant in last.items():
        fresh.put(slot, meant, NOTHING)

    import numpy as np

    words, one = np.linspace(0, 1, 5), meaning(FOUNDER, "en")
    assert lived.mixed(words, one).tolist() == fresh.mixed(words, one).tolist()


def test_an_issue_of_a_store_that_knew_no_meanings_is_read() -> None:
    kept = Grouping().join(1, a_complaint(FOUNDER), 0.0).as_json()
    del kept["meant"]
    old = Centroid.from_json(kept)

    assert old.meant == NOTHING
    again = Grouping([old])
    assert again.match(a_complaint(SAME), 60.0).nearest is None
    assert again.match(a_complaint("bank card kept by the ATM"), 60.0).nearest == 1


def test_a_great_trouble_is_not_taken_for_what_is_usual() -> None:
    troubles = [f"{FOUNDER} {one}" for one in ("today", "again", "either", "anymore", "still", "now", "since noon")]
    issues = grouped(OTHER, "the soup was cold", "the seat was torn", *troubles * 10, SAME)

    assert issues[-1] == issues[3]
