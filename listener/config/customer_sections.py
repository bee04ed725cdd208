"""The sections about customers: who they are, how often they may hear from us, and of what."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from pydantic import Field

from listener.config.quantities import (
    Duration,
    FilePath,
    Keep,
    Money,
    Night,
    OrderNumber,
    PublicUrl,
    Remembered,
    SecretName,
    Shares,
)
from listener.config.section import Section


class Customers(Section):
    """The customer registry as files; read at start and when they change.

    `order_number` is a pattern (RE2): an author whose text names the order of one customer is that customer. With
    `secret` CRM systems may post to /customers/…
    """

    file: FilePath = Path("customers.csv")
    order_number: OrderNumber = ""
    purchases: FilePath = Path("purchases.csv")
    secret: SecretName = Field("", repr=False)


class ContactRules(Section):
    """How often one person may hear from us, over all rules, campaigns and people.

    `channel` is one of kind email or webhook, by which customers are written to, one letter each.
    """

    channel: str = ""
    per_person: Shares = ((1, timedelta(hours=24)), (3, timedelta(days=7)))
    rest_after_ask: Remembered = timedelta(days=90)
    quiet_after_complaint: Remembered = timedelta(days=14)
    quiet_hours: Night = None


class Advocacy(Section):
    """References and referrals: where they are told, how much asking a customer is spared, what a referral earns.

    `pause_below` is the score of a complaint, −1 to 0, from which on a reference rests by itself. `landing` is where a
    referral link leads, `secret` signs what shops report, `reward_budget` holds for a calendar month. With
    `ask_buyers_after` a purchase, buyers who said nothing are asked to share their opinion, so many a day.
    """

    channel: str = ""
    rest: Duration = timedelta(days=90)
    asks_per_year: int = Field(3, ge=1, le=52)
    after_complaint: Duration = timedelta(days=30)
    around_renewal: Duration = timedelta(days=30)
    pause_below: float = Field(-0.3, ge=-1, le=0)
    goals: FilePath = Path("advocacy.yaml")
    landing: PublicUrl = ""
    secret: SecretName = ""
    reward: Money = ""
    reward_budget: Money = ""
    rewards_per_year: int = Field(10, ge=1, le=1_000)
    ask_buyers_after: Duration | None = None
    ask_buyers_per_day: int = Field(20, ge=1, le=1_000)


class CampaignRules(Section):
    """How many customers are told at a time, how long after the first ones, and who is never told.

    `consent` is a word that must stand among a customer's consents ("": none is asked for). `suppressed` is a file of
    customer ids and mail addresses, one a line. `ask` is the share of those told of a fix who are asked whether it is
    fixed for them; reporters always are.
    """

    per_hour: int = Field(3_600, ge=1)
    hold: Duration = timedelta(minutes=30)
    consent: str = ""
    suppressed: FilePath = Path("suppressed.txt")
    ask: float = Field(0.2, ge=0, le=1)


class TicketDesk(Section):
    """Recovery tickets: working hours, and who hears of a promise that is about to break.

    `warn_at` is the share of the time after which the owner is warned. `channel` hears of what is late, by default the
    ops channel; `mail_by` is an e-mail channel by which owners hear at their own address. `check_after` a close the
    person's later mentions are looked at.
    """

    calendar: FilePath = Path("calendar.yaml")
    warn_at: float = Field(0.75, gt=0, lt=1)
    channel: str = ""
    mail_by: str = ""
    check_after: Keep = timedelta(days=30)
