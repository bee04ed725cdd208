"""Files that ops edit beside the rules (presents, useful things, working hours), read again when they change; and
words and topics, which are read at a start.

One that is broken at a start says what it said when it was last good, as the rule book does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Generic, TypeVar

from structlog.typing import FilteringBoundLogger

from listener.actions import notices as words
from listener.actions.catalogues import CatalogueError
from listener.model.handling import WorkClock
from listener.pipeline.notices import Notices, breakage
from listener.recovery.calendar import Calendars
from listener.recovery.reading import CalendarError
from listener.store import Store
from listener.understanding.packs import UnreadableWords
from rules.problems import Problem

T = TypeVar("T")
Stamp = tuple[int, int] | None
BROKEN = (CatalogueError, CalendarError, UnreadableWords)
STATUS = "files"  # where the store keeps which of them are broken


class Kept:
    """The last good text of one such file, in the store: a start may find the file half edited."""

    def __init__(self, store: Store, name: str) -> None:
        """`name` is what the file is for: where it lies may change."""
        self._house = store.house
        self._name = f"file:{name}"

    def text(self) -> str | None:
        """None where the file was never good."""
        return self._house.get(self._name).get("text")

    def keep(self, text: str) -> None:
        """From now on this is the last good text."""
        if text != self.text():
            self._house.put(self._name, {"text": text})


class LiveFile(Generic[T]):
    """One such file. A broken edit never replaces what is at work, nor does a file that is not there any more."""

    def __init__(self, path: Path, read: Callable[[Path, str | None], T], kept: Kept) -> None:
        """`read` takes the text, None where it must look itself why the file cannot be read.

        A file that is broken says what it said when it was last good, and `problems` what is wrong with it. Raises
        CatalogueError, CalendarError or UnreadableWords, as `read` does, where it never was good.
        """
        self.path = path
        self._read = read
        self._kept = kept
        self._stamp = _stamp(path)
        self.problems: Sequence[Problem | str] = ()
        try:
            self._take()
        except BROKEN as broken:
            self.problems = broken.problems
            self._restore(broken)

    def keep(self) -> None:
        """Remember what the file says for a start that finds it broken."""
        if not self.problems and self._text is not None:
            self._kept.keep(self._text)

    def refresh(self) -> Sequence[Problem | str] | None:
        """Take over a change: every mistake in it, none where it is good; None where nothing changed."""
        stamp = _stamp(self.path)
        if stamp == self._stamp:
            return None
        self._stamp = stamp
        if stamp is None:
            cure = "put it back; what it said stays at work until the next start"
            return (Problem(str(self.path), 1, 1, "the file is not there any more", cure),)
        try:
            self._take()
        except BROKEN as broken:
            return broken.problems
        self.problems = ()
        self.keep()
        return ()

    def _take(self) -> None:
        text = _text(self.path)
        self.content, self._text = self._read(self.path, text), text

    def _restore(self, broken: CatalogueError | CalendarError | UnreadableWords) -> None:
        text = self._kept.text()
        if text is None:
            raise broken
        try:
            self.content = self._read(self.path, text)
        except BROKEN:  # of a version that read it differently
            raise broken from None


class Shelf(Mapping[str, T]):
    """What a file holds at this moment, by name."""

    def __init__(self, file: LiveFile[Mapping[str, T]]) -> None:
        self._file = file

    def __getitem__(self, name: str) -> T:
        return self._file.content[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._file.content)

    def __len__(self) -> int:
        return len(self._file.content)


class LiveHours:
    """The working hours as the file has them at this moment."""

    def __init__(self, file: LiveFile[Calendars]) -> None:
        self._file = file

    def of(self, queue: str) -> WorkClock:
        """How this queue counts time."""
        return self._file.content.of(queue)


class LiveFiles:
    """All of them, and what is told of them: in the log, in `status` and on the ops channel."""

    def __init__(
        self,
        files: Sequence[LiveFile[object]],
        store: Store,
        notices: Notices,
        now: Callable[[], datetime],
        log: FilteringBoundLogger,
        read_once: Sequence[LiveFile[Any]] = (),
    ) -> None:
        """`read_once` are looked at by a start and a reload only."""
        self._files = files
        self._store = store
        self._notices = notices
        self._now = now
        self._log = log
        broken = {file.path.name for file in (*files, *read_once) if file.problems}
        if told := store.house.get(STATUS):
            store.house.put(STATUS, {name: state for name, state in told.items() if name in broken})
        for file in (*files, *read_once):
            if file.problems:
                self._broken(file.path, [str(problem) for problem in file.problems], file not in read_once)
            file.keep()

    def refresh(self) -> list[Path]:
        """Look at each; those that were taken over."""
        found = [(file.path, file.refresh()) for file in self._files]
        for path, problems in found:
            if problems:
                self._broken(path, [str(problem) for problem in problems])
            elif problems is not None:
                self._taken_over(path)
        return [path for path, problems in found if problems is not None and not problems]

    def _taken_over(self, path: Path) -> None:
        self._log.info("file.running", file=path.name)
        known = self._store.house.get(STATUS)
        if known.pop(path.name, None):
            self._store.house.put(STATUS, known)

    def _broken(self, path: Path, problems: list[str], read_again: bool = True) -> None:
        now, known = self._now(), self._store.house.get(STATUS)
        self._log.error("file.broken", file=path.name, problem=problems[0], problems=len(problems))
        state = breakage(known.get(path.name, {}), problems, now)
        self._store.house.put(STATUS, known | {path.name: state})
        message = words.file_broken(path.name, tuple(problems), f"file:{path.name}:{state['broken_since']}", read_again)
        self._notices.send(message, now)


def _text(path: Path) -> str | None:
    """What the file says, nothing where there is none; None where it cannot be read."""
    try:
        return path.read_text("utf-8-sig")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError):
        return None


def _stamp(path: Path) -> Stamp:
    try:
        status = path.stat()
    except OSError:
        return None
    return (status.st_mtime_ns, status.st_size)
