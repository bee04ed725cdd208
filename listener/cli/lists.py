"""The lists: a table for people, JSON Lines for scripts. They need no secret and never wait for the daemon."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated

import typer

from listener.cli import misspelt
from listener.cli.asked import Json, moment, number
from listener.cli.opening import asked, looking, opened
from listener.cli.quick import tabled, written
from listener.store.glance import Glance, Wanted
from rules.problems import nearest

Since = Annotated[str | None, typer.Option("--since", metavar="TIME", help="From then on: 2026-11-23, 7d, 24h (UTC).")]
Until = Annotated[str | None, typer.Option("--until", metavar="TIME", help="Before then.")]
Brand = Annotated[str | None, typer.Option("--brand", help="Only about this brand.")]
Source = Annotated[str | None, typer.Option("--source", help="Only from this source.")]
Number = Annotated[str | None, typer.Option("--id", metavar="ID", help="Only this one.")]
Limit = Annotated[int, typer.Option("--limit", min=1, help="At most so many, newest first.")]

Person = Annotated[str | None, typer.Option("--person", help="Only of this one: a customer's id, or platform:name.")]
Purpose = Annotated[str | None, typer.Option("--purpose", help="thanks, gift, ask, engage, recovery or notice.")]
Channel = Annotated[str | None, typer.Option("--channel", help="Only by this channel.")]
Rule = Annotated[str | None, typer.Option("--rule", help="Only what this rule ordered.")]
Status = Annotated[str | None, typer.Option("--status", help="Only of this status: waiting, in doubt, failed, …")]

STATUSES = (
    *("due", "held", "waiting", "by_hand", "sending", "done"),
    *("failed", "in_doubt", "rejected", "expired", "cancelled", "shadow"),
)
PURPOSES = ("thanks", "gift", "ask", "engage", "recovery", "notice")
NAMED_BY_TEXT = frozenset({"customers", "issues", "references", "sources"})
ABOUT = {
    "mentions": "What was said, by whom, with its verdict.",
    "tickets": "Recovery tickets: who is unhappy, and until when they must hear from us.",
    "alerts": "What channels were alerted of, alone or in groups; who took notice, and when.",
    "issues": "Troubles that several mentions are about: how many have each, against the usual.",
    "customers": "The customer registry; `customers import FILE` replaces it.",
    "references": "The reference programme: who speaks for us, where they stand, why they are happy.",
    "sources": "Where we listen: state, last good poll, next one, failures.",
}


def listing(name: str) -> Callable[..., None]:
    """The command that shows one list."""

    def command(
        context: typer.Context,
        since: Since = None,
        until: Until = None,
        brand: Brand = None,
        source: Source = None,
        identity: Number = None,
        limit: Limit = 50,
        as_json: Json = False,
    ) -> None:
        if context.invoked_subcommand:
            return
        key = number(identity) if identity and name not in NAMED_BY_TEXT else identity
        wanted = Wanted(moment(since), moment(until), brand, source, key, limit)
        _show(context, name, wanted, as_json)

    command.__doc__ = ABOUT[name]
    return command


def deliveries(
    context: typer.Context,
    status: Status = None,
    since: Since = None,
    until: Until = None,
    brand: Brand = None,
    source: Source = None,
    identity: Number = None,
    limit: Limit = 50,
    as_json: Json = False,
) -> None:
    """Actions on their way out, also those that wait for a person."""
    if status is not None:
        # tables write "in doubt", JSON Lines `in_doubt`
        status = " ".join(status.replace("_", " ").split())
        _insist("status", status, [one.replace("_", " ") for one in STATUSES])
        status = status.replace(" ", "_")
    key = number(identity) if identity else None
    wanted = Wanted(moment(since), moment(until), brand, source, key, limit, status=status)
    _show(context, "deliveries", wanted, as_json)


def contacts(
    context: typer.Context,
    person: Person = None,
    purpose: Purpose = None,
    channel: Channel = None,
    rule: Rule = None,
    since: Since = None,
    until: Until = None,
    brand: Brand = None,
    source: Source = None,
    identity: Number = None,
    limit: Limit = 50,
    as_json: Json = False,
) -> None:
    """The contact ledger: whom we reached, why, by which channel."""
    if purpose is not None:
        _insist("purpose", purpose, PURPOSES)
    key = number(identity) if identity else None
    wanted = Wanted(moment(since), moment(until), brand, source, key, limit, person, purpose, channel, rule)
    _show(context, "contacts", wanted, as_json)


def _insist(what: str, given: str, known: Sequence[str]) -> None:
    """It is one of these words. Raises BadParameter with the nearest of them."""
    if given not in known:
        cure = nearest(given, known, f"it is one of {', '.join(known)}")
        raise typer.BadParameter(f"there is no {what} {given!r} — {cure}", param_hint=f"--{what}")


def _show(context: typer.Context, name: str, wanted: Wanted, as_json: bool) -> None:
    if name == "issues":
        _catch_up(context)
    with looking(context) as seen:
        if not (written(seen, name, wanted) if as_json else _table(seen, name, wanted)):
            misspelt.tell(seen, asked(context).file, name, wanted)
        if name == "sources" and not (wanted.source or wanted.id):
            misspelt.tell_unpolled(seen, asked(context).file)


def _catch_up(context: typer.Context) -> None:
    """A large import leaves its complaints to the daemon's watch; where none has looked since, this does."""
    with looking(context) as seen:
        waits = seen.has_unsettled()
    if waits:
        with opened(context) as parts:
            parts.issue_watch.catch_up()


def _table(seen: Glance, name: str, wanted: Wanted) -> bool:
    """Show it; whether anything was there."""
    things = tabled(seen, name, wanted)
    if name == "sources":
        from listener.views import blindness

        for line in blindness.told(seen, things, datetime.now(UTC)):
            print(line)
    return bool(things)
