"""Parts of the positive path: courtesies, references, referrals."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from listener.wiring.foundations import Foundations
from listener.wiring.now import clock

if TYPE_CHECKING:
    from listener.actions.catalogues import Gift, Useful
    from listener.advocacy.fatigue import Policy
    from listener.livefiles import LiveFile
    from listener.pipeline.courtesies import Courtesies
    from listener.pipeline.notices import Notices
    from listener.pipeline.programme import Programme
    from listener.pipeline.reference_watch import ReferenceWatch
    from listener.pipeline.rewards import Rewards
    from listener.pipeline.sharing import Sharing
    from listener.pipeline.takedowns import Takedowns


class AdvocacyParts(Foundations):
    """What is given to advocates, and asked of them."""

    @cached_property
    def advocates(self) -> Notices:
        """Where our own people hear of references."""
        from listener.pipeline.notices import Notices

        return Notices(self.store, self.config.advocacy.channel or self.config.ops.channel)

    @cached_property
    def reference_watch(self) -> ReferenceWatch:
        from listener.pipeline.reference_watch import ReferenceWatch

        return ReferenceWatch(self.store, self.advocates, self.config.advocacy.after_complaint, clock)

    @cached_property
    def sharing(self) -> Sharing:
        """Asks silent buyers for their opinion."""
        from listener.pipeline.sharing import Sharing, Wait

        own = self.config.advocacy
        wait = Wait(own.ask_buyers_after, own.ask_buyers_per_day, self.config.contact.rest_after_ask)
        brand = self.config.brands[0].name if self.config.brands else ""
        return Sharing(self.store, self.templates, self.mailroom, brand, wait, clock, self.log)

    @cached_property
    def takedowns(self) -> Takedowns:
        from listener.pipeline.takedowns import Owners, Takedowns

        addresses = {person.name: person.email for person in self.config.persons if person.email}
        owners = Owners(self.config.tickets.mail_by, addresses)
        return Takedowns(self.store, self.door(""), self.advocates, clock, self.log, owners)

    @cached_property
    def courtesies(self) -> Courtesies:
        """What may be given away. Raises CatalogueError when a file is broken and was never good."""
        from listener.livefiles import Shelf
        from listener.pipeline.courtesies import Courtesies

        given = Shelf(self.things_file), Shelf(self.gifts_file), self.config.actions.gift_cap
        return Courtesies(self.templates, self.mailroom, *given, self.fatigue)

    @cached_property
    def gifts_file(self) -> LiveFile[Mapping[str, Gift]]:
        from listener.actions.catalogues import gifts
        from listener.livefiles import Kept, LiveFile

        read = lambda path, text: gifts(path, text=text)  # noqa: E731  # the cap is looked at when one is given
        return LiveFile(self.config.actions.gifts, read, Kept(self.store, "gifts"))

    @cached_property
    def things_file(self) -> LiveFile[Mapping[str, Useful]]:
        from listener.actions.catalogues import ecosystem
        from listener.livefiles import Kept, LiveFile

        return LiveFile(self.config.actions.ecosystem, ecosystem, Kept(self.store, "ecosystem"))

    @cached_property
    def fatigue(self) -> Policy:
        """How much asking customers are spared."""
        from listener.advocacy.fatigue import Policy

        rules = self.config.advocacy
        return Policy(rules.rest, rules.asks_per_year, rules.after_complaint, rules.around_renewal)

    def new_code(self) -> str:
        """A referral code that is ours."""
        from listener.advocacy.referring import REFERRAL, new_code

        return new_code(lambda drawn: self.signer.digest(REFERRAL, drawn))

    @cached_property
    def rewards(self) -> Rewards:
        from listener.config.quantities import cents
        from listener.pipeline.rewards import Rewards, Terms

        rules = self.config.advocacy
        terms = Terms(cents(rules.reward), rules.reward[-3:], cents(rules.reward_budget), rules.rewards_per_year)
        return Rewards(self.store, self.mailroom, terms, clock, self.log)

    def programme(self, who: str) -> Programme:
        """Steps of the reference programme in the name of this person."""
        from listener.pipeline.programme import Programme

        return Programme(self.store, self.fatigue, clock, who)
