"""All that the author of a channel needs to know: what it carries, by what means, and what may go wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated, ClassVar, Literal, Protocol
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr

from connectors.contract import Failed, Receipt, Response
from listener.actions.plots import in_text
from listener.actions.text import one_line, printable, shorten

Doubt = Literal["key", "lookup", "ask"]


def _line(text: str) -> str:
    # Longer subjects and notifications are cut by what shows them, without a mark.
    return shorten(one_line(text), 250)


def _body(text: str) -> str:
    # The verdict reads no more than this of a post either.
    return shorten(printable(text), 10_000)


def _address(link: str | None) -> str | None:
    """Only the web: a `javascript:` link from a post is no link."""
    link = one_line(link or "")
    try:
        sound = urlsplit(link).scheme in ("http", "https") and urlsplit(link).hostname
    except ValueError:
        return None
    return link if sound and " " not in link and len(link) <= 2_000 else None


Line = Annotated[str, AfterValidator(_line)]
Body = Annotated[str, AfterValidator(_body)]

# An empty variable is a mistake: it would sign with nothing, or not log in.
Secret = Annotated[SecretStr, Field(min_length=1)]


Do = Literal["approve", "edit", "reject", "done", "skip", "acknowledge", "take", "assign", "close", "mute"]


class Button(BaseModel):
    """Something that a reader can do about a message, where the channel can ask: `about` says about what."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    do: Do
    about: Annotated[str, AfterValidator(one_line)]


class Plot(BaseModel):
    """Counts against the usual as figures; a channel that can show pictures draws it.

    `counts` are of steps of `hours` from `start` on, `usual` what was expected in each (None: not known).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Line
    start: datetime
    hours: float
    counts: tuple[int, ...]
    usual: tuple[float | None, ...]

    def in_text(self) -> tuple[str, str]:
        """What is shown, and a bar for each step."""
        return in_text(self.start, self.hours, self.counts)


class Message(BaseModel):
    """What a channel is asked to carry. Every field is made printable and bounded on the way in.

    `title` says it all on one line and never quotes a post; `text` is ours, `quote` is what the post said;
    `facts` are (label, value); `footer` is the next step. `link` is an http(s) address or None.
    `key` is the delivery's stable idempotency key; `test` marks what `channels test` sends. `to` is one customer's
    mail address out of the registry, in place of the channel's own readers; `unsubscribe` is where a POST opts out.
    `buttons` are shown by channels that hear when one is pressed; `decide` is a page that decides, for its reader only.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Line
    text: Body = ""
    link: Annotated[str | None, AfterValidator(_address)] = None
    facts: tuple[tuple[Line, Line], ...] = ()
    quote: Body = ""
    footer: Body = ""
    key: Annotated[str, AfterValidator(one_line)]
    test: bool = False
    plot: Plot | None = None
    to: Annotated[str, AfterValidator(one_line)] | None = None
    unsubscribe: Annotated[str | None, AfterValidator(_address)] = None
    buttons: tuple[Button, ...] = ()
    decide: Annotated[str | None, AfterValidator(_address)] = None

    @property
    def headline(self) -> str:
        """The title, marked when this is only a test."""
        return f"[test] {self.title}" if self.test else self.title

    def plain(self) -> str:
        """All but the headline as plain text, for channels that know nothing else."""
        quoted = "\n".join(f"> {line}" for line in self.quote.splitlines())
        facts = "\n".join(f"{label}: {value}" for label, value in self.facts)
        plot = "\n".join(self.plot.in_text()) if self.plot else ""
        decide = f"Approve, edit or reject it: {self.decide}" if self.decide else ""
        return "\n\n".join(part for part in (self.text, quoted, facts, plot, self.link, decide, self.footer) if part)


class InDoubt(Failed):
    """It was handed over and no answer came: it may have arrived. Settled as the channel's `doubt` says."""


class Outside(Protocol):
    """A channel's way to the world. `fetch` and its errors are those of `connectors.contract.Door`."""

    def fetch(
        self,
        url: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        megabytes: float = 5,
    ) -> Response: ...

    def now(self) -> datetime: ...


class Carrier(Protocol):
    """What carries one message after the other: a channel itself, or a connection of its that stays open."""

    def deliver(self, message: Message, outside: Outside) -> Receipt: ...


class Channel(BaseModel):
    """A channel is its options: the fields are what the operator writes under `[[channel]]`.

    `max_per_hour` bounds messages (then one summary), `fallback` names the channel used when this one fails.
    `secrets` names the fields that hold `env:` or `file:` references; they are resolved before the channel is made.
    """

    # An error that shows its input would show a token that stands in the wrong place.
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    secrets: ClassVar[frozenset[str]] = frozenset()

    # 0 would silence the channel for good; to do that, no rule names it.
    max_per_hour: int | None = Field(default=None, ge=1)
    fallback: str | None = None

    @property
    def doubt(self) -> Doubt:
        """How a delivery that was started and never ended is settled.

        `key`: send again, the far side knows the key; `lookup`: ask `find`; `ask`: a person decides.
        """
        return "ask"

    def deliver(self, message: Message, outside: Outside) -> Receipt:
        """Carry the message within 8 s. Raises Failed, and InDoubt when nobody knows whether it arrived."""
        raise NotImplementedError

    @contextmanager
    def line(self) -> Iterator[Carrier]:
        """For several messages of one performer, one after the other: over one connection where that can be kept."""
        yield self

    def find(self, message_key: str, since: datetime, outside: Outside) -> Receipt | None:
        """The message with this key, sent at `since` or later, as the far side has it. Raises Failed."""
        raise NotImplementedError

    def verify(self, outside: Outside) -> None:
        """Check credentials and reach, sending nothing. Raises Failed."""
        raise NotImplementedError

    @property
    def verified(self) -> str:
        """What a `verify` that raised nothing has made sure of, in words for `check --online`."""
        return "credentials are right"

    @property
    def readers(self) -> tuple[str, ...]:
        """The mail addresses that it writes to, where it writes to persons of its own; nobody else sees it then."""
        return ()

    @property
    def amends(self) -> bool:
        """Whether what was sent can be changed afterwards."""
        return False

    def amend(self, sent: Receipt, message: Message, outside: Outside) -> Receipt:
        """Let a message that was sent say this instead; repeating it does no harm. Raises Failed."""
        raise NotImplementedError

    def redact(self, sent: Receipt, outside: Outside) -> Receipt:
        """Take the words of the post out of a message that was sent, for good. Raises Failed."""
        raise NotImplementedError
