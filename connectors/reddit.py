"""Kind `reddit`: posts and comments of chosen subreddits, search over all of Reddit, mentions of an own account."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib import import_module
from json import dumps
from typing import TYPE_CHECKING, Annotated, ClassVar, Self, TypeVar

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from connectors import reddit_feeds
from connectors.answers import as_failure
from connectors.contract import Batch, Connector, Door, Failed, Receipt
from connectors.options import WebAddressOrNone, fits

if TYPE_CHECKING:
    from connectors.reddit_line import Line
    from connectors.reddit_walk import Listing

T = TypeVar("T")
AT_ONCE = 50  # subreddits in one address
SITE = "https://www.reddit.com"


def _bare(name: object) -> object:
    """`acme` for `r/acme`, which is how people write it."""
    return re.sub(r"\A/?r/", "", name.strip().rstrip("/")) if isinstance(name, str) else name


NO_SUBREDDIT = 'is no subreddit — write its name alone: "acme"'
Subreddit = Annotated[str, BeforeValidator(_bare), fits(r"[A-Za-z0-9_]{2,24}", NO_SUBREDDIT)]
Account = Annotated[str, fits(r"[A-Za-z0-9_-]{0,24}", "is no account of Reddit — write its name without u/")]
Search = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=512)]


class Reddit(Connector):
    """Reddit through its API, with the `client_id` and `client_secret` of an app that Reddit approved.

    `subreddits` are read whole, posts and comments; `search` finds posts (not comments) all over Reddit. With the
    `username` and `password` of an own account its mentions are read, and with `reply = true` approved answers are
    posted as comments by it; without, they are drafts with a link. When more is posted between two polls than the
    1,000 things that Reddit lists, the stretch is told as a blind spot. Edits and deletions are found and honoured.

    Without `client_id` Reddit's public feeds are read, which is worse: about one request a minute, so each feed has its
    turn; 25 entries a feed; often refused (403); no deletions, no mentions of an account, no answers.
    """

    platform: ClassVar[str | None] = "reddit"
    secrets: ClassVar[frozenset[str]] = frozenset({"client_secret", "password"})

    subreddits: tuple[Subreddit, ...] = ()
    search: tuple[Search, ...] = ()
    client_id: str = Field(default="", repr=False)
    client_secret: str = Field(default="", repr=False)
    username: Account = ""
    password: str = Field(default="", repr=False)
    # the operator writes `reply`, which is a method here
    reply_: bool = Field(default=False, alias="reply")
    base_url: WebAddressOrNone = ""

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        """The options fit together. Raises ValueError with everything that does not."""
        account = bool(self.username and self.password and self.client_id)
        wrong = {
            "nothing to read: name `subreddits` or a `search`": not (self.subreddits or self.search or account),
            "`username` and `password` belong together": bool(self.username) != bool(self.password),
            "an account needs the `client_id` of an app": bool(self.username) and not self.client_id,
            "`client_secret` needs its `client_id`": bool(self.client_secret) and not self.client_id,
            "`reply = true` needs `client_id`, `username` and `password`": self.reply_ and not account,
        }
        if mistakes := [mistake for mistake, found in wrong.items() if found]:
            raise ValueError("; ".join(mistakes))
        return self

    @property
    def replies(self) -> bool:  # type: ignore[override]  # the operator decides, not the kind
        return self.reply_

    def identity(self) -> str:
        """What is read: neither a new key nor leave to answer makes it another source."""
        # a first key is: the feeds' memory means nothing to the keyed way, so it begins with a quiet first poll
        return dumps([sorted(self.subreddits), sorted(self.search), self.username, bool(self.client_id), self.base_url])

    def load(self) -> None:
        """With a key praw reads; the feeds need nothing more."""
        if self.client_id:
            for name in ("line", "poll", "walk"):
                import_module(f"connectors.reddit_{name}")

    def poll(self, cursor: str, door: Door) -> Batch:
        """New and edited posts, and the names of deleted ones. Raises TryLater or GiveUp."""
        if not self.client_id:
            base = self.base_url.rstrip("/") or SITE
            return reddit_feeds.poll(reddit_feeds.addresses(base, self.subreddits, self.search), cursor, door)
        # imported here: praw is loaded by those who use Reddit only
        from connectors.reddit_poll import Memory, Poll

        return Poll(self._line(door), Memory.load(cursor), door).batch(self._listings())

    def reply(self, reference: str, text: str, key: str, door: Door) -> Receipt:
        """Answer the post or comment of this name, unless our answer stands there already. Raises Failed."""
        from connectors.reddit_reply import send

        return self._answering(lambda line: send(line, self.username, reference, text), door)

    def find_reply(self, reference: str, key: str, door: Door) -> Receipt | None:
        """Our account's answer to the post or comment of this name. Raises Failed."""
        from connectors.reddit_reply import find

        return self._answering(lambda line: find(line, self.username, reference), door)

    def _answering(self, work: Callable[[Line], T], door: Door) -> T:
        if not self.replies:
            raise Failed("answers on Reddit are posted by hand: the source does not say `reply = true`", permanent=True)
        with as_failure():
            return work(self._line(door))

    def _line(self, door: Door) -> Line:
        from connectors.reddit_line import Account, Line

        return Line(Account(self.client_id, self.client_secret, self.username, self.password, self.base_url), door)

    def _listings(self) -> list[Listing]:
        from connectors.reddit_walk import Listing

        # praw's own paths, slashes and all; without a leading one, which would cut a proxy's path off
        groups = ["+".join(self.subreddits[at : at + AT_ONCE]) for at in range(0, len(self.subreddits), AT_ONCE)]
        new = [Listing(f"r/{group}/{kind}") for group in groups for kind in ("new", "comments/")]
        # `t=all`: a narrower window would lose what Reddit indexed late
        found = [Listing("r/all/search/", (("q", wanted), ("sort", "new"), ("t", "all"))) for wanted in self.search]
        return new + found + ([Listing("message/mentions")] if self.username else [])
