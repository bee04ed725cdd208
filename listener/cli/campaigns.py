"""Campaigns: draft, look, approve, hold, resume, stop, report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from listener.cli.asked import As, Json, number
from listener.cli.people import deciding
from listener.counted import counted

if TYPE_CHECKING:
    from listener.wiring import Parts

app = typer.Typer(no_args_is_help=True, help="One message to the customers whom an issue affects.")

Number = Annotated[str, typer.Argument(metavar="ID", help="A campaign, by its number.")]
Issue = Annotated[str, typer.Argument(metavar="ISSUE", help="An issue, by the column `id` of `issues`.")]
Template = Annotated[str, typer.Option("--template", help="A text of templates/; default the stage's own.")]
Stage = Annotated[str, typer.Option("--stage", help="What is said of the trouble: trouble, or fixed.")]
Lists = Annotated[str, typer.Option("--lists", help="Which of the affected: A, B, C (`issues affected`).")]
Where = Annotated[
    list[str] | None, typer.Option("--where", metavar="NAME=VALUE", help="Scope of list C: plan=pro; repeat it.")
]
PerHour = Annotated[int | None, typer.Option("--per-hour", min=1, help="Messages an hour.")]
Why = Annotated[str, typer.Option("--why", help="The reason, kept with it.")]


@app.command()
def draft(
    context: typer.Context,
    issue: Issue,
    stage: Stage = "trouble",
    template: Template = "",
    lists: Lists = "A,B,C",
    where: Where = None,
    per_hour: PerHour = None,
    named: As = None,
) -> None:
    """Write down who would get what, and who would not and why. Nothing is sent."""
    from listener.pipeline.outreach import Wish

    wanted = tuple(part.strip().upper() for part in lists.split(",") if part.strip())
    wish = Wish(issue, stage, template, wanted, tuple(where or ()), per_hour)
    with deciding(context, named) as (parts, people):
        row = parts.outreach.draft(wish, people.who)
        _show(parts, row)


@app.command()
def show(context: typer.Context, campaign: Number, as_json: Json = False) -> None:
    """Who gets it, who does not and why, the message itself, and what comes next."""
    from listener.cli.opening import opened
    from listener.views import objects

    with opened(context) as parts:
        row = parts.outreach.get(number(campaign))
        if as_json:
            print(objects.line(_object(parts, row)))
        else:
            _show(parts, row)


@app.command("list")
def listed(context: typer.Context, as_json: Json = False) -> None:
    """All campaigns, newest first."""
    from listener.cli.opening import opened

    with opened(context) as parts:
        rows = parts.store.campaigns.page()
        about = [{} if as_json else {"status": _status(parts, row)} for row in rows]
        _listed("campaigns", [_object(parts, row) | more for row, more in zip(rows, about, strict=True)], as_json)


@app.command()
def approve(context: typer.Context, campaign: Number, named: As = None) -> None:
    """You have read it, and it may go out. More than 25 recipients take two different persons."""
    with deciding(context, named) as (parts, people):
        row = parts.outreach.approve(number(campaign), people.who)
    if row.status == "draft":
        print(f"campaign {row.id} is approved by {people.who}; one more person approves it before anything is sent")
    else:
        print(f"campaign {row.id} begins with {row.canary} of {row.audience}; `listener run` sends them")


@app.command()
def hold(context: typer.Context, campaign: Number, why: Why = "", named: As = None) -> None:
    """Nothing of it goes out from this moment on."""
    with deciding(context, named) as (parts, people):
        parts.outreach.hold(number(campaign), people.who, why)
    print(f"campaign {number(campaign)} is on hold; `listener campaign resume {number(campaign)}` lets it go on")


@app.command()
def resume(context: typer.Context, campaign: Number, named: As = None) -> None:
    """It goes on where it was held."""
    with deciding(context, named) as (parts, people):
        parts.outreach.resume(number(campaign), people.who)
    print(f"campaign {number(campaign)} goes on")


@app.command()
def stop(context: typer.Context, campaign: Number, why: Why, named: As = None) -> None:
    """It ends here, for good: what was not sent never is."""
    with deciding(context, named) as (parts, people):
        row = parts.outreach.stop(number(campaign), people.who, why)
    print(f"campaign {row.id} is stopped; a new draft reaches those who were not told")


@app.command()
def report(context: typer.Context, campaign: Number, as_json: Json = False) -> None:
    """A receipt for each recipient, and for each who was left out the reason."""
    from listener.cli.opening import opened

    with opened(context) as parts:
        row = parts.outreach.get(number(campaign))
        ended = row.ended_at is not None
        _listed("receipts", [_receipt(each, ended) for each in parts.store.campaigns.receipts(row.id)], as_json)


def _listed(name: str, things: Sequence[dict[str, Any]], as_json: bool) -> None:
    from listener.views import objects, tables

    if as_json:
        for thing in things:
            print(objects.line(thing))
    else:
        tables.show(name, things)


def _receipt(row: Any, ended: bool) -> dict[str, Any]:
    external = row.external or {}
    unmade = "not sent" if ended else "not yet"
    outcome = "left out" if row.excluded else (row.status or unmade).replace("_", " ")
    night = row.not_before and not (row.status or ended) and f"quiet hours until {row.not_before:%Y-%m-%d %H:%M %Z}"
    why = row.excluded or row.why or row.last_error or night or None
    keys = {"customer": row.customer, "list": row.list, "outcome": outcome, "at": row.done_at}
    return {**keys, "delivery": row.delivery, "receipt": external.get("key"), "why": why}


def _status(parts: Parts, row: Any) -> str:
    held = row.status in ("canary", "holding", "running") and parts.outreach.on_hold(row.id)
    return f"{row.status}, on hold" if held else str(row.status)


def _object(parts: Parts, row: Any) -> dict[str, Any]:
    plain = {name: value for name, value in row._mapping.items() if name not in ("wording", "hold_seconds")}
    seen = parts.outreach.progress(row)
    counted = {name: getattr(seen, name) for name in ("made", "open", "held", "sent", "refused", "bounced", "in_doubt")}
    return plain | {
        "on_hold": parts.outreach.on_hold(row.id),
        **counted,
        "people": parts.store.campaigns.excluded(row.id),
    }


def _show(parts: Parts, row: Any) -> None:
    from listener.issues.outreach import approvers_of

    print(f"campaign {row.id}: {row.stage} of issue {row.issue}, by {row.channel}; {_status(parts, row)}")
    if row.why:
        print(f"  {row.why}")
    _show_lists(parts, row)
    seen, persons = parts.outreach.progress(row), approvers_of(row.audience)
    print(
        f"  {row.audience} recipients, the first {row.canary} alone, then {_span(row.hold_seconds)} of waiting; ",
        end="",
    )
    print(f"at most {row.per_hour} an hour")
    if row.status != "draft":
        print(f"  sent {seen.sent}, on the way {seen.open}, waiting {seen.held}, came back {seen.bounced}, ", end="")
        print(f"opted out or answered badly {seen.refused}")
        _show_waiting(parts, row, seen.in_doubt)
        return
    if row.audience:
        sheet = parts.outreach.preview(row)
        print(f"\n  {sheet.title}\n  " + sheet.text.replace("\n", "\n  ") + "\n" if sheet else "")
        _hint(parts, row)
    else:
        print("nobody would get it: `listener issues affected` shows whom the issue affects")
        return
    approved = ", ".join(each["who"] for each in row.approvals)
    missing = persons - len(row.approvals)
    print(
        f"{'approved by ' + approved + '; ' if approved else ''}{counted(missing, 'approval')} missing: ",
        end="",
    )
    print(f"listener campaign approve {row.id} --as NAME")


def _show_lists(parts: Parts, row: Any) -> None:
    excluded = parts.store.campaigns.excluded(row.id)
    for name, reasons in sorted(excluded.items()):
        print(f"  list {name}: {reasons.get('', 0)} get it ({row.reasons.get(name, '')})")
        for why, count in sorted(reasons.items()):
            if why:
                print(f"    {count} do not: {why}")
    if any(why.startswith("heard from us") for reasons in excluded.values() for why in reasons):
        print("  who heard from us lately is not told later: draft it anew when that is over, it reaches who is left")


def _show_waiting(parts: Parts, row: Any, in_doubt: int) -> None:
    sleepers, first = parts.store.campaigns.sleepers(row.id, parts.outreach.now()) if not row.ended_at else (0, None)
    if sleepers and first:
        print(f"  {sleepers} more wait for the end of quiet hours where they live, the first until {first:%H:%M %Z}")
    others = ", and the others wait for that" if row.status == "canary" else ""
    again, next_one = parts.store.campaigns.refused_for_now(row.id) if not row.ended_at else (0, None)
    if next_one:
        print(f"  {again} tried again from {next_one.due_at:%H:%M %Z} on{others}: {next_one.last_error}")
    held, first_one = parts.store.campaigns.held_up(row.id) if not row.ended_at else (0, None)
    if first_one:
        print(f"  {held} heard from us lately; the first may hear again {first_one.due_at:%Y-%m-%d %H:%M %Z}{others}")
    if in_doubt:
        print(f"  {in_doubt} may have arrived or not: listener deliveries --status in_doubt, then listener settle ID")


def _hint(parts: Parts, row: Any) -> None:
    """Customers read the title: one that was made from words of posts is rarely fit for that."""
    issue = parts.store.issues.root(row.issue)
    if issue and not issue.titled_by and not row.approvals:
        print(f"nobody gave the issue a title that customers can read: listener issues rename {issue.id} 'TITLE'")


def _span(seconds: int) -> str:
    return f"{seconds // 60} min" if seconds >= 60 else f"{seconds} s"
