"""What ops can give away: presents of gifts.yaml and useful things of ecosystem.yaml, read with every mistake told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from rules.nodes import Node, Page
from rules.problems import Misread, Problem, nearest
from rules.quantities import Money, money
from rules.reading import read as parse

GIFT_KEYS = ("title", "cost", "stock", "needs", "disclosure")
ITEM_KEYS = ("title", "url", "kind", "about", "products", "topics", "segments", "languages")
NEEDS = ("address", "nothing")
KINDS = ("app", "recipe", "guide", "tip", "event", "community")
DISCLOSURE = "A present from us, with no wish attached. If you ever write about it, please say that we gave it to you."

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Gift:
    """One present. `stock` None: as many as are wanted. `needs_address`: the customer is asked where to send it."""

    item: str
    title: str
    cost: Money
    stock: int | None
    needs_address: bool
    disclosure: str


@dataclass(frozen=True, slots=True)
class Useful:
    """A partner app, a recipe, a guide: for whom it is good. What is left open suits everybody."""

    item: str
    title: str
    url: str
    kind: str
    about: str = ""
    products: frozenset[str] = frozenset()
    topics: frozenset[str] = frozenset()
    segments: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()


class CatalogueError(Exception):
    """A catalogue cannot be used. `problems` holds every mistake in it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(map(str, self.problems)))


def gifts(path: Path, cap: str = "", text: str | None = None) -> Mapping[str, Gift]:
    """Presents by their names; none where there is no file. Raises CatalogueError, also for what is above `cap`.

    `text` is read in place of what the file holds now.
    """

    def within(page: Page, name: str, at: Node, given: Mapping[str, Node]) -> Gift:
        gift = _gift(page, name, at, given)
        if why := over_cap(gift, cap):
            page.wrong(given.get("cost", at), f"'{name}' {why}", "take a smaller present, or raise the cap")
        return gift

    return _read(path, text, "gifts", GIFT_KEYS, within)


def over_cap(gift: Gift, cap: str) -> str:
    """Why this present costs more than one may, "" where it does not. `cap` is money as text, "": no cap."""
    try:
        most = money(cap) if cap else None
    except Misread:
        return ""
    if most and gift.cost.cents and (gift.cost.currency != most.currency or gift.cost.cents > most.cents):
        return f"costs {gift.cost}, more than [actions] gift_cap = {most}"
    return ""


def ecosystem(path: Path, text: str | None = None) -> Mapping[str, Useful]:
    """Useful things by their names, in the order of the file, or of `text` in its place. Raises CatalogueError."""
    return _read(path, text, "ecosystem", ITEM_KEYS, _useful)


def _read(
    path: Path,
    text: str | None,
    section: str,
    keys: tuple[str, ...],
    make: Callable[[Page, str, Node, Mapping[str, Node]], T],
) -> dict[str, T]:
    page = Page(str(path))
    try:
        text = path.read_text("utf-8-sig") if text is None else text
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as trouble:
        raise CatalogueError([Problem(page.file, 1, 1, f"cannot be read: {trouble}")]) from None
    root = parse(text, page)
    top = page.mapping(root, "the file", (section,)) if root else {}
    entries = page.mapping(top[section], section) if section in top and not top[section].empty else {}
    found = {name: make(page, name, node, page.mapping(node, name, keys)) for name, node in entries.items()}
    if page.problems:
        raise CatalogueError(page.problems)
    return found


def _gift(page: Page, name: str, at: Node, given: Mapping[str, Node]) -> Gift:
    cost = Money(0, "EUR")
    try:
        cost = money(page.text(given["cost"], "cost")) if "cost" in given else cost
    except Misread as trouble:
        page.misread(given["cost"], trouble)
    if "cost" not in given:
        page.wrong(at, f"'{name}' does not say what it costs", "write cost: 18 EUR")
    stock = given["stock"].number if "stock" in given else None
    if "stock" in given and (not isinstance(stock, int) or stock < 0):
        page.wrong(given["stock"], f"'{given['stock'].raw}' is no number of pieces", "write stock: 20")
    needs = page.text(given["needs"], "needs") if "needs" in given else "nothing"
    if needs not in NEEDS:
        page.wrong(given["needs"], f"unknown '{needs}'", nearest(needs, NEEDS, "it is one of address, nothing"))
    words = page.text(given["disclosure"], "disclosure") if "disclosure" in given else DISCLOSURE
    count = stock if isinstance(stock, int) else None
    return Gift(name, _text(page, given, "title") or name, cost, count, needs == "address", words)


def _useful(page: Page, name: str, at: Node, given: Mapping[str, Node]) -> Useful:
    for wanted in ("title", "url"):
        if wanted not in given:
            page.wrong(at, f"'{name}' lacks '{wanted}'", f"write {wanted}: …")
    url, kind = _text(page, given, "url"), _text(page, given, "kind") or "guide"
    if url and (urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname):
        page.wrong(given["url"], f"'{url}' is no address", "write it with https:// in front")
    if kind not in KINDS:
        page.wrong(given["kind"], f"unknown kind '{kind}'", nearest(kind, KINDS, f"it is one of {', '.join(KINDS)}"))
    words = (_words(page, given, each) for each in ("products", "topics", "segments", "languages"))
    return Useful(name, _text(page, given, "title"), url, kind, _text(page, given, "about"), *words)


def _text(page: Page, given: Mapping[str, Node], name: str) -> str:
    return page.text(given[name], name) if name in given else ""


def _words(page: Page, given: Mapping[str, Node], name: str) -> frozenset[str]:
    entries = given[name].entries() if name in given else ()
    return frozenset(page.text(entry, name).casefold() for entry in entries)


def fitting(things: Iterable[Useful], facts: Mapping[str, object], topics: Iterable[str] = ()) -> list[Useful]:
    """Those that suit a mention, the most particular first; `topics` in place of the mention's own."""
    said = {
        "products": _labels(facts.get("product")) | _labels(facts.get("customer.products")),
        "topics": _labels(tuple(topics)) or _labels(facts.get("topics")),
        "segments": _labels(facts.get("customer.segment")),
        "languages": _labels(facts.get("language")),
    }
    suits = [thing for thing in things if all(not (own := getattr(thing, n)) or own & has for n, has in said.items())]
    return sorted(suits, key=lambda thing: -sum(bool(getattr(thing, name)) for name in said))


def _labels(value: object) -> frozenset[str]:
    values = value if isinstance(value, tuple) else (value,) if value else ()
    return frozenset(str(each).casefold() for each in values)
