"""The ops desk: health, metrics, and the addresses that other systems and people come to."""

from listener.web.approve import Approve
from listener.web.contract import Answer, Page, Request
from listener.web.crm import CRM, Crm
from listener.web.health import Health
from listener.web.inbox import PREFIX, Inbox
from listener.web.leaving import Leaving
from listener.web.server import PortTaken, serve
from listener.web.slack import ADDRESS as SLACK
from listener.web.slack import Interactions
from listener.web.tickets import TicketNews

__all__ = [
    "CRM",
    "PREFIX",
    "SLACK",
    "Answer",
    "Approve",
    "Crm",
    "Health",
    "Inbox",
    "Interactions",
    "Leaving",
    "Page",
    "PortTaken",
    "Request",
    "TicketNews",
    "serve",
]
