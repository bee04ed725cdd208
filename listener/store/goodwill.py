"""What customers' words, answers and favours add up to: who may be asked for something, and who is the best to ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Text, cast, func, or_, select

from listener.model.contact import OptOut
from listener.model.customer import Customer
from listener.model.mention import Mention
from listener.model.reference import Booking, Consent, Favour, Reference, ReferenceAsk
from listener.model.ticket import Ticket
from listener.store.engine import Database, table
from listener.store.references import INSIDE

customer, mention, ticket, opt_out = table(Customer), table(Mention), table(Ticket), table(OptOut)
reference, ask, booking = table(Reference), table(ReferenceAsk), table(Booking)
consent, favour = table(Consent), table(Favour)

YEAR = timedelta(days=365)
PLAIN = ("segment", "plan", "region", "version", "language", "owner", "owner_role")
LISTS = ("products", "tags")
NEWEST_PRAISE = 5_000
LOOKED_AT = 1_000  # customers whose further columns are looked at: a file has the same ones in every line
MOST_VALUES = 10_000


@dataclass(frozen=True, slots=True)
class Sought:
    """Who is looked for: attributes of the customer (columns of customers.csv too), the form, and what spares asking.

    `unasked_since`: nobody who was asked after that; `unhurt_since`: nobody who complained after that.
    """

    form: str
    attributes: Mapping[str, str]
    now: datetime
    unasked_since: datetime
    unhurt_since: datetime
    asks_per_year: int


class Goodwill:
    """Questions about customers as people to ask."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def best(self, sought: Sought, enough: int) -> list[Row[Any]]:
        """Customers who fit and may be asked, for `advocacy.ranking` to weigh.

        Those in the programme; where they are not enough, also those who praised us last.
        """
        with self._database.read() as connection:
            members = list(connection.execute(_best(sought, members=True)))
            return members if len(members) >= enough else [*members, *connection.execute(_best(sought, members=False))]

    def standing(self, number: str, since: datetime) -> Row[Any] | None:
        """What is known of one customer when somebody wants to ask; None where the registry does not know it."""
        with self._database.read() as connection:
            return connection.execute(standing_of(number, since)).first()

    def praise(self, number: str, since: datetime) -> list[Row[Any]]:
        """The customer's positive mentions since then, newest first: id, score, verdict with its drivers."""
        with self._database.read() as connection:
            return list(connection.execute(praise_of(number, since)))

    def columns(self) -> list[str]:
        """The attributes that customers can be told apart by: those of the registry, and further ones of the file."""
        with self._database.read() as connection:
            rows = connection.execute(select(customer.c.columns).limit(LOOKED_AT)).scalars()
            own = {name for row in rows for name in row}
        return sorted({*PLAIN, *LISTS, "product", *own})

    def values_of(self, name: str) -> list[str]:
        """The values that customers have of this attribute, for naming them."""
        if name in LISTS or name == "product":
            query = select(customer.c["products" if name == "product" else name])
            with self._database.read() as connection:
                return sorted({value for row in connection.execute(query).scalars() for value in row})
        query = select(attribute(name)).distinct().limit(MOST_VALUES)
        with self._database.read() as connection:
            return sorted(value for value in connection.execute(query).scalars() if value)

    def acceptance(self, by: str, form: str | None = None) -> list[Row[Any]]:
        """Answered asks by form, asker, driver or an attribute of the customer: group, yes, all, expected (a mean)."""
        with self._database.read() as connection:
            return list(connection.execute(acceptance_by(by, form)))


def praise_of(number: str, since: datetime) -> Select[Any]:
    """A customer's positive mentions since then, newest first."""
    mine = (mention.c.customer == number) & (mention.c.label == "positive") & (mention.c.posted_at >= since)
    columns = (mention.c.id, mention.c.score, mention.c.verdict, mention.c.posted_at, mention.c.kind)
    return select(*columns).where(mine).order_by(mention.c.posted_at.desc())


def acceptance_by(by: str, form: str | None = None) -> Select[Any]:
    """Answered asks by group."""
    group = ask.c[by] if by in ask.c else attribute(by)
    yes = func.count().filter(ask.c.answer == "yes").label("yes")
    query = select(group.label("group"), yes, func.count().label("all"), func.avg(ask.c.expected).label("expected"))
    query = query.select_from(ask.outerjoin(customer, customer.c.id == ask.c.customer))
    query = query.where(ask.c.answer.in_(("yes", "no"))).group_by(group).order_by(group)
    return query.where(ask.c.form == form) if form else query


def attribute(name: str) -> ColumnElement[Any]:
    """A customer's attribute by its name: a column of the registry, else a further column of customers.csv."""
    return customer.c[name] if name in PLAIN else customer.c.columns[name].as_string()


def has(name: str, value: str) -> ColumnElement[bool]:
    """Whether a customer has this value: in a list (products, tags) as one of them."""
    if name in LISTS or name == "product":
        listed = customer.c["products" if name == "product" else name]
        return cast(listed, Text).contains(f'"{value}"', autoescape=True)
    return attribute(name) == value


def _best(sought: Sought, members: bool) -> Select[Any]:
    """Members of the programme, or else customers who praised us lately. Each is looked up by its own few rows."""
    words, asks, favours = _words(sought.now - YEAR), _asks(sought.now), _favours()
    agreed = select(consent.c.id).where(
        consent.c.customer == customer.c.id,
        consent.c.form == sought.form,
        or_(consent.c.until.is_(None), consent.c.until > sought.now),
    )
    belongs: ColumnElement[bool]
    if members:
        origin = reference.join(customer, customer.c.id == reference.c.customer)
        belongs = reference.c.state.in_(INSIDE)
    else:
        origin = customer.outerjoin(reference, reference.c.customer == customer.c.id)
        belongs = reference.c.state.is_(None) & customer.c.id.in_(_happy(sought.now - YEAR))
    return (
        select(
            customer.c.id.label("customer"),
            *(customer.c[name] for name in ("name", "segment", "owner", "owner_role", "renewal_at")),
            func.coalesce(reference.c.state, "").label("state"),
            agreed.exists().label("agreed"),
            *(column.scalar_subquery().label(name) for name, column in (words | asks | favours).items()),
        )
        .select_from(origin)
        .where(belongs, *(has(name, value) for name, value in sought.attributes.items()))
        .where(*_askable(sought, words, asks))
    )


def _happy(since: datetime) -> Select[Any]:
    """Customers of the newest praise: enough to choose from, and bounded however many there are."""
    known = mention.c.customer.is_not(None) & (mention.c.label == "positive") & (mention.c.posted_at >= since)
    newest = select(mention.c.customer).where(known).order_by(mention.c.posted_at.desc()).limit(NEWEST_PRAISE)
    return select(newest.subquery("newest").c.customer)


def _words(since: datetime) -> dict[str, Select[Any]]:
    """What a customer said of us: an index of known customers holds it all."""
    mine = (mention.c.customer == customer.c.id) & (mention.c.posted_at >= since)
    praised, hurt = mention.c.label == "positive", mention.c.label == "negative"
    return {
        "praise": select(func.count()).select_from(mention).where(mine, praised),
        "praised_at": select(func.max(mention.c.posted_at)).where(mine, praised),
        "complained_at": select(func.max(mention.c.posted_at)).where(mine, hurt),
    }


def _asks(now: datetime) -> dict[str, Select[Any]]:
    mine, count = ask.c.customer == customer.c.id, select(func.count()).select_from(ask)
    return {
        "asked_at": select(func.max(ask.c.at)).where(mine),
        "lately": count.where(mine, ask.c.at > now - YEAR),
        "yes": count.where(mine, ask.c.answer == "yes"),
        "no": count.where(mine, ask.c.answer == "no"),
    }


def _favours() -> dict[str, Select[Any]]:
    mine = favour.c.customer == customer.c.id
    count = select(func.count()).select_from(favour)
    return {side: count.where(mine, favour.c.side == side) for side in ("given", "received")}


def _askable(
    sought: Sought, words: Mapping[str, Select[Any]], asks: Mapping[str, Select[Any]]
) -> list[ColumnElement[bool]]:
    held = select(booking.c.id).where(booking.c.customer == customer.c.id, booking.c.status == "held")
    troubled = select(ticket.c.id).where(ticket.c.customer == customer.c.id, ticket.c.status != "closed")
    left = select(opt_out.c.person).where(opt_out.c.person == customer.c.id)
    asked, hurt = asks["asked_at"].scalar_subquery(), words["complained_at"].scalar_subquery()
    return [
        ~customer.c.do_not_contact,
        or_(reference.c.rests_until.is_(None), reference.c.rests_until <= sought.now),
        or_(asked.is_(None), asked <= sought.unasked_since),
        asks["lately"].scalar_subquery() < sought.asks_per_year,
        or_(hurt.is_(None), hurt <= sought.unhurt_since),
        ~held.exists(),
        ~troubled.exists(),
        ~left.exists(),
    ]


def standing_of(number: str, since: datetime) -> Select[Any]:
    """One customer with all that speaks for and against asking."""
    complained = select(func.max(mention.c.posted_at)).where(
        mention.c.customer == number, mention.c.label == "negative", mention.c.posted_at >= since
    )
    trouble = select(func.min(ticket.c.id)).where(ticket.c.customer == number, ticket.c.status != "closed")
    held = select(func.min(booking.c.request)).where(booking.c.customer == number, booking.c.status == "held")
    left = select(opt_out.c.person).where(opt_out.c.person == number).exists()
    return (
        select(
            customer,
            func.coalesce(reference.c.state, "").label("state"),
            reference.c.rests_until,
            complained.scalar_subquery().label("complained_at"),
            trouble.scalar_subquery().label("open_ticket"),
            held.scalar_subquery().label("held_for"),
            or_(customer.c.do_not_contact, left).label("opted_out"),
        )
        .select_from(customer.outerjoin(reference, reference.c.customer == customer.c.id))
        .where(customer.c.id == number)
    )
