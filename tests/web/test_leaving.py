"""The link to opt out, over a real socket: reading it changes nothing, one POST is enough, and it works again."""

from __future__ import annotations

from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest
import structlog

from listener.config.quantities import Address
from listener.pipeline.letters import Mailroom
from listener.signing import Signer
from listener.store import Store
from listener.web import Leaving, serve
from tests.fresh import a_store
from tests.makers import NOW

LOG, SIGNER = structlog.get_logger("listener"), Signer(b"key")
LINK = Mailroom("mail", "", SIGNER).unsubscribe("c-17")


def ask(port: int, method: str, path: str, body: bytes = b"") -> tuple[int, str]:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request(method, path, body, {"Content-Type": "application/x-www-form-urlencoded"})
    answer = connection.getresponse()
    told = answer.status, answer.read().decode()
    connection.close()
    return told


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Store]:
    store = a_store(tmp_path)
    yield store
    store.close()


@pytest.fixture
def port(kept: Store) -> Iterator[int]:
    page = Leaving(kept.contacts, SIGNER, lambda: NOW, LOG)
    with serve(Address("127.0.0.1", 0), {"/u/": page}, LOG) as port:
        yield port


def test_reading_the_page_opts_nobody_out(kept: Store, port: int) -> None:
    status, told = ask(port, "GET", LINK)

    assert status == 200
    assert '<form method="post">' in told
    assert kept.contacts.opt_out("c-17", NOW, "somebody else was first")


def test_one_click_of_a_mail_program_opts_out_also_twice(kept: Store, port: int) -> None:
    first = ask(port, "POST", LINK, b"List-Unsubscribe=One-Click")
    again = ask(port, "POST", LINK)

    assert first[0] == again[0] == 200
    assert not kept.contacts.opt_out("c-17", NOW, "too late")


@pytest.mark.parametrize(
    "path", ["/u/", "/u/abc", LINK[:-1], LINK + "x", "/u/" + SIGNER.token("survey", {"person": 1})]
)
def test_a_link_that_is_not_ours_opts_nobody_out(kept: Store, port: int, path: str) -> None:
    status, told = ask(port, "POST", path)

    assert status == 404
    assert "does not work" in told
    assert kept.contacts.opt_out("c-17", NOW, "nobody was before")
