"""A Mastodon server on loopback: hashtags, search, notifications, statuses by id, context, posting."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.connectors.loopback import Answer, Asked, Site, a_site
from tests.doors import NOW

TOKEN = "s3cret-token"


def snowflake(minutes: float, number: int = 0) -> int:
    """The id of a status written so many minutes ago."""
    return (int((NOW - timedelta(minutes=minutes)).timestamp() * 1000) << 16) + number


@dataclass
class MastodonServer:
    """`statuses` by id; `refusals` answer by path."""

    site: Site
    statuses: dict[int, dict[str, Any]] = field(default_factory=dict)
    notifications: list[dict[str, Any]] = field(default_factory=list)
    refusals: dict[str, Answer] = field(default_factory=dict)
    keys: dict[str, dict[str, Any]] = field(default_factory=dict)

    def toot(self, text: str, minutes: float = 30, who: str = "ann", **data: Any) -> str:
        name = snowflake(minutes, len(self.statuses))
        account = {"id": f"1{who}", "acct": who, "display_name": who.title(), "followers_count": 7}
        self.statuses[name] = {
            "id": str(name),
            "created_at": (NOW - timedelta(minutes=minutes)).isoformat().replace("+00:00", "Z"),
            "content": f"<p>{text}</p>",
            "url": f"https://social.example/@{who}/{name}",
            "account": {**account, "url": f"https://social.example/@{who}"},
            "visibility": "public",
            "language": "en",
            "mentions": [],
            **data,
        }
        return str(name)

    def answer(self, asked: Asked) -> Answer:
        if asked.path in self.refusals:
            return self.refusals[asked.path]
        public = asked.path.startswith(("/api/v1/timelines/tag/", "/api/v1/statuses")) and asked.method == "GET"
        if not public and asked.headers.get("authorization") != f"Bearer {TOKEN}":
            return Answer('{"error": "The access token is invalid"}', 401)
        return self._told(asked)

    def _told(self, asked: Asked) -> Answer:
        match asked.path.strip("/").split("/")[2:]:
            case ["timelines", "tag", tag]:
                return _json(_page([s for s in self._newest() if f"#{tag}" in s["content"]], asked))
            case ["search"]:
                found = [s for s in self._newest() if asked.query["q"].lower() in s["content"].lower()]
                found = [s for s in found if int(s["id"]) > int(asked.query.get("min_id", 0))]
                start = int(asked.query.get("offset", 0))
                return _json({"statuses": found[start : start + 40], "accounts": [], "hashtags": []})
            case ["notifications"]:
                return _json(_page(sorted(self.notifications, key=lambda each: -int(each["id"])), asked))
            case ["accounts", "verify_credentials"]:
                return _json({"id": "1acme", "acct": "acme"})
            case ["statuses"] if asked.method == "POST":
                return _json(self._posted(asked))
            case ["statuses"]:
                wanted = [int(value) for key, value in parse_qsl(urlsplit(asked.target).query) if key == "id[]"]
                return _json([self.statuses[name] for name in wanted if name in self.statuses])
            case ["statuses", name, "context"]:
                answers = [s for s in self._newest() if s.get("in_reply_to_id") == name]
                return _json({"ancestors": [], "descendants": answers})
        return Answer('{"error": "Record not found"}', 404)

    def _newest(self) -> list[dict[str, Any]]:
        return [self.statuses[name] for name in sorted(self.statuses, reverse=True)]

    def _posted(self, asked: Asked) -> dict[str, Any]:
        key = asked.headers["idempotency-key"]
        if key not in self.keys:
            form = dict(parse_qsl(asked.body.decode()))
            place = {"in_reply_to_id": form["in_reply_to_id"], "visibility": form["visibility"]}
            self.keys[key] = self.statuses[int(self.toot(form["status"], 0, "acme", **place))]
        return self.keys[key]


def _page(newest: list[dict[str, Any]], asked: Asked) -> list[dict[str, Any]]:
    """`min_id` gives the page that follows it, `max_id` the one before."""
    limit = int(asked.query.get("limit", 20))
    if "min_id" in asked.query:
        after = [each for each in newest if int(each["id"]) > int(asked.query["min_id"])]
        return after[-limit:]
    below = int(asked.query.get("max_id", 1 << 80))
    return [each for each in newest if int(each["id"]) < below][:limit]


def _json(data: object) -> Answer:
    quota = {"x-ratelimit-limit": "300", "x-ratelimit-remaining": "299", "x-ratelimit-reset": "2026-11-23T12:05:00Z"}
    return Answer(json.dumps(data), headers={"content-type": "application/json", **quota})


@contextmanager
def a_mastodon() -> Iterator[MastodonServer]:
    with a_site() as site:
        server = MastodonServer(site)
        site.pages["*"] = server.answer
        yield server
