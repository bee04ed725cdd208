"""The one place where parts meet: a configuration in, a daemon's parts out."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property, partial
from itertools import chain
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog
from structlog.typing import FilteringBoundLogger

from connectors import KINDS
from connectors.contract import Replying
from listener.actions.catalogues import CatalogueError, ecosystem, gifts
from listener.actions.contract import Channel, Plot
from listener.actions.drawing import draw
from listener.actions.templates import Templates
from listener.advocacy.fatigue import Policy
from listener.advocacy.referring import REFERRAL, new_code
from listener.aside import Aside
from listener.config import Config, Secrets, desk
from listener.config.naming import brand_names, brand_words, product_names
from listener.config.quantities import cents
from listener.customers import Forgotten, Purchases, Registry, budget
from listener.customers.clues import order_numbers
from listener.customers.registry import columns_of
from listener.door import EngineDoor, SourceDoor
from listener.intake import Brands, Intake
from listener.issues.words import terms
from listener.model.handling import Handling
from listener.net import Net, NetSettings
from listener.pipeline import (
    Act,
    Collect,
    Judge,
    Limits,
    Notices,
    Orders,
    Retention,
    Understands,
    Upkeep,
    Watched,
    Ways,
)
from listener.pipeline.answers import Presents, Surveys
from listener.pipeline.asking import Asking
from listener.pipeline.attention import Attention
from listener.pipeline.audience import Audiences
from listener.pipeline.campaign_letters import Wordings
from listener.pipeline.cards import Cards
from listener.pipeline.closing import Closing
from listener.pipeline.corrections import Corrections
from listener.pipeline.courtesies import FILLED, Courtesies
from listener.pipeline.erasure import Erasure
from listener.pipeline.evidence_cards import EvidenceCard, EvidenceCards
from listener.pipeline.issue_check import IssueCheck
from listener.pipeline.issue_desk import IssueDesk
from listener.pipeline.issue_report import Ledger
from listener.pipeline.issue_watch import IssueWatch
from listener.pipeline.joining import Reading
from listener.pipeline.letters import Mailroom
from listener.pipeline.links import Links
from listener.pipeline.outreach import Outreach, Pace
from listener.pipeline.people import Once, People, Person
from listener.pipeline.programme import Programme
from listener.pipeline.recheck import Recheck
from listener.pipeline.reference_watch import ReferenceWatch
from listener.pipeline.replying import Replies
from listener.pipeline.rewards import Rewards, Terms
from listener.pipeline.takedowns import Takedowns
from listener.pipeline.tracking import Tracking
from listener.rulebook import RuleBook, written_down
from listener.signing import Signer
from listener.store import Store
from listener.store.upkeep import migrate
from listener.ticketdesk import followed_of, handling_of, readers_of
from listener.understanding import Understanding, UnreadableWords, taxonomy
from listener.understanding.learned import Learned, UnreadableModel
from listener.understanding.second import SECONDS, made
from rules.book import Book
from rules.catalogue import FIELDS
from rules.quantities import QuietHours
from rules.terms import MaxAge, World

Log = FilteringBoundLogger


def clock() -> datetime:
    """Now, in UTC."""
    return datetime.now(UTC)


def open_store(config: Config, secrets: Secrets) -> Store:
    """The store at this program's revision. Raises StoreTrouble and SecretError."""
    store = Store(config.store_url(secrets))
    saved = migrate(store.database, clock())
    if saved:
        structlog.get_logger("listener").info("store.upgraded", backup=str(saved))
    return store


def world_of(config: Config, templates: Templates) -> World:
    """What rule files may name in this installation."""
    try:
        columns = columns_of(config.customers.file)
    except OSError:
        columns = frozenset()
    return World(
        kinds=_kinds(config),
        channels=frozenset(entry.name for entry in config.channels),
        templates={name: templates.placeholders(name) for name in templates.names()},
        placeholders=frozenset({*FIELDS, *chain(*FILLED.values()), *(f"customer.{column}" for column in columns)}),
        texts={name: templates.wording(name) for name in templates.names()},
        topics=_topics(config.understanding.topics),
        zone=ZoneInfo(str(config.timezone)),
        sources=frozenset(entry.name for entry in config.sources),
        brands=frozenset(brand.name for brand in config.brands),
        persons=frozenset(person.name for person in config.persons) or None,
        columns=columns,
        retention=config.retention.mentions,
        gifts=_gifts(config.actions.gifts),
    )


def _gifts(file: Path) -> frozenset[str] | None:
    """The presents there are; None where there is no file, or one that is broken, which `check` tells itself."""
    try:
        return frozenset(gifts(file)) or None
    except CatalogueError:
        return None


def _kinds(config: Config) -> frozenset[str]:
    """What `source.kind` may be: kinds, shipped specs, whatever is configured, and imported rows."""
    from connectors.json_api_load import shipped  # 0.1 s, for a daemon that reads feeds only too

    return frozenset({*KINDS, "import", "survey", *shipped(), *(entry.spoken_of for entry in config.sources)})


def _topics(file: Path) -> frozenset[str] | None:
    """The topics of ops' own file, or the shipped ones; None where the file is broken, which `check` tells itself."""
    try:
        return frozenset(taxonomy.groups(file if file.is_file() else taxonomy.TOPICS, "topics"))
    except UnreadableWords:
        return None


@dataclass
class Parts:
    """Everything that runs, made when first asked for. `close` ends what was started."""

    config: Config
    secrets: Secrets
    store: Store
    log: Log

    @cached_property
    def stopped(self) -> threading.Event:
        return threading.Event()

    @cached_property
    def signer(self) -> Signer:
        return Signer(self.store.house.signing_key())

    @cached_property
    def net(self) -> Net:
        private = self.config.net.allow_private
        settings = NetSettings(contact=self.config.net.contact or "", allow_private=private)
        return Net(settings, clock, time.monotonic)

    @cached_property
    def parser(self) -> Aside:
        return Aside()

    @cached_property
    def templates(self) -> Templates:
        return Templates(self.config.actions.templates)

    @cached_property
    def channels(self) -> dict[str, Channel]:
        """Channels by name, with their secrets."""
        return {
            entry.name: entry.channel(self.secrets).model_copy(
                update={"max_per_hour": entry.max_per_hour, "fallback": entry.fallback}
            )
            for entry in self.config.channels
        }

    @cached_property
    def watched(self) -> dict[str, Watched]:
        """Sources by name, with their secrets."""
        everywhere = tuple(brand.name for brand in self.config.brands)
        return {
            entry.name: Watched(
                name=entry.name,
                kind=entry.spoken_of,
                connector=entry.connector(self.secrets),
                brands=entry.brands or everywhere,
                everything=entry.everything,
                platform=entry.platform,
                voice=entry.voice,
                every=entry.every,
            )
            for entry in self.config.sources
        }

    @cached_property
    def brands(self) -> Brands:
        return Brands(brand_names(self.config))

    @cached_property
    def notices(self) -> Notices:
        return Notices(self.store, self.config.ops.channel)

    @cached_property
    def advocates(self) -> Notices:
        """Where our own people hear of references."""
        return Notices(self.store, self.config.advocacy.channel or self.config.ops.channel)

    @cached_property
    def takedowns(self) -> Takedowns:
        return Takedowns(self.store, self.door(""), self.advocates, clock, self.log)

    @cached_property
    def reference_watch(self) -> ReferenceWatch:
        return ReferenceWatch(self.store, self.advocates, self.config.advocacy.after_complaint, clock)

    @cached_property
    def contact(self) -> budget.Policy:
        """The contact budget."""
        rules, quiet = self.config.contact, self.config.contact.quiet_hours
        hours = QuietHours(*quiet, ZoneInfo(str(self.config.timezone))) if quiet else None
        return budget.Policy(rules.per_person, rules.rest_after_ask, rules.quiet_after_complaint, hours)

    @cached_property
    def courtesies(self) -> Courtesies:
        """What may be given away. Raises CatalogueError."""
        own = self.config.actions
        given = ecosystem(own.ecosystem), gifts(own.gifts), own.gift_cap
        return Courtesies(self.templates, self.mailroom, *given, self.fatigue)

    @cached_property
    def fatigue(self) -> Policy:
        """How much asking customers are spared."""
        rules = self.config.advocacy
        return Policy(rules.rest, rules.asks_per_year, rules.after_complaint, rules.around_renewal)

    @cached_property
    def surveys(self) -> Surveys:
        names = [brand.name for brand in self.config.brands]
        return Surveys(self.store, self.intake, self.signer, names, clock)

    @cached_property
    def presents(self) -> Presents:
        return Presents(self.store, self.signer, self.config.actions.gift_channel, clock)

    @cached_property
    def mailroom(self) -> Mailroom:
        return Mailroom(self.config.contact.channel, self.config.web.address, self.signer)

    @cached_property
    def audiences(self) -> Audiences:
        return Audiences(self.store, clock)

    @cached_property
    def outreach(self) -> Outreach:
        """Campaigns to those whom an issue affects."""
        rules = self.config.campaigns
        return Outreach(
            store=self.store,
            audiences=self.audiences,
            words=Wordings(self.store, self.templates, self.mailroom, rules.ask, clock, self.asking.link),
            notices=self.notices,
            pace=Pace(rules.per_hour, rules.hold, rules.consent, rules.suppressed, self.contact.quiet),
            approvers=frozenset(person.name for person in self.config.persons if person.may_approve),
            now=clock,
            log=self.log,
        )

    @cached_property
    def asking(self) -> Asking:
        return Asking(self.config.web.address, self.signer)

    @cached_property
    def closing(self) -> Closing:
        return Closing(self.store, self.outreach, self.people, clock, self.log)

    @cached_property
    def ledger(self) -> Ledger:
        return Ledger(self.store, clock)

    @cached_property
    def max_age(self) -> MaxAge:
        age = self.config.actions.max_age
        return MaxAge(age.first_poll, age.tickets, age.other)

    @cached_property
    def book(self) -> RuleBook:
        world = world_of(self.config, self.templates)
        return RuleBook(self.config.rules.path, world, self.store, self.notices, clock, self.log)

    @cached_property
    def registry(self) -> Registry:
        file = self.config.customers.file
        return Registry(self.store, file, clock, self.log, self.forgotten, self.stopped.is_set)

    @cached_property
    def purchases(self) -> Purchases:
        return Purchases(self.store, self.config.customers.purchases, self.log, self.forgotten)

    @cached_property
    def forgotten(self) -> Forgotten:
        return Forgotten(self.store, self.signer)

    @cached_property
    def erasure(self) -> Erasure:
        return Erasure(self.store, self.forgotten, self.erased_list, clock)

    @property
    def erased_list(self) -> Path:
        """Who was erased, beside the store: an older backup of the store does not know it."""
        path = self.store.database.path
        return path.with_name(f"{path.name}.erased") if path else self.config.folder / "listener.erased"

    def crm_secret(self) -> str:
        """What CRM systems sign with; "" where no door is open to them. Raises SecretError."""
        named = self.config.customers.secret
        return self.secrets.resolve(named) if named else ""

    @cached_property
    def intake(self) -> Intake:
        return Intake(self.brands, Brands(product_names(self.config)))

    @cached_property
    def collect(self) -> Collect:
        return Collect(self.store, self.intake, self.watched, self.door, self.notices, self.max_age, self.log)

    @cached_property
    def judge(self) -> Judge:
        return self.judge_by(self.understanding, self.issue_check)

    def patient_judge(self, understanding: Understands) -> Judge:
        """The judge of much history at once: its issues are found by the next beat of the watch over them."""
        return self.judge_by(understanding, IssueCheck(self.reading, patient=True))

    def judge_by(self, understanding: Understands, issues: IssueCheck) -> Judge:
        """The judge with these."""
        zone = ZoneInfo(str(self.config.timezone))
        sour = self.config.advocacy.pause_below
        limits = Limits(self.config.actions.public, self.max_age, zone, self.config.ops.channel, sour)
        return Judge(
            store=self.store,
            understanding=understanding,
            brands=brand_words(self.config),
            running=self.book.running,
            orders=Orders(
                self.templates,
                self.handling,
                desk.groupings(self.config),
                zone,
                EvidenceCards(self.issue_check),
                self.courtesies,
            ),
            limits=limits,
            now=clock,
            log=self.log,
            issues=issues,
            order_numbers=order_numbers(self.config.customers.order_number),
            contact=self.contact.check,
        )

    @cached_property
    def issue_check(self) -> IssueCheck:
        return IssueCheck(self.reading)

    @cached_property
    def issue_watch(self) -> IssueWatch:
        return IssueWatch(self.store, self.issue_check, self.reading, clock, self.config.ops.channel, self.log)

    def issue_card(self, one: str) -> EvidenceCard | None:
        """The evidence card of an issue, or of the one that it was merged into."""
        root = self.store.issues.root(one)
        if root is None:
            return None
        with self.store.judging.look(clock()) as seen:
            return EvidenceCards(self.issue_check).card(seen, root.id, clock())

    def drawn(self, plot: Plot) -> bytes:
        """The picture of a plot, as PNG."""
        return self.parser.run(draw, plot.model_dump_json().encode(), seconds=20, megabytes=1_000)

    def issue_desk(self, who: str) -> IssueDesk:
        """Decisions about issues in the name of this person."""
        return IssueDesk(self.store, self.issue_watch, clock, who)

    def reading(self) -> Reading:
        """How complaints are read for issues."""
        called = {brand.name: " ".join((brand.name, *brand.match)) for brand in self.config.brands}
        return Reading(names={brand: frozenset(terms(names)) for brand, names in called.items()})

    @cached_property
    def near(self) -> EngineDoor:
        settings = NetSettings(allow_private=True, connect=SECONDS, read=SECONDS, total=SECONDS, pace=0)
        return EngineDoor(Net(settings, clock, time.monotonic))

    @cached_property
    def understanding(self) -> Understanding:
        second = made(self.config.understanding.engine, self.near.post)
        return Understanding.from_files(self.config.understanding, self.learned, second)

    @cached_property
    def learned(self) -> Learned | None:
        """What was learned from audited labels and is at work; a model that is not readable is left out."""
        row = self.store.learned.at_work()
        try:
            return Learned.from_json(row.model) if row else None
        except UnreadableModel as trouble:
            self.log.error("understanding.model_unreadable", error=str(trouble))
            return None

    @cached_property
    def corrections(self) -> Corrections:
        # before anything is judged again: a book is adopted in a transaction of its own
        self.book.running()
        return Corrections(self.store, self.judge, clock)

    @cached_property
    def act(self) -> Act:
        connectors = {name: watched.connector for name, watched in self.watched.items()}
        cards = Cards(self.store, clock)
        to = (self.channels, connectors, self.door(""), self.door, self.handling, self.tracking)
        ways = Ways(*to, cards.of, self.links.decide)
        return Act(self.store, ways, self.notices, clock, self.log, self.recheck, self.contact.check)

    @cached_property
    def handling(self) -> Handling:
        return handling_of(self.config, self.signer)

    @cached_property
    def tracking(self) -> Tracking:
        followed, readers = followed_of(self.config, self.secrets), readers_of(self.config)
        return Tracking(self.store, followed, self.door(""), readers, self.handling, clock, self.log)

    @cached_property
    def attention(self) -> Attention:
        return Attention(self.store, readers_of(self.config), self.handling, clock, self.log)

    @cached_property
    def upkeep(self) -> Upkeep:
        own = {source.name: source.retention for source in self.config.sources if source.retention}
        retention = Retention(self.config.retention.mentions, self.config.retention.strangers, own)
        told = desk.readers(self.config, self.channels)
        return Upkeep(self.store, self.notices, self.channels, retention, clock, self.log, told)

    @cached_property
    def links(self) -> Links:
        return Links(self.signer, self.config.web.address, desk.approvers(self.config), clock)

    @cached_property
    def recheck(self) -> Recheck:
        return Recheck(self.store, self._book_at_work, ZoneInfo(str(self.config.timezone)))

    def _book_at_work(self) -> Book | None:
        """The daemon's own, or for a command the one that the daemon wrote down."""
        zone = ZoneInfo(str(self.config.timezone))
        return self.book.running().book if "book" in self.__dict__ else written_down(self.store, zone)

    def new_code(self) -> str:
        """A referral code that is ours."""
        return new_code(lambda drawn: self.signer.digest(REFERRAL, drawn))

    @cached_property
    def rewards(self) -> Rewards:
        rules = self.config.advocacy
        terms = Terms(cents(rules.reward), rules.reward[-3:], cents(rules.reward_budget), rules.rewards_per_year)
        return Rewards(self.store, self.mailroom, terms, clock, self.log)

    def programme(self, who: str) -> Programme:
        """Steps of the reference programme in the name of this person."""
        return Programme(self.store, self.fatigue, clock, who)

    def people(self, who: str, once: Once | None = None) -> People:
        """Decisions in the name of this person."""
        check = self.contact.check
        return People(self.store, self.answers, clock, Person(who), self.recheck, once, self.handling, check)

    def replies(self, who: str) -> Replies:
        """Answers to tickets in the name of this person."""
        return Replies(self.store, self.mailroom, self.answers, clock, who)

    def door(self, source: str) -> SourceDoor:
        """The way to the world for one source."""
        return SourceDoor(source, self.net, self.parser, self.store, clock, self.stopped)

    def answers(self, source: str) -> bool:
        """Whether the daemon itself can answer in public on this source. Raises SecretError for its own secrets."""
        # only this one is made: a secret that another source needs may be missing where a person approves
        entry = next((each for each in self.config.sources if each.name == source), None)
        connector = entry.connector(self.secrets) if entry else None
        return connector is not None and connector.replies and isinstance(connector, Replying)

    def enlist(self) -> None:
        """Make the store's sources agree with the configuration."""
        self.store.sources.enlist([(w.name, w.kind, w.connector.identity()) for w in self.watched.values()])

    def close(self) -> None:
        """End children, connections and the store, as far as they were started."""
        self.stopped.set()
        for name, end in (("net", Net.close), ("near", EngineDoor.close), ("parser", Aside.close)):
            if name in self.__dict__:
                partial(end, getattr(self, name))()
        self.store.close()


@contextmanager
def parts_of(config: Config, secrets: Secrets, log: Log) -> Iterator[Parts]:
    """The parts, closed at the end."""
    parts = Parts(config, secrets, open_store(config, secrets), log)
    try:
        if parts.erased_list.exists() and (again := parts.erasure.again()):
            log.warning("erasure.again", persons=again)
        yield parts
    finally:
        parts.close()
