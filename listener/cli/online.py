"""Store, sources and channels tried for real: one item fetched, credentials verified, nothing stored, nothing sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

from connectors.contract import Failed, GiveUp, Item, TryLater
from connectors.webhook import Webhook
from listener.actions import notices
from listener.config import ChannelEntry, Config, SecretError, Secrets, SourceEntry, TrackerEntry
from listener.counted import counted
from listener.store import Store
from listener.store.engine import Database, StoreTrouble
from listener.store.upgrading import looked_at, migrate
from listener.web.inbox import PREFIX
from listener.wiring import Log, Parts
from listener.wiring.now import clock

SHOWN = 3


@dataclass(frozen=True, slots=True)
class Tried:
    """How the store, a source or a channel answered, and the first items of a source as they would be kept."""

    what: str
    name: str
    works: bool
    told: str
    items: tuple[Item, ...] = ()


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
    """The store, every configured source, then every tracker and channel."""
    name = parts.config.store.url.partition("?")[0].rpartition("/")[2]
    yield _tried(parts, "store", name, lambda: _look_into(parts))
    for source in parts.config.sources:
        yield _tried(parts, "source", source.name, lambda source=source: _fetch(parts, source))  # type: ignore[misc]  # a default binds the loop's value
    for tracker in parts.config.trackers:
        yield _tried(parts, "tracker", tracker.name, lambda tracker=tracker: _log_in(parts, tracker))  # type: ignore[misc]  # the same
    for channel in parts.config.channels:
        yield _tried(parts, "channel", channel.name, lambda channel=channel: _verify(parts, channel))  # type: ignore[misc]  # the same


def _tried(parts: Parts, what: str, name: str, attempt: Callable[[], tuple[str, tuple[Item, ...]]]) -> Tried:
    try:
        return Tried(what, name, True, *attempt())
    except (TryLater, GiveUp, Failed, SecretError, StoreTrouble) as error:
        return Tried(what, name, False, str(error))
    except Exception as error:  # boundary: a bug in somebody's kind must not hide the other rows
        parts.log.exception("check.bug", what=what, name=name)
        return Tried(what, name, False, f"a bug in its kind, {type(error).__name__}: see the log for its traceback")


def _look_into(parts: Parts) -> tuple[str, tuple[Item, ...]]:
    with closing(Database(parts.config.store_url(parts.secrets))) as database:
        return looked_at(database), ()


def _fetch(parts: Parts, source: SourceEntry) -> tuple[str, tuple[Item, ...]]:
    connector = source.connector(parts.secrets)
    if isinstance(connector, Webhook):
        return f"it waits for posts to {PREFIX}{quote(source.name)}", ()
    batch = connector.poll("", parts.door(source.name))
    items = tuple(batch.items)
    count = counted(len(items), "item") if items else "it answers, with nothing in it"
    return "; ".join([count, *(blind.why for blind in batch.blind)]), items[-SHOWN:]


def mapped(item: Item) -> Iterator[str]:
    """An item as it would be kept, one line for each value that it has."""
    apart = ("author", "attributes")
    values = {field.name: getattr(item, field.name) for field in fields(item) if field.name not in apart}
    values |= {f"author.{name}": value for name, value in asdict(item.author).items()}
    values |= {f"attribute.{name}": value for name, value in item.attributes.items()}
    width = max(map(len, values))
    return (f"{name:<{width}}  {value}" for name, value in values.items() if value not in (None, "", False))


def _verify(parts: Parts, channel: ChannelEntry) -> tuple[str, tuple[Item, ...]]:
    made = channel.channel(parts.secrets)
    made.verify(parts.door(""))
    return made.verified, ()


def _log_in(parts: Parts, tracker: TrackerEntry) -> tuple[str, tuple[Item, ...]]:
    tracker.tracker(parts.secrets).verify(parts.door(""))
    return "credentials are right", ()


def send_test(parts: Parts, name: str) -> str:
    """Send a message that is marked as a test; returns what the far side calls it. Raises Failed."""
    message = notices.trial(name, f"test:{name}:{clock().isoformat()}")
    receipt = parts.channels[name].deliver(message, parts.door(""))
    return " ".join(part for part in (receipt.kind, receipt.key, receipt.url or "") if part)
