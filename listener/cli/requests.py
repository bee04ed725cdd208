"""Requests for references by command: who is proposed, reserved, stands by, and what was given and received."""

from __future__ import annotations

from typing import Annotated

import typer

from listener.cli.asked import As, Json, ahead, number
from listener.cli.opening import opened
from listener.cli.references import Customer, Form, Why, serving, shown

Request = Annotated[str, typer.Argument(metavar="REQUEST", help="A request, as `references requests` lists it.")]
Gave = Annotated[list[str], typer.Option("--gave", help="What the customer did for us. Repeat it.")]
Received = Annotated[list[str], typer.Option("--received", help="What the customer got. Repeat it.")]


def request(
    context: typer.Context,
    form: Form,
    team: Annotated[str, typer.Option("--team", help="Who asks for it.")] = "",
    segment: Annotated[str | None, typer.Option("--segment", help="Customers of this segment.")] = None,
    product: Annotated[str | None, typer.Option("--product", help="Customers who have this product.")] = None,
    where: Annotated[
        list[str] | None, typer.Option("--where", metavar="COLUMN=VALUE", help="Any column of customers.csv.")
    ] = None,
    by: Annotated[
        str | None, typer.Option("--by", metavar="DATE", help="The day it is needed: names a stand-by.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only propose; reserve nobody.")] = False,
    as_json: Json = False,
    named: As = None,
) -> None:
    """Propose customers with reasons, and reserve the best one; nobody else can ask that customer meanwhile."""
    from listener.cli.asked import account
    from listener.store.asks import Wanted
    from listener.views import advocates
    from listener.wiring.now import clock

    attributes = _attributes(segment, product, where or [])
    wanted = Wanted(form, attributes, team or named or account(), ahead(by, clock()) if by else None)
    with serving(context, named) as (parts, programme):
        opened_number, proposals = (None, programme.propose(form, attributes)) if dry_run else programme.request(wanted)
        held = parts.store.asks.bookings(opened_number) if opened_number else []
    found = [advocates.proposal(one) for one in proposals]
    shown("proposals", found if as_json else [{**one, "why": "; ".join(one["reasons"])} for one in found], as_json)
    if opened_number and not as_json:
        _told(opened_number, [(row.customer, row.role) for row in held])


def again(context: typer.Context, request: Request, as_json: Json = False, named: As = None) -> None:
    """Propose and reserve anew for a request that lacks its customer, or its stand-by."""
    from listener.views import advocates

    opened_number = number(request)
    with serving(context, named) as (parts, programme):
        proposals = programme.again(opened_number)
        held = [row for row in parts.store.asks.bookings(opened_number) if row.status == "held"]
    found = [advocates.proposal(one) for one in proposals]
    shown("proposals", found if as_json else [{**one, "why": "; ".join(one["reasons"])} for one in found], as_json)
    if not as_json:
        _told(opened_number, [(row.customer, row.role) for row in held])


def _told(request_number: int, held: list[tuple[str, str]]) -> None:
    for customer, role in held:
        print(f"request {request_number}: {customer} is reserved{'' if role == 'main' else ' as the stand-by'}")
    if not held:
        print(f"request {request_number} is open: nobody who fits may be asked now")
        print(f"later: listener references again {request_number}")


def _attributes(segment: str | None, product: str | None, where: list[str]) -> dict[str, str]:
    found = {name: value for name, value in (("segment", segment), ("product", product)) if value}
    for pair in where:
        column, equals, value = pair.partition("=")
        if not (equals and column.strip()):
            raise typer.BadParameter(f"{pair!r} is no condition — write COLUMN=VALUE", param_hint="--where")
        found[column.strip()] = value.strip()
    return found


def requests(
    context: typer.Context,
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many, newest first.")] = 50,
    as_json: Json = False,
) -> None:
    """What teams need, and who is reserved for it."""
    from listener.views import advocates

    with opened(context) as parts:
        asks = parts.store.asks
        found = [advocates.request(row, asks.bookings(row.id)) for row in asks.requests(limit)]
    for one in found if not as_json else ():
        one["who"] = [f"{each['customer']} ({each['role']}, {each['status']})" for each in one["customers"]]
    shown("requests", found, as_json)


def asks(
    context: typer.Context,
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many, newest first.")] = 50,
    as_json: Json = False,
) -> None:
    """Who was asked for what by whom, how likely a yes seemed, and what they said."""
    from listener.views import advocates

    with opened(context) as parts:
        shown("asks", [advocates.ask(row) for row in parts.store.asks.asks(limit)], as_json)


def cancelled(context: typer.Context, request: Request, customer: Customer, why: Why = "", named: As = None) -> None:
    """The customer cannot after all, which costs them nothing; the stand-by moves up."""
    with serving(context, named) as (_, programme):
        moved = programme.cancelled(number(request), customer, why)
    print(f"request {number(request)}: {f'{moved.customer} is reserved' if moved else 'it is open again'}")


def fill(
    context: typer.Context,
    request: Request,
    outcome: Annotated[str, typer.Option("--outcome", help="What came of it.")],
    gave: Gave = [],  # noqa: B006  # typer reads the default, nobody writes to it
    received: Received = [],  # noqa: B006  # the same
    named: As = None,
) -> None:
    """The request was served: what came of it, what the customer gave and received."""
    from listener.pipeline.programme import Favour

    favours = [*(Favour("given", what) for what in gave), *(Favour("received", what) for what in received)]
    with serving(context, named) as (_, programme):
        programme.close(number(request), True, outcome, favours)
    print(f"request {number(request)} is filled")
    if not received:
        print("the customer received nothing yet: `listener references favour` enters what they get")


def cancel(context: typer.Context, request: Request, why: Why, named: As = None) -> None:
    """The request is not needed any more; whoever is reserved is free again."""
    with serving(context, named) as (_, programme):
        programme.close(number(request), False, why)
    print(f"request {number(request)} is cancelled")


def favour(
    context: typer.Context,
    customer: Customer,
    what: Annotated[str, typer.Argument(metavar="WHAT", help="What was given or received, in words.")],
    received: Annotated[bool, typer.Option("--received/--given", help="Which side: by the customer, or from them.")],
    form: Annotated[str, typer.Option("--form", help="A form of advocacy, or co-marketing.")] = "",
    worth: Annotated[str, typer.Option("--worth", help="What it is worth, where that is known.")] = "",
    named: As = None,
) -> None:
    """Enter give and take outside of a request."""
    from listener.pipeline.programme import Favour

    with serving(context, named) as (_, programme):
        programme.favour(customer, form, Favour("received" if received else "given", what, worth))
    print(f"entered for {customer}: {'received' if received else 'given'} {what}")


def favours(context: typer.Context, customer: Customer, as_json: Json = False) -> None:
    """Give and take with one customer."""
    from listener.views import advocates

    with opened(context) as parts:
        shown("favours", [advocates.favour(row) for row in parts.store.asks.favours(customer)], as_json)


COMMANDS = (request, again, requests, asks, cancelled, fill, cancel, favour, favours)
