"""What was made ready of a file → mentions in the store, judged and decided."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from listener.imports.ahead import Ahead
from listener.imports.ready import Preparing, Ready, Task, said_in
from listener.model.verdict import Utterance, Verdict
from listener.pipeline.imported import SIGN, Run, ended, goes_on
from listener.understanding.judging import Understanding
from listener.wiring import Parts
from listener.wiring.now import clock


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
    """Keeps and judges a file."""

    def __init__(self, parts: Parts, task: Task) -> None:
        self._parts = parts
        self._task = task
        self._foretold = Foretold(lambda: parts.understanding)
        self._judge = parts.patient_judge(self._foretold)
        self._run = Run(task.elsewhere.at, parts.store.mentions.newest(), task.file.name)
        self._sign_due = self._run.at

    def batches(self, ahead: Ahead | None) -> Iterator[Ready]:
        """The file, made ready by the process ahead or, without one, here. Raises OSError and UnreadableWords."""
        if ahead:
            return ahead.batches(self._parts.learned)
        # without a process of their own verdicts are left to the judge, who reads only what is new
        return Preparing(replace(self._task, reader=None), lambda: None).batches()

    def keep(self, ready: Ready) -> Tally:
        """One transaction for the rows of each source. Raises StoreTrouble."""
        self._give_sign()
        if self._task.reader:
            said = said_in(ready.arrivals, self._task.reader.words)
            self._foretold.take(dict(zip(said, ready.verdicts, strict=False)))
        return sum((self._keep(source, ready) for source in ready.arrivals), Tally())

    def _give_sign(self) -> None:
        if (now := clock()) >= self._sign_due:
            goes_on(self._parts.store, self._run, now)
            self._sign_due = now + SIGN

    def _keep(self, source: str, ready: Ready) -> Tally:
        arrivals = ready.arrivals[source]
        taken = self._parts.store.arrivals.take(source, arrivals, self._task.elsewhere.at)
        return Tally(len(arrivals), taken.items, taken.mentions, taken.edited, taken.repeated)

    def judge(self) -> int:
        """Judge and decide whatever waits; how many that were. Raises StoreTrouble."""
        return sum(iter(self._judge.batch, 0))

    def tell(self) -> None:
        """People hear of each source whose history this brought, as of a first poll. Raises StoreTrouble."""
        ended(self._parts.store, self._parts.notices, self._run, clock())
