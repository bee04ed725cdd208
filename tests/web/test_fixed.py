"""The question whether it is fixed, over a real socket: reading it changes nothing, an answer does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from listener.config.quantities import Address
from listener.pipeline.asking import PREFIX, Asking
from listener.web import serve
from listener.web.fixed import Fixed
from tests.campaigns.ground import LOG, SIGNER, Ground, a_ground, an_outbreak, registry
from tests.fresh import a_store
from tests.makers import NOW
from tests.web.test_leaving import ask


@dataclass
class Asked:
    """Somebody who has the link."""

    ground: Ground
    port: int
    link: str

    def answers(self, body: bytes = b"", method: str = "POST") -> tuple[int, str]:
        return ask(self.port, method, self.link, body)

    @property
    def kept(self) -> str | None:
        return next(row.answer for row in self.ground.store.closing.told("sync") if row.person == "c0")


@pytest.fixture
def asked(tmp_path: Path) -> Iterator[Asked]:
    store = a_store(tmp_path)
    registry(store)
    ground = a_ground(store, tmp_path, hold=timedelta(0))
    ground.closing.fixed(an_outbreak(store), "a full disk", "kim")
    ground.goes_on()
    asking = Asking("", SIGNER)
    link = asking.link(store.campaigns.page()[0], "c0")
    with serve(Address("127.0.0.1", 0), {PREFIX: Fixed(asking, ground.closing, lambda: NOW)}, LOG) as port:
        yield Asked(ground, port, link)
    store.close()


def test_reading_the_page_answers_nothing(asked: Asked) -> None:
    status, told = asked.answers(method="GET")

    assert (status, asked.kept) == (200, None)
    assert 'value="yes"' in told


def test_a_yes_is_kept_and_thanked(asked: Asked) -> None:
    status, told = asked.answers(b"answer=yes")

    assert (status, "Thank you" in told, asked.kept) == (200, True, "yes")


def test_who_changes_their_mind_opens_it_again(asked: Asked) -> None:
    asked.answers(b"answer=yes")
    asked.answers(b"answer=no")

    assert (asked.kept, asked.ground.state()) == ("no", "regressed")


def test_what_is_no_answer_asks_again(asked: Asked) -> None:
    assert "Does it work again?" in asked.answers(b"answer=perhaps")[1]
    assert asked.kept is None


def test_a_link_that_somebody_changed_does_not_work(asked: Asked) -> None:
    status, told = ask(asked.port, "POST", asked.link[:-1] + "x", b"answer=no")

    assert (status, "does not work" in told, asked.kept) == (404, True, None)
