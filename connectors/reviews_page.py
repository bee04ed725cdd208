"""Kind `reviews_page`: any web page that states its reviews with schema.org, as JSON-LD or microdata."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import ClassVar, NamedTuple
from urllib.parse import urldefrag, urljoin, urlsplit

from pydantic import Field, field_validator

from connectors.answers import accepted
from connectors.contract import Author, Batch, Blind, Connector, Door, Item, Measure, Response, TryLater
from connectors.cursors import Cursor
from connectors.dates import read_time
from connectors.review_names import names
from connectors.robots import Robots, read_robots
from connectors.schema_org import Page, Review, page_of, parse

ROBOTS_LAST = timedelta(days=1)
LONG_AGO = datetime.min.replace(tzinfo=UTC)

# `a < b` and `AT&T` are no HTML; taking them for it would cost their characters
_MARKUP = re.compile(r"</?[a-zA-Z][^<>]{0,500}>|&(?:[a-zA-Z]{2,8}|#\w{1,6});")


class Memory(Cursor):
    """The cursor: robots rules with their age, what the first page was like, and how many reviews there were."""

    robots_at: datetime | None = None
    robots: tuple[tuple[bool, str], ...] = ()
    etag: str = ""
    modified: str = ""
    digest: str = ""
    reviews: int = 0


class Reading(NamedTuple):
    """One page of a walk: its address after redirects, and what it says."""

    url: str
    page: Page


class ReviewsPage(Connector):
    """Reviews and the aggregate rating of a page that marks them up with schema.org.

    `url` is the page; `pages` how many pages are read when it changed, along its links to the next one.
    The site's robots.txt is obeyed. A page that gave reviews and gives none any more is reported as trouble.
    """

    voice: ClassVar[str] = "review"
    everything: ClassVar[bool] = True

    url: str
    pages: int = Field(default=3, ge=1, le=50)

    @field_validator("url")
    @classmethod
    def _is_web_address(cls, value: str) -> str:
        if _web(value.strip(), "") is None:
            raise ValueError("it must be an http:// or https:// address")
        return value.strip()

    def poll(self, cursor: str, door: Door) -> Batch:
        """All reviews on the pages whenever the first one changed: intake knows which are new or edited."""
        memory = _with_robots(Memory.load(cursor), self.url, door)
        robots = Robots(memory.robots)
        if not robots.allows(self.url):
            site = urlsplit(self.url).netloc
            why = f"robots.txt of {site} forbids reading this page: ask the site's owner, or remove the source"
            raise TryLater(why, after=ROBOTS_LAST)
        # a condition for the first page alone: names are told apart over all pages together
        asked = {"if-none-match": memory.etag, "if-modified-since": memory.modified}
        first = accepted(door.fetch(self.url, headers={name: value for name, value in asked.items() if value}))
        digest = sha256(first.body).hexdigest()
        if first.status == 304 or digest == memory.digest:
            return Batch(cursor=memory.model_dump_json(), unchanged=True)
        readings, blind = self._walk(first, robots, door)
        # without validators the next poll reads everything again, and with it what was missed
        validators = {} if blind else _validators(first, digest)
        return _batch(readings, blind, memory.model_copy(update=validators), door.now())

    def _walk(self, first: Response, robots: Robots, door: Door) -> tuple[list[Reading], list[Blind]]:
        """The pages in turn; trouble on a later one ends the walk and is told."""
        readings = [Reading(first.url, _parse(first, door))]
        while len(readings) < self.pages and not door.stopped.is_set():
            url = _next(readings, robots)
            if url is None:
                break
            try:
                readings.append(Reading(url, _parse(accepted(door.fetch(url)), door)))
            except TryLater as trouble:
                return readings, [Blind(door.now(), door.now(), f"page {len(readings) + 1}: {trouble}")]
        return readings, []


def _with_robots(memory: Memory, url: str, door: Door) -> Memory:
    """The memory with robots rules that are at most a day old."""
    now = door.now()
    if memory.robots_at and timedelta(0) <= now - memory.robots_at < ROBOTS_LAST:
        return memory
    return memory.model_copy(update={"robots": read_robots(url, door).rules, "robots_at": now})


def _validators(answer: Response, digest: str) -> dict[str, str]:
    etag, modified = answer.headers.get("etag", ""), answer.headers.get("last-modified", "")
    return {"etag": etag, "modified": modified, "digest": digest}


def _parse(answer: Response, door: Door) -> Page:
    # the header goes along to the child: decoding is also a work on untrusted bytes
    head = answer.headers.get("content-type", "").replace("\n", " ").encode("latin-1", "replace")
    return page_of(door.aside(parse, head + b"\n" + answer.body, 5, 400))


def _next(readings: list[Reading], robots: Robots) -> str | None:
    """The address after the last reading, when it is on the same site, allowed, and not yet read."""
    last = readings[-1]
    url = _web(last.page.following or "", last.url)
    # a page without reviews lies beyond the last one
    if url is None or not last.page.reviews:
        return None
    url = urldefrag(url).url
    same_site = urlsplit(url)[:2] == urlsplit(readings[0].url)[:2]
    fresh = url not in [urldefrag(reading.url).url for reading in readings]
    return url if same_site and fresh and robots.allows(url) else None


def _batch(readings: list[Reading], blind: list[Blind], memory: Memory, now: datetime) -> Batch:
    pages = [reading.page for reading in readings]
    found = [(review, reading.url) for reading in readings for review in reading.page.reviews]
    if not found:
        _explain_nothing(pages, memory.reviews)
    known_as = names([review for review, _ in found], readings[0].url)
    faces = _faces(found)
    items = [_item(review, name, url, faces, now) for (review, url), name in zip(found, known_as, strict=True)]
    # pages show the newest first, which also orders the undated
    items.reverse()
    return Batch(
        sorted(items, key=lambda item: item.posted_at or LONG_AGO),
        measures=tuple(_measures(pages, now)),
        blind=blind,
        cursor=memory.model_copy(update={"reviews": len(items)}).model_dump_json(),
    )


def _explain_nothing(pages: list[Page], before: int) -> None:
    """Raises TryLater with the likeliest reason, unless the pages plausibly have no reviews yet."""
    broken = sum(page.malformed for page in pages)
    counted = max((figure.value for page in pages for figure in page.figures if figure.name != "rating"), default=0)
    told = f" ({broken} malformed JSON-LD blocks)" if broken else ""
    if before:
        raise TryLater(f"page has no reviews any more, it gave {before} before: its layout changed?{told}")
    # so that a page drawn by JavaScript does not pass for one without reviews
    if counted:
        raise TryLater(f"page counts {counted:g} reviews but holds none: are they added by JavaScript?{told}")
    if broken or not any(page.structured for page in pages):
        raise TryLater(f"page holds no schema.org reviews: a wrong address, or a site that marks up none?{told}")


def _item(review: Review, name: str, page: str, faces: set[str], now: datetime) -> Item:
    posted, profile = read_time(review.published), _web(review.author_address, page)
    return Item(
        external_id=name,
        text=review.text,
        title=review.title,
        url=_web(review.address, page) or page,
        html=_MARKUP.search(review.text) is not None,
        author=Author(profile if profile in faces else None, review.author or None, profile, review.followers),
        language=review.language or None,
        rating=review.rating,
        posted_at=min(posted, now) if posted else None,
        company_reply=review.reply or None,
        attributes={"product": review.product} if review.product else {},
    )


def _faces(found: list[tuple[Review, str]]) -> set[str]:
    """The profile addresses that stand for one person: not the page itself, and never beside two names."""
    called: dict[str, set[str]] = defaultdict(set)
    for review, page in found:
        profile = _web(review.author_address, page)
        # a link to the shop's own front page is no profile
        if profile and profile != page and urlsplit(profile).path.strip("/"):
            called[profile].add(review.author)
    return {profile for profile, people in called.items() if len(people) == 1}


def _web(found: str, page: str) -> str | None:
    """`found` as an absolute web address; None when it is absent or anything else (`javascript:`)."""
    try:
        url = urljoin(page, found) if found else ""
        parts = urlsplit(url)
        return url if parts.scheme in ("http", "https") and parts.netloc else None
    except ValueError:
        return None


def _measures(pages: list[Page], now: datetime) -> Iterator[Measure]:
    """The first page's word on each figure, and how many JSON-LD blocks could not be read."""
    figures = {(figure.name, figure.about): figure.value for page in reversed(pages) for figure in page.figures}
    yield from (Measure(name, value, now, about) for (name, about), value in figures.items())
    if broken := sum(page.malformed for page in pages):
        yield Measure("malformed_blocks", float(broken), now)
