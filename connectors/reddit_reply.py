"""Answering on Reddit as a comment, once: our own answers are looked through before one is posted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from connectors.contract import Failed, Receipt
from connectors.reddit_things import NAME, WEB, Thing, listed

if TYPE_CHECKING:
    from connectors.reddit_line import Line

LONGEST = 10_000  # characters of a comment
PAGES = 10
PASSING = frozenset(("RATELIMIT", "SOMETHING_IS_BROKEN", "RATELIMIT_COMMENT"))

_WAIT = re.compile(r"(\d{1,4}) (second|minute|hour)")


def send(line: Line, account: str, reference: str, text: str) -> Receipt:
    """Post the answer, or find that it stands there already. Raises Failed, TryLater and GiveUp."""
    if len(text) > LONGEST:
        raise Failed(f"Reddit takes {LONGEST} characters, this answer has {len(text)}: shorten it", permanent=True)
    if standing := find(line, account, reference):
        return standing
    return _posted(line.post("api/comment/", thing_id=reference, text=text))


def find(line: Line, account: str, reference: str) -> Receipt | None:
    """Our own comment under this thing. Raises Failed when the thing is gone, TryLater and GiveUp."""
    if not NAME.fullmatch(reference):
        raise Failed(f"{reference} is no post or comment of Reddit's", permanent=True)
    # Reddit's own comment route has no key against doubles, so what stands is looked up each time
    asked = [thing for thing in line.info([reference]) if thing.name == reference]
    if not asked or asked[0].deleted:
        raise Failed("what is to be answered was deleted on Reddit", permanent=True)
    for comment in _own(line, account, asked[0].posted or 0.0):
        if comment.said("parent_id") == reference and not comment.deleted:
            return _receipt(comment.name, comment.said("permalink"))
    return None


def _own(line: Line, account: str, since: float) -> Iterator[Thing]:
    """The account's comments, newest first, back to this time."""
    after = ""
    for _ in range(PAGES):
        page = listed(
            line.get(f"user/{account}/comments", limit=100, sort="new", **({"after": after} if after else {}))
        )
        yield from page.things
        after = page.after
        if not after or any(thing.posted and thing.posted < since for thing in page.things):
            return


def _posted(answer: Any) -> Receipt:
    """The receipt in the answer to our comment. Raises Failed."""
    # refusals come with status 200
    told = answer.get("json") if isinstance(answer, dict) else None
    told = told if isinstance(told, dict) else {}
    if told.get("errors"):
        _refused(told["errors"])
    data = told.get("data")
    things = data.get("things") if isinstance(data, dict) else None
    posted = listed({"data": {"children": things if isinstance(things, list) else []}}).things
    if not posted:
        raise Failed("Reddit did not say whether it took the answer; it is looked for before the next attempt")
    return _receipt(posted[0].name, posted[0].said("permalink"))


def _refused(errors: Any) -> None:
    """Raises Failed with Reddit's own words."""
    first = errors[0] if isinstance(errors, list) else errors
    code, why = [*map(str, first), "", ""][:2] if isinstance(first, list) else (str(first), "")
    wait = _WAIT.search(why)
    after = timedelta(**{f"{wait[2]}s": int(wait[1])}) if wait else None
    raise Failed(f"Reddit refuses the answer: {why or code} ({code})", code not in PASSING, after)


def _receipt(name: str, permalink: str) -> Receipt:
    return Receipt("comment", name, WEB + permalink if permalink.startswith("/") else None)
