"""The HTTP server itself: crowds, odd forms, and addresses of both kinds."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from http import HTTPStatus
from http.client import HTTPConnection
from threading import Event

import pytest
import structlog

from listener.config.quantities import Address, address
from listener.web import server
from listener.web.contract import Answer, Request
from listener.web.server import serve

LOG = structlog.get_logger()


class Counting:
    """A page that tells how many fields a form has, once it may."""

    methods = ("POST",)

    def __init__(self) -> None:
        self.opened = Event()
        self.opened.set()

    def most_bytes(self, path: str) -> int | None:
        return 10_000

    def answer(self, request: Request) -> Answer:
        self.opened.wait(30)
        return Answer(HTTPStatus.OK, str(len(request.form)).encode())


def post(port: int, body: str = "a=1", host: str = "127.0.0.1") -> tuple[int, str]:
    connection = HTTPConnection(host, port, timeout=30)
    try:
        connection.request("POST", "/form", body)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def test_a_form_of_too_many_fields_is_refused_and_no_bug():
    with serve(Address("127.0.0.1", 0), {"/form": Counting()}, LOG) as port:
        assert post(port, "&".join(f"a{number}=1" for number in range(200))) == (200, "200")
        assert post(port, "&".join(f"a{number}=1" for number in range(201))) == (400, "more than 200 fields\n")


def test_a_burst_of_posts_waits_in_line_and_none_is_reset():
    with serve(Address("127.0.0.1", 0), {"/form": Counting()}, LOG) as port, ThreadPoolExecutor(150) as crowd:
        assert set(crowd.map(lambda _: post(port), range(600))) == {(200, "1")}


def test_those_who_hold_every_desk_keep_others_out_and_the_server_goes_on(monkeypatch):
    monkeypatch.setattr(server, "AT_ONCE", 2)
    page = Counting()
    page.opened.clear()
    with serve(Address("127.0.0.1", 0), {"/form": page}, LOG) as port, ExitStack() as held:
        held.callback(page.opened.set)
        slow = [held.enter_context(socket.create_connection(("127.0.0.1", port))) for _ in range(2)]
        for one in slow:
            one.sendall(b"POST /form HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\na=1")
        with pytest.raises(ConnectionError):
            post(port)

        page.opened.set()
        for one in slow:
            one.close()
        assert post(port) == (200, "1")


def test_an_address_of_version_6_is_served_as_it_is_written():
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no IPv6 loopback")
    listen = address("[::1]:0")
    assert str(listen) == "[::1]:0"
    with serve(listen, {"/form": Counting()}, LOG) as port:
        assert post(port, host="::1") == (200, "1")
