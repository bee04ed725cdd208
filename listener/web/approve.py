"""`/approve/<token>`: the page behind the link in a mail. Reading it changes nothing; its buttons decide, once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Any

from sqlalchemy import Row

from listener.pipeline.links import Chance, Links
from listener.pipeline.orders import DRAFTS_EXPIRE
from listener.pipeline.people import NotPossible, Once, People, told
from listener.signing import BadToken, Expired
from listener.store import Store
from listener.store.delivery_lists import DeliveryFilter
from listener.web.contract import Answer, Request
from listener.web.sheets import facts, form, line, lines, linked, quoted, said, sheet

MOST = 200_000  # bytes: a draft of 10,000 letters, each written as nine
LONGEST = 10_000
CURE = "Look at `listener deliveries` where the listener runs, or wait for the next message about it."


class Approve:
    """One reader decides about one draft."""

    methods = ("GET", "POST")

    def __init__(
        self, store: Store, links: Links, people: Callable[[str, Once], People], now: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._links = links
        self._people = people
        self._now = now

    def most_bytes(self, path: str) -> int | None:
        return MOST

    def answer(self, request: Request) -> Answer:
        """The draft with its buttons, or what became of it."""
        try:
            chance = self._links.read(request.path.rpartition("/")[2])
        except Expired:
            told = "It was good for seven days. A draft that waits longer expires too, and nothing was sent."
            return sheet("This link is over", said(told), said(CURE), status=HTTPStatus.GONE)
        except BadToken as error:
            text = f"{str(error)[:1].upper()}{str(error)[1:]}. Copy the whole address from the mail."
            return sheet("This link does not work", said(text), said(CURE), status=HTTPStatus.NOT_FOUND)
        rows = self._store.deliveries.page(DeliveryFilter(id=chance.draft))
        if not rows:
            return sheet("There is no such draft any more", said(CURE), status=HTTPStatus.GONE)
        return self._decided(request, chance, rows[0]) if request.method == "POST" else self._shown(chance, rows[0])

    def _shown(self, chance: Chance, row: Row[Any]) -> Answer:
        if row.status != "waiting":
            return self._over(row)
        approve = form("Approve and send", lines("text", "The text that goes out", LONGEST, row.text), do="approve")
        reject = form("Reject", line("why", "Why not?"), do="reject")
        title = f"{row.action.replace('_', ' ').capitalize()} {row.id} waits for {chance.who}"
        return sheet(title, self._about(row), approve, "<hr>", reject)

    def _about(self, row: Row[Any]) -> str:
        mention = self._store.mentions.get(row.mention) if row.mention else None
        if mention is None:
            return facts(("For", row.customer or row.person or ""), ("Rule", row.rule or ""))
        who = (("Author", mention.author_name or mention.author_handle or "unknown"), ("Customer", row.customer or ""))
        what = (("Source", mention.source), ("Verdict", mention.label or ""), ("Rule", row.rule or ""))
        post = quoted(f"{mention.title}\n{mention.text}".strip() or "(a post without text)")
        return post + linked(mention.url, "Open the post") + facts(*who, *what)

    def _over(self, row: Row[Any]) -> Answer:
        if row.status == "by_hand":
            return self._approved(row)
        text = f"{told(row)[:1].upper()}{told(row)[1:]}."
        return sheet("This is decided", said(text), said("Nothing more is needed; your visit changed nothing."))

    def _decided(self, request: Request, chance: Chance, row: Row[Any]) -> Answer:
        people = self._people(chance.who, Once(chance.link, self._now() + DRAFTS_EXPIRE))
        try:
            if request.form.get("do") == "reject":
                row = people.reject(row.id, request.form.get("why", "").strip() or "no reason given")
                return sheet("Rejected", said("It is not sent, and what was reserved for it is given back."))
            row = people.approve(row.id, request.form.get("text", "").replace("\r\n", "\n"))
        except NotPossible as error:
            return sheet("Nothing was sent", said(f"{error}."), status=HTTPStatus.CONFLICT)
        return self._approved(row)

    def _approved(self, row: Row[Any]) -> Answer:
        if row.status != "by_hand":
            return sheet("Approved", said("This text goes out:"), quoted(row.text))
        mention = self._store.mentions.get(row.mention) if row.mention else None
        what = said("It does not leave by itself, so it is yours to post or send:") + quoted(row.text)
        where = linked(mention.url if mention else None, "Open the post")
        return sheet("Approved", what, where, said(f"When that is done: `listener done {row.id}`"))
