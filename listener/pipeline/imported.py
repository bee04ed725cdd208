"""History that files brought: people are told once of each run, also of one that was cut off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from listener.actions.notices import imported
from listener.pipeline.notices import Notices
from listener.store import Store

UNDER_WAY = "import "
# a run says at least this often that it goes on
SIGN = timedelta(minutes=1)
# so long without a sign it was cut off: a batch takes seconds
CUT_OFF_AFTER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Run:
    """One import: what it brought was first seen at `at` and is newer than the mention `before`."""

    at: datetime
    before: int
    file: str

    @property
    def name(self) -> str:
        return f"{UNDER_WAY}{self.at.isoformat()}"


def goes_on(store: Store, run: Run, now: datetime) -> None:
    """Before its first row, and every `SIGN` after that. Raises StoreTrouble."""
    known = {"at": run.at.isoformat(), "before": run.before, "file": run.file, "alive": now.isoformat()}
    store.house.put(run.name, known)


def ended(store: Store, notices: Notices, run: Run, now: datetime, cut_off: bool = False) -> None:
    """People hear of each source whose history it brought, as of a first poll. Raises StoreTrouble."""
    for source, mentions, complaints in store.sources.history_of(run.at, run.before):
        key = f"{'cut-off' if cut_off else 'imported'}:{source}:{run.at.isoformat()}"
        notices.send(imported(source, run.file, mentions, complaints, key, cut_off), now)
    store.house.forget(run.name)


def tell_cut_off(store: Store, notices: Notices, now: datetime) -> None:
    """Runs that were killed before they could tell."""
    for known in store.house.named(UNDER_WAY):
        if now - datetime.fromisoformat(known["alive"]) > CUT_OFF_AFTER:
            run = Run(datetime.fromisoformat(known["at"]), known["before"], known["file"])
            ended(store, notices, run, now, cut_off=True)
