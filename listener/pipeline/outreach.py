"""Campaigns: a draft with everybody it is about, approved by people, sent a few at a time, stopped when it must."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Row
from structlog.typing import FilteringBoundLogger

from connectors.contract import Failed
from listener.actions import campaign_words as told
from listener.issues.outreach import (
    AT_WORK,
    UNSENT,
    Make,
    Move,
    Progress,
    approvers_of,
    canary_of,
    next_step,
    window_of,
)
from listener.pipeline.audience import Affected, Audiences, Exclusions
from listener.pipeline.campaign_letters import FIXED, TROUBLE, Sheet, Wordings, scope_of
from listener.pipeline.notices import Notices
from listener.pipeline.people import NotPossible
from listener.store import Store
from listener.store.campaigns import Written
from rules.problems import Misread
from rules.quantities import QuietHours, zone

STAGES = (TROUBLE, FIXED)
TEMPLATES = {TROUBLE: "issue-trouble", FIXED: "issue-fixed"}


@dataclass(frozen=True, slots=True)
class Pace:
    """`[campaigns]`: messages an hour, how long after the first ones, and who must not be written to."""

    per_hour: int = 3_600
    hold: timedelta = timedelta(minutes=30)
    consent: str = ""
    suppressed: Path | None = None
    quiet: QuietHours | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks a draft to be."""

    issue: str
    stage: str = TROUBLE
    template: str = ""
    lists: tuple[str, ...] = ("A", "B", "C")
    where: tuple[str, ...] = ()
    per_hour: int | None = None


@dataclass(frozen=True)
class Outreach:
    """Everything that is done to campaigns. `approvers` are the persons who may approve."""

    store: Store
    audiences: Audiences
    words: Wordings
    notices: Notices
    pace: Pace
    approvers: frozenset[str]
    now: Callable[[], datetime]
    log: FilteringBoundLogger

    def draft(self, wish: Wish, who: str, affected: Affected | None = None) -> Row[Any]:
        """Keep a draft and everybody it is about; nothing is sent. Raises NotPossible."""
        self._possible(wish)
        affected = affected or self.audiences.affected(wish.issue, wish.where)
        columns = self._columns(wish, affected, who)
        rows = list(self._recipients(wish, affected))
        audience = sum(row["excluded"] is None for row in rows)
        columns |= {"audience": audience, "canary": canary_of(audience)}
        number = self.store.campaigns.draft(columns, rows)
        self.log.info("campaign.drafted", campaign=number, issue=affected.issue.id, audience=audience)
        return self.get(number)

    def _possible(self, wish: Wish) -> None:
        if wish.stage not in STAGES:
            raise NotPossible(f"--stage is one of {', '.join(STAGES)}, not {wish.stage!r}")
        if not self.words.room.channel:
            raise NotPossible("no letter can leave: name a channel of kind email or webhook as [contact] channel")
        if wrong := sorted(set(wish.lists) - {"A", "B", "C"}):
            raise NotPossible(f"there is no list {', '.join(wrong)}: `listener issues affected` shows A, B and C")
        name = wish.template or TEMPLATES[wish.stage]
        if name not in self.words.templates.names():
            raise NotPossible(
                f"there is no template {name!r}; there are {', '.join(sorted(self.words.templates.names()))}"
            )

    def _columns(self, wish: Wish, affected: Affected, who: str) -> dict[str, Any]:
        template = wish.template or TEMPLATES[wish.stage]
        segment = [str(each) for each in affected.segment.traits] if affected.segment else []
        return {
            "issue": affected.issue.id,
            "episode": affected.issue.episode,
            "stage": wish.stage,
            "template": template,
            "wording": self.words.digest(template),
            "channel": self.words.room.channel,
            "lists": list(wish.lists),
            "scope": list(wish.where),
            "segment": segment,
            "reasons": {each.name: " · ".join(filter(None, (each.reason, each.test))) for each in affected.lists},
            "per_hour": wish.per_hour or self.pace.per_hour,
            "hold_seconds": int(self.pace.hold.total_seconds()),
            "status": "draft",
            "approvals": [],
            "drafted_at": self.now(),
            "drafted_by": who,
            "why": "",
        }

    def _recipients(self, wish: Wish, affected: Affected) -> list[dict[str, Any]]:
        """Everybody, in an order that chance made: the first ones stand for all, and may be told today."""
        standings = self.store.audience.standings(affected.issue.id, wish.stage, self.now())
        timely = wish.stage != FIXED
        exclusions = Exclusions(standings, self.pace.consent, suppressed(self.pace.suppressed), timely)
        listed = [(each.name, row) for each in affected.lists if each.name in wish.lists for row in each.customers]
        heard = {who for who, (day, _) in standings.contacts.items() if day}
        listed.sort(key=lambda pair: (pair[1].id in heard, _chance(affected.issue.id, pair[1].id)))
        return [
            {"customer": row.id, "list": name, "place": place, "excluded": exclusions.of(row)}
            for place, (name, row) in enumerate(listed)
        ]

    def get(self, number: int) -> Row[Any]:
        """The campaign. Raises NotPossible where there is none."""
        row = self.store.campaigns.get(number)
        if row is None:
            raise NotPossible(f"there is no campaign {number}: `listener campaign list` shows them")
        return row

    def approve(self, number: int, who: str) -> Row[Any]:
        """One person approves; with the last one needed the first messages go. Raises NotPossible."""
        row = self.get(number)
        needed = approvers_of(row.audience)
        if row.status != "draft":
            raise NotPossible(f"campaign {number} is {row.status}; a draft is approved")
        if not row.audience:
            raise NotPossible(f"campaign {number} has no recipients: `listener campaign show {number}` says why")
        if needed > 1 and who not in self.approvers:
            raise NotPossible(
                f"{row.audience} recipients take two persons who may approve, and {who} is none of them: "
                "name them as [[person]] with may_approve = true, and approve with --as NAME"
            )
        if who in {each["who"] for each in row.approvals}:
            raise NotPossible(
                f"{who} has approved campaign {number} already: {row.audience} recipients take another one"
            )
        self._unchanged(row)
        subject = self.words.subject(row)
        said = {"title": subject.title, "topic": subject.topic}
        changed = self.store.campaigns.approve(number, who, self.now(), needed, said)
        if changed is None:
            raise NotPossible(f"campaign {number} is no draft any more")
        self.log.info("campaign.approved", campaign=number, by=who, status=changed.status)
        return changed

    def _unchanged(self, row: Row[Any]) -> None:
        if row.template not in self.words.templates.names() or self.words.digest(row.template) != row.wording:
            raise NotPossible(
                f"the template {row.template!r} was changed after campaign {row.id} was drafted: "
                f"`listener campaign stop {row.id} --why 'other words'` and draft it anew"
            )

    def hold(self, number: int, who: str, why: str = "") -> Row[Any]:
        """Nothing of it goes out from this moment on, until `resume`."""
        row = self._unended(number)
        self.store.house.pause(scope_of(number), self.now(), who, why)
        return row

    def resume(self, number: int, who: str) -> Row[Any]:
        row = self._unended(number)
        if not self.store.house.resume(scope_of(number), self.now(), who):
            raise NotPossible(f"campaign {number} is not on hold")
        return row

    def stop(self, number: int, who: str, why: str) -> Row[Any]:
        """It ends here: what was not sent never is. Raises NotPossible."""
        if not why.strip():
            raise NotPossible("a stop has a reason: --why 'wrong segment'")
        self._unended(number)
        return self._moved(self.get(number), Move("stopped", why), who)

    def _unended(self, number: int) -> Row[Any]:
        row = self.get(number)
        if row.status not in UNSENT:
            raise NotPossible(f"campaign {number} has ended: {row.status}" + (f", {row.why}" if row.why else ""))
        return row

    def preview(self, row: Row[Any]) -> Sheet | None:
        """The message as its first recipient would read it; None when there is none. Raises NotPossible."""
        first = self.store.campaigns.next_ones(row.id, 1, self.now())
        try:
            return self.words.sheet(row, first[0], self.words.subject(row)) if first else None
        except Failed as error:
            raise NotPossible(f"the template {row.template!r} cannot be filled: {error}") from None

    def beat(self) -> None:
        """Each campaign at work goes on by one step. Raises StoreTrouble."""
        for row in self.store.campaigns.at_work():
            if not self.on_hold(row.id):
                self._go_on(row)

    def on_hold(self, number: int) -> bool:
        """Whether its own switch or the house's holds it."""
        return any(pause.scope in ("all", scope_of(number)) for pause in self.store.house.pauses())

    def progress(self, row: Row[Any]) -> Progress:
        campaigns, since = self.store.campaigns, self.now() - window_of(row.per_hour)
        counts = campaigns.pulse(row, since) if row.status in AT_WORK else campaigns.counts(row, since)
        seen = Progress(row.status, row.audience, row.canary, row.per_hour, held_until=row.held_until)
        shared = ("made", "open", "held", "sent", "refused", "bounced", "in_doubt", "recent")
        return replace(seen, **{name: getattr(counts, name) for name in shared})

    def _go_on(self, row: Row[Any]) -> None:
        step = next_step(self.progress(row), self.now())
        if isinstance(step, Make):
            self._make(row, step.count)
        elif isinstance(step, Move):
            self._moved(row, step, "listener")

    def _moved(self, row: Row[Any], step: Move, who: str) -> Row[Any]:
        now = self.now()
        values: dict[str, Any] = {"status": step.status, "why": step.why}
        values |= {"held_until": now + timedelta(seconds=row.hold_seconds)} if step.status == "holding" else {}
        values |= {"ended_at": now} if step.status in ("stopped", "done") else {}
        changed = self.store.campaigns.move(row.id, UNSENT if who != "listener" else AT_WORK, now, who, **values)
        if changed is None:
            return self.get(row.id)
        self.log.info("campaign.moved", campaign=row.id, status=step.status, why=step.why)
        if step.status != "running":
            self.notices.send(told.moved(changed, self.progress(changed)), now)
        return changed

    def _make(self, row: Row[Any], count: int) -> None:
        try:
            self._unchanged(row)
        except NotPossible as error:
            self._moved(row, Move("stopped", str(error)), "listener")
            return
        customers = self.store.campaigns.next_ones(row.id, count, self.now())
        if not customers and not self.store.campaigns.forget_gone(row.id):
            return
        asleep = {each.id: end for each in customers if (end := self._quiet_until(each))}
        self.store.campaigns.asleep(row.id, asleep)
        written, lost = self._written(row, [each for each in customers if each.id not in asleep])
        made = self.store.campaigns.make(row, written, lost, self.now())
        self.log.debug("campaign.made", campaign=row.id, made=made, asleep=len(asleep), lost=len(lost))

    def _quiet_until(self, customer: Row[Any]) -> datetime | None:
        try:
            where = zone(customer.timezone) if customer.timezone else None
        except Misread:
            where = None
        return self.pace.quiet.until(self.now(), where) if self.pace.quiet else None

    def _written(self, row: Row[Any], customers: Sequence[Row[Any]]) -> tuple[list[Written], dict[str, str]]:
        written: list[Written] = []
        lost: dict[str, str] = {}
        subject = self.words.subject(row)
        for customer in customers:
            try:
                written.append(self.words.delivery(row, customer, subject))
            except Failed as error:
                lost[customer.id] = f"the message cannot be written: {error}"
        return written, lost


def _chance(issue: str, customer: str) -> bytes:
    return hashlib.sha256(f"{issue}:{customer}".encode()).digest()


def suppressed(file: Path | None) -> frozenset[str]:
    """Customer ids and mail addresses that ops keep away from everything, one a line; `#` begins a comment."""
    if file is None or not file.is_file():
        return frozenset()
    lines = (line.partition("#")[0].strip().casefold() for line in file.read_text("utf-8-sig").splitlines())
    return frozenset(filter(None, lines))
