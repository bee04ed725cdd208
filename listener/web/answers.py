"""`/survey/<token>` and `/gift/<token>`: what customers answer by the links in our letters. A GET changes nothing."""

from __future__ import annotations

import json
from http import HTTPStatus

from structlog.typing import FilteringBoundLogger

from listener.pipeline.answers import WHOLE, Presents, Reply, Surveys
from listener.signing import BadToken, Expired
from listener.web.contract import JSON, Answer, Request
from listener.web.sheets import choice, form, line, lines, said, several, sheet

FORM_BYTES = 50_000
REASONS = ("Product", "Service", "Price", "Delivery", "Ease of use", "Something else")
THANKS = "Thank you. A person reads this."


class SurveyPage:
    """A score from 0 to 10, reasons and words: posted as a form, or by another system as JSON with the same token."""

    methods = ("GET", "POST")

    def __init__(self, surveys: Surveys, log: FilteringBoundLogger) -> None:
        self._surveys = surveys
        self._log = log

    def most_bytes(self, path: str) -> int | None:
        return FORM_BYTES

    def answer(self, request: Request) -> Answer:
        """The form, or what became of the answer. Raises StoreTrouble."""
        is_json = (request.headers.get("content-type") or "").startswith("application/json")
        try:
            if request.method == "POST":
                return self._json(request) if is_json else self._form(request)
            asked = self._surveys.asked(_token(request))
            if self._surveys.answered(asked.key):
                return sheet("You have answered", said(THANKS))
            return _asking()
        except BadToken as error:
            return _json(HTTPStatus.FORBIDDEN, error=str(error)) if is_json else not_good(error)

    def _form(self, request: Request) -> Answer:
        fields = request.form
        score = _score(fields.get("score"))
        if score is None:
            return _asking("Please choose a number from 0 to 10.", HTTPStatus.BAD_REQUEST)
        reasons = tuple(reason for reason in REASONS if f"reason.{reason}" in fields)
        new = self._kept(_token(request), Reply(score, reasons, fields.get("text", "")[:4_000]))
        return sheet("Thank you" if new else "You have answered", said(THANKS))

    def _json(self, request: Request) -> Answer:
        """`{"score": 7, "reasons": ["Price"], "text": "…"}`; `token` where the address holds none."""
        try:
            given = json.loads(request.body)
        except (ValueError, RecursionError):
            given = None
        score = _score(given.get("score")) if isinstance(given, dict) else None
        if not isinstance(given, dict) or score is None:
            return _json(HTTPStatus.BAD_REQUEST, error='an object with "score" from 0 to 10 is wanted')
        reasons = given.get("reasons") or ()
        named = tuple(str(each)[:100] for each in reasons[:20]) if isinstance(reasons, list) else (str(reasons)[:100],)
        token = _token(request) or str(given.get("token", ""))
        new = self._kept(token, Reply(score, tuple(filter(None, named)), str(given.get("text") or "")[:4_000]))
        return _json(HTTPStatus.ACCEPTED if new else HTTPStatus.CONFLICT, kept=new)

    def _kept(self, token: str, reply: Reply) -> bool:
        new = self._surveys.keep(token, reply)
        self._log.info("survey.answered", new=new)
        return new


class GiftPage:
    """The customer says where a present shall go. Nothing is asked in return."""

    methods = ("GET", "POST")

    def __init__(self, presents: Presents, log: FilteringBoundLogger) -> None:
        self._presents = presents
        self._log = log

    def most_bytes(self, path: str) -> int | None:
        return FORM_BYTES

    def answer(self, request: Request) -> Answer:
        """The form, or what became of it. Raises StoreTrouble."""
        try:
            present = self._presents.offered(_token(request))
            if present.accepted_at:
                return sheet("It is on its way", said("We have your address already and will send it there."))
            return self._accepted(request) if request.method == "POST" else _where()
        except BadToken as error:
            return not_good(error)

    def _accepted(self, request: Request) -> Answer:
        name, address = (request.form.get(field, "").strip() for field in ("name", "address"))
        if not name or not address:
            return _where("Please write both your name and your address.", HTTPStatus.BAD_REQUEST)
        if self._presents.accept(_token(request), name[:200], address[:1_000]):
            self._log.info("gift.accepted")
        return sheet("Thank you", said("It is on its way. We use your address for this and nothing else."))


def _asking(trouble: str = "", status: HTTPStatus = HTTPStatus.OK) -> Answer:
    scores = choice(
        "score", "How likely are you to recommend us? 0 not at all, 10 certainly", map(str, range(WHOLE + 1))
    )
    fields = (scores, several("reason", "Why?", REASONS), lines("text", "In your own words, if you like"))
    return sheet("What do you think of us?", said(trouble), form("Send", *fields), status=status)


def _where(trouble: str = "", status: HTTPStatus = HTTPStatus.OK) -> Answer:
    told = "Where may we send it? We use the address for this present and nothing else, and ask nothing in return."
    fields = (line("name", "Name"), lines("address", "Address", 1_000))
    return sheet("A present for you", said(told), said(trouble), form("Send it there", *fields), status=status)


def not_good(error: BadToken) -> Answer:
    """A link that is over or none of ours."""
    if isinstance(error, Expired):
        return sheet("This link is over", said("It was good for 30 days."), status=HTTPStatus.GONE)
    told = said(f"{str(error)[:1].upper()}{str(error)[1:]}. Copy all of the link from the message.")
    return sheet("This link does not work", told, status=HTTPStatus.NOT_FOUND)


def _token(request: Request) -> str:
    return request.path.rpartition("/")[2]


def _score(written: object) -> int | None:
    text = str(written) if isinstance(written, str | int) and not isinstance(written, bool) else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 3 and int(text) <= WHOLE else None


def _json(status: HTTPStatus, **told: object) -> Answer:
    return Answer(status, f"{json.dumps(told)}\n".encode(), JSON)
