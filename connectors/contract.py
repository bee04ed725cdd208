"""All that the author of a connector needs to know: what goes in, what comes out, what may go wrong."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar, Protocol, TypeVar, runtime_checkable

from pydantic import BaseModel, ConfigDict

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote an item, as far as the source says. `handle` is unique on the source's platform."""

    handle: str | None = None
    name: str | None = None
    url: str | None = None
    followers: int | None = None


NOBODY = Author()


@dataclass(frozen=True, slots=True)
class Item:
    """One thing somebody said, as a source tells it.

    `external_id` is the source's own name for it and never changes when the text is edited.
    `url` is the permalink of the post itself, never the address that it links to.
    `text` and `title` may hold HTML when `html` is true; intake makes plain text of them.
    `rating` is in stars, 0 to 5. `posted_at` is aware and None when the source does not say.
    `thread` names the conversation, `parent` the external id answered, `parent_author` whom it answers.
    `company_reply` is the brand's own public answer, where the site shows one beside the item.
    `attributes` are what else rules may test: version, country, verified, …
    """

    external_id: str
    text: str = ""
    title: str = ""
    url: str | None = None
    html: bool = False
    author: Author = NOBODY
    language: str | None = None
    rating: float | None = None
    posted_at: datetime | None = None
    thread: str | None = None
    parent: str | None = None
    parent_author: str | None = None
    company_reply: str | None = None
    attributes: Mapping[str, str | int | float | bool] = field(default_factory=dict)
    brand: str | None = None


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure that a page states about itself: an aggregate rating, a number of reviews."""

    name: str
    value: float
    at: datetime
    about: str = ""


@dataclass(frozen=True, slots=True)
class Blind:
    """A stretch of time that could not be read; `until` is None while it lasts."""

    since: datetime
    until: datetime | None
    why: str


@dataclass(frozen=True, slots=True)
class Batch:
    """What one poll brought. `items` oldest first, they may repeat. `cursor` is opaque to everybody else.

    `gone` are external ids that the source no longer offers because they were deleted there.
    `every` is how long the source suggests to wait before the next poll; None: no opinion.
    `unchanged` is true when the source said that nothing is new (304, the same body).
    """

    items: Iterable[Item] = ()
    gone: Collection[str] = ()
    measures: Collection[Measure] = ()
    blind: Collection[Blind] = ()
    cursor: str = ""
    every: timedelta | None = None
    unchanged: bool = False


@dataclass(frozen=True, slots=True)
class Response:
    """The answer to `Door.fetch`. `url` is where the body came from after redirects.

    `headers` have lower-case names. `body` is decoded (gzip, br) and within the size limit.
    `moved_to` is the address at the end of the unbroken leading run of 301/308, else None.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str
    moved_to: str | None = None


class Door(Protocol):
    """The only way to the world. Handed to every poll; tests hand in their own."""

    @property
    def stopped(self) -> threading.Event:
        """Set when the daemon ends: a wait must end with it."""

    def fetch(
        self,
        url: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        megabytes: float = 5,
    ) -> Response:
        """Any status below 400 and 304, 401, 403, 404, 410 come back; 429 and 5xx raise TryLater.

        Raises TryLater for every trouble that may pass (time, size, name, connection) and
        GiveUp for an address that must not be reached.
        """

    def now(self) -> datetime:
        """The time, aware."""

    def known(self, since: datetime) -> Collection[str]:
        """External ids of this source that are kept and were posted since then."""

    def aside(self, function: Callable[[bytes], T], data: bytes, seconds: float, megabytes: int) -> T:
        """Run `function(data)` in a child process that can be killed. Raises TryLater past its limits."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof that something arrived: the far side's kind, key and address of it."""

    kind: str
    key: str = ""
    url: str | None = None


class TryLater(Exception):
    """The source could not be read this time; it is polled again. `after` is what the far side asked for.

    `handed`: the request had gone out and nobody knows what became of it.
    """

    def __init__(self, why: str, after: timedelta | None = None, handed: bool = False) -> None:
        super().__init__(why)
        self.after = after
        self.handed = handed


class GiveUp(Exception):
    """Polling this source again makes no sense until an operator has changed something."""


class Failed(Exception):
    """An action did not go through. `permanent`: trying again would not help. `after`: not before that."""

    def __init__(self, why: str, permanent: bool = False, after: timedelta | None = None) -> None:
        super().__init__(why)
        self.permanent = permanent
        self.after = after


class Connector(BaseModel):
    """A connector is its options: the fields are what the operator writes under `[[source]]`.

    `platform` says whose handles its authors are (None: the source's own name); `voice` how people
    talk there; `everything` that each item is about the brand, no word match needed; `replies`
    whether `reply` works. `secrets` names the fields that hold `env:` or `file:` references; they
    are resolved before the connector is made.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    platform: ClassVar[str | None] = None
    voice: ClassVar[str] = "discussion"
    everything: ClassVar[bool] = False
    replies: ClassVar[bool] = False
    secrets: ClassVar[frozenset[str]] = frozenset()

    def load(self) -> None:
        """Import what a poll leaves until it runs, so that no two threads do; called before the first poll."""

    def poll(self, cursor: str, door: Door) -> Batch:
        """Read what is new since `cursor` ("" the first time). Raises TryLater or GiveUp."""
        raise NotImplementedError

    def identity(self) -> str:
        """What the memory of this source belongs to; when it changes, the next poll is a first poll."""
        return self.model_dump_json(exclude=set(self.secrets))


@runtime_checkable
class Replying(Protocol):
    """A connector that can answer in public."""

    def reply(self, reference: str, text: str, key: str, door: Door) -> Receipt:
        """Answer the item with this external id. Raises Failed."""

    def find_reply(self, reference: str, key: str, door: Door) -> Receipt | None:
        """Our own answer to this item, looked up at the far side, to settle doubt."""


@runtime_checkable
class Listening(Protocol):
    """A connector that is pushed to instead of polled."""

    def listen(self, door: Door, put: Callable[[Batch], Any]) -> None:
        """Hand each batch to `put`, which returns when it is stored; end when `door.stopped` is set."""
