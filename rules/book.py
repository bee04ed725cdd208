"""Files → the rule book: all of them together, or every problem of every file at once."""

from __future__ import annotations

import hashlib
from collections import Counter as Tally
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, tzinfo
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

from rules.collecting import uncollected
from rules.entries import Heading, quiet_hours, rule
from rules.examples import sample_facts
from rules.index import Index
from rules.lints import lints, refusals
from rules.nodes import Node, Page
from rules.operators import Scope
from rules.problems import BookError, Problem, nearest, one_of
from rules.quantities import Cap
from rules.quantities import zone as zone_named
from rules.reading import MEGABYTES, read
from rules.rule import Reach, Rule
from rules.terms import UNBOUND, World

KEYS = ("version", "brand", "timezone", "quiet_hours", "lists", "samples", "rules")


@dataclass(frozen=True, eq=False)
class Book:
    """A rule book that was read and found right.

    `version` is a short hash of its contents; `sources` file name → text, enough to `restore` it later. `lints` are
    what check complains about and the daemon can live with.
    """

    version: str
    rules: tuple[Rule, ...]
    sources: Mapping[str, str]
    lints: tuple[Problem, ...] = ()

    @cached_property
    def index(self) -> Index:
        """Which rules can match at all."""
        return Index(self.rules)

    @cached_property
    def by_id(self) -> Mapping[str, Rule]:
        """Rule id → rule."""
        return MappingProxyType({r.id: r for r in self.rules})

    @cached_property
    def counted(self) -> Mapping[str, tuple[tuple[Reach, Cap], ...]]:
        """Action → the limits on it anywhere in the book: they count what every rule does."""
        found: dict[str, dict[tuple[Reach, str | None], Cap]] = {}
        for name, one in ((s.action.name, one) for r in self.rules for s in r.steps for one in s.limits):
            if one.reach != "per_rule":
                found.setdefault(name, {})[one.reach, one.cap.period] = one.cap
        return MappingProxyType({n: tuple((reach, cap) for (reach, _), cap in c.items()) for n, c in found.items()})

    def braked(self, names: Collection[str]) -> Book:
        """The same book with these of its live rules reduced to asking."""
        rules = tuple(
            replace(r, mode="ask", braked=True) if r.id in names and r.mode == "live" else r for r in self.rules
        )
        return Book(self.version, rules, self.sources, self.lints)

    @cached_property
    def blockers(self) -> Mapping[str, tuple[Rule, ...]]:
        """Rule id → the rules that block it."""
        found: dict[str, tuple[Rule, ...]] = {}
        for blocker in self.rules:
            for name in blocker.blocks.rules if blocker.blocks else ():
                found[name] = (*found.get(name, ()), blocker)
        return MappingProxyType(found)


def load(path: Path | str, world: World = UNBOUND) -> Book:
    """The book made of every *.yaml of a directory, or of one file. Raises BookError with all problems."""
    problems: list[Problem] = []
    sources = dict(_sources(Path(path), problems))
    with uncollected():
        return _compiled(sources, world, problems)


def restore(version: str, sources: Mapping[str, str], zone: tzinfo | None = None) -> Book:
    """A book as it was, to explain what it decided; `zone` is for files that name none, without it UTC.

    Raises BookError where it cannot be read any more.
    """
    with uncollected():
        book = _compiled(sources, World(zone=zone), [])
    return Book(version, book.rules, book.sources, book.lints)


def _sources(path: Path, problems: list[Problem]) -> Iterator[tuple[str, str]]:
    try:
        files = sorted(path.iterdir()) if path.is_dir() else [path]
    except OSError as trouble:
        problems.append(Problem(str(path), 1, 1, f"cannot be read: {trouble.strerror}", "check its permissions"))
        return
    for file in files:
        # a file that is passed over in silence is the worst of mistakes
        if file.suffix == ".yml" and path.is_dir():
            problems.append(Problem(str(file), 1, 1, "is not read", "give it the ending .yaml"))
        if path.is_dir() and (file.suffix != ".yaml" or file.name.startswith(".")):
            continue
        text = _text(file, problems)
        if text is not None:
            yield str(file), text


def _text(file: Path, problems: list[Problem]) -> str | None:
    try:
        if file.stat().st_size > MEGABYTES * 1_000_000:
            problems.append(Problem(str(file), 1, 1, f"larger than {MEGABYTES} MB", "split it into several files"))
            return None
        raw = file.read_bytes()
    except OSError as trouble:
        cure = "create it with `listener init`, or correct the path" if isinstance(trouble, FileNotFoundError) else ""
        problems.append(Problem(str(file), 1, 1, f"cannot be read: {trouble.strerror}", cure))
        return None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as trouble:
        line = raw.count(b"\n", 0, trouble.start) + 1
        problems.append(Problem(str(file), line, 1, "a character that is not UTF-8", "save the file as UTF-8"))
        return None


def _compiled(sources: Mapping[str, str], world: World, problems: list[Problem]) -> Book:
    readable = not problems
    pages = [(Page(file, problems), text) for file, text in sources.items()]
    roots = [(page, read(text, page)) for page, text in pages]
    told = {problem.file for problem in problems}
    # a file without a root and without a problem is empty, and nothing is missing from it
    whole = readable and not any(root is None and page.file in told for page, root in roots)
    files = [_File(page, root, world) for page, root in roots if root is not None]
    shared = _shared(files)
    rules = tuple(r for file in files for r in file.rules(shared))
    _unique(rules, problems)
    problems.extend(refusals(rules, whole))
    if problems:
        raise BookError(problems)
    # names without their directory: the same files elsewhere are the same version
    digest = hashlib.sha256("\0".join(f"{Path(f).name}\0{t}" for f, t in sorted(sources.items())).encode())
    return Book(digest.hexdigest()[:8], rules, MappingProxyType(dict(sources)), tuple(lints(rules, world.zone)))


def _unique(rules: tuple[Rule, ...], problems: list[Problem]) -> None:
    first: dict[str, Rule] = {}
    for one in rules:
        before = first.setdefault(one.id, one)
        if one.id and before is not one:
            what = f"a second rule '{one.id}', the first is in {before.file}:{before.line}"
            problems.append(Problem(one.file, one.line, 1, what, "give it another id"))


# two files that are independent of each other may both have a list `praise`; neither then reaches into the other
def _shared(files: list[_File]) -> dict[str, tuple[Node, ...]]:
    """Lists that exactly one file defines: every file may use those."""
    defined = Tally(name for file in files for name in file.lists)
    return {name: nodes for file in files for name, nodes in file.lists.items() if defined[name] == 1}


class _File:
    """One file on its way into the book."""

    def __init__(self, page: Page, root: Node, world: World) -> None:
        self.page = page
        self.world = world
        self.top = page.mapping(root, "the file", KEYS)
        self.lists = self._lists()
        if "version" in self.top and self.top["version"].raw != "1":
            page.wrong(self.top["version"], f"unknown version '{self.top['version'].raw}'", "write version: 1")

    def _lists(self) -> dict[str, tuple[Node, ...]]:
        if "lists" not in self.top:
            return {}
        scope = Scope(self.page, self.world)
        given = self.page.mapping(self.top["lists"], "lists")
        return {name: tuple(scope.values(node, name)) for name, node in given.items()}

    def rules(self, shared: Mapping[str, tuple[Node, ...]]) -> Iterator[Rule]:
        samples = self.page.mapping(self.top["samples"], "samples") if "samples" in self.top else {}
        scope = Scope(self.page, self.world, {**shared, **self.lists}, samples)
        for sample in samples.values():
            sample_facts(scope, sample)
        heading = self._heading(scope)
        for entry in self.page.listed(self.top["rules"], "rules") if "rules" in self.top else ():
            yield rule(scope, entry, heading)

    def _heading(self, scope: Scope) -> Heading:
        where = self._zone()
        quiet = quiet_hours(scope, self.top["quiet_hours"], where) if "quiet_hours" in self.top else None
        return Heading(self._brand(), where, quiet)

    def _zone(self) -> tzinfo:
        node = self.top.get("timezone")
        return (self.page.read(node, "timezone", zone_named) if node else self.world.zone) or UTC

    def _brand(self) -> str:
        node = self.top.get("brand")
        name = self.page.text(node, "brand") if node else ""
        brands = self.world.brands
        if node and name and brands is not None and name.casefold() not in {b.casefold() for b in brands}:
            self.page.wrong(node, f"unknown brand '{name}'", nearest(name, brands, one_of(brands)))
        return name
