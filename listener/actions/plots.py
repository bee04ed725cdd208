"""A plot in one line of text, for whatever shows no pictures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

BARS = "▁▂▃▄▅▆▇█"


def in_text(start: datetime, hours: float, counts: Sequence[int]) -> tuple[str, str]:
    """What is shown, and a bar for each step."""
    most = max((*counts, 1))
    line = "".join(BARS[round((len(BARS) - 1) * count / most)] for count in counts)
    return f"persons in {hours:g} h since {start:%m-%d %H:%M} UTC, at most {most}:", line
