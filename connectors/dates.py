"""Times in the forms that sites write them, read as aware UTC."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time
from email.utils import parsedate_to_datetime

# a count of seconds this large lies in the year 5138
MILLISECONDS = 100_000_000_000
# what lies before the web (0, 1 January 0001) is a placeholder, not a date
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)

_COUNT = re.compile(r"\d{9,16}(\.\d{1,9})?")
_CLOCK = re.compile(r"(?:,? at|,)? (\d{1,2}):(\d\d)(?::(\d\d))?(?: ?([ap])\.?m\.?)?$", re.I | re.A)
_WRITTEN = ("%B %d, %Y", "%b %d, %Y", "%d %B %Y", "%d %b %Y", "%d.%m.%Y", "%Y/%m/%d", "%b %d %Y")


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
    if found := _CLOCK.search(text):
        return datetime.combine(_midnight(text[: found.start()]), _clock(found))
    return parsedate_to_datetime(text) if ":" in text else _midnight(text)


def _clock(found: re.Match[str]) -> time:
    hour, minute, second = (int(part or 0) for part in found.group(1, 2, 3))
    if half := found[4]:
        if not 1 <= hour <= 12:
            raise ValueError("no such hour")
        hour = hour % 12 + (12 if half in "pP" else 0)
    return time(hour, minute, second)


def _midnight(text: str) -> datetime:
    for form in _WRITTEN if text else ():
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007  # the caller adds the zone
        except ValueError:
            continue
    return parsedate_to_datetime(f"{text} 00:00")
