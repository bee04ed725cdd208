"""Which brands a text mentions: whole words and phrases in any script, one automaton over all brands."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlsplit

import ahocorasick

from connectors.contract import Author
from listener.intake.folding import fold, is_joined, spellings

PROLONGS = re.compile(r"-|\.\w")


@dataclass(frozen=True, slots=True)
class BrandWords:
    """How a brand is written. `match` finds it, an `exclude` that covers a find cancels that find.

    `own_accounts` are `platform:handle`, or a bare handle or site that is the brand's everywhere.
    """

    name: str
    match: tuple[str, ...]
    exclude: tuple[str, ...] = ()
    competitors: tuple[str, ...] = ()
    own_accounts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """A brand in a text: the match words that hit, and where each stands (from, to) in the text as given."""

    brand: str
    words: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]


class Pattern(NamedTuple):
    brand: str
    word: str
    excludes: bool


class Hit(NamedTuple):
    start: int
    end: int
    pattern: Pattern


class Brands:
    """All brands of the installation. Finding costs the length of the text, whatever their number."""

    def __init__(self, brands: Iterable[BrandWords]) -> None:
        brands = tuple(brands)
        self._patterns = patterns(brands)
        self._automaton = ahocorasick.Automaton()
        for spelling in self._patterns:
            self._automaton.add_word(spelling, spelling)
        self._automaton.make_automaton()
        self._owners = {account_key(own): brand.name for brand in reversed(brands) for own in brand.own_accounts}

    def find(self, text: str) -> tuple[Found, ...]:
        """The brands that the text mentions, by their first place in it."""
        if not self._patterns:
            return ()
        folded, places = fold(text)
        by_brand: dict[str, list[Hit]] = defaultdict(list)
        for last, spelling in self._automaton.iter(folded):
            start, end = last + 1 - len(spelling), last + 1
            if stands_alone(folded, start, end, spelling):
                for pattern in self._patterns[spelling]:
                    by_brand[pattern.brand].append(Hit(start, end, pattern))
        found = [as_found(brand, kept, places) for brand, hits in by_brand.items() if (kept := surviving(hits))]
        return tuple(sorted(found, key=lambda one: one.spans[0]))

    def is_own(self, platform: str, author: Author) -> bool:
        """Whether this account, or the site it writes from, is one of ours."""
        return bool(self.owners(platform, author))

    def owners(self, platform: str, author: Author) -> tuple[str, ...]:
        """The brands whose account this is; of brands that share one the first."""
        if not self._owners:
            return ()
        handle = bare(author.handle or "")
        host = host_of(author.url) if author.url else ""
        keys = {(bare(platform), handle), ("", handle), ("", host), ("", host.partition(".")[2])}
        return tuple(sorted({self._owners[key] for key in keys if key[1] and key in self._owners}))


def patterns(brands: Sequence[BrandWords]) -> dict[str, list[Pattern]]:
    """Each folded spelling → whom it stands for."""
    found: dict[str, list[Pattern]] = defaultdict(list)
    for brand in brands:
        for words, excludes in ((brand.match, False), (brand.exclude, True)):
            for word in dict.fromkeys(words):
                for spelling in spellings(word):
                    found[spelling].append(Pattern(brand.name, word, excludes))
    return dict(found)


def stands_alone(text: str, start: int, end: int, spelling: str) -> bool:
    """Whether nothing is grown on to the hit: no letter, and round a domain or handle nothing that prolongs it."""
    if start and is_joined(text[start - 1], text[start]):
        return False
    if spelling[0] == "@" and start and text[start - 1].isalnum():
        return False
    if end < len(text) and is_joined(text[end - 1], text[end]):
        return False
    if "." in spelling and " " not in spelling:
        return not (text[start - 1 : start] == "-" or PROLONGS.match(text, end))
    return True


def surviving(hits: Sequence[Hit]) -> list[Hit]:
    """The finds that no exclusion and no longer find covers."""
    kept: list[Hit] = []
    for hit in sorted(hits, key=lambda hit: (hit.start, -hit.end, not hit.pattern.excludes)):
        if not kept or hit.end > kept[-1].end:
            kept.append(hit)
    return [hit for hit in kept if not hit.pattern.excludes]


def as_found(brand: str, hits: Sequence[Hit], places: Sequence[int] | None) -> Found:
    spans = [(hit.start, hit.end) for hit in hits]
    if places is not None:
        spans = [(places[start], places[end - 1] + 1) for start, end in spans]
    return Found(brand, tuple(dict.fromkeys(hit.pattern.word for hit in hits)), tuple(spans))


def account_key(account: str) -> tuple[str, str]:
    platform, colon, handle = account.rpartition(":")
    return (bare(platform), bare(handle)) if colon else ("", bare(account))


def bare(handle: str) -> str:
    """`@Acme`, `/u/acme` and `acme` are one account."""
    return re.sub(r"^(?:@|/?u/)", "", handle.strip().casefold())


def host_of(url: str | None) -> str:
    try:
        return (urlsplit(url or "").hostname or "").removeprefix("www.")
    except ValueError:
        return ""
