"""What people say in the demo world, as written in `world/*.jsonl`: one post a line, times relative to now."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict

# the order in which the demo counts them
SOURCES = ("forum", "news", "reviews", "reddit")
OFFSET = re.compile(r"([+-])(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?")

# what a reader of the files, and a test, can ask for by name
Shows = Literal[
    "", "trouble", "question", "sarcasm", "churn", "legal", "journalist", "competitor",
    "own", "machine", "copy", "repost", "noise",
]  # fmt: skip


def offset(text: str) -> timedelta:
    """Read "-2d3h", "-40m" or "+90d"; raises ValueError for anything else."""
    found = OFFSET.fullmatch(text)
    if not found or not any(found.groups()[1:]):
        raise ValueError(f"not an offset: {text!r}, write for example -2d3h")
    days, hours, minutes = (int(part or 0) for part in found.groups()[1:])
    span = timedelta(days=days, hours=hours, minutes=minutes)
    return -span if found[1] == "-" else span


class Edit(BaseModel):
    """What a post says from the second round on; `stars` only where they changed too."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str
    stars: int | None = None


class Post(BaseModel):
    """One thing somebody says in the demo world.

    `by` is a handle on the source. `round` is when the post appears, `gone` when it is deleted.
    `parent` is the post that a comment answers, `same_as` the forum post that a news entry repeats.
    `reply` is the brand's public answer. `shows` names what the post is in the world for.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    by: str
    at: Annotated[timedelta, BeforeValidator(offset)]
    text: str
    title: str = ""
    language: str = "en"
    stars: int | None = None
    product: str = ""
    board: str = ""
    parent: str = ""
    same_as: str = ""
    reply: str = ""
    followers: int | None = None
    shows: Shows = ""
    round: int = 1
    gone: int | None = None
    edit: Edit | None = None


def world_text(name: str) -> str:
    """The text of one bundled file of the demo world."""
    return files(__package__).joinpath("world", name).read_text("utf-8")


@cache
def all_posts() -> Mapping[str, tuple[Post, ...]]:
    """Every post by source, in the order of the files."""
    # read-only, because the cache hands the same object to everybody
    return MappingProxyType({source: _read(source) for source in SOURCES})


def _read(source: str) -> tuple[Post, ...]:
    return tuple(Post.model_validate_json(line) for line in world_text(f"{source}.jsonl").splitlines())
