"""Parts about issues, and campaigns to those whom they affect."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from listener.wiring.judging import JudgingParts
from listener.wiring.now import clock

if TYPE_CHECKING:
    from listener.actions.contract import Plot
    from listener.pipeline.asking import Asking
    from listener.pipeline.audience import Audiences
    from listener.pipeline.closing import Closing
    from listener.pipeline.evidence_cards import EvidenceCard
    from listener.pipeline.issue_desk import IssueDesk
    from listener.pipeline.issue_report import Ledger
    from listener.pipeline.issue_watch import IssueWatch
    from listener.pipeline.outreach import Outreach


class IssueParts(JudgingParts):
    """Issues, from the watch over them to the letter that says it is fixed."""

    @cached_property
    def issue_watch(self) -> IssueWatch:
        from listener.pipeline.issue_watch import IssueWatch

        ops, book = self.config.ops.channel, lambda: self.book.running().book
        pause = self.stopped.wait
        return IssueWatch(self.store, self.issue_check, self.reading, clock, ops, self.log, book, pause)

    def issue_card(self, one: str) -> EvidenceCard | None:
        """The evidence card of an issue, or of the one that it was merged into."""
        from listener.pipeline.evidence_cards import EvidenceCards

        root = self.store.issues.root(one)
        if root is None:
            return None
        with self.store.judging.look(clock()) as seen:
            return EvidenceCards(self.issue_check).card(seen, root.id, clock())

    def drawn(self, plot: Plot) -> bytes:
        """The picture of a plot, as PNG."""
        from listener.actions.drawing import draw

        return self.parser.run(draw, plot.model_dump_json().encode(), seconds=20, megabytes=1_000)

    def issue_desk(self, who: str) -> IssueDesk:
        """Decisions about issues in the name of this person."""
        from listener.pipeline.issue_desk import IssueDesk

        return IssueDesk(self.store, self.issue_watch, clock, who)

    @cached_property
    def audiences(self) -> Audiences:
        from listener.pipeline.audience import Audiences

        return Audiences(self.store, clock)

    @cached_property
    def outreach(self) -> Outreach:
        """Campaigns to those whom an issue affects."""
        from listener.pipeline.campaign_letters import Wordings
        from listener.pipeline.outreach import Outreach, Pace

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
        from listener.pipeline.asking import Asking

        return Asking(self.config.web.address, self.signer)

    @cached_property
    def closing(self) -> Closing:
        from listener.pipeline.closing import Closing

        return Closing(self.store, self.outreach, self.people, clock, self.log)

    @cached_property
    def ledger(self) -> Ledger:
        from listener.pipeline.issue_report import Ledger

        return Ledger(self.store, clock)
