"""Builders for tests of rules: a book from text, facts, a moment, a decision."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from rules.book import Book, load
from rules.engine import decide
from rules.memory import MemoryHistory, MemoryLedger
from rules.problems import BookError
from rules.terms import UNBOUND, Decision, Facts, MaxAge, Moment, Value, World

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
STARTER = Path(__file__).parents[2] / "rules" / "starter"


def a_book(tmp_path: Path, text: str, world: World = UNBOUND) -> Book:
    """The book of one file."""
    (tmp_path / "book.yaml").write_text(dedent(text), "utf-8")
    return load(tmp_path, world)


def problems(tmp_path: Path, text: str, world: World = UNBOUND) -> list[str]:
    """What is wrong with one file, without the directory."""
    with pytest.raises(BookError) as caught:
        a_book(tmp_path, text, world)
    return [str(problem).replace(f"{tmp_path}/book.yaml:", "") for problem in caught.value.problems]


def a_rule(
    when: str, then: str = "[{alert: {channel: care}}]", more: str = "", id: str = "r", mode: str = "live"
) -> str:
    """One file with one rule, written in flow style; `more` are further lines of the rule."""
    lines = [
        f"  - id: {id}",
        f"    mode: {mode}",
        f"    when: {when}",
        f"    then: {then}",
        *(f"    {m}" for m in more.splitlines()),
    ]
    return "rules:\n" + "\n".join(lines) + "\n"


def facts(**values: Value) -> Facts:
    """Facts by field, with `__` for the dot; a complaint of one known person unless told otherwise."""
    named = {name.replace("__", "."): value for name, value in values.items()}
    return Facts({"sentiment": "negative", "person.id": "c-1", "text": "Sync is down", **named})


def a_decision(book: Book, seen: Facts | None = None, ledger: MemoryLedger | None = None, **more: Any) -> Decision:
    """What a book says now; every rule has been in its mode for a month unless `since` is given."""
    since: Mapping[str, datetime] = more.pop("since", {r.id: NOW - timedelta(days=30) for r in book.rules})
    settings = {
        "max_age": MaxAge(),
        "history": MemoryHistory(NOW - timedelta(days=400)),
        "ledger": ledger or MemoryLedger(),
        "floor": "live",
        **more,
    }
    moment = settings.pop("moment", Moment(NOW, NOW, NOW))
    return decide(book, seen or facts(), moment, since=since, **settings)


def outcome(decision: Decision) -> dict[str, str]:
    """Action → status, with the stage behind it where one stopped it."""
    return {s.action: s.status + (f" {s.stage}" if s.status == "refused" else "") for s in decision.settled}
