"""purchases.csv → what customers bought: read at start and when it changes; a purchase is kept once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from structlog.typing import FilteringBoundLogger

from listener.customers.forgotten import Forgotten
from listener.customers.lines import CutShort, Line, Rejected, WrongFile, batches
from listener.customers.parsing import moment_of
from listener.customers.registry import LOGGED, MOST_TOLD, stamp_of
from listener.model.registry import Bought

if TYPE_CHECKING:
    # the models take half a second to import, and a configuration is read without them
    from listener.store import Store

NEEDED = ("customer", "product", "at")


@dataclass(frozen=True, slots=True)
class Sold:
    """What one reading gave: lines read, purchases that are new, the first hundred problems and how many there are."""

    lines: int = 0
    new: int = 0
    problems: tuple[str, ...] = ()
    rejected: int = 0
    refused: bool = False


class Purchases:
    """Keeps the store's purchases in step with the file: what is new in it comes in, nothing goes."""

    def __init__(self, store: Store, path: Path, log: FilteringBoundLogger, forgotten: Forgotten) -> None:
        self._store = store
        self._path = path
        self._log = log
        self._forgotten = forgotten

    def refresh(self) -> Sold | None:
        """Take the file over when it has changed since the last time; None when there was nothing to do."""
        stamp = stamp_of(self._path)
        if stamp is None or stamp == self._store.house.get("purchases").get("stamp"):
            return None
        sold = self.take(self._path)
        self._store.house.put("purchases", {"stamp": stamp, "problems": list(sold.problems)})
        return sold

    def take(self, path: Path) -> Sold:
        """Keep the purchases of this file; one that is known already is kept once, however often it is read."""
        before, lines, problems = self._store.purchases.count(), 0, list[str]()
        try:
            for batch in batches(path, NEEDED):
                lines += len(batch)
                problems += self._keep(path, batch)
        except CutShort as error:
            problems.append(str(error))
        except (WrongFile, OSError) as error:
            self._log.error("purchases.refused", problem=str(error))
            return Sold(problems=(str(error),), rejected=1, refused=True)
        for problem in problems[:LOGGED]:
            self._log.warning("purchases.line", problem=problem)
        new = self._store.purchases.count() - before
        self._log.info("purchases.read", lines=lines, new=new, problems=len(problems))
        return Sold(lines, new, tuple(problems[:MOST_TOLD]), len(problems))

    def _keep(self, path: Path, batch: list[Line | Rejected]) -> list[str]:
        read = [line if isinstance(line, Rejected) else bought_of(line.values, line.number) for line in batch]
        good = [one for one in read if isinstance(one, Bought)]
        erased = self._forgotten.customers({one.customer: "" for one in good})
        self._store.purchases.keep([one for one in good if one.customer not in erased])
        who = {one.customer for one in good} - erased
        unknown = who - set(self._store.enrolling.known(sorted(who)))
        told = [f"{path.name}:{one.number}: {one.why}" for one in read if isinstance(one, Rejected)]
        why = "is not in the registry; what they bought counts once they are"
        return [*told, *(f"{path.name}: customer {one!r} {why}" for one in sorted(unknown))]


def bought_of(values: Mapping[str, str], line: int) -> Bought | Rejected:
    """One purchase, or why it is none."""
    for name in NEEDED:
        if not values.get(name):
            return Rejected(line, f"no {name}; the line is left out")
    at = moment_of(values["at"])
    if at is None:
        return Rejected(line, f"at is {values['at']!r}, which is no date such as 2026-11-23 or 2026-11-23T10:00+01:00")
    number = values.get("number") or values.get("order") or None
    return Bought(values["customer"], values["product"], at, number)
