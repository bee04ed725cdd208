"""All parts of a daemon in one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import structlog

from listener.importing import importing
from listener.wiring.customers import CustomerParts
from listener.wiring.foundations import Log
from listener.wiring.issues import IssueParts
from listener.wiring.now import clock

if TYPE_CHECKING:
    from listener.config import Config, Secrets
    from listener.livefiles import LiveFile, LiveFiles
    from listener.pipeline.act import Act
    from listener.pipeline.collect import Collect
    from listener.pipeline.upkeep import Upkeep
    from listener.store import Store
    from listener.understanding.utterances import Post


def open_store(config: Config, secrets: Secrets) -> Store:
    """The store at this program's revision. Raises StoreTrouble and SecretError."""
    from listener.store import Store
    from listener.store.upgrading import migrate

    store = Store(config.store_url(secrets))
    saved = migrate(store.database, clock())
    if saved:
        structlog.get_logger("listener").info("store.upgraded", backup=str(saved))
    return store


class Parts(CustomerParts, IssueParts):
    """Everything that runs, made when first asked for. `close` ends what was started."""

    def make_all(self) -> None:
        """Make every part here and now, so that the daemon's threads import nothing. Raises what any of them does."""
        for kind in type(self).__mro__:
            for name, how in vars(kind).items():
                if isinstance(how, cached_property):
                    getattr(self, name)

    @cached_property
    def collect(self) -> Collect:
        from listener.pipeline.collect import Collect

        own = (self.store, self.intake, self.watched, self.door, self.notices, self.max_age, self.log)
        return Collect(*own, self._praises)

    def _praises(self, post: Post, brand: str) -> bool:
        with importing:  # the first polls may ask before the judge was made
            judge = self.judge
        return judge.praises(post, brand)

    @cached_property
    def act(self) -> Act:
        from listener.pipeline.act import Act
        from listener.pipeline.cards import Cards
        from listener.pipeline.carrying import Ways

        connectors = {name: watched.connector for name, watched in self.watched.items()}
        cards = Cards(self.store, clock)
        to = (self.channels, connectors, self.door(""), self.door, self.handling, self.tracking)
        ways = Ways(*to, cards.of, self.links.decide)
        return Act(self.store, ways, self.notices, clock, self.log, self.recheck, self.contact.check)

    @cached_property
    def upkeep(self) -> Upkeep:
        from listener.config import desk
        from listener.pipeline.upkeep import Retention, Upkeep

        own = {source.name: source.retention for source in self.config.sources if source.retention}
        retention = Retention(self.config.retention.mentions, self.config.retention.strangers, own)
        told = desk.readers(self.config, self.channels)
        return Upkeep(self.store, self.notices, self.channels, retention, clock, self.log, told)

    @cached_property
    def files(self) -> LiveFiles:
        """What ops edit beside the rules. Raises CatalogueError, CalendarError and UnreadableWords."""
        from listener.livefiles import LiveFiles

        edited: list[LiveFile[Any]] = [self.gifts_file, self.things_file, self.calendar_file]
        read_once = (self.words_file, self.topics_file)
        return LiveFiles(edited, self.store, self.notices, clock, self.log, read_once)

    def refresh_files(self) -> None:
        """Take over what ops changed in files beside the rules, which may name other presents then."""
        from listener.wiring.world import world_of

        if {self.gifts_file.path, self.things_file.path} & set(self.files.refresh()):
            self.book.see(world_of(self.config, self.templates))

    def enlist(self) -> None:
        """Make the store's sources agree with the configuration, and say what has another name now."""
        sources = [(w.name, w.kind, w.connector.identity()) for w in self.watched.values()]
        for name, old in self.store.sources.enlist(sources).items():
            named_by_it = self.watched[name].platform == name
            cure = f'write platform = "{old}" to keep its authors the persons that they were' if named_by_it else ""
            self.log.warning("source.renamed", source=name, was=old, cure=cure)
        configured = {brand.name for brand in self.config.brands}
        for brand in self.store.mentions.brands():
            if brand not in configured:
                self.log.warning("brand.not_configured", brand=brand)

    def break_off(self) -> None:
        """End children and connections, as far as they were started; whoever waits for them gets TryLater."""
        from listener.aside import Aside
        from listener.engine_door import EngineDoor
        from listener.net import Net

        self.stopped.set()
        for name, end in (("net", Net.close), ("near", EngineDoor.close), ("parser", Aside.close)):
            if name in self.__dict__:
                partial(end, getattr(self, name))()

    def close(self) -> None:
        """End everything that was started, the store too."""
        self.break_off()
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
