"""What closes the loop of an issue: its tickets, who was told what, what they answered and said later."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select, update

from listener.model.campaign import Campaign, CampaignRecipient, IssueTold
from listener.model.delivery import Delivery
from listener.model.issue import MENDED, Issue, IssueEpisode
from listener.model.mention import Mention
from listener.model.ticket import Ticket, TicketMention
from listener.store import grouped, outbox
from listener.store.audience import told_now
from listener.store.engine import Database, chunks, table
from listener.store.told import untell

campaign, recipient = table(Campaign), table(CampaignRecipient)
delivery, told = table(Delivery), table(IssueTold)
issue, episode, mention = table(Issue), table(IssueEpisode), table(Mention)
ticket, ticket_mention = table(Ticket), table(TicketMention)

ARRIVED = ("done", "in_doubt", "sending")  # in doubt: better told once more of the fix than left with the trouble
ENDED = ("stopped", "done")


class Closing:
    """Questions and changes around the end of an issue."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def contacted(self, root: str) -> dict[str, str]:
        """Customers who were told of the trouble in the present episode, or before and of no fix since; with the list
        they stood on.
        """
        with self._database.read() as connection:
            family = grouped.family(connection, root)
            waits = told.c.issue.in_(family) & ~_told_of_a_fix_since(family)
            mine = (told_now(connection, root) | waits) & (told.c.stage == "trouble")
            query = (
                select(told.c.customer, recipient.c.list)
                .join(delivery, delivery.c.id == told.c.delivery)
                .outerjoin(
                    recipient, (recipient.c.campaign == told.c.campaign) & (recipient.c.customer == told.c.customer)
                )
                .where(mine, delivery.c.status.in_(ARRIVED), told.c.customer.is_not(None))
            )
            return {row[0]: row[1] or "B" for row in connection.execute(query)}

    def latest(self, root: str, persons: Iterable[str]) -> dict[str, Row[Any]]:
        """The newest mention by each of these persons in the issue that is still there."""
        wanted = sorted(persons)
        found: dict[str, Row[Any]] = {}
        with self._database.read() as connection:
            for part in chunks(wanted):
                mine = (mention.c.issue == root) & mention.c.person.in_(part) & mention.c.gone_at.is_(None)
                rows = connection.execute(select(mention).where(mine).order_by(mention.c.posted_at, mention.c.id))
                found |= {row.person: row for row in rows}
        return found

    def tell_by_hand(self, about: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> int:
        """Drafts that tell persons of an issue, for those who were not told yet; how many. `about`: see IssueTold."""
        made = 0
        with self._database.write() as connection:
            for row in rows:
                line = dict(about) | {"person": row["person"], "customer": row["customer"], "asked": False}
                once = self._database.insert(IssueTold).values(line).on_conflict_do_nothing().returning(told.c.id)
                number = connection.execute(once).scalar()
                if number is None:
                    continue
                outbox.add(connection, self._database, [row])
                mine = select(delivery.c.id).where(delivery.c.key == row["key"]).scalar_subquery()
                connection.execute(update(told).where(told.c.id == number).values(delivery=mine))
                made += 1
        return made

    def untell(self, root: str, at: datetime, why: str) -> None:
        """It is not fixed after all: no draft says so any more."""
        with self._database.write() as connection:
            untell(connection, self._database, grouped.family(connection, root), at, why)

    def tickets(self, root: str) -> list[tuple[Row[Any], bool]]:
        """Tickets of the issue that are not closed; whether it is all that they are about."""
        with self._database.read() as connection:
            theirs = mention.c.id == ticket_mention.c.mention
            inside = func.count().filter(mention.c.issue == root).label("inside")
            query = (
                select(ticket_mention.c.ticket, inside, func.count().label("all"))
                .join(mention, theirs)
                .where(ticket_mention.c.ticket.in_(_of_issue(root)))
                .group_by(ticket_mention.c.ticket)
            )
            whole = {row[0]: row[1] == row[2] for row in connection.execute(query)}
            rows = connection.execute(select(ticket).where(ticket.c.id.in_(list(whole)), ticket.c.status != "closed"))
            return [(row, whole[row.id]) for row in rows]

    def ticketed(self, root: str) -> list[Row[Any]]:
        """person and customer of the tickets about the issue, also of those who only repeated what others said."""
        with self._database.read() as connection:
            query = select(ticket.c.person, ticket.c.customer).where(ticket.c.id.in_(_of_issue(root)))
            return list(connection.execute(query.order_by(ticket.c.id)))

    def tickets_of(self, root: str, person: str) -> list[Row[Any]]:
        """This person's tickets about the issue."""
        with self._database.read() as connection:
            mine = ticket.c.id.in_(_of_issue(root)) & ((ticket.c.person == person) | (ticket.c.customer == person))
            return list(connection.execute(select(ticket).where(mine)))

    def answer(self, number: int, person: str, answer: str, at: datetime) -> tuple[Row[Any], str | None] | None:
        """What a person answered; the row, and the answer before. None: this campaign did not tell them."""
        with self._database.write() as connection:
            mine = (told.c.campaign == number) & (told.c.person == person)
            row = connection.execute(select(told).where(mine).with_for_update()).first()
            if row is None:
                return None
            values = {"answer": answer, "answered_at": at}
            connection.execute(update(told).where(told.c.id == row.id).values(values))
            return row, row.answer

    def told(self, root: str) -> list[Row[Any]]:
        """Everybody whom any message about the issue was made for, with what became of it."""
        columns = (delivery.c.status, delivery.c.done_at, delivery.c.action, delivery.c.why, delivery.c.last_error)
        with self._database.read() as connection:
            family = grouped.family(connection, root)
            query = select(told, *columns).outerjoin(delivery, delivery.c.id == told.c.delivery)
            return list(connection.execute(query.where(told.c.issue.in_(family)).order_by(told.c.id)))

    def recipients(self, root: str) -> list[Row[Any]]:
        """Everybody whom any campaign about the issue named: customer, list, excluded, stage."""
        with self._database.read() as connection:
            family = grouped.family(connection, root)
            columns = (recipient.c.customer, recipient.c.list, recipient.c.excluded, recipient.c.made_at)
            query = select(*columns, campaign.c.stage).join(campaign, campaign.c.id == recipient.c.campaign)
            return list(connection.execute(query.where(campaign.c.issue.in_(family)).order_by(campaign.c.id)))

    def said_since(self, persons: Iterable[str], label: str, since: datetime) -> list[Row[Any]]:
        """Mentions by these persons with this label, from then on: id, person, posted_at, url."""
        columns = (mention.c.id, mention.c.person, mention.c.posted_at, mention.c.url)
        found: list[Row[Any]] = []
        with self._database.read() as connection:
            for part in chunks(sorted(persons)):
                mine = mention.c.person.in_(part) & (mention.c.label == label) & (mention.c.posted_at >= since)
                found += connection.execute(select(*columns).where(mine).order_by(mention.c.posted_at))
        return found

    def fixed_ones(self) -> list[Row[Any]]:
        """Issues that were fixed, with the time of the fix: `fixed_at`."""
        present = (episode.c.issue == issue.c.id) & (episode.c.number == issue.c.episode)
        states = issue.c.state.in_(MENDED)
        query = select(issue, episode.c.fixed_at).join(episode, present)
        with self._database.read() as connection:
            mine = query.where(states, issue.c.alias_of.is_(None), episode.c.fixed_at.is_not(None))
            return list(connection.execute(mine))

    def posts(self, root: str) -> list[tuple[datetime, str]]:
        """When each post of the issue was posted, and by whom; copies are left out."""
        own = (mention.c.issue == root) & mention.c.duplicate_of.is_(None) & mention.c.person.is_not(None)
        query = select(mention.c.posted_at, mention.c.person).where(own).order_by(mention.c.posted_at)
        with self._database.read() as connection:
            return [(row[0], row[1]) for row in connection.execute(query)]

    def unended(self, root: str, stage: str) -> list[int]:
        """Campaigns of the issue at this stage that have not ended."""
        with self._database.read() as connection:
            family = grouped.family(connection, root)
            mine = campaign.c.issue.in_(family) & (campaign.c.stage == stage) & campaign.c.status.not_in(ENDED)
            return list(connection.execute(select(campaign.c.id).where(mine)).scalars())


def _told_of_a_fix_since(family: Sequence[str]) -> ColumnElement[bool]:
    """Of a line of `told`: whether a later one brought its person the news of a fix of these issues."""
    later = told.alias("later")
    same = (later.c.person == told.c.person) & later.c.issue.in_(family) & (later.c.id > told.c.id)
    arrived = select(delivery.c.id).where(delivery.c.id == later.c.delivery, delivery.c.status.in_(ARRIVED)).exists()
    return select(later.c.id).where(same, later.c.stage == "fixed", arrived).exists()


def _of_issue(root: str) -> Any:
    mine = select(ticket_mention.c.ticket).join(mention, mention.c.id == ticket_mention.c.mention)
    return mine.where(mention.c.issue == root)
