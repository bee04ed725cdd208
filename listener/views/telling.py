"""The road of one mention in lines for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from types import MappingProxyType

from listener.views.objects import Object
from listener.views.road import Road, Ruling
from listener.views.tables import at, one_line
from rules.terms import Finding

MARKS: Mapping[bool | None, str] = MappingProxyType({True: "yes", False: "no ", None: "?  "})


def told(road: Road) -> Iterator[str]:
    """The road in lines for people; times in UTC."""
    said = road.mention
    yield f"mention {said['id']} about {said['brand']}"
    yield f"  ({road.emptied})" if road.emptied else f"  {one_line(said['title'] + ' ' + said['text'])}"
    yield from _origin_told(road)
    yield f"who       {road.person_by}"
    yield from _verdict_told(road)
    for ruling in road.rulings:
        yield from _ruling_told(ruling)
    if not road.rulings:
        yield "decision  not yet: it waits to be judged"
    for delivery in road.deliveries:
        yield from _delivery_told(delivery)
    if road.recovery:
        yield from _ticket_told(road.recovery)


def _origin_told(road: Road) -> Iterator[str]:
    said = road.mention
    health = f", {road.source['state']}, last read {at(road.source['last_ok_at'])}" if road.source else ""
    yield f"source    {said['source']} ({said['kind']}{health}), as {one_line(said['external_id'])}"
    yield f"posted    {at(said['posted_at'])}, first seen {at(said['seen_at'])}" + (
        ", history: never acted on" if said["history"] else ""
    )
    yield f"link      {one_line(said['url'] or 'none')}"
    for place in said["appearances"][1:]:
        yield f"also in   {place['source']} at {at(place['seen_at'])}, the same post"
    if said["duplicate_of"]:
        yield f"copy      nearly the same text as mention {said['duplicate_of']}"
    for old in road.versions:
        yield f"edited    until {at(old['until'])} it said: {one_line(old['text'])}"
    yield f"brand     by {', '.join(map(repr, road.words)) or 'its source or its row, which name it'}"


def _verdict_told(road: Road) -> Iterator[str]:
    verdict = road.mention["verdict"]
    if verdict is None:
        return
    yield (
        f"verdict   {verdict['label']} {verdict['score']:+.2f}, confidence {verdict['confidence']:.2f}, "
        f"by {verdict['engine']}, language {road.mention['language'] or 'unknown'}"
        + ("" if road.emptied else f"; plain VADER says {road.plain:+.2f}")
    )
    for one in verdict["evidence"]:
        yield f"          {one['value']:+.2f} {one_line(str(one['what']))} ({one['origin']})"
    for name in ("topics", "drivers"):
        if road.mention[name]:
            yield f"{name:<9} {', '.join(road.mention[name])}"


def _ruling_told(ruling: Ruling) -> Iterator[str]:
    fired = ", ".join(ruling.fired) or "no rule"
    yield f"decision  {at(ruling.at)} by rule book {ruling.book}: {fired} fired"
    if ruling.nothing_because:
        yield f"          nothing, because {one_line(ruling.nothing_because)}"
    for one in ruling.settled:
        place = ", ".join(filter(None, (one["stage"], f"line {one['line']}" if one.get("line") else "")))
        what = f"{one['rule']}: {one['action']} {one['status']}" + (f" ({place})" if place else "")
        yield f"          {what} {one_line(one['reason'] or '')}".rstrip()
    if ruling.unexplained:
        yield f"          {ruling.unexplained}"
    yield from _findings_told(ruling.findings, frozenset(ruling.fired))


def _findings_told(findings: Sequence[Finding], fired: frozenset[str]) -> Iterator[str]:
    """Rules that fired or came within one clause with every clause; of the others the first that kept them from it."""
    for rule, found in groupby(findings, key=lambda one: one.rule):
        clauses = list(found)
        missing = [one for one in clauses if one.depth == 1 and one.holds is not True]
        if rule in fired or len(missing) <= 1:
            yield f"  rule    {rule}: {'fired' if rule in fired else 'did not fire'}"
            yield from (f"          {'  ' * one.depth}{_clause_told(one)}" for one in clauses if one.depth)
        else:
            yield f"  rule    {rule}: did not fire, among others {_clause_told(missing[0])}"


def _clause_told(one: Finding) -> str:
    seen = f"   [it is {one_line(one.seen)}]" if one.seen else ""
    return f"{MARKS[one.holds]} {one_line(one.clause)}{seen}"


def _ticket_told(ticket: Object) -> Iterator[str]:
    due = "" if ticket["status"] == "closed" else f", first reply due {at(ticket['first_reply_due']) or 'at no time'}"
    replied = f", answered {at(ticket['replied_at'])}" if ticket["replied_at"] else due
    yield f"ticket    {ticket['id']} {ticket['status']}, owner {ticket['owner'] or 'nobody'}{replied}"
    if ticket["status"] == "closed":
        cause = one_line(ticket["root_cause"] or "no root cause yet")
        yield f"          {ticket['outcome'] or 'outcome not told'}: {cause}"
    if ticket["win_back"]:
        yield f"          later mentions: {ticket['win_back']['verdict']}"


def _delivery_told(delivery: Object) -> Iterator[str]:
    way = f" by {delivery['channel']}" if delivery["channel"] else ""
    by = f", decided by {delivery['decided_by']}" if delivery["decided_by"] else ""
    status = delivery["status"].replace("_", " ")
    why = f": {one_line(delivery['last_error'])}" if delivery["last_error"] and not delivery["tries"] else ""
    yield f"delivery  {delivery['id']} {delivery['action']}{way}: {status}{by}{why}"
    for one in delivery["tries"]:
        error = f": {one_line(one['error'])}" if one["error"] else ""
        yield f"          attempt {one['number']} at {at(one['at'])} ended {one['outcome']}{error}"
