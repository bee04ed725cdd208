"""The ops desk: so far health, metrics, and the address that other systems post mentions to."""

from listener.web.health import Health
from listener.web.inbox import Inbox
from listener.web.server import PortTaken, serve

__all__ = ["Health", "Inbox", "PortTaken", "serve"]
