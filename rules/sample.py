"""A stored mention → a sample for rule tests, with nobody's name, account, address or number in it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import yaml

from rules.terms import Facts

# what says who it was, or where it can be read
TELLING = ("person.", "customer.id", "customer.name", "customer.owner", "author.", "url", "thread", "attribute.")
FIGURES = frozenset({"author.followers", "author.is_us", "author.is_machine"})
MARKS = (
    (re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+"), "somebody@example.org"),
    (re.compile(r"https?://\S+|\bwww\.\S+"), "https://example.org"),
    (re.compile(r"(?<![\w@/])@[\w.-]+|\bu/[\w-]+"), "@somebody"),
    (re.compile(r"\d{4,}"), lambda found: "0" * len(found[0])),
)


def sample(number: int, facts: Facts, names: Iterable[str | None]) -> str:
    """YAML for `samples:` of a rule file. `names` are what the author and the customer are called."""
    given = {name: _plain(value, names) for name, value in facts.values.items() if not _tells(name)}
    for both in ("title", "text"):
        given[both] = anonymous(str(given[both]), names) if given.get(both) else None
    kept = {name: value for name, value in sorted(given.items()) if value not in (None, "", [])}
    return yaml.safe_dump({"samples": {f"mention-{number}": kept}}, allow_unicode=True, sort_keys=False, width=110)


def anonymous(text: str, names: Iterable[str | None]) -> str:
    """The text without addresses, accounts, long numbers and these names."""
    for pattern, put in MARKS:
        text = pattern.sub(put, text)
    words = {word for name in names if name for word in (name, *name.split()) if len(word) > 2}
    for word in sorted(words, key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", "Somebody", text, flags=re.IGNORECASE)
    return text


def _tells(name: str) -> bool:
    return name not in FIGURES and name.startswith(TELLING)


def _plain(value: Any, names: Iterable[str | None]) -> Any:
    if isinstance(value, tuple | frozenset):
        return sorted(str(one) for one in value)
    return anonymous(value, names) if isinstance(value, str) else value
