"""What our own people are told of campaigns and of issues that were fixed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from listener.actions.contract import Message
from listener.issues.outreach import Progress

TITLES = {
    "holding": "The first messages of campaign {id} are out; it goes on at {until}",
    "done": "Campaign {id} is done",
    "stopped": "Campaign {id} was stopped",
}


def moved(row: Row[Any], seen: Progress) -> Message:
    """A campaign has come to another status."""
    until = f"{row.held_until:%Y-%m-%d %H:%M %Z}" if row.held_until else ""
    facts = (
        ("Issue", row.issue),
        ("Stage", row.stage),
        ("Recipients", str(row.audience)),
        ("Sent", str(seen.sent)),
        ("Came back", str(seen.bounced)),
        ("Opted out or answered badly", str(seen.refused)),
    )
    stop = f"`listener campaign stop {row.id} --why REASON` ends it. " if row.status == "holding" else ""
    return Message(
        title=TITLES[row.status].format(id=row.id, until=until),
        text=row.why,
        facts=facts,
        footer=f"{stop}All of it: `listener campaign report {row.id}`",
        key=f"campaign:{row.id}:{row.status}",
    )


def back(row: Row[Any], episode: int, why: str) -> Message:
    """A trouble that was called fixed is there again."""
    return Message(
        title=f"Issue {row.id} is back after its fix: {row.title}",
        text=f"{why}. It is episode {episode} of the same issue; nobody is told any more that it is fixed.",
        footer=f"Look: `listener issues report {row.id}`",
        key=f"issue:{row.id}:back:{episode}",
    )


def resolved(row: Row[Any], why: str) -> Message:
    """A fix has held for long enough."""
    return Message(
        title=f"Issue {row.id} is resolved: {row.title}",
        text=f"Its fix held: {why}.",
        footer=f"Who was told and who was not: `listener issues report {row.id}`",
        key=f"issue:{row.id}:resolved:{row.episode}",
    )


def untold(row: Row[Any], why: str) -> Message:
    """A fix that not everybody can be told of."""
    return Message(
        title=f"Issue {row.id} is fixed, and not everybody is told: {row.title}",
        text=f"{why}. It is tried again each minute.",
        footer=f"Who was told and who was not: `listener issues report {row.id}`",
        key=f"issue:{row.id}:untold:{row.episode}",
    )
