"""The nouns that are kept, as tables, and the values that rooms hand to the store."""

from listener.model.campaign import Campaign, CampaignRecipient, IssueTold
from listener.model.contact import OptOut
from listener.model.customer import Customer, Erased, ErasureTask, Handle, Purchase, Recognised
from listener.model.delivery import Attempt, Contact, Delivery
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
    IssueState,
    IssueSuggestion,
)
from listener.model.label import GivenLabel, LearnedModel
from listener.model.mention import Appearance, Decision, Mention, Version
from listener.model.reference import (
    Booking,
    Consent,
    Favour,
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
    "GivenLabel",
    "Handle",
    "Issue",
    "IssueAct",
    "IssueAlarm",
    "IssueEpisode",
    "IssueLink",
    "IssueMember",
    "IssueState",
    "IssueSuggestion",
    "IssueTold",
    "LearnedModel",
    "LimitCounter",
    "MeasureRow",
    "Mention",
    "OptOut",
    "Pause",
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
