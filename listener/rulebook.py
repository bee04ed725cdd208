"""The rule book at work: loaded, adopted by the store, reloaded when its files change, kept when they break."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, tzinfo
from pathlib import Path

from structlog.typing import FilteringBoundLogger

from listener.actions import notices as words
from listener.pipeline.notices import Notices, breakage
from listener.pipeline.running import Running
from listener.store import Store
from rules import book
from rules.problems import BookError, Problem
from rules.terms import World

Stamp = tuple[tuple[str, int, int], ...]


class RuleBook:
    """Holds the running book. A broken edit never replaces it: the last good whole book stays at work."""

    def __init__(
        self,
        path: Path,
        world: World,
        store: Store,
        notices: Notices,
        now: Callable[[], datetime],
        log: FilteringBoundLogger,
        first: Callable[[], None] = lambda: None,
    ) -> None:
        self._first = first
        self._path = path
        self._world = world
        self._store = store
        self._notices = notices
        self._now = now
        self._log = log
        self._lock = threading.Lock()
        self._stamp: Stamp = ()
        self._running: Running | None = None
        self._loaded_at: datetime | None = None

    def running(self) -> Running:
        """The book at work. Raises BookError when none was ever good."""
        if self._running is None:
            self.reload()
        if self._running is None:
            raise RuntimeError("reload() either raises or sets the book")
        return self._running

    def reload(self) -> None:
        """Build the book aside and swap it whole. Raises BookError when it is broken and none is running."""
        with self._lock:
            self._stamp = self._files()
            try:
                loaded = self._load()
            except BookError as error:
                self._broken(error)
                return
            self._swap(loaded)

    def see(self, world: World) -> None:
        """What rule files may name has changed: they are read again. Raises BookError as `reload` does."""
        self._world = world
        self.reload()

    def refresh(self) -> None:
        """Reload when a file was added, changed or removed; what rules may name is looked at first."""
        self._first()
        if self._files() != self._stamp:
            self.reload()

    def _load(self) -> book.Book:
        loaded = book.load(self._path, self._world)
        # a folder that was emptied or unmounted is no wish to do nothing from now on
        if not loaded.sources and self._running and self._running.book.rules:
            cure = "put the rule files back; to stop rules, set mode: off or use `listener pause`"
            raise BookError([Problem(str(self._path), 1, 1, "no rule file is there any more", cure)])
        return loaded

    def _swap(self, loaded: book.Book) -> None:
        now = self._now()
        modes = {rule.id: rule.mode for rule in loaded.rules}
        since = self._store.house.adopt_book(loaded.version, loaded.sources, modes, now)
        changed = self._running is None or self._running.book.version != loaded.version
        # built here, so that no mention waits for it
        _ = loaded.index
        self._running = Running(loaded, since)
        if changed:
            self._loaded_at = self._since(loaded.version) or now
            self._log.info("book.running", version=loaded.version, rules=len(loaded.rules))
        self._store.house.put("book", {"version": loaded.version, "since": (self._loaded_at or now).isoformat()})

    def _since(self, version: str) -> datetime | None:
        """When the book of the last start or reload began to run, where it is the same."""
        known = self._store.house.get("book")
        return datetime.fromisoformat(known["since"]) if known.get("version") == version else None

    def _broken(self, error: BookError) -> None:
        """Say so in the log, in `status` and on the ops channel; raise when there is no book to go on with."""
        now = self._now()
        problems = tuple(str(problem) for problem in error.problems)
        before = self._store.house.get("book")
        if self._running is None:
            self._restore_last(error)
        if self._running is None:
            raise error
        version, since = self._running.book.version, self._loaded_at or now
        self._log.error("book.broken", running=version, problem=problems[0], problems=len(problems))
        state = breakage(before, problems, now) | {"line": error.problems[0].line}
        self._store.house.put("book", self._store.house.get("book") | state)
        broken_since = datetime.fromisoformat(state["broken_since"])
        broken = words.BrokenBook(version, since, broken_since, state["line"], problems)
        self._notices.send(words.book_broken(broken, f"book:{state['broken_since']}"), now)

    def _restore_last(self, error: BookError) -> None:
        """After a restart the last good book is the one that the store remembers."""
        known = self._store.house.get("book")
        kept = self._store.house.book(known["version"]) if known.get("version") else None
        if kept is None:
            raise error
        self._swap(book.restore(kept.version, kept.files, self._world.zone))

    def _files(self) -> Stamp:
        try:
            files = sorted(self._path.glob("*.yaml"))
            return tuple((file.name, *_times(file)) for file in files)
        except OSError:
            return ()


def _times(file: Path) -> tuple[int, int]:
    try:
        status = file.stat()
    except FileNotFoundError:
        return (0, 0)
    return (status.st_mtime_ns, status.st_size)


def written_down(store: Store, zone: tzinfo) -> book.Book | None:
    """The book that the daemon said was at work; None when it never ran, or wrote what this version cannot read."""
    kept = store.house.book(store.house.get("book").get("version", ""))
    try:
        return book.restore(kept.version, kept.files, zone) if kept else None
    except BookError:
        return None
