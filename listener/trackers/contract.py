"""All that the author of a tracker needs to know: what it is told of a ticket, what it answers, what may go wrong."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, ClassVar, Literal, Protocol

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr

from connectors.contract import Failed, Response
from connectors.options import WebAddress

Status = Literal["open", "waiting", "closed", "gone"]
# An empty variable is a mistake: it would sign with nothing, or not log in.
Secret = Annotated[SecretStr, Field(min_length=1)]


Site = Annotated[WebAddress, AfterValidator(lambda url: url.rstrip("/"))]


@dataclass(frozen=True, slots=True)
class Case:
    """A ticket as it is opened outside. `mark` is our name for it there: it is looked up before anything is made.

    `about` are lines of ours, `quote` what the person wrote, `known` what the registry says of them: not for systems
    that the public reads. `place` is the project, queue or repository that the operator names for our queue, "" for
    the tracker's own.
    """

    mark: str
    ticket: int
    title: str
    about: str
    quote: str
    known: str
    link: str | None
    place: str
    urgency: str
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class Comment:
    """Something to add to a counterpart, once: `mark` is looked up among what is there already."""

    mark: str
    about: str
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Ending:
    """How our ticket ended."""

    comment: Comment
    cause: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Counterpart:
    """What our ticket is called outside, and where people see it."""

    key: str
    url: str | None


@dataclass(frozen=True, slots=True)
class State:
    """How a counterpart stands. `cause` and `outcome` are given where the system has a field for them.

    `changed` is when it was written to last, in the system's own words; None where it does not tell.
    """

    status: Status
    cause: str | None = None
    outcome: str | None = None
    changed: str | None = field(default=None, compare=False)


GONE = State("gone")


@dataclass(frozen=True, slots=True)
class Said:
    """Something that was written there, but not by us. `name` is what the system calls it, `at` when, None: unknown.

    `kind` is reply, what our people wrote for the person; note, what they wrote for each other; or person.
    """

    name: str
    kind: Literal["reply", "note", "person"]
    by: str
    text: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class News:
    """What a webhook told: of which counterpart (its key, or our mark), and what of it may be believed: its state, and
    what was said there.

    Without either the counterpart is asked for: what is fetched is newer than any message, in whatever order they
    come.
    """

    name: str
    state: State | None = None
    said: tuple[Said, ...] = ()


class Missing(Failed):
    """The counterpart is not there any more, or not for us."""

    def __init__(self, why: str) -> None:
        super().__init__(why, permanent=True)


class Outside(Protocol):
    """A tracker's way to the world; errors are those of `connectors.contract.Door`.

    With `refusals` every 4xx but 429 comes back: what a system says of a request is for whoever made it.
    """

    def fetch(
        self,
        url: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        megabytes: float = 5,
        refusals: bool = False,
    ) -> Response: ...

    def now(self) -> datetime: ...


class Tracker(BaseModel):
    """A tracker is its options: the fields are what the operator writes under `[[tracker]]`.

    Every method does its work once however often it is called, and raises Failed; Missing where the counterpart is
    not there. `secrets` names the fields that hold `env:` or `file:` references. `pulls` is false where a system
    cannot be asked for states. Nothing that is written may reach the person: comments are internal.

    `replies`: what our people write there for others to read is an answer to the person. `notes`: our notes go there.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    secrets: ClassVar[frozenset[str]] = frozenset({"webhook_secret"})
    pulls: ClassVar[bool] = True

    webhook_secret: Secret | None = None
    replies: bool = True
    notes: bool = True

    def find(self, case: Case, outside: Outside) -> Counterpart | None:
        """The counterpart with the case's mark, open or closed."""
        raise NotImplementedError

    def create(self, case: Case, outside: Outside) -> Counterpart:
        """Open it there. It was looked up just before."""
        raise NotImplementedError

    def comment(self, key: str, comment: Comment, outside: Outside) -> None:
        """Add what is not there yet."""
        raise NotImplementedError

    def close(self, key: str, ending: Ending, outside: Outside) -> None:
        """Close it, with the comment that says why."""
        raise NotImplementedError

    def reopen(self, key: str, comment: Comment, outside: Outside) -> None:
        """Open it again."""
        raise NotImplementedError

    def states(self, keys: Sequence[str], outside: Outside) -> dict[str, State]:
        """How these stand; one that was deleted is `gone`, one of which nothing is known is left out."""
        raise NotImplementedError

    def said(self, key: str, known: Collection[str], outside: Outside) -> list[Said]:
        """What was written there by others than us; what is `known` may be left out."""
        return []

    def verify(self, outside: Outside) -> None:
        """Check credentials and reach, changing nothing."""
        raise NotImplementedError

    def receive(self, headers: Mapping[str, str], body: bytes, now: datetime) -> News | None:
        """What a webhook told; None where it is about something else. Raises Refused.

        `headers` have lower-case names.
        """
        raise NotImplementedError
