"""The nouns that are kept, as tables, and the values that rooms hand to the store."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from listener.model.alert import Alert, Posting
    from listener.model.campaign import Campaign, CampaignRecipient, IssueTold
    from listener.model.contact import OptOut
    from listener.model.customer import Customer, Erased, ErasureTask, Handle, Purchase, Recognised
    from listener.model.delivery import Attempt, Contact, Delivery
    from listener.model.giving import GiftSent, GiftStock, Given
    from listener.model.house import (
        AuditLine,
        BookVersion,
        LimitCounter,
        Pause,
        RuleHour,
        RuleMode,
        RuleRate,
        Setting,
        Silence,
        SpentToken,
    )
    from listener.model.issue import (
        Issue,
        IssueAct,
        IssueAlarm,
        IssueEpisode,
        IssueLink,
        IssueMember,
        IssueMoved,
        IssueState,
        IssueSuggestion,
        IssueWords,
    )
    from listener.model.label import GivenLabel, LearnedModel
    from listener.model.mention import Appearance, Decision, Mention, Version
    from listener.model.reference import (
        Booking,
        Consent,
        Favour,
        PanelMember,
        Reference,
        ReferenceAsk,
        ReferenceRequest,
        ReferenceStep,
        Takedown,
        Use,
    )
    from listener.model.referral import Referral, ReferralClick, ReferralCode, ReferralEvent
    from listener.model.source import BlindSpot, MeasureRow, Source
    from listener.model.ticket import Ticket, TicketMention, TicketNote, TicketTrack

__all__ = [
    "Alert",
    "Appearance",
    "Attempt",
    "AuditLine",
    "BlindSpot",
    "BookVersion",
    "Booking",
    "Campaign",
    "CampaignRecipient",
    "Consent",
    "Contact",
    "Customer",
    "Decision",
    "Delivery",
    "Erased",
    "ErasureTask",
    "Favour",
    "GiftSent",
    "GiftStock",
    "Given",
    "GivenLabel",
    "Handle",
    "Issue",
    "IssueAct",
    "IssueAlarm",
    "IssueEpisode",
    "IssueLink",
    "IssueMember",
    "IssueMoved",
    "IssueState",
    "IssueSuggestion",
    "IssueTold",
    "IssueWords",
    "LearnedModel",
    "LimitCounter",
    "MeasureRow",
    "Mention",
    "OptOut",
    "PanelMember",
    "Pause",
    "Posting",
    "Purchase",
    "Recognised",
    "Reference",
    "ReferenceAsk",
    "ReferenceRequest",
    "ReferenceStep",
    "Referral",
    "ReferralClick",
    "ReferralCode",
    "ReferralEvent",
    "RuleHour",
    "RuleMode",
    "RuleRate",
    "Setting",
    "Silence",
    "Source",
    "SpentToken",
    "Takedown",
    "Ticket",
    "TicketMention",
    "TicketNote",
    "TicketTrack",
    "Use",
    "Version",
]


def __getattr__(name: str) -> Any:
    """All tables are imported when the first is asked for: half a second, which only a process with a store pays."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    for module in iter_modules(__path__):
        found = vars(import_module(f"{__name__}.{module.name}"))
        globals().update({table: found[table] for table in __all__ if table in found})
    return globals()[name]
