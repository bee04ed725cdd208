"""Kind `rt`: tickets of Request Tracker 5 by its REST 2, found again by the mark in their subject."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import model_validator

from connectors.contract import Failed
from connectors.dates import read_time
from listener.trackers import signatures
from listener.trackers.asking import PAGES, Desk, basic, ours
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

STATUSES = {"stalled": "waiting", "resolved": "closed", "rejected": "closed", "deleted": "gone"}
PRIORITIES = {"low": "0", "normal": "50", "high": "80", "urgent": "100"}
AT_ONCE = 50
LONGEST_SUBJECT = 200


class RequestTracker(Tracker):
    """`url` is RT's own address; `user` and `password`, or an authentication `token`.

    `queue` gets tickets where `queues` names none. `cause_field` names a custom field that holds the root cause.
    `done` is the status that closes. Tickets have no requestor, and comments go to nobody outside.
    """

    secrets = Tracker.secrets | {"password", "token"}

    url: Site
    user: str = ""
    password: Secret | None = None
    token: Secret | None = None
    queue: str = "General"
    cause_field: str = ""
    done: str = "resolved"

    @model_validator(mode="after")
    def _logs_in(self) -> RequestTracker:
        if (self.token is None) == (self.password is None) or (self.password and not self.user):
            raise ValueError("give either token, or user and password")
        return self

    def find(self, case: Case, outside: Outside) -> Counterpart | None:
        mine = [int(one["id"]) for one in self._search(f"Subject LIKE '[{case.mark}]'", outside)]
        return self._counterpart(min(mine)) if mine else None

    def create(self, case: Case, outside: Outside) -> Counterpart:
        subject = f"{case.title[:LONGEST_SUBJECT]} [{case.mark}]"
        ticket = {
            "Queue": case.place or self.queue,
            "Subject": subject,
            "Content": _body(case.about, case.quote, case.known),
            "ContentType": "text/plain",
            "Priority": PRIORITIES.get(case.urgency, "50"),
        }
        desk = self._desk(outside)
        made = desk.send("POST", "/REST/2.0/ticket", ticket)
        number = str(made.get("id")) if isinstance(made, dict) else ""
        if not number.isdecimal():
            raise desk.strange()
        return self._counterpart(int(number))

    def comment(self, key: str, comment: Comment, outside: Outside) -> None:
        # RT lets a deleted ticket be commented, and a status brings it back to life
        if self._one(key, outside) == GONE:
            raise Missing(f"RT's ticket {key} was deleted")
        if comment.mark in self._comments(key, outside):
            return
        body = {"Subject": comment.mark, "Content": _body(comment.about, comment.quote), "ContentType": "text/plain"}
        self._desk(outside).send("POST", f"/REST/2.0/ticket/{key}/comment", body)

    def close(self, key: str, ending: Ending, outside: Outside) -> None:
        self.comment(key, ending.comment, outside)
        fields = {"CustomFields": {self.cause_field: ending.cause}} if self.cause_field else {}
        self._set(key, self.done, fields, outside)

    def reopen(self, key: str, comment: Comment, outside: Outside) -> None:
        self.comment(key, comment, outside)
        if self._one(key, outside).status != "open":
            self._set(key, "open", {}, outside)

    def states(self, keys: Sequence[str], outside: Outside) -> dict[str, State]:
        """A search leaves deleted tickets out, and merged ones: what is missing is asked for by itself."""
        found: dict[str, State] = {}
        for start in range(0, len(keys), AT_ONCE):
            query = " OR ".join(f"id = {int(key)}" for key in keys[start : start + AT_ONCE])
            found |= {str(one["id"]): self._state(one) for one in self._search(query, outside)}
        for key in keys:
            if key not in found:
                found[key] = self._one(key, outside)
        return found

    def said(self, key: str, known: Collection[str], outside: Outside) -> list[Said]:
        told = [one for one in self._history(key, outside) if one.get("Type") in ("Comment", "Correspond")]
        fresh = [one for one in told if not ours(one.get("Data")) and str(one["id"]) not in known]
        if not fresh:
            return []
        ticket = self._desk(outside).get(f"/REST/2.0/ticket/{key}")
        persons = {one.get("id") for one in ticket.get("Requestor") or () if isinstance(one, dict)}
        return [self._said(one, persons, outside) for one in fresh]

    def _said(self, one: Mapping[str, Any], persons: Collection[object], outside: Outside) -> Said:
        """RT keeps the words of an entry as its attachments."""
        who = one.get("Creator") or {}
        kind: Any = "person" if who.get("id") in persons else "reply" if one.get("Type") == "Correspond" else "note"
        asked = {"fields": "ContentType,Content,Filename", "per_page": 100}
        desk = self._desk(outside)
        parts = desk.part(desk.get(f"/REST/2.0/transaction/{one['id']}/attachments", **asked), "items", list)
        text = next((part.get("Content") for part in parts if part.get("ContentType") == "text/plain"), "")
        return Said(str(one["id"]), kind, str(who.get("id") or ""), str(text or ""), read_time(one.get("Created")))

    def verify(self, outside: Outside) -> None:
        self._desk(outside).get("/REST/2.0/rt")
        self._desk(outside).get(f"/REST/2.0/queue/{self.queue}")

    def receive(self, headers: Mapping[str, str], body: bytes, now: datetime) -> News | None:
        """What a scrip posts, signed as all posts to us: `{"id": 12}`."""
        signatures.timed(signatures.known(self.webhook_secret), body, headers, now)
        key = signatures.content(body).get("id")
        return News(str(key)) if key else None

    def _desk(self, outside: Outside) -> Desk:
        password, token = (secret.get_secret_value() if secret else "" for secret in (self.password, self.token))
        log_in = {"authorization": f"token {token}"} if token else basic(self.user, password)
        return Desk("RT", self.url, log_in, outside, (password, token))

    def _search(self, query: str, outside: Outside) -> Iterator[Mapping[str, Any]]:
        desk = self._desk(outside)
        for number in range(1, PAGES + 1):
            asked = {
                "query": query,
                "fields": "Status,Subject,CustomFields,LastUpdated",
                "per_page": 100,
                "page": number,
            }
            page = desk.get("/REST/2.0/tickets", **asked)
            yield from desk.part(page, "items", list)
            if number >= float(page.get("pages") or 0):
                return

    def _comments(self, key: str, outside: Outside) -> set[str]:
        """The subjects of what was said, which RT keeps with each entry of the history."""
        told = self._history(key, outside)
        return {str(one.get("Data") or "").strip() for one in told if one.get("Type") == "Comment"}

    def _history(self, key: str, outside: Outside) -> Iterator[Mapping[str, Any]]:
        desk = self._desk(outside)
        for number in range(1, PAGES + 1):
            asked = {"fields": "Type,Data,Creator,Created", "per_page": 100, "page": number}
            page = desk.get(f"/REST/2.0/ticket/{key}/history", **asked)
            yield from desk.part(page, "items", list)
            if number >= float(page.get("pages") or 0):
                return

    def _one(self, key: str, outside: Outside) -> State:
        try:
            ticket = self._desk(outside).get(f"/REST/2.0/ticket/{key}")
        except Missing:
            return GONE
        self._desk(outside).part(ticket, "Status", str)
        return self._state(ticket)

    def _set(self, key: str, status: str, values: Mapping[str, Any], outside: Outside) -> None:
        """RT answers 200 to what it does not do, so it is looked at afterwards."""
        said = self._desk(outside).send("PUT", f"/REST/2.0/ticket/{key}", {"Status": status, **values})
        now = self._desk(outside).get(f"/REST/2.0/ticket/{key}").get("Status")
        if now != status:
            raise Failed(f"RT does not make ticket {key} {status}: {'; '.join(map(str, said or ()))}", permanent=True)

    def _state(self, ticket: Mapping[str, Any]) -> State:
        status: Any = STATUSES.get(str(ticket.get("Status")), "open")
        status = "closed" if ticket.get("Status") == self.done else status
        values = {
            one.get("name"): one.get("values") for one in ticket.get("CustomFields") or () if isinstance(one, dict)
        }
        cause = values.get(self.cause_field) if self.cause_field else None
        return State(status, str(cause[0]) if cause else None, changed=ticket.get("LastUpdated"))

    def _counterpart(self, number: int) -> Counterpart:
        return Counterpart(str(number), f"{self.url}/Ticket/Display.html?id={number}")


def _body(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part)
