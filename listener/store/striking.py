"""What messages, notes and records tell of posts that go is struck out of them; the rest of each stays."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, String, cast, or_, select, true, update

from listener.model.delivery import Delivery
from listener.model.issue import IssueAct, IssueSuggestion
from listener.model.ticket import Ticket, TicketNote
from listener.store import postings
from listener.store.engine import Database, chunks, table

act, suggestion, delivery = table(IssueAct), table(IssueSuggestion), table(Delivery)
ticket, note = table(Ticket), table(TicketNote)

# numbers of two digits are figures of the card more often than anybody's words
FIGURE = re.compile(r"\d{1,2}")
# what JSON writes otherwise, and what a card may have set apart
NO_PLAIN = re.compile(r'["\\\x00-\x1f]')
LONGEST_QUOTE = 280
QUOTES_AT_ONCE = 50
# what a message tells; the rest of it is addresses and keys
TOLD = frozenset({"title", "text", "facts", "quote", "lines", "quotes", "counted", "baseline"})


def no_stems(text: str) -> Iterable[str]:
    return ()


class Lost:
    """Words that nobody else said in an issue, and quotes. `struck` is a told value without them."""

    def __init__(
        self, stems: frozenset[str], quotes: Iterable[str], stems_of: Callable[[str], Iterable[str]] = no_stems
    ) -> None:
        self._stems = stems
        self._quotes = [_whole(quote) for quote in sorted(filter(None, quotes), key=len, reverse=True)]
        self._stems_of = stems_of

    def has(self, word: str) -> bool:
        return bool(self._stems.intersection((word.casefold(), *self._stems_of(word))))

    def struck(self, value: Any) -> Any:
        if isinstance(value, str):
            for quote in self._quotes:
                value = quote.sub("…", value)
            return re.sub(r"\w+", self._word, value) if self._stems else value
        if isinstance(value, Mapping):
            return {name: self.struck(one) for name, one in value.items()}
        return [self.struck(one) for one in value] if isinstance(value, list | tuple) else value

    def told(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """A message: what it tells is struck, its addresses and keys stay."""
        plot = {"plot": self.told(message["plot"])} if isinstance(message.get("plot"), Mapping) else {}
        return {name: self.struck(value) if name in TOLD else value for name, value in message.items()} | plot

    def _word(self, found: re.Match[str]) -> str:
        word = found.group()
        return "…" if not FIGURE.fullmatch(word) and self.has(word) else word


def _whole(quote: str) -> re.Pattern[str]:
    """A post that says "no" is not quoted wherever somebody writes "nobody"."""
    return re.compile(rf"(?<!\w){re.escape(quote)}" + (r"(?!\w)" if len(quote) < LONGEST_QUOTE else ""))


def strike_quotes(
    connection: Connection, database: Database, family: Sequence[str], quotes: Sequence[str], at: datetime
) -> None:
    """Out of messages about these issues, and of notes on their tickets, whole quotes."""
    lost = Lost(frozenset(), quotes)
    theirs = _on_tickets_of(family)
    for some in chunks(quotes, QUOTES_AT_ONCE):
        _strike_notes(connection, theirs & _quoting(note.c.text, some), lost)
        where = [_quoting(column, some) for column in (delivery.c.text, delivery.c.message, delivery.c.options)]
        strike_deliveries(connection, database, family, lost, at, or_(*where))


def strike_records(connection: Connection, family: Sequence[str], lost: Lost) -> None:
    """Titles that an act on the issue replaced, why issues may be one, cards in tickets."""
    for row in list(connection.execute(select(act.c.id, act.c.before).where(act.c.issue.in_(family)))):
        if row.before.get("title") and (told := lost.told(row.before)) != row.before:
            connection.execute(update(act).where(act.c.id == row.id).values(before=told))
    about = or_(suggestion.c.issue.in_(family), suggestion.c.other.in_(family))
    for row in list(connection.execute(select(suggestion.c.id, suggestion.c.reason).where(about))):
        if (reason := lost.struck(row.reason)) != row.reason:
            connection.execute(update(suggestion).where(suggestion.c.id == row.id).values(reason=reason))
    _strike_notes(connection, _on_tickets_of(family), lost)


def _on_tickets_of(family: Sequence[str]) -> ColumnElement[bool]:
    """Notes on tickets of these issues."""
    return note.c.ticket.in_(select(ticket.c.id).where(ticket.c.issue.in_(family)))


def _strike_notes(connection: Connection, which: ColumnElement[bool], lost: Lost) -> None:
    for row in list(connection.execute(select(note.c.id, note.c.text).where(which))):
        if (text := lost.struck(row.text)) != row.text:
            connection.execute(update(note).where(note.c.id == row.id).values(text=text))


def strike_deliveries(
    connection: Connection,
    database: Database,
    family: Sequence[str],
    lost: Lost,
    at: datetime,
    only: ColumnElement[bool] = true(),
) -> None:
    """Messages about the issue quote it; those that can be changed lose all words."""
    theirs: ColumnElement[bool] = delivery.c.issue.in_(family)
    theirs |= delivery.c.alert.in_(select(delivery.c.alert).where(theirs, delivery.c.alert.is_not(None)))
    changed = []
    for row in list(connection.execute(select(delivery).where(theirs, only))):
        new: dict[str, Any] = {"text": lost.struck(row.text), "message": lost.told(row.message)}
        if card := row.options.get("evidence"):
            new["options"] = {**row.options, "evidence": lost.told(card)}
        if any(getattr(row, name) != value for name, value in new.items()):
            connection.execute(update(delivery).where(delivery.c.id == row.id).values(new))
            changed.append(row)
    sent = [row for row in changed if row.status == "done" and row.action in postings.QUOTING]
    postings.redact(connection, database, sent, at)


def _quoting(column: ColumnElement[Any], quotes: Sequence[str]) -> ColumnElement[bool]:
    """Rows that may quote one of these, by the longest piece of each that stands the same in text and in JSON."""
    pieces = (max(NO_PLAIN.split(quote), key=len) for quote in quotes)
    return or_(*(cast(column, String).contains(piece, autoescape=True) for piece in pieces))
