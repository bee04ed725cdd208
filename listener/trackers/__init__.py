"""Outside systems that follow our tickets: one file for each kind, and the one list of kinds."""

from __future__ import annotations

from connectors.kinds import kind_of
from listener.trackers.contract import Tracker

KINDS = {
    "zendesk": "listener.trackers.zendesk:Zendesk",
    "jira": "listener.trackers.jira:Jira",
    "github": "listener.trackers.github:GitHub",
    "rt": "listener.trackers.rt:RequestTracker",
    "webhook": "listener.trackers.webhook:Webhook",
}


def kind(name: str) -> type[Tracker]:
    """The class of a kind of tracker, imported when first used. Third parties write `package.module:Class`.

    Raises LookupError when there is no such kind or it cannot be imported.
    """
    return kind_of(name, KINDS, Tracker)
