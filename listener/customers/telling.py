"""What a CRM system posts → customers, ids to remove, purchases; each entry that cannot be used with its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from listener.customers.forgotten import Forgotten
from listener.customers.lines import Line, Rejected
from listener.customers.parsing import LISTS, TEXTS, customer_of, digest_of, written
from listener.customers.purchases import bought_of
from listener.model.registry import Bought, Key

if TYPE_CHECKING:
    # the models take half a second to import, and a configuration is read without them
    from sqlalchemy import Row

    from listener.store import Store

ERASED = "this customer was erased"


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of a post, for the sender; `rejected` with the place in the list, from 0."""

    counts: Mapping[str, int]
    rejected: tuple[Rejected, ...] = ()


class Told:
    """Takes in what a CRM system tells. What of a post can be used is stored together."""

    def __init__(self, store: Store, forgotten: Forgotten) -> None:
        self._store = store
        self._forgotten = forgotten

    def upsert(self, entries: Sequence[Any], now: datetime) -> Kept:
        """Add customers, or change what is named of them: what an entry does not name stays as it was."""
        named = [(place, entry) for place, entry in enumerate(entries) if _id(entry)]
        rejected = [Rejected(place, "no id") for place, entry in enumerate(entries) if not _id(entry)]
        erased = self._forgotten.customers({_id(entry): str(entry.get("email") or "") for _, entry in named})
        rejected += [Rejected(place, ERASED) for place, entry in named if _id(entry) in erased]
        good = [(place, entry) for place, entry in named if _id(entry) not in erased]
        told = self._known({_id(entry) for _, entry in good})
        places: dict[str, int] = {}
        for place, entry in good:
            told[_id(entry)] = {**told.get(_id(entry), {}), **_values(entry), "id": _id(entry)}
            places[_id(entry)] = place
        lines = [Line(places[who], tuple(values), tuple(values.values())) for who, values in told.items()]
        found = [customer_of(line, digest_of(line)) for line in lines]
        done = self._store.enrolling.from_crm([one for one, _ in found], now)
        bad = [Rejected(places[one.id], why) for one, complaints in found for why in complaints]
        return Kept({"added": done.added, "changed": done.changed}, (*rejected, *bad))

    def remove(self, entries: Sequence[Any], now: datetime) -> Kept:
        """Take customers out, given as ids or as objects with one."""
        ids = [_id(entry if isinstance(entry, dict) else {"id": entry}) for entry in entries]
        rejected = tuple(Rejected(place, "no id") for place, who in enumerate(ids) if not who)
        return Kept({"removed": self._store.enrolling.remove([who for who in ids if who], now)}, rejected)

    def purchases(self, entries: Sequence[Any], now: datetime) -> Kept:
        """Keep purchases, each once."""
        read = [
            bought_of(_values(entry), place) if isinstance(entry, dict) else Rejected(place, "it is no object")
            for place, entry in enumerate(entries)
        ]
        good = [one for one in read if isinstance(one, Bought)]
        erased = self._forgotten.customers({one.customer: "" for one in good})
        before = self._store.purchases.count()
        self._store.purchases.keep([one for one in good if one.customer not in erased])
        rejected = tuple(one for one in read if isinstance(one, Rejected))
        return Kept({"new": self._store.purchases.count() - before}, rejected)

    def _known(self, ids: set[str]) -> dict[str, dict[str, str]]:
        """Customers as a line of the file would say them."""
        keys = self._store.enrolling.listed(sorted(ids))
        return {who: _as_line(row, keys.get(who, frozenset())) for who, row in self._store.customers.get(ids).items()}


def _id(entry: Any) -> str:
    value = entry.get("id") if isinstance(entry, dict) else None
    return str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _values(entry: Mapping[str, Any]) -> dict[str, str]:
    return {str(name).strip().lower(): _text(value) for name, value in entry.items()}


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, list):
        return ";".join(_text(one) for one in value)
    return "" if value is None else str(value).strip()


def _as_line(row: Row[Any], keys: frozenset[Key]) -> dict[str, str]:
    handles = sorted(written(key) for key in keys if key[0] not in ("@site", "@order"))
    return {
        "id": row.id,
        **{name: getattr(row, name) for name in TEXTS},
        **{name: ";".join(getattr(row, name)) for name in LISTS},
        "do_not_contact": "yes" if row.do_not_contact else "",
        "handles": ";".join(handles),
        **{name: str(value) for name, value in row.columns.items()},
    }
