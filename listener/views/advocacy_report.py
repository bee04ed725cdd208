"""The report on advocacy, as an object and in words: rates with denominator and interval, trend, forecast, coverage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from listener.advocacy.goals import Goal
from listener.advocacy.rates import Forecast, Rate, forecast, rate
from listener.store import Store
from listener.store.reckoning import Group
from listener.views.objects import Object, moment

PROMOTER = 9
ASKED_BY = ("form", "asker", "driver", "segment")
QUARTER = 3
SHARED = {"product": "shared", "moved_by": "  moved by"}


@dataclass(frozen=True, slots=True)
class Window:
    """The time a report looks at."""

    since: datetime
    until: datetime


def report(store: Store, goals: Sequence[Goal], by: Sequence[str], window: Window) -> Object:
    """The whole report. `by`: attributes of customers to split rates by."""
    since, until = window.since, window.until
    count = store.reckoning
    months = _months(store, window)
    return {
        "since": moment(since),
        "until": moment(until),
        "references": {"by_state": store.references.counts(), "coverage": [_covered(store, g, until) for g in goals]},
        "acceptance": {
            key: [_answered(row) for row in store.goodwill.acceptance(key)] for key in dict.fromkeys((*ASKED_BY, *by))
        },
        "referral_rate": {
            "overall": _groups(count.referrers(None, since, until))[0],
            **{key: _groups(count.referrers(key, since, until)) for key in by},
            "by_trouble": _groups(count.by_trouble(since, until)),
        },
        "referrals": {
            "clicks": count.clicks(since, until),
            **{name: int(value) for name, value in count.sums(since, until)._mapping.items()},
        },
        "by_month": months,
        "next_quarter": _forecast(forecast([month["purchased"] for month in _whole(months, window)], QUARTER)),
        "reasons_against": _reasons(store, window),
        "share_rate": {
            "product": _groups(count.sharers("product", since, until)),
            "month": [{**one, "group": _month(one["group"])} for one in _groups(count.sharers("month", since, until))],
            **{key: _groups(count.sharers(key, since, until)) for key in by},
            "moved_by": _groups(count.asked_to_share(since, until)),
        },
    }


def _groups(groups: Iterable[Group]) -> list[Object]:
    """An empty registry gives one group of nobody."""
    found = [{"group": one.group, **_rate(rate(one.count, one.of))} for one in groups]
    return found or [{"group": "all", **_rate(rate(0, 0))}]


def _month(written: str) -> str:
    """202611 → 2026-11."""
    return f"{written[:4]}-{written[4:]}" if written.isdigit() else written


def _rate(found: Rate) -> Object:
    return {"count": found.count, "of": found.of, "share": found.share, "low": found.low, "high": found.high}


def _answered(row: Any) -> Object:
    """How many said yes, and how many were expected to: the estimate is held against what happened."""
    expected = None if row.expected is None else round(row.expected, 3)
    return {"group": row.group or None, **_rate(rate(row.yes, row.all)), "expected": expected}


def _covered(store: Store, goal: Goal, now: datetime) -> Object:
    have = store.reckoning.covering(dict(goal.attributes), goal.form, now)
    return {"goal": str(goal), "want": goal.want, "have": have, "gap": max(0, goal.want - have)}


def _months(store: Store, window: Window) -> list[Object]:
    """Every month of the window, also those in which nothing happened; the last one is not over."""
    known = {(int(r.year), int(r.month)): r for r in store.reckoning.by_month(window.since, window.until)}
    months, at = [], window.since.replace(day=1)
    while at < window.until:
        row = known.get((at.year, at.month))
        brought = {"newcomers": row.newcomers if row else 0, "purchased": row.purchased if row else 0}
        months.append({"month": f"{at:%Y-%m}", **brought})
        at = (at + timedelta(days=32)).replace(day=1)
    return months


def _whole(months: Sequence[Object], window: Window) -> Sequence[Object]:
    """Months of which the window holds every day: half a month counted as one would make the forecast too low."""
    first = 0 if window.since <= window.since.replace(day=1, hour=0, minute=0, second=0, microsecond=0) else 1
    return months[first:-1]


def _forecast(found: Forecast | None) -> Object | None:
    if found is None:
        return None
    told = {"expected": round(found.expected, 1), "low": round(found.low, 1), "high": round(found.high, 1)}
    return {**told, "months": found.months}


def _reasons(store: Store, window: Window) -> list[Object]:
    """Why customers do not recommend us: the reasons of those who gave less than 9 of 10."""
    reasons: Counter[str] = Counter()
    for row in store.reckoning.answers(window.since, window.until):
        score = row.attributes.get("score")
        if isinstance(score, int | float) and score < PROMOTER:
            told = str(row.attributes.get("reasons") or "no reason given")
            reasons.update(reason.strip() for reason in told.replace(";", ",").split(",") if reason.strip())
    return [{"reason": reason, "count": count} for reason, count in reasons.most_common(20)]


def told(seen: Object) -> Iterator[str]:
    """The report in sentences."""
    yield f"advocacy from {seen['since'][:10]} to {seen['until'][:10]}"
    states = ", ".join(f"{count} {state}" for state, count in sorted(seen["references"]["by_state"].items()))
    yield f"references    {states or 'none yet'}"
    for goal in seen["references"]["coverage"]:
        yield f"coverage      {goal['goal']}: {goal['have']} of {goal['want']}" + (
            f", {goal['gap']} short" if goal["gap"] else ""
        )
    for key, rows in seen["acceptance"].items():
        yield from _told_rates(f"said yes by {key}", rows)
    yield from _told_rates("referral rate", [seen["referral_rate"]["overall"]])
    for key, rows in seen["referral_rate"].items():
        if key != "overall":
            yield from _told_rates(f"  by {key.removeprefix('by_')}", rows)
    sums = seen["referrals"]
    yield (
        f"referrals     {sums['clicks']} clicks, {sums['newcomers']} newcomers, "
        f"{sums['purchased']} bought for {sums['worth'] / 100:,.2f}; "
        f"earned {sums['earned'] / 100:,.2f}, rewarded {sums['rewarded'] / 100:,.2f}, {sums['rejected']} rejected"
    )
    for month in seen["by_month"]:
        if month["newcomers"]:
            yield f"  {month['month']}     {month['newcomers']} newcomers, {month['purchased']} bought"
    yield f"next quarter  {_coming(seen['next_quarter'])}"
    for reason in seen["reasons_against"]:
        yield f"why not       {reason['reason']}: {reason['count']}"
    for key, rows in seen["share_rate"].items():
        yield from _told_rates(SHARED.get(key, f"  by {key}"), rows)


def _coming(found: Object | None) -> str:
    if found is None:
        return "no forecast: it needs three whole months"
    spread = f"95 %: {found['low']} to {found['high']}; from {found['months']} months"
    return f"about {found['expected']} new customers ({spread})"


def _told_rates(name: str, rows: Sequence[Object]) -> Iterator[str]:
    for row in rows:
        found = rate(row["count"], row["of"])
        group = "" if row["group"] == "all" else f"{row['group'] or 'not told'}: "
        expected = f"; {row['expected']:.0%} were expected" if row.get("expected") is not None else ""
        yield f"{name:13} {group}{found}{expected}"


def lines(seen: Object) -> Iterator[tuple[object, ...]]:
    """Every figure of the report as a row of a CSV file, with its header first."""
    yield ("figure", "by", "group", "count", "of", "share", "low", "high")
    for figure in ("acceptance", "referral_rate", "share_rate"):
        for key, rows in seen[figure].items():
            for row in [rows] if isinstance(rows, dict) else rows:
                yield (figure, key, row["group"], *(row[name] for name in ("count", "of", "share", "low", "high")))
    for month in seen["by_month"]:
        yield ("purchased_of_newcomers", "month", month["month"], month["purchased"], month["newcomers"], "", "", "")
    for goal in seen["references"]["coverage"]:
        yield ("coverage", "goal", goal["goal"], goal["have"], goal["want"], "", "", "")
    for reason in seen["reasons_against"]:
        yield ("reason_against", "reason", reason["reason"], reason["count"], "", "", "", "")
    coming = seen["next_quarter"]
    if coming:
        yield ("next_quarter", "", "", coming["expected"], "", "", coming["low"], coming["high"])
