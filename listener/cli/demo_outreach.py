"""The demo's fourth act: who else has the trouble, everybody told, fixed, everybody told again."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from logging import CRITICAL
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog

from listener.demo.telling import Note, Scene

if TYPE_CHECKING:
    from listener.wiring import Parts

FEWEST = 3  # customers: a trouble of fewer is no story
APPROVERS = ("care", "dervla")
CAUSE = "a firmware update that lost its clock"
Wait = Callable[[Callable[[], bool]], None]


@contextmanager
def parts_for(config: Path) -> Iterator[Parts]:
    """What a command beside the daemon works with."""
    from listener.config import Secrets, load
    from listener.log import Redaction
    from listener.wiring import parts_of

    loaded = load(config)
    # what it does is told in its own words
    silent = structlog.wrap_logger(
        structlog.ReturnLogger(), wrapper_class=structlog.make_filtering_bound_logger(CRITICAL)
    )
    with parts_of(loaded, Secrets(loaded.folder, os.environ, Redaction()), silent) as parts:
        yield parts


def widest(parts: Parts) -> Any:
    """The issue that most customers reported; None where hardly anybody did."""
    from listener.store.issues import IssueFilter

    rows = parts.store.issues.page(IssueFilter(limit=1_000))
    best = max(rows, key=lambda row: (row.customers, row.persons), default=None)
    return best if best is not None and best.customers >= FEWEST else None


def told_of_the_trouble(parts: Parts, wait: Wait) -> Scene | None:
    """The affected are found, a campaign is drafted, approved and sent; None where there is no trouble to tell of."""
    from listener.pipeline.outreach import Wish

    issue = widest(parts)
    if issue is None:
        return None
    found = parts.audiences.affected(issue.id)
    campaign = parts.outreach.draft(Wish(issue.id), APPROVERS[0], found)
    lists = [Note(f"list {each.name}", f"{len(each.customers)} customers: {_why(each)}") for each in found.lists]
    lists[-1] = Note(lists[-1].who, lists[-1].what, f"listener issues affected {issue.id}")
    steps = [Note("drafted", f"{campaign.audience} recipients", f"listener campaign show {campaign.id}")]
    if campaign.audience:
        steps += _approved(parts, campaign)
        wait(lambda: parts.outreach.get(campaign.id).status in ("done", "stopped"))
        steps.append(_sent(parts, campaign.id))
    title = "Round 4: who else has it, and everybody told"
    return Scene(title, troubles=[_named(issue)], affected=lists, campaign=steps)


def told_of_the_fix(parts: Parts, wait: Wait) -> Scene:
    """It is fixed, and whoever reported it or was told of it hears so."""
    issue = widest(parts)
    told = parts.closing.fixed(issue.id, CAUSE, APPROVERS[0])
    steps = [Note("fixed", CAUSE, f"listener issues report {issue.id}")]
    if told.campaign is not None:
        number = told.campaign.id
        if told.campaign.status == "draft":
            parts.outreach.approve(number, APPROVERS[1])
        wait(lambda: parts.outreach.get(number).status in ("done", "stopped"))
        steps.append(_sent(parts, number))
    if told.replies:
        steps.append(Note("answers", f"{told.replies} drafts where they spoke wait for you", "listener deliveries"))
    if told.closed:
        steps.append(Note("tickets", f"{len(told.closed)} closed with the cause"))
    report = parts.ledger.of(issue.id)
    reached = f"{report.reached} of {report.affected} affected customers, {report.asked} asked whether it works again"
    steps.append(Note("reached", reached))
    return Scene("Round 5: fixed, and everybody told", campaign=steps)


def _why(listed: Any) -> str:
    return str(listed.reason if listed.customers or not listed.test else listed.test)


def _named(issue: Any) -> Note:
    return Note(issue.title or issue.topic, f"{issue.persons} persons, {issue.customers} of them known customers")


def _approved(parts: Parts, campaign: Any) -> list[Note]:
    from listener.issues.outreach import approvers_of

    names = APPROVERS[: approvers_of(campaign.audience)]
    for name in names:
        parts.outreach.approve(campaign.id, name)
    return [Note("approved", f"by {' and '.join(names)}; the first {campaign.canary} alone, then the others")]


def _sent(parts: Parts, number: int) -> Note:
    row = parts.outreach.get(number)
    return Note(
        "sent", f"{parts.outreach.progress(row).sent} letters, one for each", f"listener campaign report {number}"
    )
