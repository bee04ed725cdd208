"""CSV files that people open in a spreadsheet, which takes what begins like a formula for one, whoever wrote it."""

from __future__ import annotations

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def plain(cell: object) -> str:
    """A cell that a spreadsheet shows and does not reckon with; nothing is the empty cell."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(FORMULA) else text
