"""Small real servers that keep tickets as Zendesk, Jira, GitHub, RT and a webhook's receiver do, by their manuals."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from listener.trackers.asking import ours

Told = tuple[int, Any] | tuple[int, Any, dict[str, str]]
PAGE = 100


@dataclass
class Asked:
    """One request as it came."""

    method: str
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body) if self.body else None


@dataclass
class Thing:
    """A ticket as every one of these systems keeps it."""

    number: int
    title: str
    body: str
    mark: str = ""
    status: str = "open"
    comments: list[str] = field(default_factory=list)
    fields: dict[str, Any] = field(default_factory=dict)
    labels: list[str] = field(default_factory=list)
    group: Any = None
    writers: dict[int, str] = field(default_factory=dict)
    inside: set[int] = field(default_factory=set)
    changes: int = 0

    @property
    def changed(self) -> str:
        """When it was written to last, as its system tells."""
        at = datetime(2026, 11, 23, 12, tzinfo=UTC) + timedelta(seconds=self.changes + len(self.comments))
        return at.isoformat().replace("+00:00", "Z")

    def says(self, text: str, by: str = "agent", inside: bool = False) -> None:
        """Somebody writes there, an agent or the `person`; `inside`: not for the person to read."""
        self.writers[len(self.comments)] = by
        self.inside |= {len(self.comments)} if inside else set()
        self.comments.append(text)

    def told(self) -> list[tuple[str, str, str, bool]]:
        """Comments, oldest first: id, text, who wrote it, whether inside."""
        return [
            (f"{self.number}0{at}", text, self.writers.get(at, "agent"), at in self.inside or at not in self.writers)
            for at, text in enumerate(self.comments)
        ]


@dataclass
class Desk:
    """What all share: tickets, the requests that came, and troubles to answer with first."""

    url: str = ""
    things: dict[int, Thing] = field(default_factory=dict)
    heard: list[Asked] = field(default_factory=list)
    troubles: list[Told] = field(default_factory=list)
    password: str = "s3cret-token"

    def answer(self, asked: Asked) -> Told:
        self.heard.append(asked)
        if self.troubles:
            return self.troubles.pop(0)
        if not self.allowed(asked):
            return 401, {"message": "Bad credentials", "error": "Couldn't authenticate you"}
        return self.route(asked)

    def allowed(self, asked: Asked) -> bool:
        import base64

        told = asked.headers.get("authorization", "")
        if told.startswith("Basic "):
            return base64.b64decode(told[6:]).decode().endswith(f":{self.password}")
        return told.endswith(f" {self.password}")

    def route(self, asked: Asked) -> Told:
        raise NotImplementedError

    def new(self, title: str, body: str, **more: Any) -> Thing:
        number = len(self.things) + 1
        self.things[number] = Thing(number, title, body, **more)
        return self.things[number]

    def writes(self) -> int:
        return sum(asked.method != "GET" for asked in self.heard)


class ZendeskDesk(Desk):
    used: dict[str, int]

    def route(self, asked: Asked) -> Told:
        path = asked.path.removeprefix("/api/v2/").removesuffix(".json")
        if path == "users/me":
            return 200, {"user": {"role": "agent"}}
        if path == "tickets" and asked.method == "POST":
            return self._create(asked)
        if path == "tickets":
            mine = [each for each in self.things.values() if each.mark == asked.query["external_id"]]
            return 200, {"tickets": [self._shown(each) for each in mine]}
        if path == "tickets/show_many":
            wanted = [self.things.get(int(number)) for number in asked.query["ids"].split(",")]
            return 200, {"tickets": [self._shown(each) for each in wanted if each]}
        number, _, rest = path.removeprefix("tickets/").partition("/")
        thing = self.things.get(int(number))
        if thing is None:
            return 404, {"error": "RecordNotFound", "description": "Not found"}
        return self._comments(thing, asked) if rest == "comments" else self._one(thing, asked)

    def _create(self, asked: Asked) -> Told:
        self.used = getattr(self, "used", {})
        key, told = asked.headers.get("idempotency-key", ""), asked.json["ticket"]
        if key in self.used:
            return 201, {"ticket": self._shown(self.things[self.used[key]])}
        assert told["comment"]["public"] is False
        thing = self.new(told["subject"], told["comment"]["body"], mark=told["external_id"], group=told.get("group_id"))
        self.used[key] = thing.number
        return 201, {"ticket": self._shown(thing)}

    def _comments(self, thing: Thing, asked: Asked) -> Told:
        assert asked.query["page[size]"] == "100"
        told = [("0", thing.body, "agent", True), *thing.told()]
        newest, start = told[::-1], int(asked.query.get("page[after]", 0))
        end, more = start + PAGE, len(newest) > start + PAGE
        after = f"{self.url}/api/v2/tickets/{thing.number}/comments.json?page[size]=100&page[after]={end}"
        page: dict[str, Any] = {"meta": {"has_more": more}, "comments": []}
        for number, body, by, inside in newest[start:end]:
            one = {"id": int(number), "body": body, "author_id": {"agent": 7, "person": 8}[by], "public": not inside}
            page["comments"].append({**one, "created_at": "2026-11-23T12:01:00Z"})
        if asked.query.get("include") == "users":
            page["users"] = [{"id": 7, "name": "Kim", "role": "agent"}, {"id": 8, "name": "Anna", "role": "end-user"}]
        return 200, page | {"links": {"next": after if more else None}}

    def _one(self, thing: Thing, asked: Asked) -> Told:
        if asked.method == "PUT":
            told = asked.json["ticket"]
            if thing.status == "closed":
                return 422, {"error": "RecordInvalid", "details": {"status": [{"description": "Status: closed"}]}}
            thing.status = told.get("status", thing.status)
            thing.fields |= {one["id"]: one["value"] for one in told.get("custom_fields", ())}
            if "comment" in told:
                assert told["comment"]["public"] is False
                thing.comments.append(told["comment"]["body"])
        return 200, {"ticket": self._shown(thing)}

    def _shown(self, thing: Thing) -> dict[str, Any]:
        fields = [{"id": name, "value": value} for name, value in thing.fields.items()]
        shown = {"id": thing.number, "external_id": thing.mark, "status": thing.status, "custom_fields": fields}
        return shown | {"updated_at": thing.changed}


class JiraDesk(Desk):
    def route(self, asked: Asked) -> Told:
        path = asked.path.removeprefix("/rest/api/2/")
        if path in ("myself", "project/SUP"):
            return 200, {}
        if path == "issue":
            told = asked.json["fields"]
            if told["project"]["key"] != "SUP":
                return 400, {"errorMessages": [], "errors": {"project": "valid project is required"}}
            thing = self.new(told["summary"], told["description"], labels=told["labels"], status="To Do")
            return 201, {"id": str(thing.number), "key": f"SUP-{thing.number}"}
        if path in ("search/jql", "search"):
            return self._search(asked, cloud=path == "search/jql")
        key, _, rest = path.removeprefix("issue/").partition("/")
        thing = self.things.get(int(key.removeprefix("SUP-")))
        if thing is None:
            return 404, {"errorMessages": ["Issue does not exist or you do not have permission to see it."]}
        return {"": self._one, "comment": self._comment, "transitions": self._transitions}[rest](thing, asked)

    def _search(self, asked: Asked, cloud: bool) -> Told:
        label = asked.query["jql"].partition('"')[2].rstrip('"')
        found = [each for each in self.things.values() if label in each.labels]
        start = int(asked.query.get("nextPageToken" if cloud else "startAt", 0))
        shown = [{"id": str(one.number), "key": f"SUP-{one.number}"} for one in found[start : start + 1]]
        more = {"nextPageToken": str(start + 1)} if len(found) > start + 1 else {}
        return 200, {"issues": shown, **(more if cloud else {"startAt": start, "total": len(found)})}

    def _one(self, thing: Thing, asked: Asked) -> Told:
        if asked.method == "PUT":
            thing.fields |= asked.json["fields"]
            return 204, None
        done = {"key": "done" if thing.status == "Done" else "new"}
        status = {"name": thing.status, "statusCategory": done}
        return 200, {"fields": {"status": status, "updated": thing.changed, **thing.fields}}

    def _comment(self, thing: Thing, asked: Asked) -> Told:
        if asked.method == "POST":
            assert asked.json["properties"][0]["value"] == {"internal": True}
            thing.comments.append(asked.json["body"])
            return 201, {}
        start = int(asked.query["startAt"])
        page = [
            {
                "id": number,
                "body": body,
                "author": {"displayName": "Kim", "accountType": {"agent": "atlassian", "person": "customer"}[by]},
                "created": "2026-11-23T12:01:00.000+0000",
                "jsdPublic": not inside,
            }
            for number, body, by, inside in thing.told()[start : start + PAGE]
        ]
        return 200, {"comments": page, "total": len(thing.comments)}

    def _transitions(self, thing: Thing, asked: Asked) -> Told:
        moves = (
            {"11": ("Start", "In Progress"), "31": ("Done", "Done")}
            if thing.status != "Done"
            else {"41": ("Reopen", "To Do")}
        )
        if asked.method == "POST":
            thing.status = moves[asked.json["transition"]["id"]][1]
            return 204, None
        category = {"Done": "done", "To Do": "new"}
        return 200, {
            "transitions": [
                {"id": number, "name": name, "to": {"name": to, "statusCategory": {"key": category.get(to, "new")}}}
                for number, (name, to) in moves.items()
            ]
        }


class GitHubDesk(Desk):
    def route(self, asked: Asked) -> Told:
        if asked.path == "/search/issues":
            mark = asked.query["q"].partition('"')[2].partition('"')[0]
            return 200, {"items": [self._shown(each) for each in self.things.values() if mark in each.body]}
        if not asked.path.startswith("/repos/acme/app"):
            return 404, {"message": "Not Found", "documentation_url": "https://docs.example"}
        path = asked.path.removeprefix("/repos/acme/app").removeprefix("/issues").strip("/")
        if asked.path == "/repos/acme/app":
            return 200, {}
        if not path and asked.method == "POST":
            told = asked.json
            return 201, self._shown(self.new(told["title"], told["body"], labels=told["labels"]))
        if not path:
            return 200, self._page([self._shown(each) for each in reversed(self.things.values())], asked)
        number, _, rest = path.partition("/")
        thing = self.things.get(int(number))
        if thing is None:
            return 410, {"message": "This issue was deleted"}
        return self._comments(thing, asked) if rest else self._one(thing, asked)

    def _page(self, found: list[Any], asked: Asked) -> list[Any]:
        start = (int(asked.query["page"]) - 1) * PAGE
        return found[start : start + PAGE]

    def _comments(self, thing: Thing, asked: Asked) -> Told:
        if asked.method == "POST":
            thing.comments.append(asked.json["body"])
            return 201, {}
        told = [
            {
                "id": int(number),
                "body": body,
                "user": {"login": "kim", "type": "User"},
                "author_association": {"agent": "MEMBER", "person": "NONE"}[by],
                "created_at": "2026-11-23T12:01:00Z",
            }
            for number, body, by, _ in thing.told()
        ]
        return 200, self._page(told, asked)

    def _one(self, thing: Thing, asked: Asked) -> Told:
        if asked.method == "PATCH":
            thing.status = asked.json["state"]
        return 200, self._shown(thing)

    def _shown(self, thing: Thing) -> dict[str, Any]:
        labels = [{"name": name} for name in thing.labels]
        shown = {"number": thing.number, "body": thing.body, "state": thing.status, "labels": labels}
        at = datetime(2026, 11, 23, 12, tzinfo=UTC).isoformat()
        shown |= {"updated_at": thing.changed}
        return shown | {"html_url": f"{self.url}/acme/app/issues/{thing.number}", "created_at": at}


class RtDesk(Desk):
    """A comment's subject, our mark, is kept as the last line of its text. Tested against a real RT in test_rt."""

    def route(self, asked: Asked) -> Told:
        kind, _, rest = asked.path.removeprefix("/REST/2.0/").partition("/")
        if kind == "tickets":
            return 200, {"items": [self._shown(one) for one in self._sought(asked.query["query"])], "pages": 1}
        if kind == "transaction":
            text = next(t for one in self.things.values() for name, t, *_ in one.told() if rest.startswith(f"{name}/"))
            return 200, {"items": [{"ContentType": "text/html"}, {"ContentType": "text/plain", "Content": text}]}
        if kind in ("rt", "queue"):
            return 200, {}
        if asked.method == "POST" and not rest:
            made = self.new(asked.json["Subject"], asked.json["Content"], status="new")
            return 201, {"id": str(made.number), "type": "ticket"}
        number, _, what = rest.partition("/")
        thing = self.things.get(int(number))
        if thing is None:
            return 404, {"message": "Ticket not found"}
        return {"": self._one, "comment": self._comment, "history": self._history}[what](thing, asked)

    def _sought(self, query: str) -> list[Thing]:
        if query.startswith("Subject LIKE"):
            return [one for one in self.things.values() if query.partition("'")[2].rstrip("'") in one.title]
        return [one for one in self.things.values() if f"id = {one.number}" in query.split(" OR ")]

    def _one(self, thing: Thing, asked: Asked) -> Told:
        if asked.method == "PUT":
            thing.status = asked.json["Status"]
            thing.fields |= asked.json.get("CustomFields", {})
            return 200, ["Status changed"]
        return 200, self._shown(thing) | {"Requestor": [{"id": "Anna"}]}

    def _comment(self, thing: Thing, asked: Asked) -> Told:
        thing.comments.append(f"{asked.json['Content']}\n\n{asked.json['Subject']}")
        return 201, ["Comments added"]

    def _history(self, thing: Thing, asked: Asked) -> Told:
        told = [
            {
                "id": name,
                "Type": "Comment" if inside else "Correspond",
                "Data": text.splitlines()[-1] if ours(text) else "No Subject",
                "Creator": {"id": {"agent": "Kim", "person": "Anna"}[by]},
                "Created": "2026-11-23T12:01:00Z",
            }
            for name, text, by, inside in thing.told()
        ]
        start = (int(asked.query["page"]) - 1) * PAGE
        return 200, {"items": told[start : start + PAGE], "pages": -(-len(told) // PAGE)}

    def _shown(self, thing: Thing) -> dict[str, Any]:
        fields = [{"name": name, "values": [value]} for name, value in thing.fields.items()]
        shown = {"id": str(thing.number), "Subject": thing.title, "Status": thing.status, "CustomFields": fields}
        return shown | {"LastUpdated": thing.changed}


class ReceiverDesk(Desk):
    """A receiver of our own webhook that keeps what it is told once for each key."""

    seen: set[str]

    def allowed(self, asked: Asked) -> bool:
        return True

    def route(self, asked: Asked) -> Told:
        self.seen = getattr(self, "seen", set())
        told, key = asked.json, asked.headers["idempotency-key"]
        again, _ = key in self.seen, self.seen.add(key)
        if told["event"] == "open":
            old = next((each for each in self.things.values() if each.mark == told["id"]), None)
            thing = old or self.new(told["title"], f"{told['about']} {told['quote']}", mark=told["id"])
            return 200, {"key": str(thing.number), "url": f"{self.url}/{thing.number}"}
        thing = self.things.get(int(told["key"]))
        if thing is None:
            return 410, {"message": "deleted"}
        if not again:
            thing.comments.append(told["about"] + told["quote"])
            thing.status = {"close": "closed", "reopen": "open"}.get(told["event"], thing.status)
        return 200, {}


@contextmanager
def serving(desk: Desk) -> Iterator[Desk]:
    """The desk on loopback while the block runs."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def respond(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(self.command, parts.path, dict(parse_qsl(parts.query)), headers, body)
            status, told, *more = desk.answer(asked)
            raw = b"" if told is None else told.encode() if isinstance(told, str) else json.dumps(told).encode()
            self.send_response(status)
            for name, value in {"Content-Length": str(len(raw)), **(more[0] if more else {})}.items():
                self.send_header(name, value)
            with suppress(ConnectionError):  # nobody reads the body of a 429
                self.end_headers()
                self.wfile.write(raw)

        do_GET = do_POST = do_PUT = do_PATCH = respond  # noqa: N815  # the server looks for these names

        def handle(self) -> None:
            with suppress(ConnectionError):
                super().handle()

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    desk.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield desk
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
