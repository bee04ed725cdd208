"""Who is affected by an issue: A those who reported it, B those who share what they share, C those whom ops name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from listener.issues.affected import Inference, Segment, Trait, Traits, infer
from listener.pipeline.people import NotPossible
from listener.store import Store
from listener.store.audience import Standings
from rules.problems import nearest

BACKGROUND = timedelta(days=90)
LISTS = {"A": "reported it", "B": "share what the reporters share", "C": "named by ops"}
TRAITS = ("segment", "plan", "region", "version", "language")
MOST_NAMED = 10
LONG = 60  # characters: a longer value is a text, and nobody shares it


@dataclass(frozen=True, slots=True)
class Listed:
    """One list: its customers' rows, why they stand on it, and the test behind that."""

    name: str
    customers: tuple[Row[Any], ...]
    reason: str
    test: str = ""


@dataclass(frozen=True, slots=True)
class Affected:
    """Whom an issue affects. A customer stands on the first list that fits. `strangers` reported it too."""

    issue: Row[Any]
    lists: tuple[Listed, ...]
    segment: Segment | None
    strangers: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        return sum(len(each.customers) for each in self.lists)


@dataclass(frozen=True, slots=True)
class Exclusions:
    """Why a customer is left out. `timely`: whoever heard from us lately is left out; a note of the fix waits instead.

    `consent` is a word that must stand among the customer's consents, `suppressed` ids and addresses that ops keep
    away from everything.
    """

    standings: Standings
    consent: str = ""
    suppressed: frozenset[str] = frozenset()
    timely: bool = True

    def of(self, customer: Row[Any]) -> str | None:
        """The first reason that holds; None: the customer gets the message."""
        who, kept = customer.id, self.standings
        day, week = kept.contacts.get(who, (0, 0)) if self.timely else (0, 0)
        reasons = (
            ("do not contact", customer.do_not_contact),
            ("opted out", who in kept.opted_out),
            ("on the suppression list", not self.suppressed.isdisjoint({who.casefold(), customer.email.casefold()})),
            ("no address", not customer.email),
            ("no consent", bool(self.consent) and self.consent not in customer.consents),
            ("the letter came back: correct the address, then listener retry", who in kept.came_back),
            ("told already at this stage", who in kept.told),
            ("has an open ticket: the desk speaks with them", self.timely and who in kept.in_trouble),
            ("heard from us in the last 24 h", day >= 1),
            ("heard from us 3 times in 7 days", week >= 3),
        )
        return next((why for why, holds in reasons if holds), None)


@dataclass(frozen=True, slots=True)
class Audiences:
    """Finds whom an issue affects, in the registry as it is now."""

    store: Store
    now: Callable[[], datetime]

    def affected(self, issue: str, where: Sequence[str] = ()) -> Affected:
        """The three lists. `where` are ops' own words: `plan=pro`. Raises NotPossible."""
        root = self.store.issues.root(issue)
        if root is None:
            raise NotPossible(f"there is no issue {issue!r}: `listener issues` lists them")
        scope, people = scope_of(where), self.store.audience.complainants(root.id)
        reporters = {row.customer for row in people if row.customer}
        registry = list(self.store.audience.everybody())
        _known(scope, registry)
        found = self._inferred(root, reporters, registry)
        strangers = tuple(row.person for row in people if not row.customer)
        lists = _lists(_Sorting(registry, reporters, found, scope, self._exposed(root)))
        affected = Affected(root, lists, found.segment, strangers)
        if affected.size != root.affected:
            self.store.audience.keep_size(root.id, affected.size)
        return affected

    def _inferred(self, root: Row[Any], reporters: set[str], registry: Sequence[Row[Any]]) -> Inference:
        others = self.store.audience.background(root.brand, root.id, self.now() - BACKGROUND) - reporters
        known = {row.id: traits_of(row) for row in registry if row.id in reporters or row.id in others}
        mine = [known[who] for who in sorted(reporters) if who in known]
        return infer(mine, [known[who] for who in sorted(others) if who in known])

    def _exposed(self, root: Row[Any]) -> str | None:
        """The product that at least half of the mentions name: only who has it can have the trouble."""
        counts = self.store.audience.products(root.id)
        product = max(counts, key=lambda name: (counts[name], name), default=None)
        return product if product and 2 * counts[product] >= root.mentions else None


@dataclass(frozen=True, slots=True)
class _Sorting:
    """All that decides on which list a customer stands."""

    registry: Sequence[Row[Any]]
    reporters: set[str]
    found: Inference
    scope: Mapping[str, frozenset[str]]
    product: str | None
    lists: dict[str, list[Row[Any]]] = field(default_factory=lambda: {name: [] for name in LISTS})

    def sort(self) -> dict[str, list[Row[Any]]]:
        for row in self.registry:
            if name := self._place(row):
                self.lists[name].append(row)
        return self.lists

    def _place(self, row: Row[Any]) -> str | None:
        if row.id in self.reporters:
            return "A"
        traits = traits_of(row)
        segment = self.found.segment
        if segment and segment.holds(traits) and self._has_it(row):
            return "B"
        return "C" if self.scope and in_scope(self.scope, traits) else None

    def _has_it(self, row: Row[Any]) -> bool:
        """Whether the customer has the product; where the registry does not say, only a segment of products tells."""
        return self.product is None or self.product.casefold() in {each.casefold() for each in row.products}


def _lists(sorting: _Sorting) -> tuple[Listed, ...]:
    rows = sorting.sort()
    found, scope = (
        sorting.found,
        " and ".join(f"{name}={'|'.join(sorted(values))}" for name, values in sorting.scope.items()),
    )
    has_it = f", who have {sorting.product}" if sorting.product else ""
    inferred = f"{found.segment}{has_it}" if found.segment else "no segment: only those who reported it"
    return (
        Listed("A", tuple(rows["A"]), "reported it, and are in the registry"),
        Listed("B", tuple(rows["B"]), inferred, found.reason),
        Listed("C", tuple(rows["C"]), f"stated: {scope}" if scope else "no scope was stated (--where plan=pro)"),
    )


def traits_of(row: Row[Any]) -> Traits:
    """What a segment may be made of: product, plan, region, version, segment, language, tag, and ops' own columns."""
    known = {Trait(name, getattr(row, name)) for name in TRAITS if getattr(row, name)}
    known |= {Trait("product", each) for each in row.products} | {Trait("tag", each) for each in row.tags}
    columns = ((name, str(value)) for name, value in row.columns.items())
    return frozenset(known | {Trait(name, value) for name, value in columns if 0 < len(value) <= LONG})


def scope_of(where: Iterable[str]) -> dict[str, frozenset[str]]:
    """`plan=pro` `region=EU` `region=US`: of one name any value, of several names each. Raises NotPossible."""
    found: dict[str, frozenset[str]] = {}
    for written in where:
        name, equals, value = (part.strip() for part in written.partition("="))
        if not (equals and name and value):
            raise NotPossible(f"--where {written!r} is not written as name=value: --where plan=pro")
        name = {"products": "product", "tags": "tag"}.get(
            name.removeprefix("customer."), name.removeprefix("customer.")
        )
        found[name] = found.get(name, frozenset()) | {value.casefold()}
    return found


def _known(scope: Mapping[str, frozenset[str]], registry: Sequence[Row[Any]]) -> None:
    """A name or a value that no customer has is a slip of the keyboard. Raises NotPossible."""
    there: dict[str, set[str]] = {}
    for trait in (trait for row in registry if scope for trait in traits_of(row)):
        there.setdefault(trait.name, set()).add(trait.value.casefold())
    for name, values in sorted(scope.items()):
        if name not in there:
            raise NotPossible(f"--where {name}=…: no customer has a {name!r} — {_cure(name, there)}")
        for value in sorted(values - there[name]):
            raise NotPossible(f"--where {name}={value}: no customer has that {name} — {_cure(value, there[name])}")


def _cure(word: str, there: Iterable[str]) -> str:
    """The nearest of what there is, or the first ten."""
    names = sorted(there)
    more = " …" if len(names) > MOST_NAMED else ""
    return nearest(word, names, f"there are {', '.join(names[:MOST_NAMED]) or 'none'}{more}")


def in_scope(scope: Mapping[str, frozenset[str]], traits: Traits) -> bool:
    has = {(trait.name, trait.value.casefold()) for trait in traits}
    return all(any((name, value) in has for value in values) for name, values in scope.items())
