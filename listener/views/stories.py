"""The whole story of one ticket: promises, complaints, notes, what went out, its counterpart, how it ended."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from listener.counted import counted
from listener.pipeline.people import NotPossible
from listener.store import Store
from listener.store.delivery_lists import DeliveryFilter
from listener.views import objects
from listener.views.objects import Object, moment
from listener.views.tables import at, one_line


def story_of(store: Store, number: int) -> Object:
    """A ticket with all that hangs on it. Raises NotPossible."""
    row = store.tickets.get(number)
    if row is None:
        raise NotPossible(f"there is no ticket {number}: `listener tickets` lists them")
    mentions = store.tickets.mentions_of([number]).get(number, [])
    found = [store.mentions.get(one) for one in mentions]
    track = store.tracks.current(number)
    return {
        **objects.ticket(row, mentions),
        "complaints": [_complaint(one) for one in found if one],
        "notes": [
            {"at": moment(one.at), "who": one.who, "what": one.what, "text": one.text}
            for one in store.tickets.notes(number)
        ],
        "deliveries": [
            objects.delivery(one)
            for mention in mentions
            for one in reversed(store.deliveries.page(DeliveryFilter(mention=mention)))
        ],
        "tracker": {"name": track.tracker, "mark": track.mark, "status": track.status} if track else None,
    }


def _complaint(row: Any) -> Object:
    title = f"{row.title}: " if row.title else ""
    return {"id": row.id, "at": moment(row.posted_at), "url": row.url, "text": f"{title}{row.text}", "label": row.label}


def told(story: Object) -> Iterator[str]:
    """The story in lines for people; times in UTC."""
    yield f"ticket {story['id']} is {story['status']}, {story['urgency']}, in queue {story['queue']}"
    yield f"who       {story['person']}" + (" (a customer)" if story["customer"] else "")
    role = f" ({story['owner_role']})" if story["owner_role"] and story["owner_role"] != story["owner"] else ""
    yield f"owner     {story['owner'] or 'nobody: `listener ticket take ' + str(story['id']) + '`'}{role}"
    yield f"opened    {at(story['opened_at'])}"
    yield from _promises_told(story)
    yield from _ending_told(story)
    if story["tracker"]:
        external = story["external"] or {}
        where = external.get("url") or external.get("key") or "not there yet"
        yield f"tracker   {story['tracker']['name']}: {where}, {story['tracker']['status']} there"
    for one in story["complaints"]:
        yield f"said      {at(one['at'])} {one_line(one['text'])} (mention {one['id']})"
    for one in story["notes"]:
        yield f"note      {at(one['at'])} {one['who']} {one['what']} {one_line(one['text'])}".rstrip()
    for one in story["deliveries"]:
        status = one["status"].replace("_", " ")
        yield f"delivery  {one['id']} {one['action']}: {status}"


def _promises_told(story: Object) -> Iterator[str]:
    replied = f", given {at(story['replied_at'])}" if story["replied_at"] else ""
    if story["first_reply_due"]:
        yield f"reply     due {at(story['first_reply_due'])}{replied}"
    elif replied:
        yield f"reply     {replied.removeprefix(', ')}"
    if story["resolve_due"]:
        yield f"resolve   due {at(story['resolve_due'])}"
    if story["status"] == "waiting":
        yield f"waiting   for the person, until {at(story['wait_until']) or 'they write'}"


def _ending_told(story: Object) -> Iterator[str]:
    if story["closed_at"]:
        cause = one_line(story["root_cause"] or "no root cause yet")
        yield f"closed    {at(story['closed_at'])}, {story['outcome'] or 'outcome not told'}: {cause}"
    if found := story["win_back"]:
        yield f"won back  {found['verdict']}, seen {at(found['checked_at'])}: {_change(found)}"


def _change(found: Object) -> str:
    if found["score_after"] is None:
        return "nothing was said since"
    before = f"{found['score_before']:+.2f}" if found["score_before"] is not None else "no score"
    return f"{counted(found['mentions'], 'later mention')} at {found['score_after']:+.2f}, in the ticket {before}"
