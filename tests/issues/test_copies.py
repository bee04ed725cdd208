"""What only repeats has the voice of who said it first."""

from __future__ import annotations

from listener.issues.copies import MEMORY, Copies, Said

TEXT = "the new checkout of acme has lost my order and nobody answers"


def test_copies_are_the_first_ones_voice() -> None:
    copies = Copies()
    first = Said("1", "anna", 0.0)
    copies.original("Acme", TEXT, first)
    found = {copies.original("Acme", f"RT @anna: {TEXT}", Said(str(n), f"p{n}", float(n))) for n in range(2, 202)}

    assert found == {first}


def test_other_brands_other_texts_and_later_times_are_voices_of_their_own() -> None:
    copies = Copies()
    copies.original("Acme", TEXT, Said("1", "anna", 0.0))
    other, late = Said("2", "ben", 1.0), Said("3", "cem", MEMORY + 1)

    assert copies.original("Globex", TEXT, other) is other
    assert copies.original("Acme", "the courier of acme left my parcel in the rain", other) is other
    assert copies.original("Acme", TEXT, late) is late
