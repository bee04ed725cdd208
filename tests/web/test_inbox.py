"""Posts to `/in/<source>` over a real socket: 202 only once stored, refusals that say why, nothing read for ever."""

from __future__ import annotations

import hashlib
import hmac
import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
import structlog

from connectors.webhook import Webhook
from listener.config.quantities import Address
from listener.intake import BrandNames, Brands, Intake
from listener.pipeline.collect import Collect, Watched
from listener.pipeline.notices import Notices
from listener.store import Store
from listener.store.mentions import MentionFilter
from listener.web import PREFIX, Health, Inbox, serve
from listener.web.server import SILENCE
from rules.terms import MaxAge
from tests.fresh import a_store
from tests.makers import NOW
from tests.pipeline.road import Clock, ClockDoor
from tests.running import eventually

SECRET, LOG = "shared secret", structlog.get_logger("listener")
POST = {"external_id": "7", "text": "Acme Flow is down", "author": "anna"}


@dataclass
class Desk:
    """The served address with the store behind it."""

    store: Store
    port: int

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, dict[str, str], str]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        told = answer.read().decode()
        connection.close()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, told

    def post(self, data: Any, at: timedelta = timedelta(), secret: str = SECRET, key: str = "") -> Any:
        body = json.dumps(data).encode()
        return self.ask("POST", "/in/our%20shop", body, **signed(body, at, secret), **{"Idempotency-Key": key})

    def texts(self) -> list[str]:
        return [row.text for row in self.store.mentions.page(MentionFilter())]

    def raw(self, *parts: bytes, every: float = 0) -> bytes:
        """Send these bytes one part after the other; whatever comes back until the end."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=60) as connection:
            for part in parts:
                connection.sendall(part)
                time.sleep(every)
            return b"".join(iter(lambda: connection.recv(65_536), b""))


def signed(body: bytes, at: timedelta = timedelta(), secret: str = SECRET) -> dict[str, str]:
    stamp = str(int((NOW + at).timestamp()))
    digest = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return {"X-Listener-Timestamp": stamp, "X-Listener-Signature": f"sha256={digest}"}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_desk(tmp_path) as desk:
        yield desk


@contextmanager
def a_desk(tmp_path: Path, patience: float = 60.0) -> Iterator[Desk]:
    """A desk that waits so many seconds for a request."""
    store, clock = a_store(tmp_path), Clock()
    source = Webhook(secret=SECRET, megabytes=0.01)
    watched = Watched("our shop", "webhook", source, ("Acme Flow",), True, "our shop", "review")
    brands = Brands([BrandNames("Acme Flow", ("acme flow",))])
    door = lambda _: ClockDoor(clock)  # noqa: E731  # as much of a door as a push needs
    intake, notices = Intake(brands, Brands([])), Notices(store, "ops")
    collect = Collect(store, intake, {"our shop": watched}, door, notices, MaxAge(), LOG)  # type: ignore[arg-type]  # see above
    store.sources.enlist([("our shop", "webhook", "webhook")])
    inbox = Inbox({"our shop": source}, collect, clock, LOG)
    with serve(Address("127.0.0.1", 0), {**Health(store, clock).pages(), PREFIX: inbox}, LOG, patience) as port:
        yield Desk(store, port)
    store.close()


def test_a_signed_post_is_acknowledged_once_it_is_stored(desk: Desk) -> None:
    status, _, told = desk.post(POST)

    assert (status, json.loads(told)) == (202, {"items": 1, "new": 1, "edited": 0, "repeated": 0, "unusable": 0})
    assert desk.texts() == ["Acme Flow is down"]
    row = desk.store.sources.get("our shop")
    assert row
    assert (row.state, row.items, row.mentions, row.last_ok_at) == ("ok", 1, 1, NOW)


def test_the_same_post_again_is_acknowledged_and_kept_once(desk: Desk) -> None:
    desk.post([{"text": "+1"}], key="a")

    assert json.loads(desk.post([{"text": "+1"}], key="a")[2])["repeated"] == 1
    assert json.loads(desk.post([{"text": "+1"}], key="b")[2])["new"] == 1
    assert desk.texts() == ["+1", "+1"]


def test_what_is_posted_first_is_no_history_unless_it_is_old(desk: Desk) -> None:
    old = {"posted_at": (NOW - timedelta(days=15)).isoformat()}
    recent = {"posted_at": (NOW - timedelta(days=13)).isoformat()}
    desk.post([{"text": "undated"}, {"text": "old", **old}, {"text": "recent", **recent}])

    kept = {row.text: (row.history, row.first_poll) for row in desk.store.mentions.page(MentionFilter())}
    assert kept == {"undated": (False, False), "old": (True, False), "recent": (False, False)}


@pytest.mark.parametrize(
    ("options", "status", "why"),
    [
        ({"secret": "forged"}, 401, "x-listener-signature"),
        ({"at": timedelta(minutes=-6)}, 401, "5 minutes"),
        ({"at": timedelta(minutes=6)}, 401, "5 minutes"),
    ],
)
def test_a_forged_or_stale_post_is_refused_and_nothing_is_kept(desk: Desk, options: Any, status: int, why: str) -> None:
    answer = desk.post(POST, **options)

    assert (answer[0], why in answer[2], desk.texts()) == (status, True, [])


@pytest.mark.parametrize(
    ("method", "path", "status", "allow"),
    [
        ("POST", "/in/nowhere", 404, None),
        ("GET", "/in/nowhere", 404, None),
        ("POST", "/in/", 404, None),
        ("POST", "/in/our%20shop/", 404, None),
        ("GET", "/in/our%20shop", 405, "POST"),
        ("PUT", "/in/our%20shop", 405, "POST"),
        ("DELETE", "/in/our%20shop", 405, "POST"),
        ("POST", "/healthz", 405, "GET"),
        ("POST", "/elsewhere", 404, None),
        ("GET", "/healthz", 200, None),
    ],
)
def test_unknown_addresses_and_wrong_methods_are_told_apart(
    desk: Desk, method: str, path: str, status: int, allow: str | None
) -> None:
    answer = desk.ask(method, path, b"{}" if method == "POST" else b"")

    assert (answer[0], answer[1].get("allow")) == (status, allow)


def test_more_than_the_limit_is_refused_before_it_is_read(desk: Desk) -> None:
    assert desk.post({"text": "x" * 11_000})[0] == 413
    assert desk.post({"text": "x" * 9_000})[0] == 202
    assert b" 413 " in desk.raw(b"POST /in/our%20shop HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (b"", b" 411 "),
        (b"Transfer-Encoding: chunked\r\n", b" 411 "),
        (b"Transfer-Encoding: chunked\r\nContent-Length: 2\r\n", b" 411 "),
        (b"Content-Length: -1\r\n", b" 400 "),
        (b"Content-Length: 0x2\r\n", b" 400 "),
        (b"Content-Length: 2\r\nContent-Length: 3\r\n", b" 400 "),
    ],
)
def test_a_body_of_unclear_length_is_refused(desk: Desk, headers: bytes, status: bytes) -> None:
    assert status in desk.raw(b"POST /in/our%20shop HTTP/1.1\r\n" + headers + b"\r\n{}").splitlines()[0]


@pytest.mark.parametrize("start", [b"", b"POST /in/our%20shop HTTP/1.1\r\nContent-Length: 500\r\n\r\n"])
def test_a_drip_is_cut_off_in_time(tmp_path: Path, start: bytes) -> None:
    with a_desk(tmp_path, patience=0.6) as desk:
        began = time.monotonic()
        try:
            told = desk.raw(start, *[b"x"] * 30, every=0.05)
        except ConnectionError:
            told = b""

        assert time.monotonic() - began < SILENCE
        assert b" 408 " in told or not start or not told
        # a busy machine may need more patience than this desk has
        eventually(lambda: desk.post(POST)[0] == 202)


def test_a_body_that_is_cut_off_is_refused(desk: Desk) -> None:
    with socket.create_connection(("127.0.0.1", desk.port), timeout=60) as connection:
        connection.sendall(b"POST /in/our%20shop HTTP/1.1\r\nContent-Length: 500\r\n\r\n{")
        connection.shutdown(socket.SHUT_WR)
        assert b" 400 " in connection.recv(65_536)


def test_a_store_that_cannot_be_written_answers_503_and_when_to_come_again(desk: Desk) -> None:
    path = desk.store.database.path
    assert path
    desk.store.close()
    path.write_bytes(b"no database at all" * 100)
    for name in ("-wal", "-shm"):
        path.with_name(path.name + name).unlink(missing_ok=True)
    status, headers, _ = desk.post(POST)

    assert (status, headers["retry-after"]) == (503, "30")
