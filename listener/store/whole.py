"""The kept world in one piece: every room of the store behind one name."""

from __future__ import annotations

from listener.store.alerts import Alerts
from listener.store.arrivals import Arrivals
from listener.store.asking import Asking
from listener.store.asks import Asks
from listener.store.audience import Audience
from listener.store.campaigns import Campaigns
from listener.store.closing import Closing
from listener.store.contacts import Contacts
from listener.store.conversations import Circle
from listener.store.customers import Customers
from listener.store.deliveries import Deliveries
from listener.store.engine import Database
from listener.store.enrolling import Enrolling
from listener.store.erasing import Erasing
from listener.store.giving import Gifts
from listener.store.goodwill import Goodwill
from listener.store.heard import Hearsay
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
    """The kept world, by theme."""

    def __init__(self, url: str) -> None:
        self.database = Database(url)
        self.alerts = Alerts(self.database)
        self.arrivals = Arrivals(self.database)
        self.contacts = Contacts(self.database)
        self.asking = Asking(self.database)
        self.asks = Asks(self.database)
        self.audience = Audience(self.database)
        self.campaigns = Campaigns(self.database)
        self.circle = Circle(self.database)
        self.closing = Closing(self.database)
        self.customers = Customers(self.database)
        self.deliveries = Deliveries(self.database)
        self.goodwill = Goodwill(self.database)
        self.enrolling = Enrolling(self.database)
        self.erasing = Erasing(self.database)
        self.personal = Personal(self.database)
        self.purchases = PurchaseBook(self.database)
        self.gifts = Gifts(self.database)
        self.hearsay = Hearsay(self.database)
        self.house = House(self.database)
        self.identities = Identities(self.database)
        self.issues = Issues(self.database)
        self.issue_acts = IssueActs(self.database)
        self.judging = Judging(self.database)
        self.learned = LearnedModels(self.database)
        self.mentions = Mentions(self.database)
        self.panel = Panel(self.database)
        self.places = Places(self.database)
        self.postings = Postings(self.database)
        self.rates = Rates(self.database)
        self.reckoning = Reckoning(self.database)
        self.references = References(self.database)
        self.reviews = Reviews(self.database)
        self.referrals = Referrals(self.database)
        self.recovery = Recovery(self.database)
        self.replays = Replays(self.database)
        self.silences = Silences(self.database)
        self.silent_buyers = SilentBuyers(self.database)
        self.sources = Sources(self.database)
        self.standing = Standing(self.database)
        self.suggestions = Suggestions(self.database)
        self.tickets = Tickets(self.database)
        self.tracks = Tracks(self.database)
        self.upkeep = Upkeep(self.database)
        self.verdicts = Verdicts(self.database)

    def close(self) -> None:
        self.database.close()
