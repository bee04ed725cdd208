"""What every other part stands on: ways to the world, templates, the rule book."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from structlog.typing import FilteringBoundLogger

from listener.wiring.now import clock

if TYPE_CHECKING:
    from listener.actions.contract import Channel
    from listener.actions.templates import Templates
    from listener.aside import Aside
    from listener.config import Config, Secrets
    from listener.customers import budget
    from listener.door import SourceDoor
    from listener.intake import Brands, Intake
    from listener.net import Net
    from listener.pipeline.collect import Watched
    from listener.pipeline.letters import Mailroom
    from listener.pipeline.notices import Notices
    from listener.rulebook import RuleBook
    from listener.signing import Signer
    from listener.store import Store
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
        from listener.signing import Signer

        return Signer(self.store.house.signing_key())

    @cached_property
    def net(self) -> Net:
        from listener.net import Net, NetSettings

        private = self.config.net.allow_private
        settings = NetSettings(contact=self.config.net.contact or "", allow_private=private)
        return Net(settings, clock, time.monotonic)

    @cached_property
    def parser(self) -> Aside:
        from listener.aside import Aside

        return Aside()

    @cached_property
    def templates(self) -> Templates:
        from listener.actions.templates import Templates

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
        from listener.pipeline.collect import Watched

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
        from listener.config.naming import brand_names
        from listener.intake import Brands

        return Brands(brand_names(self.config))

    @cached_property
    def notices(self) -> Notices:
        from listener.pipeline.notices import Notices

        return Notices(self.store, self.config.ops.channel)

    @cached_property
    def contact(self) -> budget.Policy:
        """The contact budget."""
        from listener.customers import budget
        from rules.quantities import QuietHours

        rules, quiet = self.config.contact, self.config.contact.quiet_hours
        hours = QuietHours(*quiet, ZoneInfo(str(self.config.timezone))) if quiet else None
        return budget.Policy(rules.per_person, rules.rest_after_ask, rules.quiet_after_complaint, hours)

    @cached_property
    def mailroom(self) -> Mailroom:
        from listener.pipeline.letters import Mailroom

        return Mailroom(self.config.contact.channel, self.config.web.address, self.signer)

    @cached_property
    def max_age(self) -> MaxAge:
        from rules.terms import MaxAge

        age = self.config.actions.max_age
        return MaxAge(age.first_poll, age.tickets, age.other)

    @cached_property
    def book(self) -> RuleBook:
        from listener.rulebook import RuleBook
        from listener.wiring.world import world_of

        world = world_of(self.config, self.templates)
        own = (self.config.rules.path, world, self.store, self.notices, clock, self.log)
        return RuleBook(*own, self.refresh_files)

    def refresh_files(self) -> None:
        """Take over what ops changed in files beside the rules."""

    @cached_property
    def intake(self) -> Intake:
        from listener.config.naming import product_names
        from listener.intake import Brands, Intake

        return Intake(self.brands, Brands(product_names(self.config)))

    def door(self, source: str) -> SourceDoor:
        """The way to the world for one source."""
        from listener.door import SourceDoor

        return SourceDoor(source, self.net, self.parser, self.store, clock, self.stopped)

    def answers(self, source: str) -> bool:
        """Whether the daemon itself can answer in public on this source. Raises SecretError for its own secrets."""
        from connectors.contract import Replying

        # only this one is made: a secret that another source needs may be missing where a person approves
        entry = next((each for each in self.config.sources if each.name == source), None)
        connector = entry.connector(self.secrets) if entry else None
        return connector is not None and connector.replies and isinstance(connector, Replying)
