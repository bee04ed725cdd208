"""The state of the whole house as one object, and in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from listener.counted import counted
from listener.store import Store
from listener.store.delivery_lists import DeliveryFilter
from listener.views import objects
from listener.views.objects import Object, moment
from listener.views.tables import at, one_line

MOST_SUGGESTED = 100
MOST_UNSETTLED = 20


def status(store: Store, now: datetime) -> Object:
    """Sources, queue depths, the oldest undelivered action, the rule book, blind spots, stop switches."""
    sources = [objects.source(row) for row in store.sources.all() if row.state != "off"]
    return {
        "at": moment(now),
        "sources": sources,
        "queues": {"mentions": store.mentions.waiting(), "deliveries": store.deliveries.counts()},
        "unsettled": {name: _unsettled(store, name) for name in ("in_doubt", "failed")},
        "oldest_undelivered": moment(store.deliveries.oldest_undelivered()),
        "book": _book(store.house.get("book")),
        "files": [
            {"file": name, "broken_since": kept["broken_since"], "problems": kept["problems"]}
            for name, kept in store.house.get("files").items()
        ],
        "customers": _registry(store),
        "suggestions": len(store.identities.suggested(MOST_SUGGESTED)),
        "blind_spots": [_blind(row) for row in store.sources.blind_now()],
        "pauses": [_pause(row) for row in store.house.pauses()],
        "silences": [objects.silence(row) for row in store.silences.now(now)],
        "braked": [_braked(row) for row in store.rates.braked()],
        "skipped": store.house.get("skipped"),
        "learned": [
            _learned(row) for kind in ("verdicts", "topics", "likeness") if (row := store.learned.at_work(kind))
        ],
    }


def _unsettled(store: Store, status: str) -> list[int]:
    """The newest deliveries of that status, by their numbers."""
    return [row.id for row in store.deliveries.page(DeliveryFilter(status=(status,), limit=MOST_UNSETTLED))]


def _book(kept: Mapping[str, Any]) -> Object | None:
    names = ("version", "since", "broken_since", "line", "problems")
    return {name: kept.get(name) for name in names} if kept else None


def _registry(store: Store) -> Object | None:
    """What stands in the way of the customer file; None where nothing does."""
    kept, mark = store.house.get("customers"), store.enrolling.mark()
    problems = list(mark.problems if mark else kept.get("problems", ()))
    if mark is None and not problems:
        return None
    states = {name: bool(kept.get(name)) and not mark for name in ("waits", "refused")}
    rejected = mark.rejected if mark else kept.get("rejected", 0)
    return states | {"line": mark.line if mark else None, "rejected": rejected, "problems": problems}


def _blind(row: Any) -> Object:
    return {"source": row.source, "since": moment(row.since), "until": moment(row.until), "why": row.why}


def _pause(row: Any) -> Object:
    return {"scope": row.scope, "since": moment(row.since), "who": row.who, "why": row.why}


def _learned(row: Any) -> Object:
    return {"kind": row.kind, "at": moment(row.at), "labels": row.labels, "told": row.told}


def _braked(row: Any) -> Object:
    return {"rule": row.rule, "since": moment(row.braked_at), "fired": row.fired, "expected": row.expected}


def told(seen: Object) -> Iterator[str]:
    """The same in lines for people; times in UTC."""
    yield from map(_pause_told, seen["pauses"])
    yield from (
        f"BRAKED  rule {one['rule']} asks since {at(one['since'])}: it fired {one['fired']} times in a day, "
        f"expected were {one['expected']:.1f}; if all is well write `mode: ask`, wait for the reload, then `mode: live`"
        for one in seen["braked"]
    )
    for rule, count in seen["skipped"].items():
        yield f"SKIPPED rule {rule} for {counted(count, 'mention')}: a value did not fit it; the log has `rule.skipped`"
    for one in seen["silences"]:
        what = f"{one['kind']} {one_line(one['what'])}"
        yield f"silence {what} until {at(one['until'])} by {one['owner']}: {one_line(one['why'])}"
    yield from _book_told(seen["book"])
    yield from _registry_told(seen["customers"])
    if count := seen["suggestions"]:
        so_many = f"{count} or more" if count == MOST_SUGGESTED else str(count)
        yield f"accounts  {so_many} may be a customer's: `listener customers suggestions`; only you can say so"
    for one in seen["files"]:
        yield f"file    {one['file']} is broken on disk since {at(one['broken_since'])}; what it said before is at work"
        yield from (f"        {problem}" for problem in one["problems"])
    yield f"queues  {seen['queues']['mentions']} mentions to judge; deliveries: {_counts(seen['queues']['deliveries'])}"
    yield from _unsettled_told(seen["unsettled"], seen["queues"]["deliveries"])
    yield from (f"learned {one['kind']} at {at(one['at'])}: {one_line(one['told'])}" for one in seen["learned"])
    if seen["oldest_undelivered"]:
        yield f"oldest  an action is undelivered since {at(seen['oldest_undelivered'])}"
    for source in seen["sources"]:
        yield _source_told(source)
    for spot in seen["blind_spots"]:
        yield f"blind   {spot['source']} since {at(spot['since'])}: {one_line(spot['why'])}"


def _pause_told(pause: Object) -> str:
    why = f", {one_line(pause['why'])}" if pause["why"] else ""
    what = f"PAUSED  {pause['scope']} since {at(pause['since'])} by {pause['who']}{why}"
    return f"{what}; `{resuming(pause['scope'])}` lets it go on"


def resuming(scope: str) -> str:
    """The command that ends a pause: of everything, `rule:NAME` or `channel:NAME`."""
    kind, _, name = scope.partition(":")
    return f"listener resume --{kind} {name}" if name else "listener resume"


def _unsettled_told(unsettled: Object, counts: Mapping[str, int]) -> Iterator[str]:
    cures = {
        "in_doubt": "nobody knows whether they went out: look there, then `listener settle ID --sent` or `--not-sent`",
        "failed": "mend the cause, then `listener retry ID`",
    }
    for status, numbers in unsettled.items():
        if numbers:
            more = counts.get(status, 0) - len(numbers)
            which = ", ".join(map(str, numbers)) + (
                f" and {more} more (`listener deliveries --status {status}`)" if more > 0 else ""
            )
            yield f"{status.replace('_', ' '):8}  deliveries {which}: {cures[status]}"


def _registry_told(registry: Object | None) -> Iterator[str]:
    if registry is None:
        return
    how = f"has problems ({registry['rejected']:,}); the rest counts"
    if registry["line"] is not None:
        how = f"is read up to line {registry['line']}, and goes on from there at the next start or import"
    elif registry["refused"]:
        how = "cannot be used; the customers are those from before"
    elif registry["waits"]:
        how = "waits for --confirm"
    yield f"customers  the file {how}"
    yield from (f"        {one_line(problem)}" for problem in registry["problems"][:3])


def _book_told(book: Object | None) -> Iterator[str]:
    if book is None:
        yield "rules   no rule book has run yet"
        return
    broken = book["broken_since"]
    tail = f"; file on disk is broken at line {book['line']} since {at(broken)}" if broken else ""
    yield f"rules   running version {book['version']} since {at(book['since'])}{tail}"
    yield from (f"        {problem}" for problem in book["problems"] or ())


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in sorted(counts.items())) or "none"


def _source_told(source: Object) -> str:
    last = at(source["last_ok_at"]) or "never"
    trouble = (
        f", {counted(source['failures'], 'failure')}: {one_line(source['last_error'])}" if source["last_error"] else ""
    )
    return f"source  {source['name']} ({source['kind']}) {source['state']}, last read {last}{trouble}"
