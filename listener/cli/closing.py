"""The end of an issue: `issues fixed`, and `issues report` with the whole ledger."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from listener.cli.asked import As, Json
from listener.cli.people import deciding
from listener.counted import counted

if TYPE_CHECKING:
    from listener.pipeline.closing import Told
    from listener.pipeline.issue_report import Person, Report

Issue = Annotated[str, typer.Argument(metavar="ID", help="An issue, by the column `id` of `issues`.")]
Cause = Annotated[str, typer.Option("--cause", help="What went wrong at the root; customers read it.")]
Note = Annotated[str, typer.Option("--note", help="For us only, kept with it.")]


def fixed(context: typer.Context, issue: Issue, cause: Cause, note: Note = "", named: As = None) -> None:
    """It is fixed: everybody who reported it or was told of it hears so, once; its tickets close."""
    with deciding(context, named) as (parts, people):
        told = parts.closing.fixed(issue, cause, people.who, note)
    print(f"issue {issue} is fixed: {cause}")
    _tell(told)
    print(f"the ledger: listener issues report {issue}")


def _tell(told: Told) -> None:
    if told.campaign is None:
        print("  nobody of them can be written to: name [contact] channel, and addresses in the registry")
    elif told.campaign.status == "draft":
        letters = counted(told.campaign.audience, "letter waits", "letters wait")
        print(f"  {letters} for another approval: ", end="")
        print(f"listener campaign approve {told.campaign.id} --as NAME")
    else:
        letters = counted(told.campaign.audience, "letter goes", "letters go")
        print(f"  {letters} out: listener campaign show {told.campaign.id}")
    if told.replies:
        answers = counted(told.replies, "answer waits", "answers wait")
        print(f"  {answers} for you, where they spoke: listener deliveries, then listener approve ID")
    if told.closed:
        print(f"  closed with the cause: ticket {', '.join(map(str, told.closed))}")
    if told.kept:
        print(f"  still open, as they are about more: ticket {', '.join(map(str, told.kept))}")


def report(context: typer.Context, issue: Issue, as_json: Json = False) -> None:
    """The whole ledger of an issue: who complained, who was told, who was not and why, what they said later."""
    from listener.cli.opening import opened

    with opened(context) as parts:
        found = parts.ledger.of(issue)
    if as_json:
        print(json.dumps(found.as_json(), default=_plain))
        return
    for label, value in _figures(found):
        print(f"{label:<28}{value}")
    print()
    for person in found.people:
        print(_line(person))


def _figures(found: Report) -> list[tuple[str, str]]:
    untold = ", ".join(f"{count} {why}" for why, count in sorted(found.untold.items())) or "nobody"
    return [
        (f"issue {found.issue}", f"{found.title} ({found.state}, episode {found.episode})"),
        ("first seen", f"{found.first_seen:%Y-%m-%d %H:%M} UTC"),
        ("detected after", _span(found.detected_after)),
        ("first outreach after", _span(found.outreach_after)),
        ("fixed", f"{found.fixed_at:%Y-%m-%d %H:%M} UTC: {found.root_cause}" if found.fixed_at else "not yet"),
        ("complained", f"{found.complained} persons"),
        ("affected customers reached", f"{found.reached} of {found.affected} ({_percent(found.share_reached)})"),
        ("… before they complained", _percent(found.reached_before)),
        ("not told", untold),
        ("asked, confirmed, denied", f"{found.asked}, {found.confirmed}, {found.denied}"),
        ("complained after the fix", f"{found.repeats} again, {found.new_after_fix} for the first time"),
        ("spoke well of us later", f"{found.praised} persons"),
    ]


def _line(person: Person) -> str:
    parts = [person.person]
    if person.complained_at:
        parts.append(f"complained {person.complained_at:%Y-%m-%d %H:%M}")
    for each in person.told:
        at = f" {each['at']:%Y-%m-%d %H:%M}" if each["at"] else ""
        parts.append(f"{each['stage']} by {each['how']}: {str(each['status']).replace('_', ' ')}{at}")
    if person.not_told:
        parts.append(f"not told: {person.not_told}")
    parts += [f"fixed for them: {person.answer}"] if person.answer else []
    parts += [f"again: mention {', '.join(map(str, person.again))}"] if person.again else []
    parts += [f"praise: mention {', '.join(map(str, person.praised))}"] if person.praised else []
    return " · ".join(parts)


def _span(seconds: float | None) -> str:
    return "-" if seconds is None else str(timedelta(seconds=round(seconds)))


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.0%}"


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
