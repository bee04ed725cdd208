"""The ops desk: health, metrics, and the addresses that other systems and people come to."""

from listener.web.contract import Answer, Page, Request
from listener.web.health import Health
from listener.web.inbox import PREFIX, Inbox
from listener.web.leaving import Leaving
from listener.web.server import PortTaken, serve

__all__ = ["PREFIX", "Answer", "Health", "Inbox", "Leaving", "Page", "PortTaken", "Request", "serve"]
