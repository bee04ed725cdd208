"""What kind words are made of: texts that do not repeat, useful things, presents and surveys, each with its link."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from connectors.contract import Failed
from listener.actions.catalogues import DISCLOSURE, Gift, Useful, fitting, over_cap
from listener.actions.templates import Draft, Templates
from listener.advocacy.fatigue import Policy
from listener.model.plan import Judgement
from listener.pipeline.inviting import nominated, refusal
from listener.pipeline.letters import LETTERS, Mailroom, letter
from listener.store.grounds import COMPLAINTS
from listener.store.judging import Turn
from rules.terms import Facts, Option, Settled, Value

SURVEY, GIFT = "survey", "gift"  # what the tokens of these links are for
LINK_LIVES = timedelta(days=30)
DRAFTS_EXPIRE = timedelta(days=7)
SUBJECT = "Subject:"
KEPT = ("item.title", "item.url", "reference.asker", "reference.driver", "reference.expected")


class Unsuited(Exception):
    """There is nothing to give; the text says why. The delivery is kept as cancelled, so that it can be explained."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One settled action about one mention, with the key of its delivery."""

    row: Row[Any]
    judgement: Judgement
    facts: Facts
    customer: Row[Any] | None
    settled: Settled
    key: str
    now: datetime


@dataclass(frozen=True)
class Courtesies:
    """Fills what goes out to a person. `cap` is the most that one present may cost, as money.

    `fatigue` says how much asking customers are spared who could be references.
    """

    templates: Templates
    room: Mailroom
    things: Mapping[str, Useful] = field(default_factory=dict)
    gifts: Mapping[str, Gift] = field(default_factory=dict)
    cap: str = ""
    fatigue: Policy = field(default_factory=Policy)

    def content(self, asked: Asked, turn: Turn) -> dict[str, Any]:
        """The columns of the delivery that hold its words and say by which way it goes."""
        try:
            more = self._more(asked, turn)
            draft = self._draft(asked, turn, more)
        except Unsuited as nothing:
            turn.ledger.release(asked.settled.reservations)
            told = {"text": "", "why": str(nothing), "last_error": str(nothing)}
            return {**told, "status": "cancelled", "expires_at": None, "reservations": []}
        except Failed as error:
            # a person is asked to write; nothing without words is ever due
            waits = {"status": "waiting", "expires_at": asked.now + DRAFTS_EXPIRE}
            status = waits if asked.settled.status in ("due", "held") else {}
            return {"text": "", "last_error": str(error), **status, **self._options(asked, {})}
        subject, text = subject_of(draft.text)
        text = _disclosed(text, more)
        options = self._options(asked, {**_kept(more), "words": draft.mark})
        said = {"text": text, "last_error": _missing(asked, draft), **options}
        owner = _asker(asked, more)
        if owner:
            asks = f"{owner} looks after this customer and should ask: service is what made them happy"
            return {**said, "last_error": "; ".join(filter(None, (said["last_error"], asks)))}
        if asked.settled.action in LETTERS and self.room.reaches(asked.customer):
            return {**said, **self._letter(asked, subject or _title(asked), text)}
        return said

    def _options(self, asked: Asked, more: Mapping[str, Any]) -> dict[str, Any]:
        praise = {"praise": True} if asked.facts.get("thread.praise") is True else {}
        return {"options": {**more, **praise}}

    def _letter(self, asked: Asked, title: str, text: str) -> dict[str, Any]:
        customer, purpose = asked.judgement.customer or "", asked.settled.purpose
        row = letter(self.room, asked.key, purpose, customer, title, text, asked.now)
        return {"channel": row["channel"], "message": row["message"]}

    def _draft(self, asked: Asked, turn: Turn, more: Mapping[str, Value]) -> Draft:
        name, language = str(asked.settled.options["template"]), asked.judgement.verdict.language
        person, thread = asked.judgement.person, asked.row.thread or ""
        used = turn.giving.said(person, thread) if asked.settled.public else frozenset()
        draft = self.templates.render(name, {**asked.facts.values, **more}, language, used)
        if asked.settled.public and asked.settled.status != "shadow":
            turn.giving.say(person, thread, draft.mark)
        return draft

    def _more(self, asked: Asked, turn: Turn) -> dict[str, Value]:
        """What its template may ask for beside the facts."""
        options, action = asked.settled.options, asked.settled.action
        if action == "engage":
            return self._useful(asked, turn)
        if action == "send_gift":
            return self._gift(asked, turn)
        if action == "ask_feedback":
            return {"survey.link": self._survey(asked, str(options.get("survey", "")))}
        if action == "ask_to_share":
            places = options.get("places", ())
            return {"share.places": ", ".join(places) if isinstance(places, tuple) else str(places)}
        if action == "invite_panel":
            return self._panel(asked, turn)
        told = self._invitation(asked, turn) if action == "invite_reference" else {}
        return told | {f"reference.{name}": str(options.get(name, "")) for name in ("benefit", "form")}

    def _panel(self, asked: Asked, turn: Turn) -> dict[str, Value]:
        """The panel is for those who told what is wrong; a stranger's complaint is the mention itself."""
        who = asked.customer.id if asked.customer is not None else None
        if not (turn.inviting.is_detractor(who) if who else asked.judgement.verdict.label in COMPLAINTS):
            raise Unsuited("the panel is for critics: no complaint and no low score of theirs within a year")
        return {"panel.name": str(asked.settled.options.get("panel", ""))}

    def _invitation(self, asked: Asked, turn: Turn) -> dict[str, Value]:
        """A known customer becomes a candidate with it, unless nobody may ask them now."""
        if asked.customer is None:
            return {}
        against = refusal(turn.inviting, asked.customer.id, self.fatigue, asked.now)
        if against:
            raise Unsuited(against)
        return nominated(turn.inviting, asked.customer, asked.settled, asked.row.id)

    def useful(self, options: Mapping[str, Option], facts: Facts, person: str, turn: Turn) -> Useful:
        """The useful thing for the person of a mention. Raises Unsuited."""
        topics = options.get("topics", ())
        suits = fitting(self.things.values(), facts.values, topics if isinstance(topics, tuple) else (str(topics),))
        if not suits:
            raise Unsuited("nothing in ecosystem.yaml fits this product, topic, segment and language")
        had = turn.giving.had(person)
        new = next((thing for thing in suits if thing.item not in had), None)
        if new is None:
            raise Unsuited(f"this person was given all that fits: {', '.join(thing.item for thing in suits)}")
        return new

    def _useful(self, asked: Asked, turn: Turn) -> dict[str, Value]:
        new = self.useful(asked.settled.options, asked.facts, asked.judgement.person, turn)
        if asked.settled.status != "shadow":
            turn.giving.give(asked.judgement.person, new.item)
        return {"item.title": new.title, "item.url": new.url, "item.kind": new.kind, "item.about": new.about}

    def _gift(self, asked: Asked, turn: Turn) -> dict[str, Value]:
        name = str(asked.settled.options["item"])
        gift = self.gifts.get(name)
        if gift is None:
            if self.gifts:
                raise Unsuited(f"gifts.yaml has no {name!r}; it has {', '.join(sorted(self.gifts))}")
            return {"gift.title": name, "gift.link": "", "gift.disclosure": DISCLOSURE}
        self._within_cap(gift)
        if asked.settled.status != "shadow":
            if not turn.giving.take(name, gift.stock):
                raise Unsuited(f"{name}: all {gift.stock} pieces of gifts.yaml are given")
            who = {"person": asked.judgement.person, "customer": asked.judgement.customer}
            turn.giving.offer({"delivery": asked.key, "item": name, **who})
        link = self._link(GIFT, asked) if gift.needs_address else ""
        return {"gift.title": gift.title, "gift.link": link, "gift.disclosure": gift.disclosure}

    def _within_cap(self, gift: Gift) -> None:
        if why := over_cap(gift, self.cap):
            raise Unsuited(f"{gift.item} {why}")

    def _survey(self, asked: Asked, elsewhere: str) -> str:
        token = self.room.signer.token(SURVEY, {"delivery": asked.key}, asked.now + LINK_LIVES)
        if elsewhere:
            return f"{elsewhere}{'&' if '?' in elsewhere else '?'}token={token}"
        return f"{self.room.address}/survey/{token}"

    def _link(self, purpose: str, asked: Asked) -> str:
        token = self.room.signer.token(purpose, {"delivery": asked.key}, asked.now + LINK_LIVES)
        return f"{self.room.address}/{purpose}/{token}"


@dataclass(frozen=True, slots=True)
class Offering:
    """rules.terms.Offers for the person of one mention."""

    courtesies: Courtesies
    turn: Turn
    person: str
    facts: Facts

    def lacking(self, action: str, options: Mapping[str, Option]) -> str:
        """Only `engage` leaves it to the house what is given."""
        if action != "engage":
            return ""
        try:
            self.courtesies.useful(options, self.facts, self.person, self.turn)
        except Unsuited as nothing:
            return str(nothing)
        return ""


def _asker(asked: Asked, more: Mapping[str, Any]) -> str:
    """Who asks in person: the relationship owner, where service is the driver; else the programme, by letter ("")."""
    owner = str(asked.customer.owner) if asked.customer is not None else ""
    return owner if owner and more.get("reference.asker") == owner else ""


def _missing(asked: Asked, draft: Draft) -> str | None:
    name, language = asked.settled.options["template"], asked.judgement.verdict.language
    return f"there is no {name}.{language}.txt; this is {draft.template}.txt" if draft.language_missing else None


def subject_of(text: str) -> tuple[str, str]:
    """A first line `Subject: …` is the title of a letter, and no part of it."""
    first, _, rest = text.partition("\n")
    return (first.removeprefix(SUBJECT).strip(), rest.strip()) if first.startswith(SUBJECT) else ("", text)


def _disclosed(text: str, more: Mapping[str, Value]) -> str:
    """The disclosure and the link of a present are never left out, whatever the template says."""
    needed = [str(more.get(name, "")) for name in ("gift.link", "gift.disclosure")]
    return "\n\n".join([text, *(line for line in needed if line and line not in text)])


def _title(asked: Asked) -> str:
    titles = {"send_gift": "A small thank-you from", "ask_feedback": "How are we doing? A question from"}
    return f"{titles.get(asked.settled.action, 'A note from')} {asked.row.brand}"


def _kept(more: Mapping[str, Value]) -> dict[str, Any]:
    """What of it stays with the delivery: never a link, which whoever has it may use."""
    return {name: value for name, value in more.items() if name in KEPT}


def first_things_first(rows: Sequence[Row[Any]]) -> list[Row[Any]]:
    """Drafts in the order in which people are told of them: under a praise others read along, so those come first."""
    return sorted(rows, key=lambda row: not (row.options or {}).get("praise"))
