"""What was made ready of a file → mentions in the store, judged and decided."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from listener.config import Config, SourceEntry
from listener.config.naming import brand_names, brand_words, product_names
from listener.imports.ahead import Ahead
from listener.imports.ready import DEFAULT_SOURCE, Preparing, Reader, Ready, Task, WordFiles, said_in
from listener.intake import Origin
from listener.model.verdict import Utterance, Verdict
from listener.understanding import Understanding
from listener.understanding.second import VADER
from listener.wiring import Parts, clock


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of some lines: usable rows, new items, new mentions, edits, repeats."""

    rows: int = 0
    items: int = 0
    mentions: int = 0
    edited: int = 0
    repeated: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(*(getattr(self, name) + getattr(other, name) for name in Tally.__slots__))


class Foretold:
    """The verdicts of the latest batch; what was waiting besides is judged when asked for."""

    def __init__(self, otherwise: Callable[[], Understanding]) -> None:
        self._otherwise = otherwise
        self._known: Mapping[Utterance, Verdict] = {}

    def take(self, known: Mapping[Utterance, Verdict]) -> None:
        """Know these instead."""
        self._known = known

    def judge(self, said: Utterance) -> Verdict:
        return self._known.get(said) or self._otherwise().judge(said)


class Importer:
    """Keeps and judges a file. Everything kept is history, never acted on, unless `act`."""

    def __init__(self, parts: Parts, act: bool) -> None:
        self._store = parts.store
        self._words = brand_words(parts.config)
        self._foretold = Foretold(lambda: parts.understanding)
        self._judge = parts.judge_by(self._foretold)
        self._at = clock()
        self._parts = parts
        self._act = act

    def batches(self, file: Path, ahead: Ahead | None) -> Iterator[Ready]:
        """The file, made ready by the process ahead or, without one, here. Raises OSError and UnreadableWords."""
        task = self._task(file)
        # without a process of their own verdicts are left to the judge, who knows what he has judged before
        return ahead.batches(task) if ahead else Preparing(replace(task, reader=None)).batches()

    def keep(self, ready: Ready) -> Tally:
        """One transaction for the rows of each source. Raises StoreTrouble."""
        self._foretold.take(dict(zip(said_in(ready.arrivals, self._words), ready.verdicts, strict=False)))
        return sum((self._keep(source, ready) for source in ready.arrivals), Tally())

    def _keep(self, source: str, ready: Ready) -> Tally:
        arrivals = ready.arrivals[source]
        taken = self._store.arrivals.take(source, arrivals, self._at)
        return Tally(len(arrivals), taken.items, taken.mentions, taken.edited, taken.repeated)

    def judge(self) -> int:
        """Judge and decide whatever waits; how many that were. Raises StoreTrouble."""
        return sum(iter(self._judge.batch, 0))

    def _task(self, file: Path) -> Task:
        config = self._parts.config
        reading = config.understanding
        files = WordFiles(reading.languages, reading.packs, reading.words, reading.topics)
        # another engine has its connections here
        reader = Reader(files, self._words, self._parts.learned) if reading.engine == VADER else None
        origins = {entry.name: self._origin(config, entry) for entry in config.sources}
        return Task(file, brand_names(config), product_names(config), origins, self._origin(config), reader)

    def _origin(self, config: Config, entry: SourceEntry | None = None) -> Origin:
        age = config.actions.max_age
        return Origin(
            source=entry.name if entry else DEFAULT_SOURCE,
            kind=entry.spoken_of if entry else DEFAULT_SOURCE,
            platform=entry.platform if entry else DEFAULT_SOURCE,
            voice=entry.voice if entry else "discussion",
            brands=tuple(brand.name for brand in config.brands),
            everything=False,
            first_poll=False,
            at=self._at,
            young=age.first_poll,
            fresh=age.tickets,
            history=not self._act,
        )
