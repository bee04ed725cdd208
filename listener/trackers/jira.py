"""Kind `jira`: issues of Jira Cloud or Data Center, found again by a label that only they have."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from pydantic import model_validator

from connectors.contract import Failed
from connectors.dates import read_time
from listener.trackers import signatures
from listener.trackers.asking import PAGES, Desk, basic, marked, ours
from listener.trackers.contract import (
    GONE,
    Case,
    Comment,
    Counterpart,
    Ending,
    Missing,
    News,
    Outside,
    Said,
    Secret,
    Site,
    State,
    Tracker,
)

# a service desk shows its customers every comment that does not say this
INTERNAL = {"key": "sd.public.comment", "value": {"internal": True}}


class Jira(Tracker):
    """`url` as `https://acme.atlassian.net`; on Cloud `user` (a mail address) and its API `token`, on a server of
    your own (`deployment = "server"`) a personal access `token` alone.

    `project` is the key of the project that gets issues where `queues` names none. `done` and `reopen` name the
    transitions to use where several lead there; `waiting` the statuses that mean that somebody waits for the person.
    `cause_field` is a field such as `customfield_10050` that holds the root cause.
    """

    secrets = Tracker.secrets | {"token"}

    url: Site
    user: str = ""
    token: Secret
    deployment: Literal["cloud", "server"] = "cloud"
    project: str = ""
    issue_type: str = "Task"
    done: str = ""
    reopen_by: str = ""
    waiting: tuple[str, ...] = ("Waiting for customer",)
    cause_field: str = ""

    @model_validator(mode="after")
    def _logs_in(self) -> Jira:
        if self.deployment == "cloud" and not self.user:
            raise ValueError("Jira Cloud needs the user of the token: its mail address")
        return self

    def find(self, case: Case, outside: Outside) -> Counterpart | None:
        mine = sorted(self._search(f'labels = "{case.mark}"', outside), key=lambda one: int(one["id"]))
        return self._counterpart(str(mine[0]["key"])) if mine else None

    def create(self, case: Case, outside: Outside) -> Counterpart:
        project = case.place or self.project
        if not project:
            raise Failed("no project is named for this queue: set project or queues of the tracker", permanent=True)
        fields = {
            "project": {"key": project},
            "issuetype": {"name": self.issue_type},
            "summary": case.title,
            "description": _body(case.about, case.quote, case.known),
            "labels": ["listener", case.mark],
        }
        desk = self._desk(outside)
        return self._counterpart(desk.part(desk.send("POST", "/rest/api/2/issue", {"fields": fields}), "key", str))

    def comment(self, key: str, comment: Comment, outside: Outside) -> None:
        if not marked(comment.mark, (one.get("body") for one in self._comments(key, outside))):
            body = {"body": _body(comment.about, comment.quote, comment.mark), "properties": [INTERNAL]}
            self._desk(outside).send("POST", f"/rest/api/2/issue/{key}/comment", body)

    def close(self, key: str, ending: Ending, outside: Outside) -> None:
        if self.cause_field and self._one(key, outside).status != "closed":
            fields = {"fields": {self.cause_field: ending.cause}}
            self._desk(outside).send("PUT", f"/rest/api/2/issue/{key}", fields)
        self.comment(key, ending.comment, outside)
        self._move(key, self.done, closed=True, outside=outside)

    def reopen(self, key: str, comment: Comment, outside: Outside) -> None:
        self.comment(key, comment, outside)
        self._move(key, self.reopen_by, closed=False, outside=outside)

    def states(self, keys: Sequence[str], outside: Outside) -> dict[str, State]:
        """One by one: Jira's search lags behind its issues, and would take our own close back."""
        found = {}
        for key in keys:
            try:
                found[key] = self._one(key, outside)
            except Missing:
                found[key] = GONE
        return found

    def said(self, key: str, known: Collection[str], outside: Outside) -> list[Said]:
        return [_said(one) for one in self._comments(key, outside) if not ours(one.get("body"))]

    def verify(self, outside: Outside) -> None:
        self._desk(outside).get("/rest/api/2/myself")
        if self.project:
            self._desk(outside).get(f"/rest/api/2/project/{self.project}")

    def receive(self, headers: Mapping[str, str], body: bytes, now: datetime) -> News | None:
        """A webhook of Jira with a secret: it names the issue."""
        signatures.hexadecimal(signatures.known(self.webhook_secret), body, headers.get("x-hub-signature", ""))
        issue = signatures.content(body).get("issue")
        return News(str(issue["key"])) if isinstance(issue, dict) and issue.get("key") else None

    def _desk(self, outside: Outside) -> Desk:
        token = self.token.get_secret_value()
        log_in = basic(self.user, token) if self.user else {"authorization": f"Bearer {token}"}
        return Desk("Jira", self.url, log_in, outside, (token,))

    def _search(self, jql: str, outside: Outside) -> Iterator[Mapping[str, Any]]:
        """Cloud gives a token for the next page, a server of one's own counts."""
        cloud, desk = self.deployment == "cloud", self._desk(outside)
        path, asked = ("/rest/api/2/search/jql" if cloud else "/rest/api/2/search"), {"jql": jql, "fields": "labels"}
        after: dict[str, Any] = {}
        for _ in range(PAGES):
            page = desk.get(path, maxResults=100, **asked, **after)
            found = desk.part(page, "issues", list)
            yield from found
            seen = int(page.get("startAt", 0)) + len(found)
            token = page.get("nextPageToken")
            after = {"nextPageToken": token} if cloud else {"startAt": seen}
            if not (token if cloud else found and seen < int(page.get("total", 0))):
                return

    def _comments(self, key: str, outside: Outside) -> Iterator[Mapping[str, Any]]:
        desk, seen = self._desk(outside), 0
        for _ in range(PAGES):
            page = desk.get(f"/rest/api/2/issue/{key}/comment", startAt=seen, maxResults=100)
            found = desk.part(page, "comments", list)
            yield from found
            seen += len(found)
            if not found or seen >= int(page.get("total", 0)):
                return

    def _one(self, key: str, outside: Outside) -> State:
        names = ",".join(filter(None, ("status", "updated", self.cause_field)))
        desk = self._desk(outside)
        fields = desk.part(desk.get(f"/rest/api/2/issue/{key}", fields=names), "fields", dict)
        status, changed = desk.part(fields, "status", dict), fields.get("updated")
        if (status.get("statusCategory") or {}).get("key") == "done":
            return State("closed", _text(fields.get(self.cause_field)) if self.cause_field else None, changed=changed)
        waits = str(status.get("name", "")).casefold() in {name.casefold() for name in self.waiting}
        return State("waiting" if waits else "open", changed=changed)

    def _move(self, key: str, wanted: str, closed: bool, outside: Outside) -> None:
        if (self._one(key, outside).status == "closed") == closed:
            return
        desk = self._desk(outside)
        offered = desk.part(desk.get(f"/rest/api/2/issue/{key}/transitions"), "transitions", list)
        fits = [one for one in offered if _ends(one) == closed and wanted.casefold() in ("", one["name"].casefold())]
        if not fits:
            names = ", ".join(str(one["name"]) for one in offered) or "none"
            where = "done" if closed else "reopen_by"
            raise Failed(f"Jira offers {key} no transition that fits; name one in {where}: {names}", permanent=True)
        move = {"transition": {"id": fits[0]["id"]}}
        self._desk(outside).send("POST", f"/rest/api/2/issue/{key}/transitions", move)

    def _counterpart(self, key: str) -> Counterpart:
        return Counterpart(key, f"{self.url}/browse/{key}")


def _said(comment: Mapping[str, Any]) -> Said:
    """A service desk tells what its customers may read; elsewhere everybody who may see the issue reads everything."""
    author = comment.get("author") or {}
    staff = "note" if comment.get("jsdPublic") is False else "reply"
    kind: Any = "person" if author.get("accountType") == "customer" else staff
    text, at = str(comment.get("body") or ""), read_time(comment.get("created"))
    return Said(str(comment["id"]), kind, str(author.get("displayName") or ""), text, at)


def _ends(transition: Mapping[str, Any]) -> bool:
    return ((transition.get("to") or {}).get("statusCategory") or {}).get("key") == "done"


def _text(value: Any) -> str | None:
    """A field of text, or of a choice."""
    found = value.get("value") or value.get("name") if isinstance(value, dict) else value
    return str(found) if found else None


def _body(about: str, quote: str, below: str) -> str:
    """In Jira's markup, in which what the person wrote must not become a link, a mention or a macro."""
    plain = quote.replace("{", "(").replace("}", ")")
    quoted = f"{{noformat}}\n{plain}\n{{noformat}}" if quote else ""
    return "\n\n".join(part for part in (about, quoted, below) if part)
