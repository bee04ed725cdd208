"""The reference programme by command: who is in it, each step of a customer, and where a reference appears."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from listener.cli.asked import As, Json, account, ahead, number
from listener.cli.lists import listing
from listener.cli.opening import opened
from listener.counted import counted

if TYPE_CHECKING:
    from listener.pipeline.programme import Programme
    from listener.wiring import Parts

app = typer.Typer(help="The reference programme: who speaks for us, where, and who asks them.")
app.callback(invoke_without_command=True)(listing("references"))

Customer = Annotated[str, typer.Argument(metavar="CUSTOMER", help="A customer's id, as `customers` lists it.")]
Why = Annotated[str, typer.Option("--why", help="The reason, kept with it.")]
Form = Annotated[str, typer.Option("--form", help="call, talk, written, video or social.")]
Until = Annotated[str | None, typer.Option("--until", metavar="TIME", help="How long: 90d, or a date.")]
Number = Annotated[str, typer.Argument(metavar="NUMBER", help="An entry of a takedown list, as `takedowns` lists it.")]


@contextmanager
def serving(context: typer.Context, named: str | None) -> Iterator[tuple[Parts, Programme]]:
    """The parts, and the programme in the name of whoever is at the keyboard."""
    from listener.cli.who import decider

    with opened(context) as parts:
        yield parts, parts.programme(decider(parts.config, named, account()))


def shown(name: str, things: Iterable[Mapping[str, Any]], as_json: bool) -> None:
    """A table, or JSON Lines."""
    from listener.views import objects, tables

    if as_json:
        for thing in things:
            print(objects.line(thing))
    else:
        tables.show(name, things)


def _step(context: typer.Context, customer: str, what: str, why: str, named: str | None) -> None:
    with serving(context, named) as (parts, programme):
        row = programme.step(customer, what, why)
        places = len(parts.store.places.open_takedowns(customer))
    print(f"{customer} is {row.state}")
    if places:
        print(f"{counted(places, 'place')} to take down: `listener references takedowns` lists them")


@app.command()
def nominate(context: typer.Context, customer: Customer, why: Why = "", named: As = None) -> None:
    """This customer could speak for us."""
    with serving(context, named) as (_, programme):
        programme.nominate(customer, why)
        told = ", ".join(driver.driver for driver in programme.drivers(customer))
    print(f"{customer} is a candidate; why they are happy: {told or 'their mentions do not say'}")
    print(f"then: listener references invite {customer} --form call --benefit …")


@app.command()
def invite(
    context: typer.Context,
    customer: Customer,
    form: Form,
    benefit: Annotated[str, typer.Option("--benefit", help="What the customer gets: it is part of the ask.")],
    named: As = None,
) -> None:
    """Enter that this customer is asked, unless something speaks against it; says who asks."""
    with serving(context, named) as (_, programme):
        invited = programme.invite(customer, form, benefit)
    print(f"ask {invited.ask}: {invited.route.asker} asks {customer}; {invited.route.why}")
    print(f"about {invited.likely:.0%} likely to say yes; then: listener references answer {invited.ask} --yes")


@app.command()
def answer(
    context: typer.Context,
    ask: Annotated[str, typer.Argument(metavar="ASK", help="An ask, as `references asks` lists it.")],
    yes: Annotated[bool, typer.Option("--yes/--no", help="What the customer said.")],
    why: Why = "",
    named: As = None,
) -> None:
    """What the customer answered; a no has a reason that we learn from."""
    with serving(context, named) as (_, programme):
        customer = programme.answer(number(ask), yes, why)
    print(f"{customer} said {'yes' if yes else 'no'}")


@app.command()
def activate(context: typer.Context, customer: Customer, named: As = None) -> None:
    """The customer serves as a reference from now on."""
    _step(context, customer, "activate", "", named)


@app.command()
def rest(context: typer.Context, customer: Customer, until: Until = "90d", named: As = None) -> None:
    """Nobody asks this customer until then."""
    from listener.wiring.now import clock

    end = ahead(until or "90d", clock())
    with serving(context, named) as (_, programme):
        programme.rest(customer, end)
    print(f"{customer} rests until {end:%Y-%m-%d}")


@app.command()
def pause(context: typer.Context, customer: Customer, why: Why, named: As = None) -> None:
    """Stop using this reference at once; every place it stands in goes onto the takedown list."""
    _step(context, customer, "pause", why, named)


@app.command()
def reinstate(context: typer.Context, customer: Customer, why: Why = "", named: As = None) -> None:
    """End a pause: the customer is back where the pause came from."""
    _step(context, customer, "reinstate", why, named)


@app.command()
def withdraw(context: typer.Context, customer: Customer, why: Why, named: As = None) -> None:
    """The customer leaves the programme; every place must come down."""
    _step(context, customer, "withdraw", why, named)


@app.command()
def reconsider(context: typer.Context, customer: Customer, why: Why, named: As = None) -> None:
    """Somebody who declined or withdrew is a candidate again."""
    _step(context, customer, "reconsider", why, named)


@app.command()
def reviewed(context: typer.Context, customer: Customer, named: As = None) -> None:
    """You look after this customer now, and what we say with them is right."""
    with serving(context, named) as (_, programme):
        programme.reviewed(customer)
    print(f"{customer} is reviewed")


@app.command()
def consent(
    context: typer.Context,
    customer: Customer,
    form: Form,
    grant: Annotated[str, typer.Option("--grant", help="Out of name, logo, quote, recording; with commas.")],
    until: Until = None,
    named: As = None,
) -> None:
    """What the customer agreed to for one form, and until when."""
    from listener.wiring.now import clock

    end = ahead(until, clock()) if until else None
    with serving(context, named) as (_, programme):
        programme.consent(customer, form, [one.strip() for one in grant.split(",") if one.strip()], end)
    print(f"{customer} agreed to {grant} for {form}" + (f" until {end:%Y-%m-%d}" if end else ""))


@app.command()
def show(context: typer.Context, customer: Customer, as_json: Json = False) -> None:
    """One reference whole: why they are happy, steps, consents, places, give and take, what speaks against asking."""
    from listener.views import objects, reference_page
    from listener.wiring.now import clock

    with serving(context, None) as (parts, programme):
        page = reference_page.whole(parts.store, programme, customer, clock())
    if as_json:
        print(objects.line(page))
    else:
        for sentence in reference_page.told(page):
            print(sentence)


@app.command()
def use(
    context: typer.Context,
    customer: Customer,
    place: Annotated[str, typer.Argument(metavar="PLACE", help="A web address, or the name of a deck or event.")],
    text: Annotated[list[str], typer.Option("--text", help="What to look for there: the name, the quote. Repeat it.")],
    kind: Annotated[str, typer.Option("--kind", help="web page, deck, event, advert or store listing.")] = "web page",
    owner: Annotated[str, typer.Option("--owner", help="Who can take it down.")] = "",
    named: As = None,
) -> None:
    """Enter a place where this reference appears, and look there once."""
    with serving(context, named) as (parts, programme):
        place_number = programme.use(customer, kind, place, owner, text)
        sight = parts.takedowns.first_look(place_number, place, text)
    print(f"place {place_number}: {place} ({sight.detail})")
    if sight.seen != "still up":
        print("the texts were not found there, so only a person can say later that it is down")


@app.command()
def uses(context: typer.Context, customer: Customer, as_json: Json = False) -> None:
    """Every place where this reference appears."""
    from listener.views import advocates

    with opened(context) as parts:
        shown("uses", [advocates.use(row) for row in parts.store.places.of(customer)], as_json)


@app.command()
def takedowns(context: typer.Context, as_json: Json = False) -> None:
    """What must come down, what the last look found there, and for how long it has been on the list."""
    from listener.views import advocates
    from listener.wiring.now import clock

    with opened(context) as parts:
        now: datetime = clock()
        shown("takedowns", [advocates.takedown(row, now) for row in parts.store.places.open_takedowns()], as_json)


@app.command()
def down(context: typer.Context, entry: Number, named: As = None) -> None:
    """You saw that this place is down."""
    with serving(context, named) as (_, programme):
        programme.down(number(entry))
    print(f"entry {number(entry)} is confirmed")
