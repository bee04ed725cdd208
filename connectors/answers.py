"""What a refusal of the far side means for a source: one reading for all kinds that speak HTTP."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from connectors.contract import Failed, GiveUp, Response, TryLater

# a 401 or 403 rarely heals within minutes, and asking again and again looks like an attack
REFUSED = timedelta(hours=6)
LONGEST = timedelta(days=1)

_MEANING = {
    401: "wants other credentials (401): check the source's secrets",
    403: "refuses us (403): check the credentials and whether the site permits reading",
    404: "has nothing at this address (404): check it, or whether it has moved",
}


def accepted(answer: Response) -> Response:
    """The answer when it is one. Raises GiveUp for 410 and TryLater for every other refusal."""
    if answer.status < 400:
        return answer
    where = urlsplit(answer.url)
    place = f"{where.netloc}{where.path}"
    if answer.status == 410:
        raise GiveUp(f"{place} is gone for good (410): remove the source or give its new address")
    why = _MEANING.get(answer.status, f"answered {answer.status}")
    raise TryLater(f"{place} {why}", after=REFUSED if answer.status in (401, 403) else None)


def retry_after(value: str, now: datetime) -> timedelta | None:
    """A Retry-After header, seconds or an HTTP date, as a wait from `now` of at most a day."""
    value = value.strip()
    # nine digits are thirty years, and int() of a few thousand would raise
    if value.isascii() and value.isdigit():
        return min(LONGEST, timedelta(seconds=int(value[:9])))
    try:
        until = parsedate_to_datetime(value)
    except (ValueError, TypeError, OverflowError):
        return None
    # a date that ends in -0000 is read without a zone
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return min(LONGEST, max(timedelta(0), until - now))


def asked_to_wait(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """How long a refusal says to wait, by Retry-After or as GitHub tells when the quota starts anew; at most a day."""
    reset = headers.get("x-ratelimit-reset", "")
    if headers.get("x-ratelimit-remaining") == "0" and "retry-after" not in headers and reset.isdecimal():
        return timedelta(seconds=min(max(1.0, int(reset[:12]) - now.timestamp()), LONGEST.total_seconds()))
    return retry_after(headers.get("retry-after", ""), now)


@contextmanager
def as_failure() -> Iterator[None]:
    """Trouble with a source, told in the words of an action: TryLater and GiveUp leave the block as Failed."""
    try:
        yield
    except TryLater as trouble:
        raise Failed(str(trouble), after=trouble.after) from None
    except GiveUp as trouble:
        raise Failed(str(trouble), permanent=True) from None
