"""All parts of a daemon in one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property, partial
from typing import Any

import structlog

from listener.aside import Aside
from listener.config import Config, Secrets, desk
from listener.door import EngineDoor
from listener.livefiles import LiveFile, LiveFiles
from listener.net import Net
from listener.pipeline import Act, Collect, Retention, Upkeep, Ways
from listener.pipeline.cards import Cards
from listener.store import Store
from listener.store.upkeep import migrate
from listener.wiring.customers import CustomerParts
from listener.wiring.foundations import Log
from listener.wiring.issues import IssueParts
from listener.wiring.now import clock
from listener.wiring.world import world_of


def open_store(config: Config, secrets: Secrets) -> Store:
    """The store at this program's revision. Raises StoreTrouble and SecretError."""
    store = Store(config.store_url(secrets))
    saved = migrate(store.database, clock())
    if saved:
        structlog.get_logger("listener").info("store.upgraded", backup=str(saved))
    return store


class Parts(CustomerParts, IssueParts):
    """Everything that runs, made when first asked for. `close` ends what was started."""

    @cached_property
    def collect(self) -> Collect:
        own = (self.store, self.intake, self.watched, self.door, self.notices, self.max_age, self.log)
        return Collect(*own, lambda post, brand: self.judge.praises(post, brand))

    @cached_property
    def act(self) -> Act:
        connectors = {name: watched.connector for name, watched in self.watched.items()}
        cards = Cards(self.store, clock)
        to = (self.channels, connectors, self.door(""), self.door, self.handling, self.tracking)
        ways = Ways(*to, cards.of, self.links.decide)
        return Act(self.store, ways, self.notices, clock, self.log, self.recheck, self.contact.check)

    @cached_property
    def upkeep(self) -> Upkeep:
        own = {source.name: source.retention for source in self.config.sources if source.retention}
        retention = Retention(self.config.retention.mentions, self.config.retention.strangers, own)
        told = desk.readers(self.config, self.channels)
        return Upkeep(self.store, self.notices, self.channels, retention, clock, self.log, told)

    @cached_property
    def files(self) -> LiveFiles:
        """What ops edit beside the rules. Raises CatalogueError and CalendarError."""
        edited: list[LiveFile[Any]] = [self.gifts_file, self.things_file, self.calendar_file]
        return LiveFiles(edited, self.store, self.notices, clock, self.log)

    def refresh_files(self) -> None:
        """Take over what ops changed in files beside the rules, which may name other presents then."""
        if {self.gifts_file.path, self.things_file.path} & set(self.files.refresh()):
            self.book.see(world_of(self.config, self.templates))

    def enlist(self) -> None:
        """Make the store's sources agree with the configuration."""
        self.store.sources.enlist([(w.name, w.kind, w.connector.identity()) for w in self.watched.values()])

    def close(self) -> None:
        """End children, connections and the store, as far as they were started."""
        self.stopped.set()
        for name, end in (("net", Net.close), ("near", EngineDoor.close), ("parser", Aside.close)):
            if name in self.__dict__:
                partial(end, getattr(self, name))()
        self.store.close()


@contextmanager
def parts_of(config: Config, secrets: Secrets, log: Log) -> Iterator[Parts]:
    """The parts, closed at the end."""
    parts = Parts(config, secrets, open_store(config, secrets), log)
    try:
        if parts.erased_list.exists() and (again := parts.erasure.again()):
            log.warning("erasure.again", persons=again)
        yield parts
    finally:
        parts.close()
