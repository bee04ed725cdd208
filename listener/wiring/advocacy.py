"""Parts of the positive path: courtesies, references, referrals."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from listener.actions.catalogues import Gift, Useful, ecosystem, gifts
from listener.advocacy.fatigue import Policy
from listener.advocacy.referring import REFERRAL, new_code
from listener.config.quantities import cents
from listener.livefiles import Kept, LiveFile, Shelf
from listener.pipeline import Notices
from listener.pipeline.courtesies import Courtesies
from listener.pipeline.programme import Programme
from listener.pipeline.reference_watch import ReferenceWatch
from listener.pipeline.rewards import Rewards, Terms
from listener.pipeline.sharing import Sharing, Wait
from listener.pipeline.takedowns import Owners, Takedowns
from listener.wiring.foundations import Foundations
from listener.wiring.now import clock


class AdvocacyParts(Foundations):
    """What is given to advocates, and asked of them."""

    @cached_property
    def advocates(self) -> Notices:
        """Where our own people hear of references."""
        return Notices(self.store, self.config.advocacy.channel or self.config.ops.channel)

    @cached_property
    def reference_watch(self) -> ReferenceWatch:
        return ReferenceWatch(self.store, self.advocates, self.config.advocacy.after_complaint, clock)

    @cached_property
    def sharing(self) -> Sharing:
        """Asks silent buyers for their opinion."""
        own = self.config.advocacy
        wait = Wait(own.ask_buyers_after, own.ask_buyers_per_day, self.config.contact.rest_after_ask)
        brand = self.config.brands[0].name if self.config.brands else ""
        return Sharing(self.store, self.templates, self.mailroom, brand, wait, clock, self.log)

    @cached_property
    def takedowns(self) -> Takedowns:
        addresses = {person.name: person.email for person in self.config.persons if person.email}
        owners = Owners(self.config.tickets.mail_by, addresses)
        return Takedowns(self.store, self.door(""), self.advocates, clock, self.log, owners)

    @cached_property
    def courtesies(self) -> Courtesies:
        """What may be given away. Raises CatalogueError when a file is broken and was never good."""
        given = Shelf(self.things_file), Shelf(self.gifts_file), self.config.actions.gift_cap
        return Courtesies(self.templates, self.mailroom, *given, self.fatigue)

    @cached_property
    def gifts_file(self) -> LiveFile[Mapping[str, Gift]]:
        read = lambda path, text: gifts(path, text=text)  # noqa: E731  # the cap is looked at when one is given
        return LiveFile(self.config.actions.gifts, read, Kept(self.store, "gifts"))

    @cached_property
    def things_file(self) -> LiveFile[Mapping[str, Useful]]:
        return LiveFile(self.config.actions.ecosystem, ecosystem, Kept(self.store, "ecosystem"))

    @cached_property
    def fatigue(self) -> Policy:
        """How much asking customers are spared."""
        rules = self.config.advocacy
        return Policy(rules.rest, rules.asks_per_year, rules.after_complaint, rules.around_renewal)

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
