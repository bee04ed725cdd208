"""Parts for our own people: approvals, tickets, trackers."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from listener.wiring.foundations import Foundations
from listener.wiring.now import clock

if TYPE_CHECKING:
    from listener.livefiles import LiveFile
    from listener.model.handling import Handling
    from listener.pipeline.attention import Attention
    from listener.pipeline.links import Links
    from listener.pipeline.people import Once, People
    from listener.pipeline.recheck import Recheck
    from listener.pipeline.replying import Replies
    from listener.pipeline.tracking import Tracking
    from listener.recovery.calendar import Calendars
    from rules.book import Book


class DeskParts(Foundations):
    """Decisions that persons make, and tickets."""

    @cached_property
    def handling(self) -> Handling:
        from listener.livefiles import LiveHours
        from listener.ticketdesk import handling_of

        return handling_of(self.config, self.signer, LiveHours(self.calendar_file))

    @cached_property
    def calendar_file(self) -> LiveFile[Calendars]:
        """Working hours. Raises CalendarError when the file is broken and was never good."""
        from listener.livefiles import Kept, LiveFile
        from listener.ticketdesk import clocks_of

        own, kept = self.config.tickets.calendar, Kept(self.store, "calendar")
        return LiveFile(own, lambda _, text: clocks_of(self.config, text), kept)

    @cached_property
    def tracking(self) -> Tracking:
        from listener.pipeline.tracking import Tracking
        from listener.ticketdesk import followed_of, readers_of

        followed, readers = followed_of(self.config, self.secrets), readers_of(self.config)
        return Tracking(self.store, followed, self.door(""), readers, self.handling, clock, self.log)

    @cached_property
    def attention(self) -> Attention:
        from listener.pipeline.attention import Attention
        from listener.ticketdesk import readers_of

        return Attention(self.store, readers_of(self.config), self.handling, clock, self.log)

    @cached_property
    def links(self) -> Links:
        from listener.config import desk
        from listener.pipeline.links import Links

        return Links(self.signer, self.config.web.address, desk.approvers(self.config), clock)

    @cached_property
    def recheck(self) -> Recheck:
        from listener.pipeline.recheck import Recheck

        return Recheck(self.store, self._book_at_work, ZoneInfo(str(self.config.timezone)))

    def _book_at_work(self) -> Book | None:
        """The daemon's own, or for a command the one that the daemon wrote down."""
        from listener.rulebook import written_down

        zone = ZoneInfo(str(self.config.timezone))
        return self.book.running().book if "book" in self.__dict__ else written_down(self.store, zone)

    def people(self, who: str, once: Once | None = None) -> People:
        """Decisions in the name of this person."""
        from listener.pipeline.people import People, Person

        check = self.contact.check
        return People(self.store, self.answers, clock, Person(who), self.recheck, once, self.handling, check)

    def replies(self, who: str) -> Replies:
        """Answers to tickets in the name of this person."""
        from listener.pipeline.replying import Replies

        return Replies(self.store, self.mailroom, self.answers, clock, who)
