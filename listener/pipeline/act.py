"""Step 3 of the road: claim what is due, perform it, keep how it ended."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row
from structlog.typing import FilteringBoundLogger

from connectors.contract import Failed, Receipt
from listener.actions import notices as words
from listener.actions.contract import InDoubt, Message
from listener.model.contact import Check, unbounded
from listener.pipeline.carrying import BY_CHANNEL, ByHand, Carrying, Crowded, Ways
from listener.pipeline.lines import Lines
from listener.pipeline.notices import Notices, as_delivery
from listener.pipeline.recheck import Against
from listener.pipeline.tracking import Withdrawn
from listener.store import Store
from listener.store.deliveries import Outcome
from rules.catalogue import ACTIONS

FIRST_RETRY = timedelta(seconds=30)
LONGEST_RETRY = timedelta(hours=1)
KEEP_TRYING = timedelta(hours=24)
LEASE = timedelta(seconds=30)
CUT_OFF = "it was being sent when the daemon stopped, or could not keep how that ended"
Ended = tuple[Row[Any], Outcome]
DRAFTS = frozenset(name for name, action in ACTIONS.items() if action.outward)


class Act:
    """Performs deliveries. Each is claimed first, so that two performers never do the same one."""

    def __init__(
        self,
        store: Store,
        ways: Ways,
        notices: Notices,
        now: Callable[[], datetime],
        log: FilteringBoundLogger,
        against: Callable[[Row[Any]], Against | None] = lambda row: None,
        contact: Check = unbounded,
    ) -> None:
        self._against = against
        self._store = store
        self._ways = ways
        self._notices = notices
        self._now = now
        self._log = log
        self._contact = contact
        self._carrying = Carrying(store, ways, now)

    @contextmanager
    def performing(self) -> Iterator[Act]:
        """The same for one performer, whose channels keep their connections open until the end."""
        with ExitStack() as stack:
            performer = copy.copy(self)
            performer._carrying = replace(self._carrying, lines=Lines(stack))
            yield performer

    def perform(self, number: int) -> str:
        """Claim and perform one delivery; returns its status after it ("" when it was not ours to do)."""
        ended: list[str] = []
        self.perform_all([number], ended.append)
        return ended[0]

    def perform_all(
        self, numbers: Iterable[int], told: Callable[[str], object], stopped: Callable[[], bool] = lambda: False
    ) -> None:
        """The same one after the other, until `stopped`; each status is `told`. Raises StoreTrouble.

        What went out is kept in the transaction that claims the next: half the waiting for the disk, and still only
        one at a time is begun and not ended.
        """
        last: Ended | None = None
        try:
            for number in numbers:
                if stopped():
                    break
                if self._overtaken(number):
                    told("")
                    continue
                row, last = self._claimed(number, last), None
                status, last = self._performed(row)
                told(status)
        finally:
            if last:
                self._keep(*last)

    def _claimed(self, number: int, last: Ended | None) -> Row[Any] | None:
        if last is None:
            return self._store.deliveries.claim(number, self._now(), self._contact)
        kept, row = self._store.deliveries.finish_and_claim(last[1], number, self._now(), self._contact)
        self._log_end(*last, kept)
        return row

    def _performed(self, row: Row[Any] | None) -> tuple[str, Ended | None]:
        """Its status, and how it ended where that is still to be kept."""
        if row is None:
            return "", None
        if row.status != "sending":
            self._log.info("contact.blocked", delivery=row.id, purpose=row.purpose, status=row.status)
            return str(row.status), None
        outcome = self._outcome(row)
        if outcome.status == "done":
            return "done", (row, outcome)
        self._keep(row, outcome)
        return outcome.status, None

    def _overtaken(self, number: int) -> bool:
        """What waited for a person or for the morning is looked at once more: its rule may not want it any more."""
        row = self._store.deliveries.ordered(number)
        against = self._against(row) if row and row.action in DRAFTS else None
        if row is None or against is None:
            return False
        self._call_off(row, against)
        return True

    def look_again(self) -> None:
        """What a person is to post by hand is looked at like what the daemon sends."""
        for row in self._store.deliveries.by_hand():
            if against := self._against(row):
                self._call_off(row, against)

    def _call_off(self, row: Row[Any], against: Against) -> None:
        if against.anew:
            self._store.verdicts.judge_again(row.mention)
        if not against.passing:
            self._withdraw(row, against.why)

    def _withdraw(self, row: Row[Any], why: str) -> None:
        unsent = ("due", "held", "by_hand")
        moved = self._store.deliveries.move(row.id, unsent, self._now(), status="cancelled", why=why)
        if moved is not None:
            self._log.info("delivery.withdrawn", delivery=row.id, action=row.action)
            self._notices.send(
                words.withdrawn(row.id, row.action, row.mention, why, f"withdrawn:{row.key}"), self._now()
            )

    def _outcome(self, row: Row[Any]) -> Outcome:
        """This is the boundary of a delivery."""
        blank = Outcome(row.id, row.attempts, "done", self._now())
        try:
            return self._carried(row, blank)
        except ByHand as by_hand:
            return replace(blank, status="by_hand", at=self._now(), due_at=self._now(), error=str(by_hand) or None)
        except Crowded as crowded:
            return replace(blank, status="held", due_at=crowded.until, error=str(crowded))
        except InDoubt as error:
            return self._doubtful(row, blank, error)
        except Withdrawn as why:
            return replace(blank, status="cancelled", at=self._now(), error=str(why))
        except Failed as error:
            return self._again_or_failed(row, blank, error)
        except Exception:  # noqa: BLE001  # boundary: a bug in one action must not stop the others
            self._log.exception("delivery.bug", delivery=row.id)
            return replace(blank, status="in_doubt", error="a bug: see the log for its traceback")

    def _done(self, receipt: Receipt, blank: Outcome) -> Outcome:
        external = {"kind": receipt.kind, "key": receipt.key, "url": receipt.url}
        return replace(blank, at=self._now(), external=external)

    def _carried(self, row: Row[Any], blank: Outcome) -> Outcome:
        card = self._ways.card(row) if row.action in BY_CHANNEL else None
        receipt = self._carrying.carry(row, card)
        return replace(self._done(receipt, blank), shows=self._carrying.shows(row, card))

    def _doubtful(self, row: Row[Any], blank: Outcome, error: Failed) -> Outcome:
        """Nobody knows whether it arrived: where the far side knows the key it is simply sent again."""
        if self._carrying.doubt(row) == "key":
            return self._again_or_failed(row, blank, error)
        return replace(blank, status="in_doubt", error=str(error))

    def _again_or_failed(self, row: Row[Any], blank: Outcome, error: Failed) -> Outcome:
        """Transient trouble is tried again for a day; Retry-After is honoured, nothing is dropped on 429."""
        now = self._now()
        if error.permanent or (now - row.created_at > KEEP_TRYING and row.attempts > 3):
            return replace(blank, status="failed", at=now, error=str(error))
        ceiling = min(FIRST_RETRY * 2 ** min(row.attempts - 1, 10), LONGEST_RETRY)
        wait = max(ceiling * random.uniform(0.5, 1), error.after or timedelta())
        return replace(blank, status="due", at=now, due_at=now + wait, error=str(error))

    def _keep(self, row: Row[Any], outcome: Outcome) -> None:
        kept = self._store.deliveries.finish(outcome)
        self._log_end(row, outcome, kept)
        if kept and outcome.status in ("failed", "in_doubt"):
            self._tell_trouble(row, outcome)

    def _log_end(self, row: Row[Any], outcome: Outcome, kept: bool) -> None:
        if not kept:
            self._log.warning("delivery.overtaken", delivery=row.id, attempt=row.attempts)
            return
        level = self._log.info if outcome.status in ("done", "by_hand", "held") else self._log.warning
        level(
            "delivery." + outcome.status, delivery=row.id, action=row.action, channel=row.channel, error=outcome.error
        )

    def _tell_trouble(self, row: Row[Any], outcome: Outcome) -> None:
        """The fallback channel carries what failed; people hear of it unless the notice itself is what failed.

        What bounced of a campaign is told in its report, and stops it when it is much.
        """
        if row.options.get("campaign") and outcome.status == "failed":
            return
        channel = self._ways.channels.get(row.channel or "")
        if outcome.status == "failed" and channel and channel.fallback and row.action in BY_CHANNEL:
            self._fall_back(row, channel.fallback)
        elif row.action != "notice" or row.channel != self._notices.channel:
            self._notices.send(self._trouble_told(row, outcome), self._now())

    def _trouble_told(self, row: Row[Any], outcome: Outcome) -> Message:
        """While a channel carries nothing, once a day for all that it should have carried."""
        key, many = f"{outcome.status}:{row.key}:{row.attempts}", 0
        if row.channel and row.action in BY_CHANNEL:
            last, many = self._store.deliveries.failing(row.channel, outcome.status)
            key = f"{outcome.status}:{row.channel}:{last}:{self._now():%Y-%m-%d}"
        about = (row.id, row.action, row.channel, outcome.status, outcome.error or "")
        return words.delivery_trouble(*about, key, many)

    def _fall_back(self, row: Row[Any], channel: str) -> None:
        card = self._ways.card(row)
        message = card.message if card else Message.model_validate(row.message)
        message = message.model_copy(update={"key": f"{row.key}:fallback:{channel}"})
        about = {"mention": row.mention, "alert": row.alert, "options": {**row.options, "reader": ""}}
        self._store.deliveries.add(as_delivery(message, channel, self._now(), row.action) | about)

    def settle_orphans(self, at_start: bool = False) -> None:
        """Deliveries whose end was not kept, as their performer died or the disk was full.

        They are sent again where the key makes that safe, looked up, else in doubt.
        `at_start`: this process alone may perform, so whatever is being sent is an orphan already.
        """
        before = self._now() if at_start else self._now() - LEASE
        for row in self._store.deliveries.orphans(before):
            self._settle(row)

    def _settle(self, row: Row[Any]) -> None:
        doubt, now = self._carrying.doubt(row), self._now()
        blank = Outcome(row.id, row.attempts, "in_doubt", now, error=CUT_OFF)
        if doubt == "key":
            self._keep(row, replace(blank, status="due", due_at=now))
        elif doubt == "ask":
            self._keep(row, blank)
        elif now - row.claimed_at >= LEASE:  # a slow far side may still be about to do it
            self._look_up(row, blank)

    def _look_up(self, row: Row[Any], blank: Outcome) -> None:
        try:
            receipt = self._carrying.find(row)
        except Failed as error:
            self._keep(row, replace(blank, error=f"{blank.error}, and it could not be looked up: {error}"))
            return
        card = self._ways.card(row) if row.action in BY_CHANNEL else None
        # what it said when it was sent is not known any more: whatever it is, it will be brought up to date
        shows = (card.kind, card.number, "") if self._carrying.shows(row, card) and card else None
        found = self._done(receipt, replace(blank, status="done", error=None, shows=shows)) if receipt else None
        self._keep(row, found or replace(blank, status="due", due_at=self._now()))
