"""Kind `webhook`: any other system, by signed JSON both ways."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from connectors.dates import read_time
from connectors.signed import Refused
from connectors.texts import content
from listener.actions.reach import answers
from listener.trackers import signatures
from listener.trackers.asking import Desk
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

STATUSES = ("open", "waiting", "closed", "gone")
SAID = ("reply", "note", "person")
OUTCOMES = ("recovered", "neutral", "lost")


class Webhook(Tracker):
    """POSTs `{event, id, key, …}` to `url`: `event` is `open`, `comment`, `close` or `reopen`, `id` our name of it.

    `Idempotency-Key` names the event: a receiver ignores one that it had before. Its answer to `open` may hold `key`
    and `url`, what the ticket is called there. With `secret` it is signed as channels of kind `webhook` are. The other
    way it posts `{"id": …, "status": "closed", "root_cause": …, "outcome": …}` to `/tickets/<tracker>`, signed the
    same way with `webhook_secret`; `status` is open, waiting, closed or gone. With or instead of it goes a `comment`:
    `{"id": …, "by": …, "text": …, "at": …, "kind": "reply"}`; `kind` is reply, note or person.
    """

    secrets = Tracker.secrets | {"secret"}
    pulls = False

    url: Site
    secret: Secret | None = None

    def find(self, case: Case, outside: Outside) -> Counterpart | None:
        """It cannot be asked: the event's key keeps it from being made twice."""
        return None

    def create(self, case: Case, outside: Outside) -> Counterpart:
        told = {"ticket": case.ticket, "title": case.title, "about": case.about, "quote": case.quote}
        told |= {"known": case.known, "link": case.link, "place": case.place, "urgency": case.urgency}
        said = self._post(f"{case.mark}:open", {"event": "open", "id": case.mark, **told}, outside)
        key, url = (said.get(name) if isinstance(said, dict) else None for name in ("key", "url"))
        return Counterpart(str(key or case.mark), str(url) if url else None)

    def comment(self, key: str, comment: Comment, outside: Outside) -> None:
        self._tell("comment", key, comment, outside)

    def close(self, key: str, ending: Ending, outside: Outside) -> None:
        self._tell("close", key, ending.comment, outside, root_cause=ending.cause, outcome=ending.outcome)

    def reopen(self, key: str, comment: Comment, outside: Outside) -> None:
        self._tell("reopen", key, comment, outside)

    def states(self, keys: Sequence[str], outside: Outside) -> dict[str, State]:
        return {}

    def verify(self, outside: Outside) -> None:
        """Only that the host answers: a receiver's opinion of us is known when it gets an event."""
        answers(self.url)

    def receive(self, headers: Mapping[str, str], body: bytes, now: datetime) -> News | None:
        signatures.timed(signatures.known(self.webhook_secret), body, headers, now)
        told = signatures.content(body)
        name, status = told.get("id") or told.get("key"), told.get("status")
        cause, outcome = told.get("root_cause"), told.get("outcome")
        said = _said(told["comment"]) if "comment" in told else ()
        if not name or (status not in STATUSES and (status is not None or not said)):
            raise Refused(422, f"`id` is needed, and `status` or `comment`; `status` is one of {', '.join(STATUSES)}")
        if outcome is not None and outcome not in OUTCOMES:
            raise Refused(422, f"`outcome` is one of {', '.join(OUTCOMES)}")
        state = State(status, str(cause).strip() or None if cause else None, outcome) if status else None
        return News(str(name), state, said)

    def _tell(self, event: str, key: str, comment: Comment, outside: Outside, **more: str) -> None:
        told = {"event": event, "id": comment.mark.rpartition("-")[0], "key": key, "mark": comment.mark}
        told |= {"about": comment.about, "quote": comment.quote}
        self._post(f"{comment.mark}:{event}", {**told, **more}, outside)

    def _post(self, event: str, told: Mapping[str, Any], outside: Outside) -> Any:
        at = str(int(outside.now().timestamp()))
        headers = {"idempotency-key": event}
        if self.secret is not None:
            # what is signed is what `Desk` sends
            signed = at.encode() + b"." + json.dumps(told).encode()
            digest = hmac.new(self.secret.get_secret_value().encode(), signed, hashlib.sha256).hexdigest()
            headers |= {"x-listener-timestamp": at, "x-listener-signature": f"sha256={digest}"}
        desk = Desk("the webhook's receiver", self.url, {}, outside, (self.url,))
        answer = desk.fetch("POST", "", told, headers)
        try:
            return content(answer.body)
        except (ValueError, RecursionError):
            return None


def _said(told: Any) -> tuple[Said, ...]:
    """A comment as it was posted; its `id` keeps it from being taken twice. Raises Refused."""
    kind = told.get("kind", "reply") if isinstance(told, dict) else None
    if kind not in SAID or not told.get("id") or not isinstance(told.get("text"), str):
        raise Refused(422, f"`comment` holds `id`, `text`, and a `kind` of {', '.join(SAID)}")
    return (Said(str(told["id"]), kind, str(told.get("by") or ""), told["text"], read_time(told.get("at"))),)
