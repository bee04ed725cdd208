"""What a benchmark prints: a figure, the mark it must reach, and the raw figures behind it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """`value` in `unit`; reached when it is at least `floor`, or at most `ceiling`."""

    what: str
    value: float
    unit: str = "×"
    floor: float | None = None
    ceiling: float | None = None
    raw: str = ""

    @property
    def reached(self) -> bool:
        return (self.floor is None or self.value >= self.floor) and (self.ceiling is None or self.value <= self.ceiling)

    def __str__(self) -> str:
        mark = f"≥ {self.floor:g}" if self.floor is not None else f"≤ {self.ceiling:g}"
        verdict = "reached" if self.reached else "MISSED"
        raw = f"  ({self.raw})" if self.raw else ""
        return f"{verdict}  {self.what}: {self.value:.3g} {self.unit}, wanted {mark}{raw}"
