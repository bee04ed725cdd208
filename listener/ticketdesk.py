"""The configuration of tickets → how they are handled, who hears of them, which outside systems follow them."""

from __future__ import annotations

from email.utils import parseaddr
from zoneinfo import ZoneInfo

from listener.config import Config, Secrets
from listener.model.handling import ALL_QUEUES, Handling, WorkClocks
from listener.pipeline.attention import Readers
from listener.pipeline.tracking import Followed
from listener.recovery.calendar import Calendars
from listener.recovery.reading import read
from listener.signing import Signer


def handling_of(config: Config, signer: Signer, clocks: WorkClocks) -> Handling:
    """How tickets are handled in this house."""
    # outside systems may be shared by several houses, each with a ticket 12 of its own
    house = signer.digest("house", "tickets")[:8]
    return Handling(clocks, config.tickets.warn_at, config.tickets.check_after, queues_of(config), house)


def clocks_of(config: Config, text: str | None = None) -> Calendars:
    """The working hours of each queue; `text` in place of what the file holds now. Raises CalendarError."""
    return read(config.tickets.calendar, ZoneInfo(str(config.timezone)), text)


def queues_of(config: Config) -> dict[str, str]:
    """Which tracker follows each queue; under "" the one that follows all others."""
    return {queue: entry.name for entry in config.trackers for queue in (entry.queues or (ALL_QUEUES,))}


def followed_of(config: Config, secrets: Secrets) -> dict[str, Followed]:
    """The trackers by name, with their secrets. Raises SecretError."""
    return {
        entry.name: Followed(entry.name, entry.tracker(secrets), entry.every, entry.queues) for entry in config.trackers
    }


def readers_of(config: Config) -> Readers:
    """Who hears of tickets."""
    desk, zone = config.tickets, ZoneInfo(str(config.timezone))
    addresses = {person.name: person.email for person in config.persons if person.email}
    channel = desk.channel or config.ops.channel
    to = [each for entry in config.channels if entry.name == channel for each in entry.options.get("to", ())]
    reached = frozenset(parseaddr(each)[1].casefold() for each in to)
    return Readers(channel, zone, desk.mail_by, addresses, reached)
