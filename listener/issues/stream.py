"""Lines of JSON → posts in the order of their time, and the lines that are none."""

from __future__ import annotations

import json
from collections.abc import Container, Iterable
from dataclasses import dataclass
from typing import Any

from connectors.dates import read_time


@dataclass(frozen=True, slots=True)
class Post:
    """One mention to be replayed, its `id` as the file gives it.

    `at` is in seconds of UTC since 1970; `author` None: nobody knows who.
    """

    id: str | int | float
    at: float
    brand: str
    author: str | None
    text: str
    topic: str | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """A line that cannot be used, by its number, and why."""

    line: int
    why: str


def read(lines: Iterable[str], nobody: Container[str] = ()) -> tuple[list[Post], list[Refused]]:
    """The posts, oldest first, and the refused lines. `nobody` are names that a platform shows for many."""
    posts: list[tuple[float, int, Post]] = []
    refused: list[Refused] = []
    known: dict[tuple[str, str], int] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        post = read_line(line, number, nobody)
        if isinstance(post, Post) and (first := known.setdefault((post.brand, str(post.id)), number)) != number:
            post = f"it repeats the id of line {first}"
        if isinstance(post, Post):
            posts.append((post.at, number, post))
        else:
            refused.append(Refused(number, post))
    return [post for _, _, post in sorted(posts, key=lambda one: one[:2])], refused


def read_line(line: str, number: int, nobody: Container[str]) -> Post | str:
    """The post, or what is wrong with the line."""
    try:
        values = json.loads(line)
    except (ValueError, RecursionError) as trouble:
        return f"it is not JSON: {trouble}"[:200]
    if not isinstance(values, dict):
        return "it is no object: {…} is wanted"
    text = values.get("text")
    if not isinstance(text, str) or not text.strip():
        return "it has no text"
    when = values.get("posted_at", values.get("posted_ms"))
    at = read_time(when)
    if at is None:
        told = "it has no posted_at" if when is None else f"its posted_at {str(when)[:40]!r} is no time"
        return f"{told}: ISO 8601 or milliseconds are wanted"
    identity = values["id"] if written(values.get("id")) else str(number)
    author = known_author(values.get("author"), nobody)
    return Post(
        identity, at.timestamp(), written(values.get("brand")), author, text, written(values.get("topic")) or None
    )


def written(value: Any) -> str:
    """Text and numbers as text, anything else as nothing."""
    return str(value).strip() if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def known_author(value: Any, nobody: Container[str]) -> str | None:
    """The handle, folded, if it is somebody's own."""
    handle = written(value.get("handle") if isinstance(value, dict) else value).lstrip("@").casefold()
    return None if not handle or handle.replace(" ", "") in nobody else handle
