"""Transaction [1]: what a poll brought, kept together with the source's cursor and health."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, Row, delete, func, select, update

from listener.likeness import SIGN, is_near
from listener.model.mention import Appearance, Mention, Version
from listener.model.plan import Arrival, Polled, Taken
from listener.model.registry import Key
from listener.model.source import MeasureRow, Source
from listener.store import grouped, unnamed
from listener.store.belonging import folded
from listener.store.endings import purge
from listener.store.engine import Database, chunks, many, table
from listener.store.erasing import erased_accounts
from listener.store.nameless import forget_person
from listener.store.sources import keep_blind_spot
from listener.store.terms import Terms
from listener.store.unlearning import forget_posts

appearance, mention, source_table = table(Appearance), table(Mention), table(Source)

EDITABLE = ("title", "text", "rating", "language", "simhash", "copy_a", "copy_b", "company_reply", "attributes")
# a verdict writes the language it found over the one declared, so that tells no edit
TELLING = tuple(name for name in EDITABLE if name != "language")
AUTHOR = ("author_handle", "author_name", "author_url", "author_followers")
NOBODY: Mapping[str, None] = MappingProxyType(dict.fromkeys(AUTHOR))
NEW_APPEARANCE = {"gone_at": None}
FEED = "feed"
# what is true of a post in the source that tells of it
TOLD = (*AUTHOR, "source", "kind", "platform", "voice", "url", "thread", "reply_to_us", "own")


@dataclass(frozen=True, slots=True)
class _Origin:
    """Which source brings the arrivals, and when."""

    source: str
    at: datetime


class Arrivals:
    """Keeps what sources bring."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take(
        self,
        source: str,
        arrivals: Sequence[Arrival],
        at: datetime,
        polled: Polled | None = None,
        terms: Terms | None = None,
    ) -> Taken:
        """New mentions, versions, cursor and health: together or not at all.

        `terms` is how issues read words: those of posts that are gone they forget. None: no post is gone.
        """
        origin = _Origin(source, at)
        with self._database.write() as connection:
            parts = [self._take(connection, origin, chunk) for chunk in chunks(arrivals)]
            taken = Taken(*(sum(getattr(part, name) for part in parts) for name in Taken.__slots__))
            if polled:
                self._remember(connection, polled, taken, terms)
        return taken

    def known(self, source: str, since: datetime) -> frozenset[str]:
        """External ids that are kept of this source and were posted since then."""
        query = select(mention.c.external_id).where(
            mention.c.source == source, mention.c.posted_at >= since, mention.c.gone_at.is_(None)
        )
        with self._database.read() as connection:
            return frozenset(connection.execute(query).scalars())

    def brands_of(self, source: str, ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """Those of a source's external ids that are mentions, with the brands that they are about still."""
        found: dict[str, tuple[str, ...]] = {}
        query = select(appearance.c.external_id, mention.c.brand).join(mention, mention.c.post == appearance.c.post)
        query = query.where(mention.c.id.not_in(unnamed.PARTED))
        with self._database.read() as connection:
            for some in chunks(sorted(ids)):
                here = (appearance.c.source == source) & appearance.c.external_id.in_(some)
                for row in connection.execute(query.where(here).order_by(mention.c.id)):
                    found[row.external_id] = (*found.get(row.external_id, ()), row.brand)
        return found

    def _take(self, connection: Connection, origin: _Origin, offered: Sequence[Arrival]) -> Taken:
        arrivals = _without_erased(connection, offered)
        known = self._appearances(connection, origin.source, arrivals)
        fresh = {arrival.external_id: arrival for arrival in arrivals if arrival.external_id not in known}
        changed = [
            (known[arrival.external_id], arrival)
            for arrival in arrivals
            if arrival.external_id in known and known[arrival.external_id].digest != arrival.digest
        ]
        mentions = self._add(connection, origin, list(fresh.values()))
        edited = sum(self._edit(connection, origin, row, arrival) for row, arrival in changed)
        return Taken(len(fresh), mentions, edited, len(arrivals) - len(fresh) - len(changed))

    def _appearances(self, connection: Connection, source: str, arrivals: Iterable[Arrival]) -> dict[str, Row[Any]]:
        query = select(appearance).where(
            appearance.c.source == source, appearance.c.external_id.in_([item.external_id for item in arrivals])
        )
        return {row.external_id: row for row in connection.execute(query)}

    def _add(self, connection: Connection, origin: _Origin, fresh: Sequence[Arrival]) -> int:
        if not fresh:
            return 0
        posts = self._posts(connection, origin.source, fresh)
        many(
            connection,
            self._database.insert(Appearance).on_conflict_do_nothing(),
            [
                {
                    "source": origin.source,
                    "external_id": arrival.external_id,
                    "post": posts.get(arrival.external_id),
                    "digest": arrival.digest,
                    "seen_at": origin.at,
                    **NEW_APPEARANCE,
                }
                for arrival in fresh
            ],
        )
        about = [(posts[arrival.external_id], arrival) for arrival in fresh if arrival.words]
        kept = self._mentions(connection, [post for post, _ in about])
        self._change(connection, self._take_over(connection, about, kept), origin.at)
        return self._insert(connection, about, kept)

    def _mentions(self, connection: Connection, posts: Sequence[str]) -> list[Row[Any]]:
        return list(connection.execute(select(mention).where(mention.c.post.in_(posts)))) if posts else []

    def _take_over(
        self, connection: Connection, about: Sequence[tuple[str, Arrival]], kept: Sequence[Row[Any]]
    ) -> list[tuple[Row[Any], Arrival]]:
        """Mentions whose post is told here by a source that knows its author better: they are that source's now."""
        arrivals = dict(about)
        found = [(row, arrivals[row.post]) for row in kept if row.gone_at is None]
        better = [(row, arrival) for row, arrival in found if knows_better(arrival.columns, row)]
        for row, arrival in better:
            values = {name: arrival.columns[name] for name in TOLD} | {"external_id": arrival.external_id}
            connection.execute(update(mention).where(mention.c.id == row.id).values(values | {"decided_at": None}))
        return better

    def _posts(self, connection: Connection, source: str, fresh: Iterable[Arrival]) -> dict[str, str]:
        """The post of each arrival. Two ids in one source are two posts, even when they share an address."""
        about = [arrival for arrival in fresh if arrival.words]
        wanted = [arrival.post for arrival in about if arrival.post]
        query = select(appearance.c.post).where(appearance.c.source == source, appearance.c.post.in_(wanted))
        used = set(connection.execute(query).scalars()) if wanted else set()
        posts = {}
        for arrival in about:
            own = arrival.post if arrival.post and arrival.post not in used else f"{source}:{arrival.external_id}"
            used.add(own)
            posts[arrival.external_id] = own
        return posts

    def _insert(self, connection: Connection, about: Sequence[tuple[str, Arrival]], kept: Sequence[Row[Any]]) -> int:
        known = {(row.post, row.brand) for row in kept}
        rows = [
            {**arrival.columns, "external_id": arrival.external_id, "post": post, "brand": brand, "words": words}
            for post, arrival in about
            for brand, words in arrival.words.items()
            if (post, brand) not in known
        ]
        if rows:
            many(connection, self._database.insert(Mention).on_conflict_do_nothing(), rows)
        return len(rows)

    def _edit(self, connection: Connection, origin: _Origin, row: Row[Any], arrival: Arrival) -> bool:
        """An edit of the source's own mention; a digest that changed elsewhere is only remembered."""
        post = row.post or (self._posts(connection, origin.source, [arrival]).get(arrival.external_id))
        connection.execute(update(appearance).where(appearance.c.id == row.id).values(digest=arrival.digest, post=post))
        if post is None or row.gone_at is not None or not arrival.words:
            return False
        kept = self._mentions(connection, [post])
        mine = [old for old in kept if old.source == origin.source and old.external_id == arrival.external_id]
        changed = self._change(connection, [(old, arrival) for old in mine], origin.at)
        unnamed.part(connection, self._database, [row for row in changed if row.brand not in arrival.words], origin.at)
        unnamed.named_again(connection, [row.id for row in mine if row.brand in arrival.words])
        self._rename(connection, origin, mine, arrival.columns)
        added = self._insert(connection, [(post, arrival)], kept) if mine or not kept else 0
        return bool(changed or added)

    def _change(self, connection: Connection, told: Sequence[tuple[Row[Any], Arrival]], at: datetime) -> list[Row[Any]]:
        """New words take the place of the old ones, which are kept as a version; those that were changed, as before."""
        changed = [(old, new) for old, new in told if any(getattr(old, key) != new.columns[key] for key in TELLING)]
        self._keep_versions(connection, [old for old, _ in changed], at)
        for old, new in changed:
            self._overwrite(connection, old, new.columns, at)
        others = [old for old, new in changed if not is_near(old.simhash + SIGN, new.columns["simhash"] + SIGN)]
        grouped.pass_voice(connection, others)
        return [old for old, _ in changed]

    def _keep_versions(self, connection: Connection, old: Sequence[Row[Any]], at: datetime) -> None:
        rows = [
            {"mention": row.id, "until": at, "title": row.title, "text": row.text, "rating": row.rating} for row in old
        ]
        if rows:
            connection.execute(table(Version).insert(), rows)

    def _overwrite(self, connection: Connection, old: Row[Any], columns: Mapping[str, Any], at: datetime) -> None:
        values = {name: columns[name] for name in EDITABLE} | {"edited_at": at, "decided_at": None}
        connection.execute(update(mention).where(mention.c.id == old.id).values(values))

    def _rename(
        self, connection: Connection, origin: _Origin, old: Sequence[Row[Any]], columns: Mapping[str, Any]
    ) -> None:
        """The author as the source names them now: nobody once their account is deleted. That alone is no edit."""
        values = {name: columns[name] for name in AUTHOR if name in columns}
        ids = [row.id for row in old]
        if ids and values:
            connection.execute(update(mention).where(mention.c.id.in_(ids)).values(values))
            if values["author_handle"] is None:
                forget_person(connection, self._database, ids, origin.at)
                grouped.recount(connection, filter(None, (row.issue for row in old)))

    def _remember(self, connection: Connection, polled: Polled, taken: Taken, terms: Terms | None) -> None:
        self._bury(connection, polled, terms)
        measures = [dict(zip(("name", "about", "value", "at"), row, strict=True)) for row in polled.measures]
        if measures:
            connection.execute(table(MeasureRow).insert(), [{"source": polled.source, **row} for row in measures])
        for since, until, why in polled.blind:
            keep_blind_spot(connection, polled.source, since, until, why)
        connection.execute(
            update(source_table)
            .where(source_table.c.name == polled.source)
            .values(
                state="ok",
                cursor=polled.cursor,
                next_at=polled.next_at,
                hint=polled.hint,
                first_ok_at=func.coalesce(source_table.c.first_ok_at, polled.at),
                last_ok_at=polled.at,
                failures=0,
                last_error=None,
                blind_since=None,
                items=source_table.c["items"] + taken.items,
                mentions=source_table.c.mentions + taken.mentions,
            )
        )

    def _bury(self, connection: Connection, polled: Polled, terms: Terms | None) -> None:
        """Posts deleted at the source lose their text and their author, and never come back as new."""
        for gone in chunks(polled.gone):
            here = (mention.c.source == polled.source) & mention.c.external_id.in_(gone)
            posts = list(connection.execute(select(mention).where(here, mention.c.gone_at.is_(None))))
            ids = [row.id for row in posts]
            if terms:
                forget_posts(connection, self._database, ids, terms, polled.at)
            connection.execute(delete(table(Version)).where(table(Version).c.mention.in_(ids)))
            empty = {"title": "", "text": "", "company_reply": None, **NOBODY, "gone_at": polled.at}
            connection.execute(update(mention).where(mention.c.id.in_(ids)).values(empty))
            purge(connection, self._database, ids, polled.at)
            forget_person(connection, self._database, ids, polled.at)
            grouped.pass_voice(connection, posts)
            buried = (appearance.c.source == polled.source) & appearance.c.external_id.in_(gone)
            connection.execute(update(appearance).where(buried).values(gone_at=polled.at))


def knows_better(new: Mapping[str, Any], old: Row[Any]) -> bool:
    """Whether a source knows the author of a post, and the one that told of it first named nobody, did not see that
    they are ours, or is a feed, which may pass on what was said elsewhere."""
    if new["author_handle"] is None or old.own:
        return False
    return old.author_handle is None or new["own"] or (old.kind == FEED != new["kind"])


def _without_erased(connection: Connection, arrivals: Sequence[Arrival]) -> Sequence[Arrival]:
    """Of what an erased person wrote only the appearance is kept: no poll, import or restore brings them back."""
    keys = {arrival.external_id: _account(arrival) for arrival in arrivals if arrival.columns.get("author_handle")}
    erased = erased_accounts(connection, set(keys.values()))
    if not erased:
        return arrivals
    return [
        replace(arrival, post=None, words={}, columns={}) if keys.get(arrival.external_id) in erased else arrival
        for arrival in arrivals
    ]


def _account(arrival: Arrival) -> Key:
    return str(arrival.columns["platform"]).casefold(), folded(arrival.columns["author_handle"])
