"""Times in the forms that sites write them, read as aware UTC."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

# a count of seconds this large lies in the year 5138
MILLISECONDS = 100_000_000_000
# what lies before the web (0, 1 January 0001) is a placeholder, not a date
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)

_COUNT = re.compile(r"\d{9,16}(\.\d{1,9})?")
_WRITTEN = ("%B %d, %Y", "%b %d, %Y", "%d %B %Y", "%d %b %Y", "%a, %d %b %Y", "%d.%m.%Y", "%Y/%m/%d", "%b %d %Y")


def read_time(value: object) -> datetime | None:
    """The moment meant by an ISO 8601, RFC 2822 or spelled-out date, or by a count of (milli)seconds.

    A date without a clock is its midnight, a clock without a zone is UTC. None when the text does not say,
    as for 03/04/2025, which two halves of the world read differently.
    """
    try:
        found = _read(value)
        moment = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError, OSError, TypeError):
        return None
    return moment if moment >= EARLIEST else None


def _read(value: object) -> datetime:
    """Raises ValueError, OverflowError or OSError for what is no time."""
    if isinstance(value, datetime):
        return value
    # True is an int to Python, and the first second of 1970 to fromtimestamp
    if isinstance(value, bool):
        raise ValueError("no time")
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value / 1000 if value >= MILLISECONDS else value, UTC)
    if not isinstance(value, str):
        raise ValueError("no time")
    return _read_text(value)


def _read_text(value: str) -> datetime:
    # no form of date is longer; strptime on a megabyte takes its time
    text = value.strip()[:60]
    if _COUNT.fullmatch(text):
        return _read(float(text))
    try:
        # 3.11 reads nearly all of ISO 8601, and much faster than strptime does
        return datetime.fromisoformat(text)
    except ValueError:
        return _spelled(" ".join(text.split()))


def _spelled(text: str) -> datetime:
    # none of the forms has a clock, and strptime takes its time over each
    for form in _WRITTEN if text and ":" not in text else ():
        try:
            # the caller adds the zone
            return datetime.strptime(text, form)  # noqa: DTZ007
        except ValueError:
            continue
    return parsedate_to_datetime(text)
