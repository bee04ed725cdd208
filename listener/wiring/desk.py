"""Parts for our own people: approvals, tickets, trackers."""

from __future__ import annotations

from functools import cached_property
from zoneinfo import ZoneInfo

from listener.config import desk
from listener.livefiles import Kept, LiveFile, LiveHours
from listener.model.handling import Handling
from listener.pipeline.attention import Attention
from listener.pipeline.links import Links
from listener.pipeline.people import Once, People, Person
from listener.pipeline.recheck import Recheck
from listener.pipeline.replying import Replies
from listener.pipeline.tracking import Tracking
from listener.recovery.calendar import Calendars
from listener.rulebook import written_down
from listener.ticketdesk import clocks_of, followed_of, handling_of, readers_of
from listener.wiring.foundations import Foundations
from listener.wiring.now import clock
from rules.book import Book


class DeskParts(Foundations):
    """Decisions that persons make, and tickets."""

    @cached_property
    def handling(self) -> Handling:
        return handling_of(self.config, self.signer, LiveHours(self.calendar_file))

    @cached_property
    def calendar_file(self) -> LiveFile[Calendars]:
        """Working hours. Raises CalendarError when the file is broken and was never good."""
        own, kept = self.config.tickets.calendar, Kept(self.store, "calendar")
        return LiveFile(own, lambda _, text: clocks_of(self.config, text), kept)

    @cached_property
    def tracking(self) -> Tracking:
        followed, readers = followed_of(self.config, self.secrets), readers_of(self.config)
        return Tracking(self.store, followed, self.door(""), readers, self.handling, clock, self.log)

    @cached_property
    def attention(self) -> Attention:
        return Attention(self.store, readers_of(self.config), self.handling, clock, self.log)

    @cached_property
    def links(self) -> Links:
        return Links(self.signer, self.config.web.address, desk.approvers(self.config), clock)

    @cached_property
    def recheck(self) -> Recheck:
        return Recheck(self.store, self._book_at_work, ZoneInfo(str(self.config.timezone)))

    def _book_at_work(self) -> Book | None:
        """The daemon's own, or for a command the one that the daemon wrote down."""
        zone = ZoneInfo(str(self.config.timezone))
        return self.book.running().book if "book" in self.__dict__ else written_down(self.store, zone)

    def people(self, who: str, once: Once | None = None) -> People:
        """Decisions in the name of this person."""
        check = self.contact.check
        return People(self.store, self.answers, clock, Person(who), self.recheck, once, self.handling, check)

    def replies(self, who: str) -> Replies:
        """Answers to tickets in the name of this person."""
        return Replies(self.store, self.mailroom, self.answers, clock, who)
