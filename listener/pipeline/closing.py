"""Closing the loop: a fix is told to everybody who had the trouble, once; it is watched, and taken back if need be."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row
from structlog.typing import FilteringBoundLogger

from connectors.contract import Failed
from listener.actions import campaign_words as words
from listener.issues.quiet import GRACE, Watch, judged, peak_of
from listener.model.issue import MENDED
from listener.pipeline.audience import Affected, Listed
from listener.pipeline.campaign_letters import FIXED, TROUBLE
from listener.pipeline.letters import letter
from listener.pipeline.notices import BLANK
from listener.pipeline.orders import REPLY
from listener.pipeline.outreach import Outreach, Wish
from listener.pipeline.people import NotPossible, People
from listener.store import Store

DRAFTS_EXPIRE = timedelta(days=7)
DAY = timedelta(days=1)
# a fix that is told for longer was cut off; to draft 100,000 letters takes a quarter of a minute
PATIENCE = timedelta(minutes=3)
PUBLIC, THANKS = "issue-fixed-public", "issue-thanks"
UNREACHED = ("no address", "no consent")  # of a customer: then we answer where they spoke
KEY = ("plan", "region", "version")


@dataclass(frozen=True, slots=True)
class Told:
    """What a fix set going: the campaign (None: nobody can be written to), drafts of replies, tickets."""

    campaign: Row[Any] | None
    replies: int
    closed: tuple[int, ...]
    kept: tuple[int, ...]


@dataclass(frozen=True)
class Closing:
    """The end of an issue, and whether it holds. `people` makes decisions in a name."""

    store: Store
    outreach: Outreach
    people: Callable[[str], People]
    now: Callable[[], datetime]
    log: FilteringBoundLogger

    def fixed(self, one: str, cause: str, who: str, note: str = "") -> Told:
        """It is fixed: everybody who reported it or was told of it hears so, once. Raises NotPossible.

        What cuts this off, the daemon goes on with it: see `watch`.
        """
        root, now = self._fixable(one, cause), self.now()
        self.store.house.put(_mark(root), {"who": who, "at": now.isoformat()})
        self.store.issues.fixed(root.id, now, who, cause, note)
        return self._tell(root, cause, who)

    def _tell(self, root: Row[Any], cause: str, who: str, since: datetime | None = None) -> Told:
        """Everything that a fix sets going; what was done `since` then is not done again."""
        why = f"issue {root.id} is fixed"
        for number in self.store.closing.unended(root.id, TROUBLE):
            self.outreach.stop(number, who, why)
        closed, kept = self._close_tickets(root, cause, who)
        campaign, unreached = self._campaign(root, who, since)
        told = Told(campaign, self._reply(root, unreached, who), closed, kept)
        self.store.house.forget(_mark(root))
        self.log.info("issue.fixed", issue=root.id, replies=told.replies, tickets=len(closed))
        return told

    def _fixable(self, one: str, cause: str) -> Row[Any]:
        root = self.store.issues.root(one)
        if root is None:
            raise NotPossible(f"there is no issue {one!r}: `listener issues` lists them")
        if not cause.strip():
            raise NotPossible("a fix names its root cause: --cause 'what went wrong'")
        if self._cut_off(root):
            raise NotPossible(f"issue {root.id} is fixed, and is being told: the daemon goes on with what was cut off")
        if root.state in MENDED:
            raise NotPossible(f"issue {root.id} is {root.state} already: `listener issues report {root.id}`")
        return root

    def _close_tickets(self, root: Row[Any], cause: str, who: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Tickets that are about nothing else close with the cause; on the others it is noted."""
        people, closed, kept = self.people(who), [], []
        for row, whole in self.store.closing.tickets(root.id):
            if whole:
                people.close(row.id, cause, "neutral")
                closed.append(row.id)
            else:
                people.note(row.id, f"issue {root.id} is fixed: {cause}; the ticket is about more than that")
                kept.append(row.id)
        return tuple(closed), tuple(kept)

    def _campaign(self, root: Row[Any], who: str, since: datetime | None) -> tuple[Row[Any] | None, set[str]]:
        """Letters to those who can be written to; and the reporters who cannot, by person."""
        # whose ticket closes with it hears why, also where their words were only another's
        people = [*self.store.audience.complainants(root.id), *self.store.closing.ticketed(root.id)]
        reporters = {row.customer for row in people if row.customer}
        unreached = {row.person for row in people if not row.customer}
        if not self.outreach.words.room.channel:
            return None, unreached | reporters
        affected = self._concerned(root, reporters)
        unreached |= reporters - {row.id for each in affected.lists for row in each.customers}
        if not affected.size:
            return None, unreached
        campaign = self._drafted(root, since) or self.outreach.draft(Wish(root.id, FIXED), who, affected)
        excluded = self.store.campaigns.receipts(campaign.id)
        unreached |= {row.customer for row in excluded if row.excluded in UNREACHED and row.customer in reporters}
        return self._begun(campaign, who), unreached

    def _drafted(self, root: Row[Any], since: datetime | None) -> Row[Any] | None:
        """The campaign that tells of this fix, where there is one already."""
        rows = self.store.campaigns.page([root.id]) if since else []
        return next((row for row in rows if row.stage == FIXED and since and row.drafted_at >= since), None)

    def _concerned(self, root: Row[Any], reporters: set[str]) -> Affected:
        """Who reported it, and who was told of it without having said a word."""
        silent = {who: name for who, name in self.store.closing.contacted(root.id).items() if who not in reporters}
        rows = self.store.customers.get([*reporters, *silent])
        lists = [Listed("A", _of(rows, reporters), "reported it")]
        for name in sorted({*silent.values()} - {"A"}):
            lists.append(Listed(name, _of(rows, (who for who in silent if silent[who] == name)), "were told of it"))
        return Affected(root, tuple(lists), None)

    def _begun(self, campaign: Row[Any], who: str) -> Row[Any]:
        """Whoever says that it is fixed approves that people hear so; more than 25 take another person."""
        if campaign.status != "draft":
            return campaign
        if not campaign.audience:
            return self.outreach.stop(campaign.id, who, "nobody of them can be written to")
        try:
            return self.outreach.approve(campaign.id, who)
        except NotPossible:
            return campaign

    def _reply(self, root: Row[Any], persons: set[str], who: str) -> int:
        """Drafts that answer where they spoke, for a person to approve."""
        posts = self.store.closing.latest(root.id, persons)
        rows = [row for person, post in posts.items() if (row := self._draft(root, person, post))]
        about = {"issue": root.id, "episode": root.episode, "stage": FIXED, "at": self.now()}
        return self.store.closing.tell_by_hand(about, rows)

    def _draft(self, root: Row[Any], person: str, post: Row[Any]) -> dict[str, Any] | None:
        now = self.now()
        cause = self.store.issues.episodes(root.id)[-1].root_cause
        values = {"author.name": post.author_name, "brand": root.brand, "issue.title": root.title, "issue.cause": cause}
        try:
            text = self.outreach.words.templates.render(PUBLIC, values, post.language).text
        except Failed as error:
            raise NotPossible(f"the template {PUBLIC!r} cannot be filled: {error}") from None
        key = f"campaign:{root.id}:{root.episode}:{FIXED}:{person}"
        whom = {"person": person, "customer": post.customer, "mention": post.id, "issue": root.id}
        # told at once, all together, by whoever said that it is fixed: not one notice each
        state = {"status": "waiting", "expires_at": now + DRAFTS_EXPIRE, "told": 1, "told_at": now}
        kind = {"key": key, "action": REPLY, "channel": None, "purpose": "notice", "text": text}
        return {**BLANK, **whom, **state, **kind, "due_at": now, "created_at": now}

    def answered(self, number: int, person: str, answer: str) -> bool:
        """Somebody says whether it is fixed for them; false when nobody asked them. `answer` is yes or no."""
        kept = self.store.closing.answer(number, person, answer, self.now())
        if kept is None:
            return False
        row, before = kept
        self.log.info("issue.answered", issue=row.issue, campaign=number, answer=answer)
        if answer == before:
            return True
        if answer == "yes":
            self._thank(row)
        else:
            self._take_back(row)
        return True

    def _thank(self, row: Row[Any]) -> None:
        customer = self.store.customers.get([row.person]).get(row.person)
        for ticket in self.store.closing.tickets_of(self._root(row), row.person):
            if ticket.status == "closed" and ticket.outcome == "neutral":
                self.store.tickets.change(ticket.id, self.now(), row.person, "confirmed", outcome="recovered")
        if customer is None or not self.outreach.words.room.reaches(customer):
            return
        text = self.outreach.words.templates.render(
            THANKS, {"customer.name": customer.name}, customer.language or None
        ).text
        key = f"campaign:{row.issue}:{row.episode}:thanks:{row.person}"
        about = {"issue": row.issue, "options": {"once": True, "settled": True}}
        made = letter(self.outreach.words.room, key, "thanks", row.person, "Thank you", text, self.now(), **about)
        self.store.deliveries.add(made)

    def _take_back(self, row: Row[Any]) -> None:
        """It is open again, for those who are like this customer; their ticket too."""
        root, person = self._root(row), self.people(row.person)
        for ticket in self.store.closing.tickets_of(root, row.person):
            if ticket.status == "closed":
                person.reopen(ticket.id)
        issue = self.store.issues.get(root)
        if issue is not None and issue.state in MENDED:
            self._back(issue, f"{row.person} ({self._segment(row)}) says that it is not fixed")

    def _segment(self, row: Row[Any]) -> str:
        campaign = self.outreach.get(row.campaign)
        customer = self.store.customers.get([row.person]).get(row.person)
        own = [f"{name}={getattr(customer, name)}" for name in KEY if customer and getattr(customer, name)]
        return " and ".join(campaign.segment or own) or "nothing known of their setup"

    def _root(self, row: Row[Any]) -> str:
        return self.store.issues.roots([row.issue])[row.issue]

    def watch(self) -> None:
        """Look whether what was fixed stays so, and tell of a fix what was cut off. Raises StoreTrouble."""
        for row in self.store.closing.fixed_ones():
            if begun := self._cut_off(row):
                self._go_on(row, begun)
            else:
                self._look(row)

    def _cut_off(self, row: Row[Any]) -> dict[str, Any]:
        """Who began to tell of a fix and when, where nobody ended it."""
        return self.store.house.get(_mark(row)) if row.state == "fixed" else {}

    def _go_on(self, row: Row[Any], begun: dict[str, Any]) -> None:
        since = datetime.fromisoformat(begun["at"])
        if self.now() < since + PATIENCE:
            return
        cause = self.store.issues.episodes(row.id)[-1].root_cause or ""
        try:
            self._tell(row, cause, begun["who"], since)
        except NotPossible as error:
            self.log.warning("issue.untold", issue=row.id, error=str(error))
            self.outreach.notices.send(words.untold(row, str(error)), self.now())

    def _look(self, row: Row[Any]) -> None:
        now = self.now()
        if row.state == "fixed" and not self.store.closing.unended(row.id, FIXED):
            self.store.issues.move(row.id, "watching", now, "listener", "everybody was told")
        posts = self.store.closing.posts(row.id)
        # long after a fix only the last day tells: the usual few of a month are no outbreak
        since = max(row.fixed_at, now - DAY - GRACE) if row.state == "resolved" else row.fixed_at
        peak = peak_of([post for post in posts if post[0] <= row.fixed_at])
        found = judged(Watch(since, posts, row.usual_rate or 0.0, peak), now)
        if found.state == "regressed":
            self._back(row, found.why)
        elif found.state == "resolved" and row.state == "watching":
            self.outreach.notices.send(words.resolved(row, found.why), now)
            self.store.issues.move(row.id, "resolved", now, "listener", found.why)
            self.log.info("issue.resolved", issue=row.id, why=found.why)

    def _back(self, row: Row[Any], why: str) -> None:
        """A new episode: nobody is told any more that it is fixed."""
        now = self.now()
        for each in self.store.closing.unended(row.id, FIXED):
            self.outreach.stop(each, "listener", f"the trouble is back: {why}")
        self.store.closing.untell(row.id, now, f"the trouble is back: {why}")
        self.outreach.notices.send(words.back(row, row.episode + 1, why), now)
        # last, so that what is cut off is seen again
        number = self.store.issues.regressed(row.id, now, "listener", why)
        self.log.warning("issue.regressed", issue=row.id, episode=number, why=why)


def _mark(root: Row[Any]) -> str:
    return f"fix of {root.id}"


def _of(rows: dict[str, Row[Any]], ids: Iterable[str]) -> tuple[Row[Any], ...]:
    return tuple(rows[who] for who in sorted(ids) if who in rows)
