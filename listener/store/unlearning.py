"""What issues learned from somebody who is taken out, or from a post that goes, is taken back.

No word that nobody else said stays in an issue.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, or_, select, update

from listener.model.delivery import Delivery
from listener.model.grouped import ground_of, text_of, titled
from listener.model.issue import Issue, IssueAct, IssueMember, IssueState, IssueSuggestion, IssueWords
from listener.model.label import LearnedModel
from listener.model.mention import Mention
from listener.model.ticket import Ticket, TicketNote
from listener.store import grouped, postings
from listener.store.engine import Database, chunks, table
from listener.store.grounds import copies_of

issue, mention, delivery, act = table(Issue), table(Mention), table(Delivery), table(IssueAct)
words, state, member = table(IssueWords), table(IssueState), table(IssueMember)
model = table(LearnedModel)
suggestion, ticket, note = table(IssueSuggestion), table(Ticket), table(TicketNote)

MOST_KEYWORDS = 5
LONGEST_QUOTE = 280
# so many other posts are asked whether they say a word too: one that none of them says was nobody else's
MOST_ASKED = 2_000
# numbers of two digits are figures of the card more often than anybody's words
FIGURE = re.compile(r"\d{1,2}")
# what a message tells; the rest of it is addresses and keys
TOLD = frozenset({"title", "text", "facts", "quote", "lines", "quotes", "counted", "baseline"})


@dataclass(frozen=True, slots=True)
class Terms:
    """How grouping reads: the words of a text at their stems, and the place of a post in the order of posts.

    `without` takes words out of a topic model as it is kept.
    """

    of: Callable[[str], tuple[str, ...]]
    place: Callable[[datetime, str], int]
    without: Callable[[Mapping[str, Any], Collection[str]], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Said:
    """One mention that goes: where it was put and counts, what its issue learned from it, how it may be quoted."""

    mention: int
    issue: str
    root: str
    place: int
    words: tuple[str, ...]
    taught: tuple[str, ...]
    quote: str


def unlearn(connection: Connection, database: Database, ids: Sequence[int], terms: Terms, at: datetime) -> set[str]:
    """Before these mentions are emptied. Returns the root issues in which they count."""
    said = _said(connection, ids, terms)
    rows = grouped.rows(connection, {name for one in said for name in (one.issue, one.root)})
    _take_back(connection, rows, said)
    for root in sorted({one.root for one in said}):
        mine = [one for one in said if one.root == root]
        own = {term for one in mine for term in one.words}
        lost = Lost(_lost(connection, root, own, frozenset(ids), terms), [one.quote for one in mine], terms)
        family = grouped.family(connection, root)
        for row in grouped.rows(connection, family).values():
            _retitle(connection, row, lost)
        _strike_records(connection, family, lost)
        _strike_deliveries(connection, database, family, lost, at)
    _strike_reasons(connection, said, "erased")
    return {one.root for one in said}


def unlearn_topics(connection: Connection, ids: Sequence[int], terms: Terms) -> None:
    """Before these mentions are emptied: no topic model, at work or set aside, keeps a word that only they said."""
    kept = list(connection.execute(select(model.c.id, model.c.model).where(model.c.kind == "topics")))
    known = {word for row in kept for word in row.model.get("rarity", ())}
    gone, own = frozenset(ids), set[str]()
    for some in chunks(sorted(gone)):
        rows = connection.execute(select(mention.c.title, mention.c.text).where(mention.c.id.in_(some)))
        own |= known.intersection(term for row in rows for term in terms.of(text_of(row.title, row.text)))
    lost = _unsaid(connection, mention.c.issue.is_not(None), own, gone, terms)
    for row in kept:
        if lost.intersection(row.model.get("rarity", ())):
            left = dict(terms.without(row.model, lost))
            connection.execute(update(model).where(model.c.id == row.id).values(model=left))


def forget_words(connection: Connection, ids: Sequence[int], terms: Terms, why: str) -> None:
    """Before these posts lose their text, or go themselves, because they were deleted at their source or grew old.

    Reaches what issues know and what they are called. Messages are left to `endings.purge`. `why` takes the place of
    the words for which a post was put into its issue.
    """
    said = [one for one in _said(connection, ids, terms) if one.words]
    rows = grouped.rows(connection, {name for one in said for name in (one.issue, one.root)})
    _take_back(connection, rows, said)
    for root in sorted({one.root for one in said}):
        family = grouped.rows(connection, grouped.family(connection, root)).values()
        shown = {stem for row in family for word in row.keywords for stem in (word.casefold(), *terms.of(word))}
        own = {term for one in said if one.root == root for term in one.words}
        lost = Lost(_lost(connection, root, own & shown, frozenset(ids), terms), (), terms)
        for row in family:
            _retitle(connection, row, lost)
    _strike_reasons(connection, said, why)


class Lost:
    """Words that nobody else said in an issue, and quotes. `struck` is a told value without them."""

    def __init__(self, stems: frozenset[str], quotes: Iterable[str], terms: Terms) -> None:
        self._stems = stems
        self._quotes = sorted(filter(None, quotes), key=len, reverse=True)
        self._terms = terms

    def has(self, word: str) -> bool:
        return bool(self._stems.intersection((word.casefold(), *self._terms.of(word))))

    def struck(self, value: Any) -> Any:
        if isinstance(value, str):
            for quote in self._quotes:
                value = value.replace(quote, "…")
            return re.sub(r"\w+", self._word, value)
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


def _said(connection: Connection, ids: Sequence[int], terms: Terms) -> list[Said]:
    """Those of the mentions that are in an issue, held against an edit until the transaction ends."""
    rows: dict[int, Row[Any]] = {}
    where: dict[int, str] = {}
    for some in chunks(sorted(ids)):
        query = select(mention).where(mention.c.id.in_(some)).order_by(mention.c.id).with_for_update()
        rows |= {row.id: row for row in connection.execute(query)}
        where |= {one: put for one, put in grouped.assigned(connection, member.c.mention.in_(some)).items() if put}
    roots = grouped.roots(connection, set(where.values()))
    first = _originals(connection, {row.duplicate_of for row in rows.values() if row.duplicate_of} - rows.keys(), terms)
    found = []
    for number, put in sorted(where.items()):
        row, mine = rows[number], terms.of(text_of(rows[number].title, rows[number].text))
        # a copy taught nothing that the first one had said
        taught = tuple(term for term in mine if term not in first.get(row.duplicate_of, ()))
        quote = " ".join(text_of(row.title, row.text).split())[:LONGEST_QUOTE]
        found.append(Said(number, put, roots[put], terms.place(row.posted_at, row.post), mine, taught, quote))
    return found


def _originals(connection: Connection, ids: set[int], terms: Terms) -> dict[int | None, tuple[str, ...]]:
    found: dict[int | None, tuple[str, ...]] = {}
    for some in chunks(sorted(ids)):
        rows = connection.execute(select(mention.c.id, mention.c.title, mention.c.text).where(mention.c.id.in_(some)))
        found |= {row.id: terms.of(text_of(row.title, row.text)) for row in rows}
    return found


def _take_back(connection: Connection, rows: Mapping[str, Row[Any]], said: Sequence[Said]) -> None:
    """Out of what live issues know, and out of the copies of earlier times; who remembers the grounds reads anew."""
    by_ground: dict[str, list[Said]] = defaultdict(list)
    for one in said:
        by_ground[ground_of(rows[one.issue].brand, rows[one.issue].fence)].append(one)
    for ground, mine in sorted(by_ground.items()):
        held = select(state.c.version).where(state.c.name == ground).with_for_update()
        version = connection.execute(held).scalar()
        live = list(connection.execute(select(words).where(words.c.issue.in_({one.issue for one in mine}))))
        for row in live:
            value = _without(row.value, [one for one in mine if one.issue == row.issue])
            connection.execute(update(words).where(words.c.issue == row.issue).values(value=value))
        copies = _take_back_copies(connection, ground, {rows[one.issue].number: one.issue for one in mine}, mine)
        if version is not None and (live or copies):
            connection.execute(update(state).where(state.c.name == ground).values(version=version + 1))


def _take_back_copies(connection: Connection, ground: str, ids: Mapping[int, str], said: Sequence[Said]) -> bool:
    """True where a copy knew something of theirs."""
    changed = False
    since = min(one.place for one in said)
    for row in list(connection.execute(select(state).where(copies_of(ground), state.c.last >= since))):
        before = [one for one in said if one.place <= row.last]
        if not {one.issue for one in before}.intersection(ids.get(one["issue"]) for one in row.value["issues"]):
            continue
        changed = True
        live = [
            _without(one, [gone for gone in before if gone.issue == ids.get(one["issue"])])
            for one in row.value["issues"]
        ]
        connection.execute(update(state).where(state.c.name == row.name).values(value={"issues": live}))
    return changed


def _without(value: Mapping[str, Any], gone: Sequence[Said]) -> dict[str, Any]:
    """What an issue knows, less what these taught it."""
    less = Counter(term for one in gone for term in one.taught)
    left = {term: count - less[term] for term, count in value["terms"].items() if count > less[term]}
    return {**value, "terms": left}


def _lost(connection: Connection, root: str, own: set[str], gone: frozenset[int], terms: Terms) -> frozenset[str]:
    """Of these words those that nobody else said in the issue."""
    return _unsaid(connection, mention.c.issue == root, own, gone, terms)


def _unsaid(
    connection: Connection, where: ColumnElement[bool], own: set[str], gone: frozenset[int], terms: Terms
) -> frozenset[str]:
    """Of these words those that no other post there says."""
    left = set(own)
    columns = (mention.c.id, mention.c.title, mention.c.text)
    query = select(*columns).where(where, or_(mention.c.text != "", mention.c.title != ""))
    for row in connection.execute(query.limit(MOST_ASKED + len(gone))) if left else ():
        if row.id not in gone:
            left.difference_update(terms.of(text_of(row.title, row.text)))
        if not left:
            break
    return frozenset(left)


def _retitle(connection: Connection, row: Row[Any], lost: Lost) -> None:
    """Keywords that nobody else said go; a title made of them is made anew, one that people gave stays."""
    keywords = [word for word in row.keywords if not lost.has(word)]
    if keywords == list(row.keywords):
        return
    if not keywords:
        kept = connection.execute(select(words.c.value).where(words.c.issue == row.id)).scalar() or {"terms": {}}
        keywords = sorted(kept["terms"], key=kept["terms"].__getitem__, reverse=True)[:MOST_KEYWORDS]
    title = titled(row.topic, keywords)
    new = {"keywords": keywords} | ({} if row.titled_by else {"title": title})
    connection.execute(update(issue).where(issue.c.id == row.id).values(new))


def _strike_reasons(connection: Connection, said: Sequence[Said], why: str) -> None:
    for some in chunks([one.mention for one in said]):
        connection.execute(update(member).where(member.c.mention.in_(some)).values(reason=why))


def _strike_records(connection: Connection, family: Sequence[str], lost: Lost) -> None:
    """Titles that an act on the issue replaced, why issues may be one, cards in tickets."""
    for row in list(connection.execute(select(act.c.id, act.c.before).where(act.c.issue.in_(family)))):
        if row.before.get("title") and (told := lost.told(row.before)) != row.before:
            connection.execute(update(act).where(act.c.id == row.id).values(before=told))
    about = or_(suggestion.c.issue.in_(family), suggestion.c.other.in_(family))
    for row in list(connection.execute(select(suggestion.c.id, suggestion.c.reason).where(about))):
        if (reason := lost.struck(row.reason)) != row.reason:
            connection.execute(update(suggestion).where(suggestion.c.id == row.id).values(reason=reason))
    tickets = select(ticket.c.id).where(ticket.c.issue.in_(family))
    for row in list(connection.execute(select(note.c.id, note.c.text).where(note.c.ticket.in_(tickets)))):
        if (text := lost.struck(row.text)) != row.text:
            connection.execute(update(note).where(note.c.id == row.id).values(text=text))


def _strike_deliveries(
    connection: Connection, database: Database, family: Sequence[str], lost: Lost, at: datetime
) -> None:
    """Messages about the issue quote it; those that can be changed lose all words."""
    theirs: ColumnElement[bool] = delivery.c.issue.in_(family)
    theirs |= delivery.c.alert.in_(select(delivery.c.alert).where(theirs, delivery.c.alert.is_not(None)))
    changed = []
    for row in list(connection.execute(select(delivery).where(theirs))):
        new: dict[str, Any] = {"text": lost.struck(row.text), "message": lost.told(row.message)}
        if card := row.options.get("evidence"):
            new["options"] = {**row.options, "evidence": lost.told(card)}
        if any(getattr(row, name) != value for name, value in new.items()):
            connection.execute(update(delivery).where(delivery.c.id == row.id).values(new))
            changed.append(row)
    sent = [row for row in changed if row.status == "done" and row.action in postings.QUOTING]
    postings.redact(connection, database, sent, at)
