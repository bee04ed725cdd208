"""What is done when somebody presses a button in Slack or fills in a form: kept first, answered then."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLate
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from structlog.typing import FilteringBoundLogger

from connectors.contract import Failed
from listener.actions.contract import Channel
from listener.actions.slack import Slack
from listener.config.sections import Staff
from listener.desk import forms
from listener.desk.payload import Asked, asked
from listener.pipeline.people import NotPossible, People, told
from listener.pipeline.ticketing import OUTCOMES
from listener.store import Store
from listener.store.delivery_lists import DeliveryFilter
from listener.store.engine import StoreTrouble
from listener.store.tickets import TicketFilter
from rules.terms import Mute

CARDS = dict.fromkeys(("approve", "edit", "reject", "done", "skip"), "draft") | {"acknowledge": "alert"}
DECISIONS = frozenset({"approve", "edit", "reject"})  # for those who may approve
SPANS = {"1h": "for an hour", "4h": "for four hours", "1d": "for a day", "7d": "for a week"}
HOURS = {"1h": 1, "4h": 4, "1d": 24, "7d": 168}
MOST = 140  # letters of what an option of Slack's stands for
SOON = 2.0  # seconds: Slack wants its acknowledgement within three

Reply = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Heard:
    """The answer that goes back at once (of use to forms only), what follows it, and why nothing was done."""

    answer: Reply = field(default_factory=dict)
    then: Callable[[], None] | None = None
    refused: str = ""


@dataclass(frozen=True, slots=True)
class House:
    """What the desk works with: the store, decisions in a name, who is who, and what brings cards up to date."""

    store: Store
    people: Callable[[str], People]
    staff: tuple[Staff, ...]
    refresh: Callable[[str, int], None]
    now: Callable[[], datetime]


class Desk:
    """Everything that one Slack app asks for. `slack` is a channel of it, for answers."""

    def __init__(self, slack: Slack, house: House, log: FilteringBoundLogger) -> None:
        self._slack = slack
        self._house = house
        self._log = log
        self._by_id = {person.slack: person for person in house.staff if person.slack}
        self._pool = ThreadPoolExecutor(4, thread_name_prefix="desk")

    def hear(self, payload: Mapping[str, Any]) -> Reply:
        """Do what is asked and answer within two seconds; what takes longer goes on, and is answered later."""
        said = asked(payload)
        if said is None:
            return {}
        work = self._pool.submit(self._heard, said)
        try:
            heard = work.result(SOON)
        except TooLate:
            # a form is closed by then: what it would have shown is whispered
            late = replace(said, form=False)
            work.add_done_callback(lambda done: self._late(late, done.result()))
            return {}
        if heard.then:
            self._pool.submit(self._after, heard.then)
        return heard.answer

    def close(self) -> None:
        """Take nothing more; what is being done ends by itself."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _late(self, said: Asked, heard: Heard) -> None:
        then = heard.then or (self._told(said, heard.refused).then if heard.refused else None)
        if then:
            self._after(then)

    def _after(self, then: Callable[[], None]) -> None:
        try:
            then()
        except Failed as error:
            self._log.warning("slack.unanswered", error=str(error))

    def _heard(self, said: Asked) -> Heard:
        """This is the boundary of a press in Slack."""
        try:
            return self._allowed(said)
        except NotPossible as error:
            return self._told(said, f"{str(error)[:1].upper()}{str(error)[1:]}.")
        except StoreTrouble as error:
            self._log.error("store.trouble", error=str(error))
            return self._told(said, f"This could not be kept, so nothing is decided: {error}. Try again.")
        except Exception:  # noqa: BLE001  # boundary: one press must not end the desk
            self._log.exception("slack.bug", do=said.do)
            return self._told(said, "Something is broken here, and nothing is decided. The log says what.")

    def _allowed(self, said: Asked) -> Heard:
        person = self._by_id.get(said.user)
        if person is None:
            return self._told(said, _stranger(said.user))
        if said.do in DECISIONS and not person.may_approve:
            return self._told(said, _may_not(self._house.staff))
        return self._form(said, person.name) if said.form else self._press(said, person.name)

    def _told(self, said: Asked, text: str) -> Heard:
        """Politely, to whoever asked and nobody else."""
        if said.form:
            return Heard({"response_action": "update", "view": forms.told("Not done", text)}, refused=text)
        return Heard(then=lambda: self._whisper(said, text), refused=text)

    def _whisper(self, said: Asked, text: str) -> None:
        if said.place:
            self._slack.whisper(said.place, said.user, text)

    def _press(self, said: Asked, who: str) -> Heard:
        people, number = self._house.people(who), _number(said.about)
        if said.do == "approve":
            people.approve(number)
        elif said.do == "done":
            people.done(number)
        elif said.do == "skip":
            people.skip(number)
        elif said.do == "take":
            self._ticket(number, free=True)
            people.take(number)
        elif said.do == "acknowledge":
            people.acknowledge(number)
        else:
            view = self._view(said, number)
            return Heard(then=lambda: self._slack.open_modal(said.trigger, view))
        return Heard(then=lambda: self._house.refresh(CARDS.get(said.do, ""), number))

    def _form(self, said: Asked, who: str) -> Heard:
        people, number, given = self._house.people(who), _number(said.about), said.given
        if said.do == "edit":
            people.approve(number, given.get("text", ""))
        elif said.do == "reject":
            people.reject(number, given.get("why", "").strip() or "no reason given")
        elif said.do == "assign":
            people.assign(number, given.get("owner", ""))
        elif said.do == "close":
            self._ticket(number)
            people.close(number, given.get("cause", ""), given.get("outcome", ""))
        elif said.do == "mute":
            self._mute(given, who)
        return Heard(then=lambda: self._house.refresh(CARDS.get(said.do, ""), number))

    def _ticket(self, number: int, free: bool = False) -> None:
        """A second press meets a ticket that is closed, or taken, already. Raises NotPossible."""
        rows = self._house.store.tickets.page(TicketFilter(id=number))
        if rows and rows[0].status == "closed":
            raise NotPossible(f"ticket {number} is closed already")
        if rows and free and rows[0].owner:
            raise NotPossible(f"ticket {number} is with {rows[0].owner} already; Assign gives it to somebody else")

    def _mute(self, given: Mapping[str, str], who: str) -> None:
        kind, _, what = given.get("what", "").partition(":")
        hours = HOURS.get(given.get("until", ""))
        if not (what and hours and given.get("why", "").strip()):
            raise NotPossible("a silence needs to know about what, for how long and why")
        until = self._house.now() + timedelta(hours=hours)
        for row in self._house.store.silences.now(self._house.now()):
            if (row.kind, row.what) == (kind, what):
                raise NotPossible(f"{kind} {what} is silenced already until {row.until:%Y-%m-%d %H:%M %Z}")
        mute = Mute(kind, what, until, given["why"].strip(), who)  # type: ignore[arg-type]  # one of our own options
        self._house.store.silences.begin(mute, self._house.now())

    def _view(self, said: Asked, number: int) -> Reply:
        if said.do == "edit":
            return forms.form(
                said, "Edit", "Approve this text", forms.line("text", "Text", several=True, text=self._text(number))
            )
        if said.do == "reject":
            return forms.form(said, "Reject", "Reject", forms.line("why", "Why not?"))
        if said.do == "assign":
            names = [(person.name, person.name) for person in self._house.staff]
            return forms.form(said, "Assign", "Assign", forms.choice("owner", "Who looks after it?", names))
        if said.do == "close":
            self._ticket(number)
            outcomes = forms.choice("outcome", "How did it end for the person?", [(one, one) for one in OUTCOMES])
            return forms.form(said, "Close the ticket", "Close", forms.line("cause", "What went wrong?"), outcomes)
        return self._silence(said, number)

    def _text(self, number: int) -> str:
        rows = self._house.store.deliveries.page(DeliveryFilter(id=number))
        if not rows or rows[0].status != "waiting":
            raise NotPossible(told(rows[0]) if rows else f"there is no delivery {number}")
        if len(rows[0].text) > forms.LONGEST:
            raise NotPossible(f"this text is too long for Slack: `listener approve {number} --text-file FILE` takes it")
        return str(rows[0].text)

    def _silence(self, said: Asked, number: int) -> Reply:
        what = forms.choice("what", "About what?", self._mutable(number))
        until = forms.choice("until", "For how long?", SPANS.items())
        return forms.form(said, "Mute", "Mute", what, until, forms.line("why", "Why?"))

    def _mutable(self, number: int) -> Iterable[tuple[str, str]]:
        """What of an alert can be silenced."""
        alert = self._house.store.alerts.get(number)
        members = self._house.store.alerts.members(number) if alert else []
        if alert is None or not members:
            raise NotPossible(f"there is no alert {number}: `listener alerts` lists them")
        one = members[0]
        values = {"rule": alert.rule, "topic": one.topic, "source": one.source}
        values |= {} if alert.grouped else {"thread": one.thread, "author": one.person}
        return [(f"{kind}:{value}", f"{kind} {value}") for kind, value in values.items() if value and len(value) < MOST]


def _number(about: str) -> int:
    if not (about.isascii() and about.isdigit() and len(about) < 19):
        raise NotPossible("this button is not one of ours")
    return int(about)


def _stranger(user: str) -> str:
    return (
        "I do not know you yet, so I cannot decide anything in your name. Whoever looks after the listener can add "
        f'slack = "{user}" to your [[person]] in config.toml.'
    )


def _may_not(staff: tuple[Staff, ...]) -> str:
    names = ", ".join(person.name for person in staff if person.may_approve) or "nobody so far"
    return f"Sorry, this is for those who may approve: {names}. They have may_approve = true in config.toml."


def hearing(channels: Mapping[str, Channel]) -> dict[str, Slack]:
    """The Slack channels that hear of their buttons, by name."""
    return {name: channel for name, channel in channels.items() if isinstance(channel, Slack) and channel.hears}
