"""Kind `mastodon`: hashtags, searches and mentions of an own account, as one Mastodon server sees them."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from json import dumps
from typing import TYPE_CHECKING, Annotated, ClassVar, Self, TypeVar
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from connectors.answers import as_failure
from connectors.contract import Batch, Connector, Door, Failed, Receipt
from connectors.options import fits

if TYPE_CHECKING:
    from connectors.mastodon_line import Line

T = TypeVar("T")


def _bare(tag: object) -> object:
    """`acme` for `#acme`, which is how people write it."""
    return tag.strip().removeprefix("#") if isinstance(tag, str) else tag


NO_HASHTAG = 'is no hashtag — write the word alone: "acmeflow"'
Hashtag = Annotated[str, BeforeValidator(_bare), fits(r"[\w·]{1,100}", NO_HASHTAG)]
Instance = Annotated[str, fits(r"https?://[^/\s]+/?", 'is no server — write its address: "https://mastodon.social"')]
Search = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=512)]


class Mastodon(Connector):
    """A Mastodon server, `instance`, and what it knows of the others.

    `hashtags` are public on most servers. `search` and `mentions = true` (the notifications of the token's own account)
    need the `token` of an application with `read`; the server must offer full-text search, which covers those who
    agreed to be found. With `reply = true` (and `write`) approved answers of at most `characters` are posted by that
    account, as visible as what they answer; without, they are drafts with a link. Edits and deletions are found on
    servers since 4.3.
    """

    platform: ClassVar[str | None] = "mastodon"
    secrets: ClassVar[frozenset[str]] = frozenset({"token"})

    instance: Instance
    hashtags: tuple[Hashtag, ...] = ()
    search: tuple[Search, ...] = ()
    mentions: bool = False
    token: str = Field(default="", repr=False)
    # the operator writes `reply`, which is a method here
    reply_: bool = Field(default=False, alias="reply")
    # of a refusal by the server (422) the door brings no words, so the length is checked here
    characters: int = Field(default=500, ge=1)

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        """The options fit together. Raises ValueError with everything that does not."""
        wrong = {
            "nothing to read: name `hashtags` or a `search`, or say `mentions = true`": not (
                self.hashtags or self.search or self.mentions
            ),
            '`search`, `mentions` and `reply` need a token: write token = "env:NAME"': not self.token
            and bool(self.search or self.mentions or self.reply_),
        }
        if mistakes := [mistake for mistake, found in wrong.items() if found]:
            raise ValueError("; ".join(mistakes))
        return self

    @property
    def replies(self) -> bool:  # type: ignore[override]  # the operator decides, not the kind
        return self.reply_

    @property
    def home(self) -> str:
        """The server's name, as in its accounts."""
        return urlsplit(self.instance).netloc

    def identity(self) -> str:
        """What is read: neither a new token nor leave to answer makes it another source."""
        return dumps([self.home, sorted(self.hashtags), sorted(self.search), self.mentions])

    def load(self) -> None:
        """Mastodon.py reads."""
        for name in ("line", "poll"):
            import_module(f"connectors.mastodon_{name}")

    def poll(self, cursor: str, door: Door) -> Batch:
        """New and edited statuses, and the ids of deleted ones. Raises TryLater or GiveUp."""
        # imported here: Mastodon.py is loaded by those who use it only
        from connectors.mastodon_poll import Memory, Poll

        return Poll(self._line(door), self.home, Memory.load(cursor), door).batch(
            self.hashtags, self.search, self.mentions
        )

    def reply(self, reference: str, text: str, key: str, door: Door) -> Receipt:
        """Answer the status with this id, unless our answer stands there already. Raises Failed."""
        from connectors.mastodon_reply import send

        return self._answering(lambda line: send(line, reference, text, key, self.characters), door)

    def find_reply(self, reference: str, key: str, door: Door) -> Receipt | None:
        """Our account's answer to the status with this id. Raises Failed."""
        from connectors.mastodon_reply import find

        return self._answering(lambda line: find(line, reference), door)

    def _answering(self, work: Callable[[Line], T], door: Door) -> T:
        if not self.replies:
            raise Failed("answers are posted by hand: the source does not say `reply = true`", permanent=True)
        with as_failure():
            return work(self._line(door))

    def _line(self, door: Door) -> Line:
        from connectors.mastodon_line import Line

        return Line(self.instance.rstrip("/"), self.token, door)
