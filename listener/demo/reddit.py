"""A Reddit-shaped API: token, new posts, comments, info and search, with the shapes and headers praw reads."""

from __future__ import annotations

import json
from typing import Any

from listener.demo.site import NOT_FOUND, Answer, Request
from listener.demo.week import Shown, Week

TOKEN = {"access_token": "demo-token", "token_type": "bearer", "expires_in": 86400, "scope": "*"}
# prawcore reads used and reset with int(): "1.0" would be a crash
RATE = {"x-ratelimit-used": "1", "x-ratelimit-remaining": "599", "x-ratelimit-reset": "600"}
# prawcore looks for www-authenticate in every 401 and raises KeyError without it
REFUSED = Answer(
    b'{"message": "Unauthorized", "error": 401}',
    "application/json",
    401,
    headers={"www-authenticate": 'Bearer realm="reddit"'},
)


class RedditApi:
    """Answers as Reddit does to an application-only client; it takes any client id and secret."""

    def __init__(self, week: Week) -> None:
        self.week = week

    def answer(self, request: Request) -> Answer:
        """What Reddit would say; 401 without a token."""
        credentials = request.headers.get("authorization", "")
        if request.path == "/api/v1/access_token":
            return _json(TOKEN) if credentials.startswith("Basic ") else REFUSED
        if credentials.lower() != f"bearer {TOKEN['access_token']}":
            return REFUSED
        if request.path == "/api/info":
            return self._info(request.query.get("id", "").split(","), request.site)
        return self._listed(request)

    def _listed(self, request: Request) -> Answer:
        match request.path.strip("/").split("/"):
            case ["r", boards, "new"]:
                return _listing(self._things("t3", boards, request.site), request)
            case ["r", boards, "comments"]:
                return _listing(self._things("t1", boards, request.site), request)
            case ["r", boards, "search"]:
                wanted = request.query.get("q", "").strip('"').lower()
                return _listing([t for t in self._things("t3", boards, request.site) if wanted in _words(t)], request)
        return NOT_FOUND

    def _things(self, kind: str, boards: str, site: str) -> list[dict[str, Any]]:
        named = {name.lower() for name in boards.split("+")}
        up = [self._thing(shown, site) for shown in self.week.on("reddit") if shown.post.id.startswith(kind)]
        return [thing for thing in up if "all" in named or thing["data"]["subreddit"].lower() in named]

    def _info(self, names: list[str], site: str) -> Answer:
        # what was deleted stays listed here, without author and text: the only way to notice it
        found = [shown for name in names if (shown := self.week.find("reddit", name))]
        return _json(_envelope([self._thing(shown, site) for shown in found], None))

    def _thing(self, shown: Shown, site: str) -> dict[str, Any]:
        kind, _, short = shown.post.id.partition("_")
        body = self._comment(shown) if kind == "t1" else self._submission(shown, site)
        common = {
            "id": short,
            "name": shown.post.id,
            "author": "[deleted]" if shown.gone else shown.post.by,
            "created_utc": shown.posted.timestamp(),
            "edited": shown.edited.timestamp() if shown.edited else False,
            "score": 1,
        }
        return {"kind": kind, "data": common | body}

    def _submission(self, shown: Shown, site: str) -> dict[str, Any]:
        post = shown.post
        permalink = f"/r/{post.board}/comments/{post.id.removeprefix('t3_')}/"
        text = "[deleted]" if shown.gone else shown.text
        here = {"subreddit": post.board, "permalink": permalink, "url": site + permalink}
        answers = sum(other.post.parent == post.id for other in self.week.on("reddit"))
        return here | {"title": post.title, "selftext": text, "is_self": True, "num_comments": answers}

    def _comment(self, shown: Shown) -> dict[str, Any]:
        post = shown.post
        parent = self.week.find("reddit", post.parent)
        if parent is None:
            raise LookupError(f"{post.id} answers {post.parent}, which is not in the world")
        permalink = (
            f"/r/{parent.post.board}/comments/{post.parent.removeprefix('t3_')}/_/{post.id.removeprefix('t1_')}/"
        )
        here = {"subreddit": parent.post.board, "permalink": permalink}
        above = {"link_id": post.parent, "parent_id": post.parent, "link_title": parent.post.title}
        return here | above | {"body": "[deleted]" if shown.gone else shown.text, "link_author": parent.post.by}


def _words(thing: dict[str, Any]) -> str:
    return f"{thing['data']['title']} {thing['data']['selftext']}".lower()


def _listing(things: list[dict[str, Any]], request: Request) -> Answer:
    # an `after` that was deleted meanwhile starts from the top, so that nothing is skipped
    names = [thing["data"]["name"] for thing in things]
    after, limit = request.query.get("after"), request.query.get("limit", "25")
    start = names.index(after) + 1 if after in names else 0
    end = start + (min(int(limit), 100) if limit.isdecimal() else 25)
    return _json(_envelope(things[start:end], names[end - 1] if end < len(names) else None))


def _envelope(things: list[dict[str, Any]], after: str | None) -> dict[str, Any]:
    data = {"children": things, "after": after, "before": None, "dist": len(things), "modhash": ""}
    return {"kind": "Listing", "data": data}


def _json(data: object) -> Answer:
    return Answer(json.dumps(data).encode(), "application/json; charset=utf-8", headers=RATE)
