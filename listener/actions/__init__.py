"""How messages leave the house: one file for each channel, and the one list of kinds."""

from __future__ import annotations

from importlib import import_module

from listener.actions.contract import Channel

KINDS = {
    "slack": "listener.actions.slack:Slack",
    "email": "listener.actions.email:Email",
    "webhook": "listener.actions.webhook:Webhook",
    "apprise": "listener.actions.apprise:Apprise",
    "log": "listener.actions.log:Log",
}


def kind(name: str) -> type[Channel]:
    """The class of a kind of channel, imported when first used. Third parties write `package.module:Class`.

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
    if not (isinstance(found, type) and issubclass(found, Channel)):
        raise LookupError(f"kind {name!r} is not a listener.actions.contract.Channel")
    return found
