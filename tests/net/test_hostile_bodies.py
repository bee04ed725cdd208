"""Bodies and headers that are meant to hurt: bombs, drips, cuts, sizes."""

from __future__ import annotations

import contextlib
import gzip
import socket
import time
import tracemalloc
import zlib
from collections.abc import Iterator

import brotli
import pytest

from connectors.contract import TryLater
from listener.net import Net
from tests.doors import a_net
from tests.web_server import Site, drip

TEXT = b"A happy customer. " * 5000
raw_deflate = zlib.compressobj(wbits=-15)


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        yield site


@pytest.fixture
def net() -> Iterator[Net]:
    net = a_net()
    yield net
    net.close()


@pytest.fixture
def hasty() -> Iterator[Net]:
    """For far sides that go on for ever: whatever it takes, it is long enough for them to have begun."""
    net = a_net(total=0.6, read=0.3)
    yield net
    net.close()


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", gzip.compress(TEXT)),
        ("x-gzip", gzip.compress(TEXT[:100]) + gzip.compress(TEXT[100:])),
        ("GZIP", gzip.compress(TEXT) + bytes(10)),
        ("deflate", zlib.compress(TEXT)),
        ("deflate", raw_deflate.compress(TEXT) + raw_deflate.flush()),
        ("br", brotli.compress(TEXT)),
        ("identity", TEXT),
    ],
)
def test_packed_bodies_are_unpacked(site: Site, net: Net, encoding: str, packed: bytes) -> None:
    assert net.fetch(site.put("/", packed, Content_Encoding=encoding)).body == TEXT


@pytest.mark.parametrize("length", [65535, 65536, 65537, 131072, 999_999])
@pytest.mark.parametrize("pack", [gzip.compress, brotli.compress, zlib.compress])
def test_no_length_is_cut_short(site: Site, net: Net, length: int, pack: object) -> None:
    way = {gzip.compress: "gzip", brotli.compress: "br", zlib.compress: "deflate"}[pack]
    assert len(net.fetch(site.put("/", pack(bytes(length)), Content_Encoding=way)).body) == length  # type: ignore[operator]


@pytest.mark.parametrize(
    ("way", "pack"), [("gzip", gzip.compress), ("br", brotli.compress), ("deflate", zlib.compress)]
)
def test_a_bomb_is_put_out_without_the_memory(site: Site, net: Net, way: str, pack: object) -> None:
    url = site.put("/", pack(bytes(12_000_000)), Content_Encoding=way)  # type: ignore[operator]
    tracemalloc.start()
    with pytest.raises(TryLater, match="more than 5 MB, which is not read; name an address of it that gives less"):
        net.fetch(url)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 16_000_000


def test_a_body_without_end_is_cut_at_its_limit(site: Site, net: Net) -> None:
    def flood(connection: socket.socket) -> None:
        with contextlib.suppress(OSError):
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            while True:
                connection.sendall(bytes(100_000))

    with pytest.raises(TryLater, match="more than 5 MB"):
        net.fetch(site.play("/", flood))


def test_an_error_page_of_any_size_is_an_error_page(site: Site, net: Net) -> None:
    answer = net.fetch(site.put("/", bytes(10_000_000), 404))
    assert (answer.status, answer.body) == (404, b"")


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate", "zstd", "gzip, br"])
def test_a_body_that_is_not_packed_as_it_says_is_for_later(site: Site, net: Net, encoding: str) -> None:
    with pytest.raises(TryLater, match="cannot be unpacked"):
        net.fetch(site.put("/", b"plain text that is not packed at all", Content_Encoding=encoding))


@pytest.mark.parametrize(("way", "pack"), [("gzip", gzip.compress), ("br", brotli.compress)])
def test_a_packed_body_that_stops_in_the_middle_is_for_later(site: Site, net: Net, way: str, pack: object) -> None:
    packed = pack(TEXT)  # type: ignore[operator]
    with pytest.raises(TryLater, match="middle"):
        net.fetch(site.put("/", packed[: len(packed) // 2], Content_Encoding=way))


@pytest.mark.parametrize(
    "start",
    [b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\ncontent-length: 999\r\n\r\n", b""],
)
def test_a_drip_ends_by_the_clock_on_the_wall(site: Site, hasty: Net, start: bytes) -> None:
    def slowly(connection: socket.socket) -> None:
        connection.sendall(start)
        drip(connection, b"x" * 1000, 0.1, site.stopped)

    url = site.play("/", slowly)
    begun = time.monotonic()
    with pytest.raises(TryLater):
        hasty.fetch(url)
    assert time.monotonic() - begun < 30


def test_interim_answers_without_end_are_cut_off(site: Site, hasty: Net) -> None:
    def wait_for_ever(connection: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while not site.stopped.wait(0.05):
                connection.sendall(b"HTTP/1.1 102 Processing\r\n\r\n")

    with pytest.raises(TryLater, match="in time"):
        hasty.fetch(site.play("/", wait_for_ever))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nshort",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000 + b"\r\n\r\n",
    ],
)
def test_a_connection_that_breaks_off_or_babbles_is_for_later(site: Site, net: Net, raw: bytes) -> None:
    def say(connection: socket.socket) -> None:
        with contextlib.suppress(OSError):
            connection.sendall(raw)

    with pytest.raises(TryLater):
        net.fetch(site.play("/", say))


def test_a_silent_server_is_for_later(site: Site, hasty: Net) -> None:
    with pytest.raises(TryLater, match="in time"):
        hasty.fetch(site.play("/", lambda connection: site.stopped.wait(3) and None))
