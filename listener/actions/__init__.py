"""How messages leave the house: one file for each channel, and the one list of kinds."""

from __future__ import annotations

from connectors.kinds import kind_of
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
    return kind_of(name, KINDS, Channel)
