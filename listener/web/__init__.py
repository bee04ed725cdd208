"""The ops desk: so far health and metrics."""

from listener.web.health import Health
from listener.web.server import PortTaken, serve

__all__ = ["Health", "PortTaken", "serve"]
