"""The page that asks whether it is fixed for somebody: reading it changes nothing, its buttons do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus

from listener.pipeline.asking import Asking
from listener.pipeline.closing import Closing
from listener.signing import BadToken
from listener.web.contract import Answer, Request
from listener.web.sheets import choice, form, said, sheet

FORM_BYTES = 2_000
ANSWERS = {
    "yes": ("Thank you", "Good to hear. Thank you for telling us."),
    "no": ("We look again", "Thank you for telling us. It is open again, and a person looks at what is left of it."),
}


class Fixed:
    """`/fixed/<token>`: whoever has the link answers for its person, and may change their mind."""

    methods = ("GET", "POST")

    def __init__(self, asking: Asking, closing: Closing, now: Callable[[], datetime]) -> None:
        self._asking = asking
        self._closing = closing
        self._now = now

    def most_bytes(self, path: str) -> int | None:
        return FORM_BYTES

    def answer(self, request: Request) -> Answer:
        """A page with the question; a POST answers it."""
        try:
            campaign, person = self._asking.read(request.path.rpartition("/")[2], self._now())
        except BadToken:
            told = said("This link is not complete. Copy all of it from the message, or answer the message instead.")
            return sheet("This link does not work", told, status=HTTPStatus.NOT_FOUND)
        answer = request.form.get("answer", "") if request.method == "POST" else ""
        if answer not in ANSWERS:
            return sheet("Is it fixed for you?", form("Send", choice("answer", "Does it work again?", ANSWERS)))
        if not self._closing.answered(campaign, person, answer):
            return sheet("Nothing to answer", said("This question is closed."), status=HTTPStatus.NOT_FOUND)
        title, text = ANSWERS[answer]
        return sheet(title, said(text))
