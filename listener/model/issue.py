"""Issues: one underlying trouble that several mentions are about, who put them together, alarms and episodes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Index
from sqlmodel import Field, SQLModel

MENDED = ("fixed", "watching", "resolved")  # the states of an issue from its fix on


class Issue(SQLModel, table=True):
    """One trouble of a brand. `topic` is what most of its mentions are about unless `topic_by` somebody, `fence` the
    topic of ops' rules within which alone it grows (empty: whatever they are about). `spread` says how many have it,
    `state` how far the fix is.

    `mentions, persons, customers, first_seen, last_seen` are counted anew from the mentions with each change, never
    added up. `persons_now` are those of the last 6 h, `usual_rate` those expected in so long. With `alias_of` it was
    merged into another issue, which then has all its mentions. `muted_until` is the number of persons that ends a
    mute. A `locked` issue takes no mention but by hand. `number` is what grouping calls it within its brand and fence:
    made of the time and the address of the post that founded it, so that any order of arrival gives the same. `title`
    is made of `keywords` unless `titled_by` somebody.
    """

    __table_args__ = (
        Index("issue_place", "brand", "topic", "last_seen"),
        Index("issue_number", "brand", "fence", "number", unique=True),
    )
    id: str = Field(primary_key=True)
    number: int | None = Field(default=None, sa_type=BigInteger)
    brand: str
    topic: str
    topic_by: str | None = None
    fence: str = ""
    title: str = ""
    titled_by: str | None = None
    keywords: list[str] = Field(default_factory=list, sa_type=JSON)
    spread: str = "cannot_tell"
    state: str = "open"
    founder: int | None = Field(default=None, index=True)
    opened_at: datetime
    first_seen: datetime
    last_seen: datetime = Field(index=True)
    mentions: int = 0
    persons: int = 0
    customers: int = 0
    persons_now: int = 0
    usual_rate: float | None = None
    ratio: float | None = None
    affected: int | None = None
    muted_until: int | None = None
    muted_by: str | None = None
    alias_of: str | None = Field(default=None, index=True)
    locked: bool = False
    episode: int = 1


class IssueMember(SQLModel, table=True):
    """A mention was put into an issue. Rows are only added: of a mention's rows the newest holds.

    `version` is of the way of grouping, or `ops`; `score` the cosine from 0 to 1; `issue` None: it was taken out.
    """

    __tablename__ = "issue_member"
    __table_args__ = (Index("issue_member_mention", "mention", "id"),)
    id: int | None = Field(default=None, primary_key=True)
    mention: int = Field(foreign_key="mention.id")
    issue: str | None = Field(default=None, index=True)
    version: str
    score: float
    reason: str
    at: datetime
    who: str = "listener"


class IssueMoved(SQLModel, table=True):
    """Mentions of an issue changed hands or places, and it was counted anew. `looked_at`: when it was judged anew."""

    __tablename__ = "issue_moved"
    id: int | None = Field(default=None, primary_key=True)
    issue: str
    at: datetime
    looked_at: datetime | None = Field(default=None, index=True)


class IssueLink(SQLModel, table=True):
    """What people said of two issues, until `undone_at`.

    `kind` alias: `issue` is the same as `other` and counts there; cannot: `mention` never belongs to `issue`; pin:
    `mention` belongs to `issue`; lock: `issue` takes nothing that was posted from `at` on; topic: `mention` is about
    the topic `other`.
    """

    __tablename__ = "issue_link"
    id: int | None = Field(default=None, primary_key=True)
    kind: str
    issue: str = Field(index=True)
    other: str | None = Field(default=None, index=True)
    mention: int | None = Field(default=None, index=True)
    at: datetime
    who: str
    why: str = ""
    undone_at: datetime | None = None


class IssueAlarm(SQLModel, table=True):
    """A burst of one issue or one topic: more persons within 6 h than usual. `level` is watch or page.

    `key` is issue:<id> or topic:<brand>:<topic>. `persons`, `expected` and `ratio` are of its height.
    `told_persons` is the number of persons at which people were told last (None: they never were, `why_quiet` says
    why); they are told again when it has doubled.
    """

    __tablename__ = "issue_alarm"
    __table_args__ = (Index("issue_alarm_key", "key", "at"),)
    id: int | None = Field(default=None, primary_key=True)
    key: str
    issue: str | None = Field(default=None, index=True)
    brand: str
    topic: str
    level: str
    at: datetime
    persons: int
    expected: float
    ratio: float
    z: float = 0
    ended_at: datetime | None = None
    told_persons: int | None = None
    told_level: str | None = None
    told_at: datetime | None = None
    why_quiet: str | None = None


class IssueEpisode(SQLModel, table=True):
    """One time that an issue lasted. `kind` is first or regression; the newest is the one that counts."""

    __tablename__ = "issue_episode"
    __table_args__ = (Index("issue_episode_issue", "issue", "number", unique=True),)
    id: int | None = Field(default=None, primary_key=True)
    issue: str
    number: int
    kind: str = "first"
    opened_at: datetime
    fixed_at: datetime | None = None
    closed_at: datetime | None = None
    root_cause: str | None = None


class IssueAct(SQLModel, table=True):
    """One thing that somebody did to an issue, with what was there before, so that it can be undone."""

    __tablename__ = "issue_act"
    id: int | None = Field(default=None, primary_key=True)
    at: datetime
    who: str
    what: str
    issue: str = Field(index=True)
    about: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    before: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    why: str = ""
    undone_at: datetime | None = None
    undone_by: str | None = None


class IssueSuggestion(SQLModel, table=True):
    """Two issues that may be one. `verdict` is what people made of it: accepted, rejected, None while open."""

    __tablename__ = "issue_suggestion"
    __table_args__ = (Index("issue_suggestion_pair", "issue", "other", unique=True),)
    id: int | None = Field(default=None, primary_key=True)
    issue: str
    other: str
    score: float
    reason: str
    at: datetime
    verdict: str | None = None
    who: str | None = None
    decided_at: datetime | None = None


class IssueWords(SQLModel, table=True):
    """The words of one live issue as grouping knows them: a `Centroid` as JSON."""

    __tablename__ = "issue_words"
    issue: str = Field(primary_key=True)
    ground: str = Field(index=True)
    value: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class IssueState(SQLModel, table=True):
    """What grouping remembers of a ground (a brand, or a fenced topic of it), and copies of its words at earlier times.

    `version` grows with each change: who holds an older one in memory reads anew. `last` is how far it has come, in
    the order of posts. `dirty_since` is the earliest post that came out of that order: from there it is done again.
    """

    __tablename__ = "issue_state"
    name: str = Field(primary_key=True)
    version: int = 0
    at: datetime
    last: int | None = Field(default=None, sa_type=BigInteger)
    dirty_since: int | None = Field(default=None, sa_type=BigInteger, index=True)
    value: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class IssuePart(SQLModel, table=True):
    """One part of a ground that is being gone over, until all of it has been: no step of it is done twice.

    The whole walk began after the place `since` (None: at the first post of the ground), this part ends at `last`.
    `told` is by what its issues are to be called, by their numbers.
    """

    __tablename__ = "issue_part"
    __table_args__ = (Index("issue_part_ground", "ground", "last"),)
    id: int | None = Field(default=None, primary_key=True)
    ground: str
    since: int | None = Field(default=None, sa_type=BigInteger)
    last: int = Field(sa_type=BigInteger)
    told: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class IssuePlaced(SQLModel, table=True):
    """Where a mention will be put once all of its ground has been gone over. `before` is the issue it was put in last.

    `place` is its own in the order of posts, `number` that of its issue.
    """

    __tablename__ = "issue_placed"
    __table_args__ = (
        Index("issue_placed_place", "ground", "place"),
        Index("issue_placed_number", "ground", "number"),
    )
    ground: str = Field(primary_key=True)
    mention: int = Field(primary_key=True)
    place: int = Field(sa_type=BigInteger)
    number: int = Field(sa_type=BigInteger)
    score: float
    reason: str
    before: str | None = None
