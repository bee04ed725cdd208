"""Kind `zendesk`: tickets of Zendesk Support, by external id and idempotency key; comments are internal notes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from connectors.dates import read_time
from listener.trackers import signatures
from listener.trackers.asking import PAGES, Desk, basic, marked, ours
from listener.trackers.contract import (
    Case,
    Comment,
    Counterpart,
    Ending,
    News,
    Outside,
    Said,
    Secret,
    Site,
    State,
    Tracker,
)

STATUSES = {"pending": "waiting", "hold": "waiting", "solved": "closed", "closed": "closed", "deleted": "gone"}
AT_ONCE = 100


class Zendesk(Tracker):
    """`url` as `https://acme.zendesk.com`; `user` is an agent's mail address, `token` an API token of its account.

    `group` is the id of the group that gets tickets where `queues` names none. `cause_field` is the id of a ticket
    field that holds the root cause, read and written. A ticket has no requester but `user`, so that Zendesk writes
    nobody.
    """

    secrets = Tracker.secrets | {"token"}

    url: Site
    user: str
    token: Secret
    group: int | None = None
    cause_field: int | None = None
    tags: tuple[str, ...] = ("listener",)

    def find(self, case: Case, outside: Outside) -> Counterpart | None:
        desk = self._desk(outside)
        found = desk.part(desk.get("/api/v2/tickets.json", external_id=case.mark), "tickets", list)
        mine = [one for one in found if one.get("external_id") == case.mark]
        return self._counterpart(min(mine, key=lambda one: int(one["id"]))) if mine else None

    def create(self, case: Case, outside: Outside) -> Counterpart:
        group = int(case.place) if case.place.isdecimal() else self.group
        ticket: dict[str, Any] = {
            "external_id": case.mark,
            "subject": case.title,
            "comment": {"body": _body(case.about, case.quote, case.known, case.mark), "public": False},
            "priority": case.urgency,
            "tags": list(self.tags),
            **({"group_id": group} if group else {}),
        }
        desk, key = self._desk(outside), {"idempotency-key": case.mark}
        made = desk.send("POST", "/api/v2/tickets.json", {"ticket": ticket}, key)
        return self._counterpart(desk.part(made, "ticket", dict))

    def comment(self, key: str, comment: Comment, outside: Outside) -> None:
        if not self._has(key, comment.mark, outside):
            self._update(key, {"comment": _note(comment)}, outside)

    def close(self, key: str, ending: Ending, outside: Outside) -> None:
        values: dict[str, Any] = {"status": "solved"}
        if self.cause_field:
            values["custom_fields"] = [{"id": self.cause_field, "value": ending.cause}]
        if not self._has(key, ending.comment.mark, outside):
            values["comment"] = _note(ending.comment)
        if self._status(key, outside) != "closed":
            self._update(key, values, outside)

    def reopen(self, key: str, comment: Comment, outside: Outside) -> None:
        note = {} if self._has(key, comment.mark, outside) else {"comment": _note(comment)}
        if note or self._status(key, outside) == "solved":
            self._update(key, {"status": "open", **note}, outside)

    def states(self, keys: Sequence[str], outside: Outside) -> dict[str, State]:
        desk, found = self._desk(outside), dict[str, State]()
        for start in range(0, len(keys), AT_ONCE):
            page = desk.get("/api/v2/tickets/show_many.json", ids=",".join(keys[start : start + AT_ONCE]))
            found |= {str(one["id"]): self._state(one) for one in desk.part(page, "tickets", list)}
        # what was deleted is left out of the answer
        return {key: found.get(key, State("gone")) for key in keys}

    def said(self, key: str, known: Collection[str], outside: Outside) -> list[Said]:
        found: list[Said] = []
        for page in self._pages(key, outside):
            users = {one.get("id"): one for one in page.get("users") or ()}
            told = [one for one in page["comments"] if not ours(one.get("body"))]
            found += [_said(one, users.get(one.get("author_id")) or {}) for one in told]
        return found[::-1]

    def verify(self, outside: Outside) -> None:
        user = self._desk(outside).get("/api/v2/users/me.json").get("user") or {}
        if user.get("role") not in ("agent", "admin"):
            # Zendesk answers whoever is not logged in as an anonymous user
            from connectors.contract import Failed

            raise Failed(f"Zendesk does not know {self.user} as an agent: check user and token", permanent=True)

    def receive(self, headers: Mapping[str, str], body: bytes, now: datetime) -> News | None:
        """A trigger's webhook with `{"id": "{{ticket.id}}"}`, or an event of a ticket (`detail.id`)."""
        signatures.zendesk(signatures.known(self.webhook_secret), body, headers, now)
        told = signatures.content(body)
        detail = told.get("detail")
        key = told.get("id") if not isinstance(detail, dict) else detail.get("id")
        return News(str(key)) if key else None

    def _desk(self, outside: Outside) -> Desk:
        token = self.token.get_secret_value()
        return Desk("Zendesk", self.url, basic(f"{self.user}/token", token), outside, (token,))

    def _update(self, key: str, values: Mapping[str, Any], outside: Outside) -> None:
        self._desk(outside).send("PUT", f"/api/v2/tickets/{key}.json", {"ticket": values})

    def _status(self, key: str, outside: Outside) -> str:
        desk = self._desk(outside)
        return str(desk.part(desk.get(f"/api/v2/tickets/{key}.json"), "ticket", dict).get("status"))

    def _has(self, key: str, mark: str, outside: Outside) -> bool:
        bodies = (one.get("body") for page in self._pages(key, outside) for one in page["comments"])
        return marked(mark, bodies)

    def _pages(self, key: str, outside: Outside) -> Iterator[Mapping[str, Any]]:
        """Comments with their authors, newest first, as what is looked for was written lately if at all."""
        desk, asked = self._desk(outside), {"page[size]": 100, "sort": "-created_at", "include": "users"}
        page = desk.get(f"/api/v2/tickets/{key}/comments.json", **asked)
        for _ in range(PAGES):
            yield page | {"comments": desk.part(page, "comments", list)}
            after = (page.get("links") or {}).get("next")
            if not (page.get("meta") or {}).get("has_more") or not after:
                return
            page = desk.get(str(after))

    def _state(self, ticket: Mapping[str, Any]) -> State:
        fields = {field.get("id"): field.get("value") for field in ticket.get("custom_fields") or ()}
        cause = fields.get(self.cause_field) if self.cause_field else None
        status: Any = STATUSES.get(str(ticket.get("status")), "open")
        return State(status, str(cause) if cause else None, changed=ticket.get("updated_at"))

    def _counterpart(self, ticket: Mapping[str, Any]) -> Counterpart:
        return Counterpart(str(ticket["id"]), f"{self.url}/agent/tickets/{ticket['id']}")


def _said(comment: Mapping[str, Any], author: Mapping[str, Any]) -> Said:
    """What is public was sent to whoever asked for the ticket."""
    staff = author.get("role") in ("agent", "admin")
    kind: Any = "person" if author.get("role") == "end-user" else "reply" if staff and comment.get("public") else "note"
    text = str(comment.get("plain_body") or comment.get("body") or "")
    return Said(str(comment["id"]), kind, str(author.get("name") or ""), text, read_time(comment.get("created_at")))


def _note(comment: Comment) -> dict[str, Any]:
    return {"body": _body(comment.about, comment.quote, "", comment.mark), "public": False}


def _body(about: str, quote: str, known: str, mark: str) -> str:
    quoted = "\n".join(f"> {line}" for line in quote.splitlines())
    return "\n\n".join(part for part in (about, quoted, known, mark) if part)
