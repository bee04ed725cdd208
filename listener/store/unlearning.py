"""What issues learned from somebody who is taken out, or from a post that goes, is taken back.

No word that nobody else said stays in an issue.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, or_, select, update

from listener.model.campaign import Campaign
from listener.model.grouped import ground_of, text_of, titled
from listener.model.issue import Issue, IssueMember, IssueState, IssueWords
from listener.model.label import LearnedModel
from listener.model.mention import Mention
from listener.store import grouped
from listener.store.engine import Database, chunks, table
from listener.store.grounds import copies_of
from listener.store.striking import LONGEST_QUOTE, Lost, strike_deliveries, strike_quotes, strike_records
from listener.store.terms import Terms
from listener.store.walks import Walks

issue, mention = table(Issue), table(Mention)
words, state, member = table(IssueWords), table(IssueState), table(IssueMember)
model, campaign = table(LearnedModel), table(Campaign)

MOST_KEYWORDS = 5
DELETED = "deleted at the source"  # why it was put into its issue, once its words are gone
# so many other posts are asked whether they say a word too: one that none of them says was nobody else's
MOST_ASKED = 2_000


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
    meaning: bytes


def unlearn(connection: Connection, database: Database, ids: Sequence[int], terms: Terms, at: datetime) -> set[str]:
    """Before these mentions are emptied. Returns the root issues in which they count."""
    _rewind(connection, ids, terms)
    said = _said(connection, ids, terms)
    rows = grouped.rows(connection, {name for one in said for name in (one.issue, one.root)})
    _take_back(connection, rows, said, terms)
    for root in sorted({one.root for one in said}):
        mine = [one for one in said if one.root == root]
        own = {term for one in mine for term in one.words}
        lost = Lost(_lost(connection, root, own, frozenset(ids), terms), [one.quote for one in mine], terms.of)
        family = grouped.family(connection, root)
        for row in grouped.rows(connection, family).values():
            _retitle(connection, row, lost)
        strike_records(connection, family, lost)
        strike_deliveries(connection, database, family, lost, at)
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
    """Before these posts lose their text, or go themselves, because they grew old.

    Reaches what issues know and what they are called. Messages are left to `endings.purge`. `why` takes the place of
    the words for which a post was put into its issue.
    """
    _forget(connection, ids, _said(connection, ids, terms), terms, why)


def forget_posts(connection: Connection, database: Database, ids: Sequence[int], terms: Terms, at: datetime) -> None:
    """The same for posts that were deleted at their source; cards about others that quote them lose them, too.

    Messages about their issues and notes on tickets of these; a message that can be changed loses all its words.
    """
    said = _said(connection, ids, terms)
    by_root: dict[str, list[str]] = defaultdict(list)
    for one in said:
        by_root[one.root].append(one.quote)
    for root, quotes in sorted(by_root.items()):
        strike_quotes(connection, database, grouped.family(connection, root), list(filter(None, quotes)), at)
    _forget(connection, ids, said, terms, DELETED)


def _forget(connection: Connection, ids: Sequence[int], posts: Sequence[Said], terms: Terms, why: str) -> None:
    _rewind(connection, ids, terms)
    said = [one for one in posts if one.words]
    rows = grouped.rows(connection, {name for one in said for name in (one.issue, one.root)})
    _take_back(connection, rows, said, terms)
    for root in sorted({one.root for one in said}):
        family = grouped.rows(connection, grouped.family(connection, root)).values()
        shown = {stem for row in family for word in row.keywords for stem in (word.casefold(), *terms.of(word))}
        own = {term for one in said if one.root == root for term in one.words}
        lost = Lost(_lost(connection, root, own & shown, frozenset(ids), terms), (), terms.of)
        for row in family:
            _retitle(connection, row, lost)
    _strike_reasons(connection, said, why)


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
        meant = b"" if row.duplicate_of else terms.meaning(text_of(row.title, row.text), row.language, row.brand)
        place = terms.place(row.posted_at, row.post)
        found.append(Said(number, put, roots[put], place, mine, taught, quote, meant))
    return found


def _originals(connection: Connection, ids: set[int], terms: Terms) -> dict[int | None, tuple[str, ...]]:
    found: dict[int | None, tuple[str, ...]] = {}
    for some in chunks(sorted(ids)):
        rows = connection.execute(select(mention.c.id, mention.c.title, mention.c.text).where(mention.c.id.in_(some)))
        found |= {row.id: terms.of(text_of(row.title, row.text)) for row in rows}
    return found


def _take_back(connection: Connection, rows: Mapping[str, Row[Any]], said: Sequence[Said], terms: Terms) -> None:
    """Out of what live issues know, and out of the copies of earlier times; who remembers the grounds reads anew."""
    by_ground: dict[str, list[Said]] = defaultdict(list)
    for one in said:
        by_ground[ground_of(rows[one.issue].brand, rows[one.issue].fence)].append(one)
    for ground, mine in sorted(by_ground.items()):
        held = select(state.c.version).where(state.c.name == ground).with_for_update()
        version = connection.execute(held).scalar()
        live = list(connection.execute(select(words).where(words.c.issue.in_({one.issue for one in mine}))))
        for row in live:
            value = _without(row.value, [one for one in mine if one.issue == row.issue], terms)
            connection.execute(update(words).where(words.c.issue == row.issue).values(value=value))
        copies = _take_back_copies(connection, ground, {rows[one.issue].number: one.issue for one in mine}, mine, terms)
        if version is not None and (live or copies):
            connection.execute(update(state).where(state.c.name == ground).values(version=version + 1))


def _rewind(connection: Connection, ids: Sequence[int], terms: Terms) -> None:
    """Grounds that are being gone over are gone over again from these on: what was made of them knows their words."""
    walks = Walks(connection)
    begun = walks.grounds()
    first: dict[str, int] = {}
    for some in chunks(sorted(ids)) if begun else ():
        query = select(mention.c.brand, mention.c.posted_at, mention.c.post).where(mention.c.id.in_(some))
        for row in connection.execute(query):
            place = terms.place(row.posted_at, row.post)
            first[row.brand] = min(place, first.get(row.brand, place))
    for ground in begun:
        since = first.get(ground.partition("\n")[0])
        dirty = connection.execute(select(state.c.dirty_since).where(state.c.name == ground).with_for_update()).scalar()
        if since is not None and dirty is not None and since < dirty:
            connection.execute(update(state).where(state.c.name == ground).values(dirty_since=since))
            connection.execute(delete(state).where(copies_of(ground), state.c.last >= since))
            walks.drop(ground, since)


def _take_back_copies(
    connection: Connection, ground: str, ids: Mapping[int, str], said: Sequence[Said], terms: Terms
) -> bool:
    """True where a copy knew something of theirs."""
    changed = False
    since = min(one.place for one in said)
    for row in list(connection.execute(select(state).where(copies_of(ground), state.c.last >= since))):
        before = [one for one in said if one.place <= row.last]
        if not {one.issue for one in before}.intersection(ids.get(one["issue"]) for one in row.value["issues"]):
            continue
        changed = True
        live = [
            _without(one, [gone for gone in before if gone.issue == ids.get(one["issue"])], terms)
            for one in row.value["issues"]
        ]
        connection.execute(update(state).where(state.c.name == row.name).values(value={"issues": live}))
    return changed


def _without(value: Mapping[str, Any], gone: Sequence[Said], terms: Terms) -> dict[str, Any]:
    """What an issue knows, less what these taught it."""
    less = Counter(term for one in gone for term in one.taught)
    left = {term: count - less[term] for term, count in value["terms"].items() if count > less[term]}
    meant = {"meant": terms.unmeant(value["meant"], [one.meaning for one in gone])} if "meant" in value else {}
    return {**value, "terms": left, **meant}


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
    if not row.titled_by:
        told = (campaign.c.issue == row.id) & (campaign.c.title == row.title)
        connection.execute(update(campaign).where(told).values(title=title))


def _strike_reasons(connection: Connection, said: Sequence[Said], why: str) -> None:
    for some in chunks([one.mention for one in said]):
        connection.execute(update(member).where(member.c.mention.in_(some)).values(reason=why))
