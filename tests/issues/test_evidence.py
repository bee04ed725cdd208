"""The card says what a verdict rests on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from listener.issues.evidence import Member, evidence
from listener.issues.rates import Rate
from listener.issues.spread import Circumstances, judged
from listener.issues.words import terms

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
VERDICT = judged(Circumstances(others=12, issue="page"))
RATE = Rate(6, 13, 2.1, 7.4, 4)


def a_member(number: int, text: str = "sync fails on version 4.2", **given: object) -> Member:
    at = NOON - timedelta(minutes=251 - number * 14)
    told = {"person": f"p{number}", "customer": f"c{number}", "terms": terms(text), **given}
    return Member(number, at=at, text=text, **told)  # type: ignore[arg-type]


def test_the_card_counts_persons_against_the_usual() -> None:
    members = [a_member(number) for number in range(13)] + [a_member(13, person="p1", customer="c1")]
    card = evidence(VERDICT, RATE, members, NOON)

    assert card.counted == "13 persons (13 known customers, 14 mentions) in 6 h, expected 2.1 → 6.2 ×"
    assert card.baseline == "baseline: same clock time of 4 windows of 13 (short history: low confidence)"
    assert "first seen 07:49, last 10:51" in card.lines()


def test_a_copy_is_nobody_more_beside_a_ratio_that_does_not_count_it() -> None:
    members = [a_member(number) for number in range(13)] + [a_member(number, copy=True) for number in range(13, 16)]

    assert evidence(VERDICT, RATE, members, NOON).counted.startswith("13 persons (13 known customers, 13 mentions)")


def test_it_says_how_many_of_a_crowd_in_a_quarter_were_held_against_the_usual() -> None:
    members = [a_member(number) for number in range(15)]

    held = "13 held against the usual (at most 3 a quarter of an hour), expected 2.1 → 6.2 ×"
    assert (
        evidence(VERDICT, RATE, members, NOON).counted == f"15 persons (15 known customers, 15 mentions) in 6 h, {held}"
    )


def test_words_and_segments_are_lifted_against_other_complaints() -> None:
    here = [a_member(one, attributes={"version": "4.2", "plan": "pro"}) for one in range(5)]
    there = [a_member(one, "too expensive", attributes={"version": "4.1", "plan": "pro"}) for one in range(20, 40)]
    card = evidence(VERDICT, RATE, here, NOON, background=there)

    assert {"sync", "fails"} <= {word.word for word in card.words}
    lifted = "2 (5 of 5), 4 (5 of 5), fails (5 of 5), sync (5 of 5), version (5 of 5)"
    assert f"said more than elsewhere: {lifted}" in card.lines()
    assert [(one.attribute, one.value, one.k, one.n) for one in card.segments] == [("version", "4.2", 5, 5)]


def test_quotes_are_of_different_persons_and_no_copies() -> None:
    members = [
        a_member(0, likeness=0.9),
        a_member(1, person="p0", likeness=0.8),
        a_member(2, copy=True, likeness=0.95),
        a_member(3, "sync works for me since the update", score=0.4, likeness=0.3),
    ]
    members += [a_member(number, likeness=0.5) for number in (4, 5)]
    card = evidence(VERDICT, RATE, members, NOON)

    assert [quote.mention for quote in card.quotes] == [0, 4, 5]
    assert card.dissent
    assert card.dissent.mention == 3


def test_quotes_say_where_they_were_said() -> None:
    members = [a_member(0, url="http://forum.example/0"), a_member(1, "works for me", score=0.4, likeness=0.1)]
    members += [a_member(number) for number in (2, 3)]
    lines = evidence(VERDICT, RATE, members, NOON).lines()

    assert "“sync fails on version 4.2” http://forum.example/0" in lines
    assert "but: “works for me”" in lines


def test_an_issue_without_mentions_has_no_card() -> None:
    with pytest.raises(ValueError, match="no card"):
        evidence(VERDICT, RATE, [], NOON)


def test_what_was_deleted_is_no_quote() -> None:
    card = evidence(VERDICT, RATE, [a_member(0, "", likeness=0.9), a_member(1)], NOON)

    assert [quote.mention for quote in card.quotes] == [1]
