"""Decision → what is done inside the house at once, and deliveries for everything else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from types import MappingProxyType
from typing import Any

from sqlalchemy import Row

from listener.actions import wording
from listener.actions.issue_words import IssueTold, with_card
from listener.actions.templates import Templates
from listener.model.handling import PLAIN_HANDLING, Handling
from listener.model.plan import Judgement, TicketPlan
from listener.pipeline.attention import Readers
from listener.pipeline.courtesies import DRAFTS_EXPIRE as DRAFTS_EXPIRE
from listener.pipeline.courtesies import Asked, Courtesies
from listener.pipeline.evidence_cards import EvidenceCards
from listener.pipeline.grouping import ALONE, Grouping, group_of
from listener.pipeline.letters import Mailroom
from listener.pipeline.notices import BLANK, as_delivery
from listener.pipeline.talking import Talking
from listener.signing import Signer
from listener.store.judging import Turn
from listener.store.ledger import reservation_as_json
from rules.terms import Decision, Facts, Settled

INSIDE = frozenset({"open_ticket", "tag", "ignore", "check_issue", "assign"})
CARRIED = frozenset({"alert", "webhook"})
REPLY = "reply"  # what somebody wrote to a ticket's person


@dataclass(frozen=True, slots=True)
class Said:
    """One judged mention with its facts."""

    row: Row[Any]
    judgement: Judgement
    facts: Facts
    customer: Row[Any] | None = None

    @property
    def issue(self) -> str | None:
        """The issue that it belongs to."""
        found = self.facts.values.get("issue.id")
        return str(found) if found is not None else None


@dataclass(frozen=True, slots=True)
class Plan:
    """What one decision orders: rows of Delivery, tags for the mention."""

    deliveries: tuple[Mapping[str, Any], ...] = ()
    tags: tuple[str, ...] = ()


class Orders:
    """Turns settled proposals into rows."""

    def __init__(
        self,
        templates: Templates,
        handling: Handling = PLAIN_HANDLING,
        grouping: Mapping[str, Grouping] = MappingProxyType({}),
        zone: tzinfo = UTC,
        cards: EvidenceCards | None = None,
        courtesies: Courtesies | None = None,
        readers: Readers | None = None,
    ) -> None:
        self._talking = Talking(handling, readers)
        self.courtesies = courtesies or Courtesies(templates, Mailroom("", "", Signer(b"")))
        self._handling = handling
        self._grouping = grouping
        self._zone = zone
        self._cards = cards

    def plan(self, said: Said, decision: Decision, turn: Turn, now: datetime) -> Plan:
        """Opens or joins a ticket within the turn; everything outward becomes a delivery."""
        ticket = self._ticket(said, decision, turn, now)
        for settled in decision.settled:
            if settled.action == "assign" and settled.status == "due":
                turn.assign(said.row.id, str(settled.options["owner"]), settled.rule)
        checked = {each.rule for each in decision.settled if each.action == "check_issue" and each.status == "due"}
        card = self._card(said, turn, ticket, now) if checked else None
        rows = [
            self._delivery(said, settled, ticket, card if settled.rule in checked else None, turn, now)
            for settled in decision.settled
            if _goes_out(settled)
        ]
        return Plan(tuple(rows), _tags(decision))

    def _ticket(self, said: Said, decision: Decision, turn: Turn, now: datetime) -> int | None:
        """All rules that want a ticket for one mention get the same one; the first says how it is opened.

        What belongs to the conversation of a ticket joins it, wanted or not.
        """
        word, talk = self._talking.ticket(said.row, said.judgement, turn)
        wanted = [each for each in decision.settled if each.action == "open_ticket" and each.status == "due"]
        if not wanted:
            return self._talking.answer(word, talk, turn, now) if talk else None
        judgement, first, facts = said.judgement, wanted[0], said.facts
        who = (said.row.id, judgement.person, judgement.customer, said.issue, first.rule)
        owner, role = (str(facts.get(name) or "") or None for name in ("customer.owner", "customer.owner_role"))
        plan = TicketPlan(*who, first.options, not first.join, owner, role, self._handling, talk and talk.id)
        return turn.open_ticket(plan).ticket

    def _card(self, said: Said, turn: Turn, ticket: int | None, now: datetime) -> IssueTold | None:
        """The evidence card of the mention's issue, which its ticket gets as a note."""
        card = self._cards.card(turn, said.issue, now) if self._cards and said.issue else None
        if card is None:
            return None
        if ticket is not None:
            turn.note(ticket, "issue checked", "\n".join((f"issue {card.issue.id}: {card.issue.title}", *card.lines())))
        return card.told()

    def _delivery(
        self, said: Said, settled: Settled, ticket: int | None, card: IssueTold | None, turn: Turn, now: datetime
    ) -> dict[str, Any]:
        content = self._content(said, settled, ticket, card, turn, now)
        evidence = {"evidence": card.model_dump(mode="json")} if card else {}
        held = settled.reason if settled.status == "held" else None
        return {
            **BLANK,
            "why": None,
            "key": _key(said, settled),
            "action": settled.action,
            "rule": settled.rule,
            "mention": said.row.id,
            "issue": said.issue,
            "person": said.judgement.person,
            "customer": said.judgement.customer,
            "channel": settled.channel or None,
            "purpose": settled.purpose,
            "mode": settled.mode,
            "status": settled.status,
            "due_at": settled.hold_until or now,
            "created_at": now,
            "expires_at": now + DRAFTS_EXPIRE if settled.status == "waiting" else None,
            "last_error": content.pop("last_error", None) or held,
            "options": self._options(said, settled, now) | evidence | content.pop("options", {}),
            "reservations": [reservation_as_json(held) for held in settled.reservations],
            **content,
        }

    def _options(self, said: Said, settled: Settled, now: datetime) -> dict[str, Any]:
        usual = self._grouping.get(settled.channel, ALONE)
        alerts = settled.action == "alert" and settled.status == "due"
        group = group_of(settled, usual, said.facts, now, self._zone) if alerts else None
        return {**settled.options, **({"group": group} if group else {})}

    def _content(
        self, said: Said, settled: Settled, ticket: int | None, card: IssueTold | None, turn: Turn, now: datetime
    ) -> dict[str, Any]:
        """What a channel carries, or the draft of what is said in public."""
        if settled.action in CARRIED:
            told = told_of(said.row, said.judgement.customer, said.judgement.verdict, settled.rule, ticket)
            message = wording.alert(told, _key(said, settled), str(settled.options.get("message", "")))
            carried = as_delivery(with_card(message, card) if card else message, settled.channel, now)
            return {"text": carried["text"], "message": carried["message"]}
        if settled.action in INSIDE or "template" not in settled.options:
            return {"text": ""}
        who = (said.row, said.judgement, said.facts, said.customer)
        return self.courtesies.content(Asked(*who, settled, _key(said, settled), now), turn)


def _goes_out(settled: Settled) -> bool:
    return settled.status != "refused" and not (settled.action in INSIDE and settled.status == "due")


def _key(said: Said, settled: Settled) -> str:
    """Rule, action, channel and mention, never the rule's version: an edit does not send again."""
    shadow = ":shadow" if settled.status == "shadow" else ""
    return f"{settled.rule}:{settled.action}:{settled.channel}:{said.row.id}{shadow}"


def _tags(decision: Decision) -> tuple[str, ...]:
    found: list[str] = []
    for settled in decision.settled:
        tags = settled.options.get("tags", ()) if settled.action == "tag" and settled.status == "due" else ()
        found.extend(tags if isinstance(tags, tuple) else [str(tags)])
    return tuple(dict.fromkeys(found))


def told_of(row: Row[Any], customer: str | None, verdict: Any, rule: str | None, ticket: int | None) -> wording.Told:
    """A mention as people are told of it. `verdict` has `label` and `score`: a Verdict, or the stored mention."""
    return wording.Told(
        mention=row.id,
        brand=row.brand,
        source=row.source,
        text=row.text,
        label=verdict.label,
        title=row.title,
        author=row.author_name or row.author_handle,
        url=row.url,
        score=verdict.score,
        rating=row.rating,
        customer=customer,
        ticket=ticket,
        rule=rule,
    )
