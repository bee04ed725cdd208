"""What people decide about issues: the same for the command line, the ops desk and Slack."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from listener.issues.order import LOW_BITS, name_of, place
from listener.issues.outreach import UNSENT
from listener.model.grouped import Act, Opening, ground_of
from listener.pipeline.issue_watch import IssueWatch
from listener.pipeline.ticketing import NotPossible
from listener.store import Store

STATES = ("acknowledged", "fixing", "watching", "resolved")


@dataclass(frozen=True)
class IssueDesk:
    """Decisions about issues in one person's name. Each can be undone, and the counts are always made anew."""

    store: Store
    watch: IssueWatch
    now: Callable[[], datetime]
    who: str

    def merge(self, one: str, other: str, why: str = "") -> Row[Any]:
        """`other` is the same trouble as `one`, and counts there. Raises NotPossible."""
        into, from_ = self._issue(one), self._issue(other)
        if into.id == from_.id:
            raise NotPossible(f"{one} and {other} are one issue already: {into.id}")
        if into.brand != from_.brand:
            raise NotPossible(
                f"{into.id} is about {into.brand} and {from_.id} about {from_.brand}: two brands, two issues"
            )
        if apart := self._apart(into.id, from_.id):
            cure = "`listener issues undo` that split first"
            raise NotPossible(f"{apart.who} split {from_.id} from {into.id} on {apart.at:%Y-%m-%d}: {cure}")
        self.store.issue_acts.merge(Act(self.who, "merge", into.id, why), from_.id, self.now())
        self.store.suggestions.decided(into.id, from_.id, "accepted", self.who, self.now())
        return self._again(into.id)

    def split(self, one: str, numbers: Sequence[int], why: str = "") -> Row[Any]:
        """These mentions are another trouble; returns their new issue. Raises NotPossible."""
        row = self._issue(one)
        mine = {mention.id: mention for mention in self.store.issues.mentions(row.id, copies=True)}
        if missing := [str(number) for number in numbers if number not in mine]:
            raise NotPossible(f"mention {', '.join(missing)} is not in issue {row.id}: `listener issues show {row.id}`")
        chosen = {*numbers} | {mention.id for mention in mine.values() if mention.duplicate_of in numbers}
        if all(mine[one].duplicate_of is not None for one in chosen):
            originals = " ".join(sorted({str(mine[one].duplicate_of) for one in chosen}))
            raise NotPossible(f"these only repeat what others said, and go with them: split {originals}")
        if chosen == mine.keys():
            raise NotPossible(f"these are all the mentions of issue {row.id}: nothing would be left of it")
        first = min((mine[number] for number in chosen), key=lambda mention: (mention.posted_at, mention.id))
        # its own place may be that of the issue that it founded
        number = place(first.posted_at, f"{first.post}\nsplit {self.now().isoformat()}")
        name = name_of(row.topic, number, row.brand)
        title = f"{row.topic}: split from {row.id}"
        opening = Opening(name, number, row.brand, row.topic, first.id, first.posted_at, title, fence=row.fence)
        since = min(place(mention.posted_at, mention.post) for mention in mine.values()) - (1 << LOW_BITS)
        ground = ground_of(row.brand, row.fence)
        done = Act(self.who, "split", row.id, why)
        self.store.issue_acts.split(done, opening, sorted(chosen), ground, since, self.now())
        return self._again(name)

    def pin(self, number: int, one: str, why: str = "") -> Row[Any]:
        """This mention belongs to that issue. Raises NotPossible."""
        row, mention = self._issue(one), self.store.mentions.get(number)
        if mention is None or mention.decided_at is None:
            raise NotPossible(f"there is no judged mention {number}: `listener mentions` lists them")
        if mention.brand != row.brand:
            raise NotPossible(f"mention {number} is about {mention.brand}, issue {row.id} about {row.brand}")
        since = place(mention.posted_at, mention.post)
        grounds = {ground_of(mention.brand, mention.fence): since, ground_of(row.brand, row.fence): since}
        self.store.issue_acts.pin(Act(self.who, "pin", row.id, why), number, grounds, self.now())
        return self._again(row.id)

    def rename(self, one: str, title: str) -> Row[Any]:
        """People call it that from now on."""
        if not title.strip():
            raise NotPossible("a title says something: listener issues rename ID 'Sync fails on phones'")
        return self._change("rename", one, title, title=title.strip(), titled_by=self.who)

    def name_topic(self, one: str, topic: str) -> Row[Any]:
        """What it is about, whatever words were used; topics are learned from this. It keeps nothing out."""
        if not topic.strip():
            raise NotPossible("a topic has a name: listener issues topic ID billing")
        return self._change("topic", one, topic, topic=topic.strip(), topic_by=self.who)

    def topic_of(self, number: int, topic: str, why: str = "") -> Row[Any]:
        """What one complaint is about, above rules and words; returns its issue, which keeps it. Raises NotPossible."""
        if not topic.strip():
            raise NotPossible("a topic has a name: listener issues topic-of MENTION billing")
        mention = self.store.mentions.get(number)
        if mention is None or mention.issue is None:
            raise NotPossible(f"there is no mention {number} in an issue: `listener issues show ID` quotes them")
        since = place(mention.posted_at, mention.post)
        grounds = {ground_of(mention.brand, fence): since for fence in (mention.fence, None)}
        done = Act(self.who, "topic-of", mention.issue, why)
        self.store.issue_acts.name_topic(done, number, topic.strip(), grounds, self.now())
        self.watch.beat({mention.issue})
        again = self.store.mentions.get(number)
        return self._issue(again.issue if again and again.issue else mention.issue)

    def mute(self, one: str, more: int, why: str = "") -> Row[Any]:
        """Nobody hears of its bursts until so many more persons have it."""
        row = self._issue(one)
        if more < 1:
            raise NotPossible("a mute ends with more persons: --until +10")
        return self._change("mute", row.id, why, muted_until=row.persons + more, muted_by=self.who)

    def unmute(self, one: str) -> Row[Any]:
        """People hear of it again."""
        if self._issue(one).muted_until is None:
            raise NotPossible(f"issue {one} is not muted")
        return self._change("unmute", one, "", muted_until=None, muted_by=None)

    def lock(self, one: str, why: str = "") -> Row[Any]:
        """It takes no more mentions but by hand."""
        row = self._issue(one)
        if row.locked:
            raise NotPossible(f"issue {row.id} is locked already; `listener issues undo` opens it again")
        self.store.issue_acts.lock(Act(self.who, "lock", row.id, why), self.now())
        return self._again(row.id)

    def move(self, one: str, state: str, why: str = "") -> Row[Any]:
        """How far the fix is. Raises NotPossible."""
        if state not in STATES:
            raise NotPossible(f"a state is one of {', '.join(STATES)}; `listener issues fixed` tells everybody, too")
        return self._change(state, one, why, state=state)

    def undo(self, number: int | None = None) -> Row[Any]:
        """Take back the last act, or the one of that number; returns it. Raises NotPossible."""
        acts = self.store.issue_acts
        row = acts.last() if number is None else acts.get(number)
        if row is None or row.undone_at is not None:
            raise NotPossible("there is nothing to undo: `listener issues acts` lists what people did")
        while later := acts.later(row):
            if not _goes_along(row, later):
                raise NotPossible(f"act {later.id} ({later.what} {later.issue}) came after it: undo that first")
            acts.undo(later, self.now(), self.who)
        acts.undo(row, self.now(), self.who)
        if row.what == "fixed":
            self._untell(row.issue)
        self.watch.beat({row.issue, *filter(None, (row.about.get("other"), row.about.get("new")))})
        return row

    def _untell(self, one: str) -> None:
        """Nobody is told any more that it is fixed."""
        now, why = self.now(), f"{self.who} took the fix of issue {one} back"
        for number in self.store.closing.unended(one, "fixed"):
            self.store.campaigns.move(number, UNSENT, now, self.who, status="stopped", why=why, ended_at=now)
        self.store.closing.untell(one, now, why)

    def reject(self, one: str, other: str) -> None:
        """Two issues that were suggested are not the same. Raises NotPossible."""
        if not self.store.suggestions.decided(one, other, "rejected", self.who, self.now()):
            raise NotPossible(f"{one} and {other} are no suggestion: `listener issues suggestions` lists them")

    def _change(self, what: str, one: str, why: str, **values: Any) -> Row[Any]:
        row = self._issue(one)
        self.store.issue_acts.change(Act(self.who, what, row.id, why), self.now(), **values)
        return self._again(row.id)

    def _issue(self, one: str) -> Row[Any]:
        row = self.store.issues.root(one.strip())
        if row is None:
            raise NotPossible(f"there is no issue {one!r}: `listener issues` lists them")
        return row

    def _apart(self, one: str, other: str) -> Row[Any] | None:
        """A split of two issues, by whichever names they had then."""
        families = set(self.store.issues.family(one)), set(self.store.issues.family(other))
        for link in self.store.issues.links_of({*families[0], *families[1]}):
            ends = {link.issue, link.other}
            if link.kind == "cannot" and ends & families[0] and ends & families[1]:
                return link
        return None

    def _again(self, one: str) -> Row[Any]:
        """Words, counts, spread and bursts as they are with this."""
        self.watch.beat({one})
        return self._issue(one)


def _goes_along(row: Row[Any], later: Row[Any]) -> bool:
    """The daemon went on to this because of the fix, and would again at once if it were undone by itself."""
    return bool(row.what == "fixed" and later.who == "listener" and later.what in ("watching", "resolved"))
