"""The page behind the link in a mail: looking changes nothing, a button decides once, a late link says so."""

from __future__ import annotations

from email.message import Message as Headers
from http import HTTPStatus
from urllib.parse import urlencode

import pytest

from listener.pipeline.links import Links
from listener.pipeline.people import People, Person
from listener.signing import Signer
from listener.store.delivery_lists import DeliveryFilter
from listener.web.approve import Approve
from listener.web.contract import Request
from tests.pipeline.road import a_road, an_item

APPROVERS = {"kim@acme.example": "kim"}


class Mail:
    def __init__(self, folder):
        self.road = a_road(folder)
        self.road.says(an_item(text="Acme Flow <b>rocks</b> +", html=False))
        self.links = Links(Signer(b"k" * 32), "https://l.example", APPROVERS, self.road.clock)
        people = lambda who, once: People(  # noqa: E731
            self.road.store, lambda source: False, self.road.clock, Person(who), once=once
        )
        self.page = Approve(self.road.store, self.links, people, self.road.clock)
        self.path = (self.links.decide(self.draft.id, "Kim@acme.example") or "").removeprefix("https://l.example")

    @property
    def draft(self):
        return next(row for row in self.road.store.deliveries.page(DeliveryFilter()) if row.action == "thank")

    def get(self, path=""):
        return self.page.answer(Request("GET", path or self.path, "", Headers()))

    def post(self, **given):
        return self.page.answer(Request("POST", self.path, Headers(), urlencode(given).encode()))


@pytest.fixture
def mail(tmp_path):
    return Mail(tmp_path)


def test_looking_shows_everything_and_changes_nothing(mail):
    for _ in range(3):
        shown = mail.get().body.decode()

    assert mail.draft.text.splitlines()[0] in shown
    assert "&lt;b&gt;rocks" in shown
    assert "https://forum.example/p1" in shown
    assert mail.draft.status == "waiting"


def test_the_text_in_the_form_is_what_is_approved_to_the_letter(mail):
    answer = mail.post(do="approve", text="Thanks, Anna!\r\nKim")

    assert answer.status == HTTPStatus.OK
    assert (mail.draft.status, mail.draft.text, mail.draft.decided_by) == ("by_hand", "Thanks, Anna!\nKim", "kim")


def test_a_used_link_says_what_became_of_it(mail):
    mail.post(do="reject", why="no")

    assert mail.post(do="approve", text="Thanks").status == HTTPStatus.CONFLICT
    assert f"Delivery {mail.draft.id} is rejected, decided by kim" in mail.get().body.decode()
    assert mail.draft.why == "no"


def test_a_late_link_says_what_to_do(mail):
    mail.road.clock.pass_by(days=8)

    answer = mail.get()
    assert answer.status == HTTPStatus.GONE
    assert "listener deliveries" in answer.body.decode()


@pytest.mark.parametrize("path", ["/approve/", "/approve/x.y", "/approve/é", "/approve/" + "a" * 9000])
def test_a_forged_link_decides_nothing(mail, path):
    assert mail.get(path).status == HTTPStatus.NOT_FOUND


def test_a_link_is_for_approvers_and_ends_with_their_right(mail):
    assert mail.links.decide(1, "lee@acme.example") is None
    mail.links._approvers = {}

    assert mail.get().status == HTTPStatus.NOT_FOUND


def test_pages_load_nothing_and_can_be_framed_by_nobody(mail):
    policy = mail.get().headers["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
