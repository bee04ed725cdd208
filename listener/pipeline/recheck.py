"""Before a draft goes out: does its rule still match, with what is known of the mention and its person now?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Row

from listener.model.verdict import Verdict
from listener.pipeline.facts import facts_again, facts_of
from listener.store import Store
from rules.book import Book
from rules.catalogue import ACTIONS
from rules.clauses import Sight
from rules.engine import describe, failing, matches
from rules.rule import Rule
from rules.terms import Facts

# facts that change after a decision; all others (the hour, counts, the issue) stay as they were then
NOW_PREFIXES: Final = ("customer.", "days_since.", "author.", "attribute.")
NOW: Final = frozenset(
    {
        *("title", "text", "url", "thread", "product", "rating", "reply_to_us", "company_reply", "language"),
        *("sentiment", "score", "confidence", "topics", "drivers", "intent", "tags", "person.id"),
    }
)


@dataclass(frozen=True, slots=True)
class Against:
    """Why a draft must not go. `passing`: not yet, as the mention is being judged again.

    `anew`: the rule was right about a stranger, and who that is was learned since; other rules may want the post.
    """

    why: str
    passing: bool = False
    anew: bool = False


class Recheck:
    """Looks once more at what a rule ordered. `book` is the rule book at work, None where there is none."""

    def __init__(self, store: Store, book: Callable[[], Book | None], zone: ZoneInfo) -> None:
        self._store = store
        self._book = book
        self._zone = zone

    def __call__(self, delivery: Row[Any]) -> Against | None:
        """What speaks against it; None when nothing does, also for what no rule ordered."""
        row = self._store.mentions.get(delivery.mention) if delivery.mention and delivery.rule else None
        if row is None:
            return None
        if row.gone_at is not None:
            return Against("the post was deleted at its source")
        decisions = self._store.mentions.decisions([row.id]).get(row.id, [])
        if decisions and row.decided_at is None:
            return Against("the post was changed and is being judged again", passing=True)
        return self._rule_against(delivery, row, decisions[-1]) if decisions else None

    def _rule_against(self, delivery: Row[Any], row: Row[Any], decision: Row[Any]) -> Against | None:
        book = self._book()
        if book is None:
            return None
        facts = self._facts(row, decision.facts, decision.at)
        if facts.get("customer.opted_out") is True and ACTIONS[delivery.action].outward:
            return Against("the person does not want to be contacted")
        rule = book.by_id.get(delivery.rule)
        against = self._failing(rule, row.id, facts, decision.at) if rule else None
        whose = decision.facts.get("customer.id")
        return replace(against, anew=True) if against and whose != facts.get("customer.id") else against

    def _failing(self, rule: Rule, number: int, facts: Facts, then: datetime) -> Against | None:
        with self._store.judging.past(number, then) as history:
            sight = Sight(facts, then, history)
            if matches(rule, sight):
                return None
            clauses = [describe(clause, sight) for clause in failing(rule, sight)]
        return Against(f"rule {rule.id} no longer matches: it needs {'; '.join(clauses) or 'something else'}")

    def _facts(self, row: Row[Any], kept: dict[str, Any], then: datetime) -> Facts:
        customer = self._store.customers.get([row.customer]).get(row.customer) if row.customer else None
        record = self._store.standing.of(row)
        fresh = facts_of(row, _verdict(row), row.person, customer, record, then.astimezone(self._zone))
        old = {
            n: v for n, v in facts_again(row, kept).values.items() if n not in NOW and not n.startswith(NOW_PREFIXES)
        }
        return Facts({**fresh.values, **old})


def _verdict(row: Row[Any]) -> Verdict:
    """The verdict of a mention as it is kept now."""
    kept = row.verdict or {}
    topics, drivers, tags = (tuple(kept.get(name) or ()) for name in ("topics", "drivers", "tags"))
    return Verdict(
        row.label, row.score or 0.0, row.confidence or 0.0, row.engine or "", row.language,
        topics=topics, drivers=drivers, tags=tags, intent=kept.get("intent"),
    )  # fmt: skip
