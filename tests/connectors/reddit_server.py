"""A Reddit on loopback that is as strict as the real one: tokens, quotas, paging by `after`, info, comments."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from tests.connectors.loopback import Answer, Asked, Site, a_site
from tests.doors import NOW

SECONDS = int(NOW.timestamp())
ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"


def base36(number: int) -> str:
    head, digit = divmod(number, 36)
    return (base36(head) if head else "") + ALPHABET[digit]


@dataclass
class RedditServer:
    """`things` newest first, as Reddit lists them; `cap` is where its listings end. `refusals` answer by path."""

    site: Site
    things: list[dict[str, Any]] = field(default_factory=list)
    inbox: list[dict[str, Any]] = field(default_factory=list)
    refusals: dict[str, Answer] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    cap: int = 1000
    remaining: float = 600.0
    reset: int = 300
    comment_errors: list[list[str]] = field(default_factory=list)
    lost_answer: bool = False
    issued: int = 0
    made: int = 0

    @property
    def asked(self) -> list[str]:
        return [asked.path for asked in self.site.asked if asked.path != "/api/v1/access_token"]

    def post(self, title: str, text: str = "", minutes: float = 60, **data: Any) -> str:
        """Put up a post so many minutes ago; its full name."""
        short = self._short()
        place = {"permalink": f"/r/acme/comments/{short}/x/", "url": "https://elsewhere.example/", "title": title}
        return self._put("t3", short, minutes, {**place, "selftext": text, **data})

    def comment(self, text: str, parent: str, minutes: float = 30, **data: Any) -> str:
        """Put up a comment; its full name."""
        short, above = self._short(), self.find(parent)
        post = above if above["name"].startswith("t3_") else self.find(above["link_id"])
        place = {"permalink": f"{post['permalink']}{short}/", "link_title": post["title"], "link_id": post["name"]}
        said = {"body": text, "parent_id": parent, "link_author": post["author"], **place}
        return self._put("t1", short, minutes, {**said, **data})

    def _short(self) -> str:
        self.made += 1
        return base36(self.made + 50_000)

    def _put(self, kind: str, short: str, minutes: float, data: dict[str, Any]) -> str:
        shared = {"id": short, "name": f"{kind}_{short}", "author": "ann", "subreddit": "acme"}
        self.things.append({**shared, "created_utc": SECONDS - 60 * minutes, "edited": False, **data})
        self.things.sort(key=lambda thing: -(thing["created_utc"] or 0))
        return f"{kind}_{short}"

    def find(self, name: str) -> dict[str, Any]:
        return next(thing for thing in self.things if thing["name"] == name)

    def delete(self, name: str) -> None:
        """As its author does: it stays, without author and text."""
        self.find(name).update(author="[deleted]", selftext="[deleted]", body="[deleted]")

    def answer(self, asked: Asked) -> Answer:
        path = asked.path.rstrip("/")
        if path == "/api/v1/access_token":
            return self.refusals.get(path) or self._token(asked)
        if asked.headers.get("authorization") != f"bearer token-{self.issued}":
            return Answer('{"message": "Unauthorized", "error": 401}', 401)
        if path in self.refusals:
            return self.refusals[path]
        self.remaining -= 1
        return self._told(path, asked)

    def _token(self, asked: Asked) -> Answer:
        user = b64decode(asked.headers["authorization"].removeprefix("Basic ")).decode()
        form = parse_qs(asked.body.decode())
        if user != "app:secret":
            return Answer('{"message": "Unauthorized", "error": 401}', 401)
        if form["grant_type"] == ["password"] and form["password"] != ["pass word"]:
            return Answer('{"error": "invalid_grant"}')
        self.issued += 1
        return self._json({"access_token": f"token-{self.issued}", "expires_in": 86400, "scope": "*"})

    def _told(self, path: str, asked: Asked) -> Answer:
        assert asked.query.get("raw_json") == "1" or asked.method == "POST"
        match path.strip("/").split("/"):
            case ["r", _, "new"]:
                return self._listing("t3", asked)
            case ["r", _, "comments"]:
                return self._listing("t1", asked)
            case ["r", "all", "search"]:
                return self._listing("t3", asked, asked.query["q"].lower())
            case ["user", who, "comments"]:
                return self._page([thing for thing in self.things if thing["author"] == who], asked)
            case ["message", "mentions"]:
                return self._page(self.inbox, asked)
            case ["api", "info"]:
                names = asked.query["id"].split(",")
                assert len(names) <= 100
                return self._page([thing for thing in self.things if thing["name"] in names], asked)
            case ["api", "comment"]:
                return self._commented(parse_qs(asked.body.decode()))
        return Answer(status=302, headers={"location": "/subreddits/search?q=nothing"})

    def _listing(self, kind: str, asked: Asked, wanted: str = "") -> Answer:
        found = [thing for thing in self.things if thing["name"].startswith(kind)][: self.cap]
        return self._page([thing for thing in found if wanted in str(thing.get("title", "")).lower()], asked)

    def _page(self, things: list[dict[str, Any]], asked: Asked) -> Answer:
        names = [thing["name"] for thing in things]
        after, limit = asked.query.get("after"), min(int(asked.query.get("limit", "100")), 100)
        start = names.index(after) + 1 if after in names else 0
        page = things[start : start + limit]
        more = page[-1]["name"] if start + limit < len(things) else None
        children = [{"kind": thing["name"][:2], "data": thing} for thing in page]
        return self._json({"kind": "Listing", "data": {"children": children, "after": more, "before": None}})

    def _commented(self, form: dict[str, list[str]]) -> Answer:
        assert form["api_type"] == ["json"]
        if self.comment_errors:
            return self._json({"json": {"errors": self.comment_errors}})
        name = self.comment(form["text"][0], form["thing_id"][0], 0, author="acme_support")
        if self.lost_answer:
            return Answer(status=503)
        return self._json({"json": {"errors": [], "data": {"things": [{"kind": "t1", "data": self.find(name)}]}}})

    def _json(self, data: object) -> Answer:
        quota = {"x-ratelimit-used": "1", "x-ratelimit-remaining": str(self.remaining)}
        quota |= {"x-ratelimit-reset": str(self.reset), "content-type": "application/json"}
        return Answer(json.dumps(data), headers=quota | self.headers)


@contextmanager
def a_reddit() -> Iterator[RedditServer]:
    with a_site() as site:
        server = RedditServer(site)
        site.pages["*"] = server.answer
        yield server
