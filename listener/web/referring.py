"""Referral links, `/r/CODE`, and what shops report of newcomers, `/referrals/NAME`."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from urllib.parse import quote, unquote, urlencode

from structlog.typing import FilteringBoundLogger

from connectors.signed import Refused, check
from connectors.texts import content, storable
from listener.advocacy.referring import REFERRAL, after, is_ours
from listener.advocacy.reports import Unusable, read
from listener.signing import Signer
from listener.store.referrals import Referrals
from listener.web.contract import JSON, Answer, Request
from listener.web.sheets import said, sheet

MOST_BYTES = 1_000_000
DISCLOSURE = "Whoever sent you here may get a reward from us when you become a customer."


class Visits:
    """`/r/CODE`: counts a click, with no cookie and nothing of who came, and leads on."""

    methods = ("GET",)

    def __init__(self, referrals: Referrals, signer: Signer, landing: str, now: Callable[[], datetime]) -> None:
        self._referrals = referrals
        self._signer = signer
        self._landing = landing
        self._now = now

    def most_bytes(self, path: str) -> int | None:
        return 0

    def answer(self, request: Request) -> Answer:
        """302 to the landing page with `?ref=CODE`; 404 for a code that is not ours, without asking the store."""
        code = unquote(request.path.rpartition("/")[2]).lower()
        ours = is_ours(code, lambda drawn: self._signer.digest(REFERRAL, drawn))
        # what only looks whether the link works (HEAD) is no visit
        if not ours or (request.method == "GET" and not self._referrals.clicked(code, self._now())):
            return sheet("This link does not work", said("It may have ended."), status=HTTPStatus.NOT_FOUND)
        if not self._landing:
            return sheet("Welcome", said(f"Your code is {code}. Name it when you sign up.\n{DISCLOSURE}"))
        mark = "&" if "?" in self._landing else "?"
        target = f"{self._landing}{mark}{urlencode({'ref': code}, quote_via=quote)}"
        return Answer(HTTPStatus.FOUND, b"", headers={"Location": target, "Referrer-Policy": "no-referrer"})


class Reports:
    """`/referrals/NAME`: signed reports of sign-ups, purchases and refunds; 202 once they are stored."""

    methods = ("POST",)

    def __init__(
        self, referrals: Referrals, secret: str, now: Callable[[], datetime], log: FilteringBoundLogger
    ) -> None:
        self._referrals = referrals
        self._secret = secret
        self._now = now
        self._log = log

    def most_bytes(self, path: str) -> int | None:
        return MOST_BYTES if storable(unquote(path.rpartition("/")[2])) else None

    def answer(self, request: Request) -> Answer:
        """How many were kept, repeated, without a customer, unusable. Raises StoreTrouble: then post them again."""
        source, now = storable(unquote(request.path.rpartition("/")[2]))[:100], self._now()
        told = {name.lower(): value for name, value in request.headers.items()}
        try:
            check(told, request.body, self._secret, now)
            entries = content(request.body)
        except Refused as refused:
            return Answer(HTTPStatus(refused.status), f"{refused}\n".encode())
        except (ValueError, RecursionError):
            return Answer(HTTPStatus.BAD_REQUEST, b"the body is no JSON in UTF-8\n")
        counts = self._keep(source, entries if isinstance(entries, list) else [entries], now)
        self._log.info("referrals.reported", source=source, **counts)
        return Answer(HTTPStatus.ACCEPTED, f"{json.dumps(counts)}\n".encode(), JSON)

    def _keep(self, source: str, entries: list[object], now: datetime) -> dict[str, int]:
        reports, unusable = [], 0
        for entry in entries:
            try:
                reports.append(read(entry, now))
            except Unusable:
                unusable += 1
        counted = Counter(self._referrals.reports(source, reports, after, now))
        names = ("kept", "repeated", "unknown")
        return {**{name: counted[name] for name in names}, "unusable": unusable}  # type: ignore[index]  # all of Kept
