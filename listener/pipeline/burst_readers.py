"""Who hears of a burst: the ops channel, and the channels of the rules that alert on issues like it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from rules.book import Book
from rules.clauses import Clause, Sight
from rules.rule import Rule
from rules.terms import Facts

# what is known of a burst though nobody said anything new; a rule that asks for more is taken to be about it
OF_ISSUES = frozenset(f"issue.{name}" for name in ("id", "spread", "state", "persons", "customers", "ratio"))
KNOWN = OF_ISSUES | {"brand", "topics", "sentiment", "topic.trend"}
ABOUT_ISSUES = KNOWN - {"brand", "topics", "sentiment", "issue.id"}


@dataclass(frozen=True, slots=True)
class Readers:
    """`ops` hears of every burst; `book` is the rule book at work, None: there is none."""

    ops: str
    book: Callable[[], Book] | None = None

    def of(self, alarm: Row[Any], issue: Row[Any] | None) -> tuple[str, ...]:
        """The channels, ops first, each once."""
        rules = self.book().rules if self.book else ()
        sight = Sight(Facts(facts(alarm, issue)))
        mine = [rule for rule in rules if rule.mode == "live" and not rule.braked and rule.brand in ("", alarm.brand)]
        wanted = [channel for rule in mine if is_about(rule, sight) for channel in channels(rule)]
        return tuple(dict.fromkeys((self.ops, *wanted)))


def channels(rule: Rule) -> list[str]:
    """Where a rule alerts, if it looks after issues."""
    looks = any(step.action.name == "check_issue" for step in rule.steps) or rule.reads & ABOUT_ISSUES
    return [step.channel for step in rule.steps if step.action.name == "alert" and step.channel] if looks else []


def is_about(rule: Rule, sight: Sight) -> bool:
    """Whether nothing that is known of the burst speaks against the rule."""
    when = rule.when
    return not any(
        is_known(part) and part.holds(sight) is False for part in (when.parts if when.joined == "all" else (when,))
    )


def is_known(clause: Clause) -> bool:
    return all(leaf.field in KNOWN and leaf.count is None for leaf in clause.leaves())


def facts(alarm: Row[Any], issue: Row[Any] | None) -> dict[str, Any]:
    """A burst as rules see it."""
    found = {"brand": alarm.brand, "topics": (alarm.topic,), "sentiment": "negative"}
    if issue is None:
        return found | {"topic.trend": alarm.ratio}
    named = {"id": issue.id, "spread": issue.spread, "state": issue.state, "ratio": issue.ratio}
    named |= {"persons": issue.persons, "customers": issue.customers}
    return found | {"topics": (issue.topic,)} | {f"issue.{name}": value for name, value in named.items()}
