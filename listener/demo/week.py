"""The week as it can be read right now: which posts are up in this round, and in which version."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from listener.demo.posts import Post, all_posts


@dataclass(frozen=True, slots=True)
class Shown:
    """A post as a site shows it in one round; `edited` is None while the first version stands."""

    post: Post
    text: str
    stars: int | None
    posted: datetime
    edited: datetime | None
    gone: bool

    @property
    def changed(self) -> datetime:
        """When this version was published."""
        return self.edited or self.posted


class Week:
    """The posts of all sources around `now`; rounds begin at 1."""

    def __init__(self, now: datetime) -> None:
        # feeds and HTTP dates know whole seconds only; a fraction would make every date look newer than itself
        self.now = now.replace(microsecond=0)
        self.round = 1

    def on(self, source: str) -> list[Shown]:
        """What this source offers now, newest first."""
        return [shown for shown in self.ever_on(source) if not shown.gone]

    def ever_on(self, source: str) -> list[Shown]:
        """The same with what was deleted there, for lookups by id."""
        up = [self._show(post) for post in all_posts()[source] if post.round <= self.round]
        return sorted(up, key=lambda shown: shown.posted, reverse=True)

    def find(self, source: str, post_id: str) -> Shown | None:
        """One post by its id, also after its deletion."""
        return next((shown for shown in self.ever_on(source) if shown.post.id == post_id), None)

    def _show(self, post: Post) -> Shown:
        # a post that appears in round 2 is edited in round 3 at the earliest
        edit = post.edit if self.round > post.round else None
        return Shown(
            post=post,
            text=edit.text if edit else post.text,
            stars=edit.stars if edit and edit.stars else post.stars,
            posted=self.now + post.at,
            edited=self.now if edit else None,
            gone=post.gone is not None and post.gone <= self.round,
        )
