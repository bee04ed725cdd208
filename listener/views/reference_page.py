"""One reference whole, as an object and in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime

from listener.pipeline.people import NotPossible
from listener.pipeline.programme import Programme
from listener.store import Store
from listener.views import advocates, tables
from listener.views.objects import Object, moment

UNSEEN = "not looked at yet"


def whole(store: Store, programme: Programme, customer: str, now: datetime) -> Object:
    """Everything that is known of one customer as a reference. Raises NotPossible."""
    row = store.references.get(customer)
    if row is None:
        raise NotPossible(f"{customer} is not in the programme: `listener references nominate {customer}`")
    steps = store.references.steps(customer)
    return {
        "id": customer,
        "state": row.state,
        "since": moment(row.since),
        "why": row.why or None,
        "owner": row.owner or None,
        "review": row.review or None,
        "drivers": [asdict(driver) for driver in programme.drivers(customer)],
        "against": [{"why": reason.text, "until": moment(reason.until)} for reason in programme.against(customer)],
        "forms": [advocates.consent(each) for each in store.asks.agreed(customer)],
        "uses": [advocates.use(each) for each in store.places.of(customer)],
        "takedowns": [advocates.takedown(each, now) for each in store.places.open_takedowns(customer)],
        "favours": [advocates.favour(each) for each in store.asks.favours(customer)],
        "steps": [{"at": moment(s.at), "who": s.who, "what": s.what, "state": s.state, "why": s.why} for s in steps],
    }


def told(page: Object) -> Iterator[str]:
    """The same in sentences."""
    yield f"{page['id']} is {page['state']} since {tables.at(page['since'])}" + _why(page["why"])
    if page["review"]:
        yield f"review   {page['review']}: `listener references reviewed {page['id']}`"
    for driver in page["drivers"]:
        mentions = ", ".join(map(str, driver["mentions"]))
        yield f"driver   {driver['driver']} ({driver['score']:+.2f}): mentions {mentions}"
    for reason in page["against"]:
        yield f"ask now? no: {reason['why']}"
    if not page["against"]:
        yield "ask now? nothing speaks against it"
    for form in page["forms"]:
        until = f" until {tables.at(form['until'])}" if form["until"] else ""
        yield f"consent  {form['form']}: {', '.join(form['granted']) or 'nothing'}{until}"
    for use in page["uses"]:
        yield f"place    {use['id']} {use['status']}: {use['kind']} {tables.one_line(use['place'])} ({use['owner']})"
    for entry in page["takedowns"]:
        seen = entry["seen"] or UNSEEN
        yield f"takedown {entry['id']} for {entry['hours']} h: {tables.one_line(entry['place'])}, {seen}"
    for favour in page["favours"]:
        yield f"{favour['side']:8} {tables.at(favour['at'])} {tables.one_line(favour['what'])}"
    for step in page["steps"]:
        yield f"step     {tables.at(step['at'])} {step['what']} by {step['who']}{_why(step['why'])}"


def _why(why: str | None) -> str:
    return f": {tables.one_line(why)}" if why else ""
