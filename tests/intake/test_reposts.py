"""Reposts name the first who said it, never another repost, whichever way round they come in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from listener.intake import reposts
from listener.likeness import fingerprint

POST = "Acme Flow lost every one of my boards after the update this morning and support has not answered since"
OTHER = "Acme Flow has a new update this morning and I like how every one of my boards looks since it came out"


@dataclass
class Said:
    """As much of a mention's row as tells a repost."""

    id: int
    text: str
    brand: str = "Acme Flow"
    duplicate_of: int | None = None
    complains: bool = True
    own: bool = False

    def __post_init__(self) -> None:
        self.simhash, self.copy_a, self.copy_b = fingerprint(self.text)


def originals(rows: Sequence[Said], earlier: Sequence[Said]) -> dict[int, int]:
    return reposts.originals(rows, earlier, lambda row: "" if row.complains else None)  # type: ignore[arg-type,attr-defined]


def test_a_repost_names_the_first_who_said_it() -> None:
    rows = [Said(1, POST), Said(2, OTHER), Said(3, f"RT @ana: {POST}"), Said(4, f"{POST} https://x.example/1")]

    assert originals(rows, []) == {3: 1, 4: 1}


def test_a_repost_of_a_repost_of_earlier_times_names_the_first() -> None:
    earlier = [Said(5, POST, duplicate_of=2)]

    assert originals([Said(9, POST)], earlier) == {9: 2}


def test_what_is_said_of_another_brand_is_no_repost() -> None:
    assert originals([Said(1, POST), Said(2, POST, "Globex")], []) == {}


def test_no_complaint_repeats_what_is_none_unless_we_said_it() -> None:
    praise = Said(1, POST, complains=False)

    assert originals([praise, Said(2, POST), Said(3, POST), Said(4, POST, complains=False)], []) == {3: 2, 4: 1}
    ours = Said(3, POST, complains=False, own=True, duplicate_of=1)
    assert originals([Said(4, POST)], [ours]) == originals([ours, Said(4, POST)], [praise]) == {4: 3}


def test_what_is_looked_at_again_is_no_copy_of_what_it_was_before() -> None:
    edited = Said(2, OTHER, duplicate_of=1)

    assert originals([edited, Said(3, OTHER)], [Said(1, POST)]) == {3: 2}


def test_a_few_words_are_too_common_to_be_anybodys_repost() -> None:
    assert originals([Said(1, "great app, thanks"), Said(2, "great app, thanks")], []) == {}


SAYINGS = st.lists(
    st.sampled_from([POST, OTHER, POST.upper(), POST.replace("morning", "evening"), "thanks!"]), max_size=9
)


@given(SAYINGS, st.integers(0, 9))
def test_nothing_is_a_repost_of_a_repost_and_batches_make_no_difference(said: list[str], cut: int) -> None:
    rows = [Said(number, text) for number, text in enumerate(said, 1)]
    at_once = originals(rows, [])

    first = originals(rows[:cut], [])
    for row in rows[:cut]:
        row.duplicate_of = first.get(row.id)
    in_parts = first | originals(rows[cut:], rows[:cut])

    assert not set(at_once.values()) & set(at_once)
    assert all(origin < repost for repost, origin in at_once.items())
    assert in_parts == at_once
