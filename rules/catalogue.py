"""What rules can test and what they can order: two closed catalogues, from which the manual page is made."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, get_args

from rules.terms import Purpose, Value

Type = Literal["text", "name", "names", "number", "flag", "column"]
OptionType = Literal[
    "text", "name", "names", "channel", "webhook", "template", "person", "gift", "money", "duration", "choice"
]


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that is known of a mention.

    `text` is free text, `name` one word or label, `names` a set of them, `column` whatever a file column holds.
    `default` is the value where nothing is known, for fields that are always known. `kept` fields are stored with
    each mention in a form that `count:` can ask for. `world` names the part of the World that lists its values,
    `within` the least and the greatest number there is.
    """

    name: str
    type: Type
    sentence: str
    values: tuple[str, ...] = ()
    unit: str = ""
    default: Value | None = None
    kept: bool = False
    world: str = ""
    within: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class OptionSpec:
    """One option of an action. A `duration` arrives as seconds, `money` as text like `18 EUR`, `names` as a tuple."""

    name: str
    type: OptionType
    sentence: str
    required: bool = False
    default: str = ""
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Action:
    """One thing a rule can order. `main` is the option meant when a single value stands in place of a mapping."""

    name: str
    purpose: Purpose
    sentence: str
    public: bool = False
    options: tuple[OptionSpec, ...] = ()
    main: str = ""
    specs: Mapping[str, OptionSpec] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "specs", MappingProxyType({o.name: o for o in self.options}))

    @property
    def outward(self) -> bool:
        """Whether a person outside hears from us: quiet hours, opt-outs and the approval floor count."""
        return self.purpose not in ("internal", "recovery")

    @property
    def guarded(self) -> bool:
        """Public and asking actions, which the installation's floor keeps from going out unseen."""
        return self.public or self.purpose == "ask"


SENTIMENTS = ("positive", "negative", "neutral", "mixed", "unsure")
INTENTS = ("praise", "complaint", "question", "request", "news")
SPREADS = ("isolated", "possibly_shared", "shared", "outbreak", "cannot_tell")
STATES = ("open", "acknowledged", "fixing", "fixed", "watching", "resolved", "regressed")
REFERENCE_STATES = ("candidate", "invited", "accepted", "active", "resting", "paused", "withdrawn", "declined")
ADVOCACY = frozenset({"reference.state", "referrals.365d"})  # looked up only where a book tests them
URGENCIES = ("low", "normal", "high", "urgent")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
GROUPS = ("brand", "topic", "issue", "product", "source", "rule")
CONTACTS = tuple(p for p in get_args(Purpose) if p != "internal")

_FIELDS = (
    Field("source", "name", "The name of the source that brought the mention.", kept=True, world="sources"),
    Field("source.kind", "name", "The kind of the source, or its spec's name.", kept=True, world="kinds"),
    Field("brand", "name", "The brand that the mention is about.", kept=True, world="brands"),
    Field("product", "name", "The product that is named, where one is.", kept=True),
    Field("language", "name", "The language of the text, as a code such as en or de.", kept=True),
    Field("title", "text", "The title of the post."),
    Field("text", "text", "The title and the words of the post, as plain text."),
    Field("url", "name", "The address of the post itself."),
    Field("thread", "name", "The conversation that the post belongs to.", kept=True),
    Field("thread.praise", "flag", "Whether the same conversation holds somebody else's praise.", default=False),
    Field("thread.persons", "number", "How many persons speak in the conversation, this one included.", unit="persons"),
    Field("rating", "number", "Stars given with the post.", unit="stars, 0 to 5", within=(0, 5)),
    Field("survey.score", "number", "The score of an answer to our survey.", unit="0 to 10", within=(0, 10)),
    Field("sentiment", "name", "The feeling toward the brand; unknown where unscored.", SENTIMENTS, kept=True),
    Field("score", "number", "The feeling as a number.", unit="−1 to 1", within=(-1, 1)),
    Field("confidence", "number", "How sure the verdict is.", unit="0 to 1", within=(0, 1)),
    Field("topics", "names", "What the mention is about.", kept=True, world="topics"),
    Field("drivers", "names", "Why somebody is happy.", ("service", "product", "brand")),
    Field("intent", "name", "What the text is for.", INTENTS),
    Field("tags", "names", "Tags that understanding gave the mention."),
    Field("reply_to_us", "flag", "Whether the post answers one of our own accounts.", default=False),
    Field("company_reply", "text", "What the company answered under the post, where the site shows it."),
    Field("author.handle", "name", "The author's handle on the platform."),
    Field("author.account", "name", "The author's account, as platform:handle."),
    Field("author.name", "text", "The name the author shows."),
    Field("author.followers", "number", "How many follow the author.", unit="people"),
    Field("author.is_us", "flag", "Whether the author is our own account; no rule matches those.", default=False),
    Field("author.is_machine", "flag", "Whether a machine sent it; no rule matches those.", default=False),
    Field("person.id", "name", "The customer where known, else platform:handle, else that mention alone.", kept=True),
    Field("customer.known", "flag", "Whether the author is a customer in the registry.", default=False),
    Field("customer.id", "name", "The customer's id in the registry.", kept=True),
    Field("customer.name", "text", "The customer's name."),
    Field("customer.segment", "name", "The customer's segment.", kept=True),
    Field("customer.plan", "name", "The customer's plan.", kept=True),
    Field("customer.region", "name", "The customer's region.", kept=True),
    Field("customer.version", "name", "The version that the customer uses.", kept=True),
    Field("customer.products", "names", "The products that the customer has."),
    Field("customer.tags", "names", "Tags from the registry."),
    Field("customer.owner", "name", "Who looks after the customer."),
    Field("customer.owner_role", "name", "What the owner does: customer success, sales, product, service, executive."),
    Field("customer.language", "name", "The language that the customer speaks, from the registry."),
    Field("customer.timezone", "name", "The customer's timezone, from the registry; quiet hours follow it."),
    Field("customer.open_ticket", "flag", "Whether the person has an open ticket.", default=False),
    Field("customer.opted_out", "flag", "Whether the person wants to hear nothing from us.", default=False),
    Field("reference.state", "name", "Where the customer stands in the reference programme.", REFERENCE_STATES),
    Field("referrals.365d", "number", "Newcomers the customer brought in a year.", unit="referrals", default=0),
    Field("mentions.7d", "number", "The person's mentions in 7 days, this one included.", unit="mentions", default=1),
    Field("mentions.30d", "number", "The person's mentions in 30 days, this one included.", unit="mentions", default=1),
    Field("mentions.365d", "number", "The person's mentions in a year, this one included.", unit="mentions", default=1),
    Field("issue.id", "name", "The issue that the mention belongs to.", kept=True),
    Field("issue.spread", "name", "How many have the trouble.", SPREADS),
    Field("issue.state", "name", "How far the fix of the issue is.", STATES),
    Field("issue.persons", "number", "Distinct persons with the issue.", unit="persons"),
    Field("issue.customers", "number", "Known customers among them.", unit="customers"),
    Field("issue.ratio", "number", "Persons now against the usual rate.", unit="times the usual"),
    Field("topic.trend", "number", "Mentions of the topic now against the usual rate.", unit="times the usual"),
    Field("weekday", "name", "The day on which the mention is judged, in the installation's timezone.", WEEKDAYS),
    Field(
        "hour",
        "number",
        "The hour in which the mention is judged, in the installation's timezone.",
        unit="0 to 23",
        within=(0, 23),
    ),
    *(
        Field(f"days_since.{p}", "number", f"Days since the last contact of purpose {p}.", (), "days", math.inf)
        for p in CONTACTS
    ),
)  # fmt: skip
FIELDS: Mapping[str, Field] = MappingProxyType({f.name: f for f in _FIELDS})
DEFAULTS: Mapping[str, Value] = MappingProxyType({f.name: f.default for f in _FIELDS if f.default is not None})
# open families: their names come from files and sources, so check can only compare them with what it knows
FAMILIES = ("customer.", "attribute.")  # customer.<column> of customers.csv, attribute.<name> that a source tells

_TEMPLATE = "The text, by the name of its template."
_ACTIONS = (
    Action("alert", "internal", "Tell a channel about the mention, at once.", options=(
        OptionSpec("channel", "channel", "The channel to tell.", required=True),
        OptionSpec("message", "text", "A line to put above the mention."),
        OptionSpec("collect", "duration", "Wait this long for more of the same, then tell all of it in one message."),
        OptionSpec("by", "names", "What alerts must share to be told together.", values=GROUPS),
        OptionSpec("digest", "choice", "One message an hour, a day (8:00) or a week (Monday 8:00).", values=(
            "hour", "day", "week")),
    ), main="channel"),
    Action("thank", "thanks", "Thank the author in public, with a draft that a person approves.", True, (
        OptionSpec("template", "template", _TEMPLATE, default="thanks"),
    ), "template"),
    Action("engage", "engage", "Answer with something useful from the ecosystem, never with an offer.", True, (
        OptionSpec("template", "template", _TEMPLATE, default="engage"),
        OptionSpec("topics", "names", "Only content about these topics; without it, the mention's own."),
    ), "template"),
    Action("send_gift", "gift", "Send a small unannounced gift, with no wish attached.", options=(
        OptionSpec("item", "gift", "What to send, by its name in gifts.yaml.", required=True),
        OptionSpec("cost", "money", "What it costs, counted against the budget."),
        OptionSpec("template", "template", "The text of the card.", default="gift"),
    ), main="item"),
    Action("invite_reference", "ask", "Ask a customer to join the reference programme.", options=(
        OptionSpec("template", "template", _TEMPLATE, default="invite-reference"),
        OptionSpec("form", "choice", "The form of advocacy asked for.", values=(
            "one_on_one", "talk", "writing", "video", "social")),
        OptionSpec("benefit", "text", "What the customer gets out of it."),
    ), main="template"),
    Action("ask_feedback", "ask", "Ask what the customer thinks, good or bad.", options=(
        OptionSpec("template", "template", _TEMPLATE, default="ask-feedback"),
        OptionSpec("survey", "text", "The address of the survey."),
    ), main="template"),
    Action("ask_to_share", "ask", "Ask to share an honest opinion, whatever it is.", options=(
        OptionSpec("template", "template", _TEMPLATE, default="ask-to-share"),
        OptionSpec("places", "names", "Where it could be shared."),
    ), main="template"),
    Action("invite_panel", "ask", "Invite to the panel that improves the product.", options=(
        OptionSpec("template", "template", _TEMPLATE, default="invite-panel"),
        OptionSpec("panel", "name", "Which panel."),
    ), main="panel"),
    Action("open_ticket", "recovery", "Open a recovery ticket, or join the person's latest one.", options=(
        OptionSpec("queue", "name", "The queue it goes to.", default="care"),
        OptionSpec("urgency", "choice", "How urgent it is.", default="normal", values=URGENCIES),
        OptionSpec("owner", "person", "Who has it; without it, the customer's owner, else whoever takes it."),
        OptionSpec("first_reply_within", "duration", "Working time until the person has heard from us.", default="8h"),
        OptionSpec("resolve_within", "duration", "Working time until the trouble is over.", default="72h"),
    ), main="queue"),
    Action("check_issue", "internal", "Check at once whether other customers have the same trouble."),
    Action("tag", "internal", "Put tags on the mention.", options=(
        OptionSpec("tags", "names", "The tags.", required=True),
    ), main="tags"),
    Action("assign", "internal", "Make somebody the owner of the mention's ticket.", options=(
        OptionSpec("owner", "person", "The new owner.", required=True),
    ), main="owner"),
    Action("webhook", "internal", "Hand the mention to another system, through a channel of kind webhook.", options=(
        OptionSpec("channel", "webhook", "The channel to call.", required=True),
    ), main="channel"),
    Action("ignore", "internal", "Drop what rules of the same or lower priority propose for this mention.", options=(
        OptionSpec("why", "text", "The reason, shown with the mention."),
    ), main="why"),
)  # fmt: skip
ACTIONS: Mapping[str, Action] = MappingProxyType({a.name: a for a in _ACTIONS})
PROMPT = frozenset({"alert", "open_ticket", "check_issue"})  # may act on posts as old as `max_age.tickets`


def field_named(name: str) -> Field | None:
    """The field of that name, also one of the open families `customer.<column>` and `attribute.<name>`."""
    known = FIELDS.get(name)
    if known is None and name.startswith(FAMILIES) and name.count(".") == 1 and not name.endswith("."):
        return Field(name, "column", "A column of the file or an attribute of the item.")
    return known
