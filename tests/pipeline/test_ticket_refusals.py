"""What cannot be done to tickets, accounts and answers: each refusal names the next step."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from listener.pipeline.letters import Mailroom
from listener.pipeline.linking import Linking
from listener.pipeline.replying import Replies
from listener.pipeline.ticketing import NotPossible, TicketWork
from listener.signing import Signer
from listener.store import Store
from tests.makers import NOW, a_mention, a_store, a_ticket, judged

ROOM = Mailroom("mail", "https://listener.example", Signer(b"key"))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Ticket 1 is open."""
    store = a_store(tmp_path)
    judged(store, a_mention(store))
    a_ticket(store, 1)
    yield store
    store.close()


def work(store: Store) -> TicketWork:
    return TicketWork(store, lambda: NOW, "kim")


def replies(store: Store) -> Replies:
    return Replies(store, ROOM, lambda source: False, lambda: NOW, "kim")


def linking(store: Store) -> Linking:
    return Linking(store, lambda: NOW, "kim")


REFUSED: list[tuple[Callable[[Store], Any], str]] = [
    (lambda s: work(s).note(9, "x"), "there is no ticket 9: `listener tickets` lists them"),
    (lambda s: work(s).wait(1, NOW, ""), "--until is past: write when to go on, as 3d or 2026-12-01"),
    (lambda s: work(s).close(1, "a cable", "fine"), "outcome is one of recovered, neutral, lost, not 'fine'"),
    (lambda s: work(s).close(1, " ", "lost"), "a ticket closes with its root cause: --cause 'what went wrong'"),
    (lambda s: work(s).reopen(1), "ticket 1 is open"),
    (lambda s: work(s).track(1), "no [[tracker]] of the configuration takes the queue 'care'"),
    (lambda s: replies(s).write(9, "Hello"), "there is no ticket 9: `listener tickets` lists them"),
    (lambda s: replies(s).write(1, " "), "the text is empty: write what the person is to read"),
    (lambda s: linking(s).link("reddit:anna", "c-9", " "), "say why: --why 'how you know'"),
    (lambda s: linking(s).link("anna", "c-9", "x"), "'anna' is no account: write platform:name, as in reddit:anna"),
    (lambda s: linking(s).link("reddit:anna", "c-9", "x"), "there is no customer 'c-9': `listener customers` lists"),
    (lambda s: linking(s).unlink("#1", "x"), "#1 belongs to no customer by itself: give its author's account"),
    (lambda s: linking(s).unlink("forum:anna", "x"), "`listener customers --json` shows the handles of each"),
]


def test_what_cannot_be_done_is_refused_in_words_and_leaves_the_ticket_as_it_was(store: Store) -> None:
    before = store.tickets.get(1)
    for refused, told in REFUSED:
        with pytest.raises(NotPossible) as caught:
            refused(store)
        assert told in str(caught.value)
    assert store.tickets.get(1) == before


def test_a_closed_ticket_waits_for_nobody_and_closes_once(store: Store) -> None:
    work(store).close(1, "a cable", "recovered")

    with pytest.raises(NotPossible, match="ticket 1 is closed already, recovered: a cable"):
        work(store).close(1, "another", "lost")
    with pytest.raises(NotPossible, match="ticket 1 is closed: `listener ticket reopen 1` first"):
        work(store).wait(1, NOW + timedelta(days=1), "")


def test_the_same_answer_twice_is_a_key_pressed_twice(store: Store) -> None:
    number = replies(store).write(1, "We are on it").id

    with pytest.raises(NotPossible, match=f"this text is delivery {number} already, which is by hand"):
        replies(store).write(1, " We are on it\n")
    assert replies(store).write(1, "It is mended").id != number


def test_who_opted_out_may_be_let_in_again_once(store: Store) -> None:
    assert [linking(store).opt_out("Reddit:@Anna", "by phone") for _ in range(2)] == [True, False]
    assert [linking(store).opt_in("reddit:anna", "by phone") for _ in range(2)] == [True, False]
