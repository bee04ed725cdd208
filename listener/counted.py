"""Numbers with their nouns, as people read them."""

from __future__ import annotations


def counted(number: int, one: str, many: str = "") -> str:
    """`1 mention` and `1,200 mentions`; `many` is for what takes more than an s."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
