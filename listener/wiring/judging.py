"""Parts that understand mentions and judge them."""

from __future__ import annotations

import time
from functools import cached_property, partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from listener.wiring.advocacy import AdvocacyParts
from listener.wiring.desk import DeskParts
from listener.wiring.now import clock

if TYPE_CHECKING:
    from listener.engine_door import EngineDoor
    from listener.livefiles import LiveFile
    from listener.pipeline.corrections import Corrections
    from listener.pipeline.issue_check import IssueCheck
    from listener.pipeline.issue_lessons import IssueLessons
    from listener.pipeline.joined import Reading
    from listener.pipeline.judge import Judge, Understands
    from listener.understanding.judging import Understanding
    from listener.understanding.learned import Learned
    from listener.understanding.packs import WordFile


class JudgingParts(AdvocacyParts, DeskParts):
    """The judge, and what it understands with."""

    @cached_property
    def judge(self) -> Judge:
        return self.judge_by(self.understanding, self.issue_check)

    def patient_judge(self, understanding: Understands) -> Judge:
        """The judge of much history at once: its issues are found by the next beat of the watch over them."""
        from listener.pipeline.issue_check import IssueCheck

        return self.judge_by(understanding, IssueCheck(self.reading, patient=True))

    def judge_by(self, understanding: Understands, issues: IssueCheck) -> Judge:
        """The judge with these."""
        from listener.config import desk
        from listener.config.naming import brand_words
        from listener.customers.clues import order_numbers
        from listener.pipeline.evidence_cards import EvidenceCards
        from listener.pipeline.judge import Judge
        from listener.pipeline.orders import Orders
        from listener.pipeline.sitting import Limits
        from listener.ticketdesk import readers_of

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
                readers_of(self.config),
            ),
            limits=limits,
            now=clock,
            log=self.log,
            issues=issues,
            order_numbers=order_numbers(self.config.customers.order_number),
            contact=self.contact.check,
            named=self.issue_lessons.named,
        )

    @cached_property
    def issue_lessons(self) -> IssueLessons:
        from listener.pipeline.issue_lessons import IssueLessons

        aside = lambda fit, data: self.parser.run(fit, data, seconds=60, megabytes=2_000)  # noqa: E731  # its limits
        said = lambda row: self.understanding.topics_of(self.judge.utterance(row))  # noqa: E731  # made when needed
        return IssueLessons(self.store, aside, said, clock, self.log)

    @cached_property
    def issue_check(self) -> IssueCheck:
        from listener.pipeline.issue_check import IssueCheck

        return IssueCheck(self.reading)

    def reading(self) -> Reading:
        """How complaints are read for issues."""
        from listener.issues.words import terms
        from listener.pipeline.joined import Reading

        called = {brand.name: " ".join((brand.name, *brand.match)) for brand in self.config.brands}
        return Reading(
            self.issue_lessons.taught.thresholds,
            names={brand: frozenset(terms(names)) for brand, names in called.items()},
        )

    @cached_property
    def near(self) -> EngineDoor:
        from listener.engine_door import EngineDoor
        from listener.net import Net, NetSettings
        from listener.understanding.second import SECONDS

        settings = NetSettings(allow_private=True, connect=SECONDS, read=SECONDS, total=SECONDS, pace=0)
        return EngineDoor(Net(settings, clock, time.monotonic))

    @cached_property
    def understanding(self) -> Understanding:
        from listener.understanding.judging import AtWork, Understanding
        from listener.understanding.second import made

        how = self.config.understanding
        files = AtWork(how.languages, how.packs, self.words_file.content, self.topics_file.content)
        return Understanding.from_files(files, self.learned, made(how.engine, self.near.post))

    @cached_property
    def words_file(self) -> LiveFile[WordFile]:
        """Ops' own words. Raises UnreadableWords when the file is broken and was never good."""
        from listener.livefiles import Kept, LiveFile
        from listener.understanding import packs

        return LiveFile(self.config.understanding.words, partial(packs.own, packs.read), Kept(self.store, "words"))

    @cached_property
    def topics_file(self) -> LiveFile[WordFile]:
        """Ops' topics. Raises UnreadableWords when the file is broken and was never good."""
        from listener.livefiles import Kept, LiveFile
        from listener.understanding import packs, taxonomy

        read = partial(packs.own, taxonomy.topics)
        return LiveFile(self.config.understanding.topics, read, Kept(self.store, "topics"))

    def insist_on_words(self) -> None:
        """For what is asked for with the words of today. Raises UnreadableWords where they are broken on disk."""
        from listener.understanding.packs import UnreadableWords

        if problems := [str(each) for each in (*self.words_file.problems, *self.topics_file.problems)]:
            raise UnreadableWords(problems)

    @cached_property
    def learned(self) -> Learned | None:
        """What was learned from audited labels and is at work; a model that is not readable is left out."""
        from listener.understanding.learned import Learned, UnreadableModel

        row = self.store.learned.at_work()
        try:
            return Learned.from_json(row.model) if row else None
        except UnreadableModel as trouble:
            self.log.error("understanding.model_unreadable", error=str(trouble))
            return None

    @cached_property
    def corrections(self) -> Corrections:
        # before anything is judged again: a book is adopted in a transaction of its own
        from listener.pipeline.corrections import Corrections

        self.book.running()
        return Corrections(self.store, self.judge, clock)
