"""The kept world in one piece: every room of the store behind one name."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from listener.importing import importing
from listener.store.engine import Database

if TYPE_CHECKING:
    from listener.store.alerts import Alerts
    from listener.store.arrivals import Arrivals
    from listener.store.asking import Asking
    from listener.store.asks import Asks
    from listener.store.audience import Audience
    from listener.store.campaigns import Campaigns
    from listener.store.circle import Circle
    from listener.store.closing import Closing
    from listener.store.contacts import Contacts
    from listener.store.customers import Customers
    from listener.store.deliveries import Deliveries
    from listener.store.enrolling import Enrolling
    from listener.store.erasing import Erasing
    from listener.store.gifts import Gifts
    from listener.store.goodwill import Goodwill
    from listener.store.hearsay import Hearsay
    from listener.store.house import House
    from listener.store.identities import Identities
    from listener.store.issue_acts import IssueActs
    from listener.store.issues import Issues
    from listener.store.judging import Judging
    from listener.store.learned import LearnedModels
    from listener.store.mentions import Mentions
    from listener.store.panel import Panel
    from listener.store.personal import Personal
    from listener.store.places import Places
    from listener.store.postings import Postings
    from listener.store.purchases import PurchaseBook
    from listener.store.rates import Rates
    from listener.store.reckoning import Reckoning
    from listener.store.recovery import Recovery
    from listener.store.references import References
    from listener.store.referrals import Referrals
    from listener.store.replays import Replays
    from listener.store.reviews import Reviews
    from listener.store.silences import Silences
    from listener.store.silent_buyers import SilentBuyers
    from listener.store.sources import Sources
    from listener.store.standing import Standing
    from listener.store.suggestions import Suggestions
    from listener.store.tickets import Tickets
    from listener.store.tracks import Tracks
    from listener.store.upkeep import Upkeep
    from listener.store.verdicts import Verdicts


class Store:
    """The kept world, by theme: each room is the class of that type in the module of that name.

    A room is opened when it is first entered: all of them with their tables take a second to import.
    """

    alerts: Alerts
    arrivals: Arrivals
    asking: Asking
    asks: Asks
    audience: Audience
    campaigns: Campaigns
    circle: Circle
    closing: Closing
    contacts: Contacts
    customers: Customers
    deliveries: Deliveries
    enrolling: Enrolling
    erasing: Erasing
    gifts: Gifts
    goodwill: Goodwill
    hearsay: Hearsay
    house: House
    identities: Identities
    issue_acts: IssueActs
    issues: Issues
    judging: Judging
    learned: LearnedModels
    mentions: Mentions
    panel: Panel
    personal: Personal
    places: Places
    postings: Postings
    purchases: PurchaseBook
    rates: Rates
    reckoning: Reckoning
    recovery: Recovery
    references: References
    referrals: Referrals
    replays: Replays
    reviews: Reviews
    silences: Silences
    silent_buyers: SilentBuyers
    sources: Sources
    standing: Standing
    suggestions: Suggestions
    tickets: Tickets
    tracks: Tracks
    upkeep: Upkeep
    verdicts: Verdicts

    def __init__(self, url: str) -> None:
        self.database = Database(url)

    if not TYPE_CHECKING:  # which knows the rooms by their types

        def __getattr__(self, name: str) -> Any:
            if name not in Store.__annotations__:
                raise AttributeError(f"the store has no room {name!r}")
            with importing:
                room = getattr(import_module(f"listener.store.{name}"), Store.__annotations__[name])
                # of two threads that enter at once both get the same one
                return self.__dict__.setdefault(name, room(self.database))

    def close(self) -> None:
        self.database.close()
