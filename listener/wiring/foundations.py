"""What every other part stands on: ways to the world, templates, the rule book."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from functools import cached_property
from zoneinfo import ZoneInfo

from structlog.typing import FilteringBoundLogger

from connectors.contract import Replying
from listener.actions.contract import Channel
from listener.actions.templates import Templates
from listener.aside import Aside
from listener.config import Config, Secrets
from listener.config.naming import brand_names, product_names
from listener.customers import budget
from listener.door import SourceDoor
from listener.intake import Brands, Intake
from listener.net import Net, NetSettings
from listener.pipeline import Notices, Watched
from listener.pipeline.letters import Mailroom
from listener.rulebook import RuleBook
from listener.signing import Signer
from listener.store import Store
from listener.wiring.now import clock
from listener.wiring.world import world_of
from rules.quantities import QuietHours
from rules.terms import MaxAge

Log = FilteringBoundLogger


@dataclass
class Foundations:
    """The configuration, and what is made of it alone."""

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
    def contact(self) -> budget.Policy:
        """The contact budget."""
        rules, quiet = self.config.contact, self.config.contact.quiet_hours
        hours = QuietHours(*quiet, ZoneInfo(str(self.config.timezone))) if quiet else None
        return budget.Policy(rules.per_person, rules.rest_after_ask, rules.quiet_after_complaint, hours)

    @cached_property
    def mailroom(self) -> Mailroom:
        return Mailroom(self.config.contact.channel, self.config.web.address, self.signer)

    @cached_property
    def max_age(self) -> MaxAge:
        age = self.config.actions.max_age
        return MaxAge(age.first_poll, age.tickets, age.other)

    @cached_property
    def book(self) -> RuleBook:
        world = world_of(self.config, self.templates)
        own = (self.config.rules.path, world, self.store, self.notices, clock, self.log)
        return RuleBook(*own, self.refresh_files)

    def refresh_files(self) -> None:
        """Take over what ops changed in files beside the rules."""

    @cached_property
    def intake(self) -> Intake:
        return Intake(self.brands, Brands(product_names(self.config)))

    def door(self, source: str) -> SourceDoor:
        """The way to the world for one source."""
        return SourceDoor(source, self.net, self.parser, self.store, clock, self.stopped)

    def answers(self, source: str) -> bool:
        """Whether the daemon itself can answer in public on this source. Raises SecretError for its own secrets."""
        # only this one is made: a secret that another source needs may be missing where a person approves
        entry = next((each for each in self.config.sources if each.name == source), None)
        connector = entry.connector(self.secrets) if entry else None
        return connector is not None and connector.replies and isinstance(connector, Replying)
