"""The page behind the link to opt out: reading it changes nothing, its button (or a mail program's POST) does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus

from structlog.typing import FilteringBoundLogger

from listener.pipeline.letters import UNSUBSCRIBE
from listener.signing import BadToken, Signer
from listener.store.contacts import Contacts
from listener.web.contract import Answer, Request
from listener.web.sheets import form, said, sheet

FORM_BYTES = 2_000  # "List-Unsubscribe=One-Click" and what mail programs add to it


class Leaving:
    """`/u/<token>`: whoever has the link may opt its person out, at any time and as often as they like."""

    methods = ("GET", "POST")

    def __init__(
        self, contacts: Contacts, signer: Signer, now: Callable[[], datetime], log: FilteringBoundLogger
    ) -> None:
        self._contacts = contacts
        self._signer = signer
        self._now = now
        self._log = log

    def most_bytes(self, path: str) -> int | None:
        return FORM_BYTES

    def answer(self, request: Request) -> Answer:
        """A page with one button; a POST opts out."""
        try:
            facts = self._signer.read(UNSUBSCRIBE, request.path.rpartition("/")[2], self._now())
        except BadToken:
            told = said("This link is not complete. Copy all of it from the message, or answer the message instead.")
            return sheet("This link does not work", told, status=HTTPStatus.NOT_FOUND)
        if request.method != "POST":
            return sheet("Hear nothing more from us?", said("One click, and we stop writing."), form("Stop writing"))
        if self._contacts.opt_out(str(facts["person"]), self._now(), "the link in a message"):
            self._log.info("contact.opted_out", person=facts["person"])
        return sheet("Done", said("We will not write to you again."))
