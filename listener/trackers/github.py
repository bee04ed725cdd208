"""Kind `github`: issues of a repository, found again by a mark in their text; perhaps read by everybody."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import Field

from connectors.contract import Failed
from connectors.dates import read_time
from connectors.options import fits
from listener.trackers import signatures
from listener.trackers.asking import PAGES, Desk, marked, ours
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

REPO = r"[\w.-]+/[\w.-]+"
CAUSE = "cause:"
FENCE = "~~~~~~"
HOUSE = ("OWNER", "MEMBER", "COLLABORATOR")
SLACK = timedelta(days=1)  # clocks differ


class GitHub(Tracker):
    """`repo` as `acme/app` gets issues where `queues` names none; `token` may write issues there.

    `url` is that of GitHub's API, also of an Enterprise server (`https://git.acme.example/api/v3`). `labels` are put on
    each issue, the first one finds them again. A label such as `cause: update 4.2` on a closed issue is its root
    cause. What the registry knows of a person is not written there, nor are our notes without `notes = true`.
    """

    secrets = Tracker.secrets | {"token"}

    url: Site = "https://api.github.com"
    repo: Annotated[str, fits(rf"({REPO})?", 'is no repository — write "owner/name"')] = ""
    token: Secret
    labels: tuple[str, ...] = Field(default=("listener",), min_length=1)
    notes: bool = False

    def find(self, case: Case, outside: Outside) -> Counterpart | None:
        """In the list of our issues, which is never behind; GitHub's search may be by minutes."""
        repo, desk = self._repo(case), self._desk(outside)
        asked = {"state": "all", "labels": self.labels[0], "sort": "created", "direction": "desc", "per_page": 100}
        for number in range(1, PAGES + 1):
            page = desk.rows(f"/repos/{repo}/issues", page=number, **asked)
            for issue in page:
                if marked(case.mark, [issue.get("body")]):
                    return self._counterpart(repo, issue)
            if len(page) < 100 or _created(page[-1]) < case.opened_at - SLACK:
                return None
        sought = f'"{case.mark}" in:body repo:{repo} type:issue'
        found = desk.part(desk.get("/search/issues", q=sought), "items", list)
        mine = [issue for issue in found if marked(case.mark, [issue.get("body")])]
        return self._counterpart(repo, mine[0]) if mine else None

    def create(self, case: Case, outside: Outside) -> Counterpart:
        repo = self._repo(case)
        issue = {"title": case.title, "body": _body(case.about, case.quote, case.mark), "labels": list(self.labels)}
        desk = self._desk(outside)
        made = desk.send("POST", f"/repos/{repo}/issues", issue)
        desk.part(made, "number", int)
        return self._counterpart(repo, made)

    def comment(self, key: str, comment: Comment, outside: Outside) -> None:
        if not marked(comment.mark, (one.get("body") for one in self._comments(key, outside))):
            body = _body(comment.about, comment.quote, comment.mark)
            self._desk(outside).send("POST", f"{_path(key)}/comments", {"body": body})

    def close(self, key: str, ending: Ending, outside: Outside) -> None:
        self.comment(key, ending.comment, outside)
        self._desk(outside).send("PATCH", _path(key), {"state": "closed", "state_reason": "completed"})

    def reopen(self, key: str, comment: Comment, outside: Outside) -> None:
        self.comment(key, comment, outside)
        self._desk(outside).send("PATCH", _path(key), {"state": "open", "state_reason": "reopened"})

    def states(self, keys: Sequence[str], outside: Outside) -> dict[str, State]:
        desk, found = self._desk(outside), dict[str, State]()
        for key in keys:
            try:
                found[key] = _state(desk, desk.get(_path(key)))
            except Missing:
                found[key] = GONE
        return found

    def said(self, key: str, known: Collection[str], outside: Outside) -> list[Said]:
        return [_said(one) for one in self._comments(key, outside) if not ours(one.get("body")) and not _machine(one)]

    def verify(self, outside: Outside) -> None:
        self._desk(outside).get(f"/repos/{self.repo}" if self.repo else "/user")

    def receive(self, headers: Mapping[str, str], body: bytes, now: datetime) -> News | None:
        """A webhook of the events `issues` and `issue_comment`."""
        signatures.hexadecimal(signatures.known(self.webhook_secret), body, headers.get("x-hub-signature-256", ""))
        told = signatures.content(body)
        issue, repo = told.get("issue"), told.get("repository")
        if not (isinstance(issue, dict) and isinstance(repo, dict)):
            return None
        return News(f"{repo.get('full_name')}#{issue.get('number')}")

    def _desk(self, outside: Outside) -> Desk:
        token = self.token.get_secret_value()
        headers = {"authorization": f"Bearer {token}", "accept": "application/vnd.github+json"}
        return Desk("GitHub", self.url, headers | {"x-github-api-version": "2022-11-28"}, outside, (token,))

    def _repo(self, case: Case) -> str:
        repo = case.place or self.repo
        if not re.fullmatch(REPO, repo):
            raise Failed("no repository is named for this queue: set repo or queues of the tracker", permanent=True)
        return repo

    def _comments(self, key: str, outside: Outside) -> Iterator[Mapping[str, Any]]:
        for number in range(1, PAGES + 1):
            page = self._desk(outside).rows(f"{_path(key)}/comments", per_page=100, page=number)
            yield from page
            if len(page) < 100:
                return

    def _counterpart(self, repo: str, issue: Mapping[str, Any]) -> Counterpart:
        return Counterpart(f"{repo}#{issue['number']}", issue.get("html_url"))


def _said(comment: Mapping[str, Any]) -> Said:
    """Everybody may comment; who belongs to the house is one of our people."""
    staff = comment.get("author_association") in HOUSE
    by = str((comment.get("user") or {}).get("login") or "")
    at = read_time(comment.get("created_at"))
    return Said(str(comment["id"]), "reply" if staff else "person", by, str(comment.get("body") or ""), at)


def _machine(comment: Mapping[str, Any]) -> bool:
    return (comment.get("user") or {}).get("type") == "Bot"


def _path(key: str) -> str:
    repo, _, number = key.partition("#")
    return f"/repos/{repo}/issues/{number}"


def _created(issue: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(str(issue["created_at"]))


def _state(desk: Desk, issue: Mapping[str, Any]) -> State:
    state = desk.part(issue, "state", str)
    labels = [str(label.get("name", "")) for label in issue.get("labels") or () if isinstance(label, dict)]
    cause = next((name[len(CAUSE) :].strip() for name in labels if name.lower().startswith(CAUSE)), None)
    changed = issue.get("updated_at")
    return State("closed", cause or None, changed=changed) if state == "closed" else State("open", changed=changed)


def _body(about: str, quote: str, mark: str) -> str:
    """What the person wrote stands in a fence, where `@name` calls nobody and `#12` links nothing."""
    quoted = f"{FENCE}text\n{quote.replace(FENCE, '')}\n{FENCE}" if quote else ""
    return "\n\n".join(part for part in (about, quoted, mark) if part)
