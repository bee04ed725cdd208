"""Answers to us: what the person of a ticket says in its conversation joins it, also without a complaint."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row

from listener.actions import ticket_words as words
from listener.model.handling import Handling
from listener.pipeline.attention import Readers, told_of
from listener.store.circle import Word
from listener.store.grounds import COMPLAINTS
from listener.store.judging import Turn

QUESTIONS = ("question", "request")


class Talking:
    """Finds the ticket of a conversation, and lets answers join it. `readers` hear of them, where there are any."""

    def __init__(self, handling: Handling, readers: Readers | None = None) -> None:
        self._handling = handling
        self._readers = readers

    def ticket(self, row: Row[Any], judgement: Any, turn: Turn) -> tuple[Word, Row[Any] | None]:
        """The mention as a word of its conversation, and the conversation's ticket."""
        verdict = judgement.verdict
        again = verdict.label in COMPLAINTS or verdict.intent in QUESTIONS
        word = Word(row.id, judgement.person, row.source, row.thread, row.reply_to_us, again)
        return word, None if row.history or row.own else turn.talks.ticket_of(word)

    def answer(self, word: Word, ticket: Row[Any], turn: Turn, now: datetime) -> int:
        """The word joins the ticket; its people hear of what was said to us or changes something."""
        how = turn.take_up(ticket, word, self._handling)
        if self._readers and how and (word.to_us or how != "joined"):
            message = words.wrote(told_of(ticket), how, word.mention, f"ticket:{ticket.id}:wrote:{word.mention}")
            for notice in self._readers.notices(ticket.id, ticket.owner, message, now, all_hear=False):
                turn.order(notice)
        return int(ticket.id)
