"""For libraries that bring their own HTTP (praw, Mastodon.py): a `requests` session that leaves by the door."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote, urlsplit

import requests
from requests.adapters import BaseAdapter

from connectors.answers import accepted
from connectors.contract import Door, GiveUp, Response, TryLater
from connectors.dates import read_time
from connectors.json_api_site import read_json
from connectors.stars import number

MEGABYTES = 20  # a page of 100 posts of 40,000 characters, each told twice, as text and as HTML
PATIENCE = timedelta(seconds=5)  # a longer wait is not sat out but handed to the schedule
LONGEST_WAIT = 86_400.0
OURS = frozenset({"authorization", "content-type", "accept", "idempotency-key"})

Read = Callable[[Response], Any]


class NotModified(Exception):
    """The far side answered 304."""


class Told(requests.Response):
    """An answer whose JSON was read before the library sees it."""

    told: Any = None

    def json(self, **options: Any) -> Any:
        return self.told


class Limiter:
    """Keeps to the quota that the far side tells of. One for each poll."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._closed_until: datetime | None = None

    def wait(self) -> None:
        """Wait until the next request is allowed. Raises TryLater for a long wait, and at once when stopped."""
        left = self._closed_until - self._door.now() if self._closed_until else timedelta(0)
        if left > PATIENCE:
            raise TryLater("the site's quota is used up; the source goes on when it is renewed", left)
        if self._door.stopped.wait(max(0.0, left.total_seconds())):
            raise TryLater("the daemon is stopping")

    def heed(self, headers: Mapping[str, str]) -> None:
        """Take note of what is left of the quota: `-reset` is a count of seconds (Reddit) or a time (Mastodon)."""
        # fractions, as in "0.0", which prawcore's own reading of the other two does not take
        left, reset = number(headers.get("x-ratelimit-remaining")), headers.get("x-ratelimit-reset", "")
        self._closed_until = self._renewed(reset) if left is not None and left < 1 else None

    def _renewed(self, reset: str) -> datetime | None:
        now = self._door.now()
        # Mastodon's is an ISO time, GoToSocial's a count
        if "-" in reset.strip("-"):
            return read_time(reset)
        return now + timedelta(seconds=min(max(number(reset) or 0.0, 0.0), LONGEST_WAIT))


class DoorAdapter(BaseAdapter):
    """Sends by the door. The library sees sound answers only, without headers: refusals, waits and no JSON raise here.

    That keeps its own waiting, retrying and reading of odd headers asleep: those sleep for up to ten minutes, fail
    on an HTTP-date in Retry-After or on a 401 without a header, and cannot be interrupted.
    """

    def __init__(self, door: Door, read: Read) -> None:
        super().__init__()
        self._door = door
        self._read = read
        self._limiter = Limiter(door)

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        """Raises TryLater, GiveUp or NotModified, which the library wraps: `plainly` takes them out again."""
        self._limiter.wait()
        answer = self._fetch(request)
        self._limiter.heed(answer.headers)
        if answer.status == 304:
            raise NotModified
        told = Told()
        told.status_code, told.url, told.request = answer.status, answer.url, request
        told.told = self._read(answer)
        return told

    def close(self) -> None:
        """Nothing is held open here."""

    def _fetch(self, request: requests.PreparedRequest) -> Response:
        url, body = request.url or "", request.body
        # the door has its own user agent and encodings
        headers = {key.lower(): str(text) for key, text in request.headers.items() if key.lower() in OURS}
        sent = body.encode() if isinstance(body, str) else body if isinstance(body, bytes) else None
        answer = self._door.fetch(url, method=request.method or "GET", headers=headers, body=sent, megabytes=MEGABYTES)
        # Reddit sends names that do not exist to its search, whose answer would pass for an empty listing
        if _path(answer.url) != _path(url):
            raise TryLater(f"{_path(url)} leads to {_path(answer.url)}: there is nothing of this name")
        return accepted(answer)


def _path(url: str) -> str:
    return unquote(urlsplit(url).path).rstrip("/")


def session(door: Door, read: Read = read_json) -> requests.Session:
    """A session for one poll or reply; `read` makes the value that the library gets for JSON."""
    made = requests.Session()
    # neither .netrc nor proxies of the environment
    made.trust_env = False
    for scheme in ("https://", "http://"):
        made.mount(scheme, DoorAdapter(door, read))
    return made


@contextmanager
def plainly(*errors: type[Exception]) -> Iterator[None]:
    """Errors of a library as TryLater, GiveUp and NotModified: those it wrapped, else its own in their words."""
    try:
        yield
    except errors as error:
        # the library raised its own while it handled ours
        ours = error.__context__
        if isinstance(ours, TryLater | GiveUp | NotModified):
            raise ours from None
        raise TryLater(f"the site's answer makes no sense: {str(error)[:300]}") from error
