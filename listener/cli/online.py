"""Sources and channels tried for real: one item fetched, credentials verified, nothing stored, nothing sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from connectors.contract import Failed, GiveUp, Item, TryLater
from listener.actions import notices
from listener.config import ChannelEntry, Config, SecretError, Secrets, SourceEntry
from listener.store import Store
from listener.store.upkeep import migrate
from listener.wiring import Log, Parts, clock


@dataclass(frozen=True, slots=True)
class Tried:
    """How one source or channel answered."""

    what: str
    name: str
    works: bool
    told: str


@contextmanager
def aside_from_the_store(config: Config, secrets: Secrets, log: Log) -> Iterator[Parts]:
    """The parts over an empty store that is thrown away, so that trying changes nothing."""
    with TemporaryDirectory(prefix="listener-check-") as folder:
        store = Store(f"sqlite:///{Path(folder)}/listener.db")
        migrate(store.database, clock())
        parts = Parts(config, secrets, store, log)
        try:
            yield parts
        finally:
            parts.close()


def tried(parts: Parts) -> Iterator[Tried]:
    """Every configured source, then every channel."""
    for source in parts.config.sources:
        yield _tried("source", source.name, lambda source=source: _fetch(parts, source))  # type: ignore[misc]  # a default binds the loop's value
    for channel in parts.config.channels:
        yield _tried("channel", channel.name, lambda channel=channel: _verify(parts, channel))  # type: ignore[misc]  # the same


def _tried(what: str, name: str, attempt: Callable[[], str]) -> Tried:
    try:
        return Tried(what, name, True, attempt())
    except (TryLater, GiveUp, Failed, SecretError) as error:
        return Tried(what, name, False, str(error))


def _fetch(parts: Parts, source: SourceEntry) -> str:
    batch = source.connector(parts.secrets).poll("", parts.door(source.name))
    first = next(iter(batch.items), None)
    return _told(first) if first else "it answers, with nothing in it"


def _told(item: Item) -> str:
    who = item.author.name or item.author.handle or "somebody"
    when = f"{item.posted_at:%Y-%m-%d %H:%M}" if item.posted_at else "undated"
    stars = f", {item.rating:g} stars" if item.rating is not None else ""
    return f"{item.external_id}, {when} by {who}{stars}: {item.title or item.text}"


def _verify(parts: Parts, channel: ChannelEntry) -> str:
    channel.channel(parts.secrets).verify(parts.door(""))
    return "credentials are right"


def send_test(parts: Parts, name: str) -> str:
    """Send a message that is marked as a test; returns what the far side calls it. Raises Failed."""
    message = notices.trial(name, f"test:{name}:{clock().isoformat()}")
    receipt = parts.channels[name].deliver(message, parts.door(""))
    return " ".join(part for part in (receipt.kind, receipt.key, receipt.url or "") if part)
