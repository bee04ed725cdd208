"""What CRM systems post to `/customers/upsert`, `/customers/remove` and `/customers/purchases`, signed."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Any

from structlog.typing import FilteringBoundLogger

from connectors.signed import Refused, check
from connectors.texts import content
from listener.customers.telling import Kept, Told
from listener.web.contract import JSON, Answer, Request

CRM = "/customers/"
MOST_BYTES = 5_000_000
MOST_TOLD = 100


class Crm:
    """The registry's door for other systems. Without a secret it is closed."""

    methods = ("POST",)

    def __init__(self, told: Told, secret: str, now: Callable[[], datetime], log: FilteringBoundLogger) -> None:
        self._deeds: dict[str, Callable[[Sequence[Any], datetime], Kept]] = {
            "upsert": told.upsert,
            "remove": told.remove,
            "purchases": told.purchases,
        }
        self._secret = secret
        self._now = now
        self._log = log

    def most_bytes(self, path: str) -> int | None:
        """How long a post may be; None where nothing is taken."""
        return MOST_BYTES if self._secret and path.removeprefix(CRM) in self._deeds else None

    def answer(self, request: Request) -> Answer:
        """202 once everything in this post is stored. The same post again changes nothing. Raises StoreTrouble."""
        what, now = request.path.removeprefix(CRM), self._now()
        headers = {name.lower(): value for name, value in request.headers.items()}
        try:
            check(headers, request.body, self._secret, now)
            kept = self._deeds[what](_entries(request.body), now)
        except Refused as refused:
            self._log.warning("crm.refused", what=what, status=refused.status, error=str(refused))
            return Answer(HTTPStatus(refused.status), f"{refused}\n".encode())
        self._log.info("crm.told", what=what, **kept.counts, rejected=len(kept.rejected))
        rejected = [{"entry": one.number, "why": one.why} for one in kept.rejected[:MOST_TOLD]]
        return Answer(HTTPStatus.ACCEPTED, json.dumps({**kept.counts, "rejected": rejected}).encode() + b"\n", JSON)


def _entries(body: bytes) -> list[Any]:
    """One object or id, or a list of them."""
    try:
        data = content(body)
    except (ValueError, RecursionError):
        raise Refused(400, "the body is no JSON in UTF-8") from None
    return data if isinstance(data, list) else [data]
