"""Which pages the daemon serves, made of its parts."""

from __future__ import annotations

from structlog.typing import FilteringBoundLogger

from listener.customers.telling import Told
from listener.pipeline.asking import PREFIX as FIXED
from listener.web import CRM, PREFIX, SLACK, Approve, Crm, Health, Inbox, Interactions, Leaving, Page, TicketNews
from listener.web.answers import GiftPage, SurveyPage
from listener.web.fixed import Fixed
from listener.web.referring import Reports, Visits
from listener.wiring import Parts
from listener.wiring.now import clock


def served(parts: Parts, health: Health, slack: Interactions, log: FilteringBoundLogger) -> dict[str, Page]:
    """What is served, by address, or by prefix where the address goes on."""
    return {
        **health.pages(),
        **_for_systems(parts, log),
        **_for_people(parts, log),
        SLACK: slack,
        **_referrals(parts, log),
    }


def _for_systems(parts: Parts, log: FilteringBoundLogger) -> dict[str, Page]:
    """What sources, trackers and CRM systems post to."""
    connectors = {name: watched.connector for name, watched in parts.watched.items()}
    told = Told(parts.store, parts.forgotten)
    return {
        PREFIX: Inbox(connectors, parts.collect, clock, log),
        "/tickets/": TicketNews(parts.tracking.trackers, parts.tracking, clock, log),
        CRM: Crm(told, parts.crm_secret(), clock, log),
    }


def _for_people(parts: Parts, log: FilteringBoundLogger) -> dict[str, Page]:
    """What links in letters lead to."""
    return {
        "/u/": Leaving(parts.store.contacts, parts.signer, clock, log),
        "/approve/": Approve(parts.store, parts.links, parts.people, clock),
        "/survey/": SurveyPage(parts.surveys, log),
        "/gift/": GiftPage(parts.presents, log),
        FIXED: Fixed(parts.asking, parts.closing, clock),
    }


def _referrals(parts: Parts, log: FilteringBoundLogger) -> dict[str, Page]:
    rules = parts.config.advocacy
    visits = Visits(parts.store.referrals, parts.signer, rules.landing, clock)
    if not rules.secret:
        return {"/r/": visits}
    reports = Reports(parts.store.referrals, str(parts.secrets.fill(rules.secret)), clock, log)
    return {"/r/": visits, "/referrals/": reports}
