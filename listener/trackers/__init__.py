"""Outside systems that follow our tickets: one file for each kind, and the one list of kinds."""

from __future__ import annotations

from importlib import import_module

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
    where = KINDS.get(name, name)
    module, colon, attribute = where.partition(":")
    if not colon:
        raise LookupError(f"unknown kind {name!r}; there are {', '.join(sorted(KINDS))}")
    try:
        found = getattr(import_module(module), attribute)
    except (ImportError, AttributeError, TypeError, ValueError, SyntaxError) as error:
        raise LookupError(f"kind {name!r} cannot be imported: {error}") from error
    if not (isinstance(found, type) and issubclass(found, Tracker)):
        raise LookupError(f"kind {name!r} is not a listener.trackers.contract.Tracker")
    return found
