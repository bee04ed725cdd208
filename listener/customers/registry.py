"""customers.csv → the registry: read at start and whenever the file changes, each bad line told with its number."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from structlog.typing import FilteringBoundLogger

from listener.store import Store

TEXTS = (
    "name",
    "email",
    "segment",
    "plan",
    "region",
    "version",
    "timezone",
    "language",
    "owner",
    "owner_role",
    "renewal_at",
)
LISTS = ("products", "tags", "consents")
KNOWN = frozenset({"id", "handles", "do_not_contact", *TEXTS, *LISTS})
YES = frozenset({"1", "true", "yes", "y", "x", "ja"})
LONGEST_FIELD = 100_000
MUCH = 0.10


@dataclass
class RegistryFile:
    """What one reading of the file gave: rows of Customer and Handle, and a sentence for each bad line.

    `waits`: it would remove too much and was not taken over.
    """

    customers: dict[str, dict[str, Any]] = field(default_factory=dict)
    handles: dict[tuple[str, str], str] = field(default_factory=dict)
    columns: tuple[str, ...] = ()
    problems: list[str] = field(default_factory=list)
    waits: bool = False

    def handle_rows(self) -> list[dict[str, str]]:
        return [{"platform": p, "handle": h, "customer": customer} for (p, h), customer in self.handles.items()]


def read(path: Path) -> RegistryFile:
    """Parse the file. A line that cannot be used is left out and told; the rest counts. Raises OSError."""
    found = RegistryFile()
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        rows = csv.DictReader(file)
        header = [(name or "").strip().lower() for name in rows.fieldnames or ()]
        if "id" not in header:
            found.problems.append(f"{path.name}:1: there is no column `id`: the first line names the columns")
            return found
        rows.fieldnames = header
        found.columns = tuple(name for name in header if name and name not in KNOWN)
        _read_rows(rows, path.name, found)
    return found


def _read_rows(rows: csv.DictReader[str], name: str, found: RegistryFile) -> None:
    claimed: dict[tuple[str, str], str] = {}
    try:
        for row in rows:
            where = f"{name}:{rows.line_num}"
            values = {
                key: (value or "").strip()[:LONGEST_FIELD] for key, value in row.items() if isinstance(value, str)
            }
            if problem := _unusable(values, found):
                found.problems.append(f"{where}: {problem}")
                continue
            found.customers[values["id"]] = _customer(values, found.columns)
            _claim(values, where, claimed, found)
    except csv.Error as error:
        found.problems.append(f"{name}:{rows.line_num}: {error}; the lines after it were not read")


def _unusable(values: Mapping[str, str], found: RegistryFile) -> str | None:
    number = values.get("id", "")
    if not number:
        return "no id; the line is left out"
    return f"id {number!r} appears twice; the first one counts" if number in found.customers else None


def _customer(values: Mapping[str, str], columns: Iterable[str]) -> dict[str, Any]:
    return {
        "id": values["id"],
        **{name: values.get(name, "") for name in TEXTS},
        **{name: _list(values.get(name, "")) for name in LISTS},
        "do_not_contact": values.get("do_not_contact", "").lower() in YES,
        "columns": {name: values[name] for name in columns if values.get(name)},
    }


def _list(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


def _claim(values: Mapping[str, str], where: str, claimed: dict[tuple[str, str], str], found: RegistryFile) -> None:
    """A handle that two customers claim belongs to neither: who it is would be a guess."""
    for written in _list(values.get("handles", "")):
        platform, colon, handle = written.partition(":")
        key = (platform.strip().casefold(), handle.strip().lstrip("@").casefold())
        if not colon or not all(key):
            found.problems.append(f"{where}: handle {written!r} is not written as platform:name")
        elif key in claimed and claimed[key] != values["id"]:
            found.handles.pop(key, None)
            found.problems.append(
                f"{where}: handle {written!r} is claimed by {claimed[key]} too; it counts for neither"
            )
        else:
            claimed[key] = values["id"]
            found.handles[key] = values["id"]


class Registry:
    """Keeps the store's registry in step with the file."""

    def __init__(self, store: Store, path: Path, log: FilteringBoundLogger) -> None:
        self._store = store
        self._path = path
        self._log = log

    def refresh(self, confirm: bool = False) -> RegistryFile | None:
        """Take the file over when it has changed since the last time; None when there was nothing to do.

        A file that removes more than a tenth of the customers waits for `confirm`.
        """
        stamp = self._stamp()
        known = self._store.house.get("customers")
        if stamp is None or (not confirm and stamp == known.get("stamp")):
            return None
        return self._take(read(self._path), confirm)

    def take(self, path: Path, confirm: bool = False) -> RegistryFile:
        """Make another file the registry, until the configured one changes. Raises OSError."""
        return self._take(read(path), confirm)

    def _take(self, found: RegistryFile, confirm: bool) -> RegistryFile:
        for problem in found.problems[:20]:
            self._log.warning("customers.line", problem=problem)
        found.waits = self._removes_much(found) and not confirm
        if found.waits:
            found.problems.append("it removes over 10 % of the customers: `listener customers import FILE --confirm`")
            self._log.warning("customers.waits", problem=found.problems[-1])
        else:
            self._store.customers.replace(list(found.customers.values()), found.handle_rows())
            self._log.info("customers.read", customers=len(found.customers), problems=len(found.problems))
        self._store.house.put("customers", {"stamp": self._stamp(), "problems": found.problems[:100]})
        return found

    def _stamp(self) -> str | None:
        try:
            status = self._path.stat()
        except OSError:
            return None
        return f"{self._path}:{status.st_mtime_ns}:{status.st_size}"

    def _removes_much(self, found: RegistryFile) -> bool:
        before = self._store.customers.count()
        return before > 0 and len(found.customers) < before * (1 - MUCH)
