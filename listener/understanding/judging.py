"""Text → Verdict, step by step: guard, names, language, spelling, scope, engine, stars, label, signs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, Protocol

from listener.model.verdict import Utterance, Verdict, Voice
from listener.understanding import packs, taxonomy
from listener.understanding.features import features
from listener.understanding.guard import LONGEST, guarded
from listener.understanding.labels import SILENT, UNSCORED, Opinion, from_words, with_stars
from listener.understanding.language import Language, Languages
from listener.understanding.learned import Learned
from listener.understanding.names import OURS, THEIRS, Names
from listener.understanding.packs import Pack, WordFile
from listener.understanding.scope import scoped
from listener.understanding.second import Second, second_opinion
from listener.understanding.signs import NO_SIGNS, SignReader, Signs, intent_of, names_of
from listener.understanding.spelling import unglued
from listener.understanding.vader import Vader

ALWAYS = "service-safe"
BY_VOICE: tuple[tuple[Voice, str], ...] = (("complaint", "complaint-channel"),)
# in reviews and replies to a brand the whole text is about it; scoping them would cost accuracy
SCOPED_VOICES = frozenset(("discussion", "news"))
# one compiled expression for each brand and what else is called in its texts
KEPT_NAMES = 1_024


class Files(Protocol):
    """What the configuration says about understanding; files that do not exist say nothing."""

    @property
    def languages(self) -> tuple[str, ...]: ...
    @property
    def packs(self) -> tuple[str, ...]: ...
    @property
    def words(self) -> WordFile: ...
    @property
    def topics(self) -> WordFile: ...


@dataclass(frozen=True, slots=True)
class AtWork:
    """The same with files as they were when they were last good."""

    languages: tuple[str, ...]
    packs: tuple[str, ...]
    words: WordFile
    topics: WordFile


class Prepared(NamedTuple):
    """A text within its bounds: `raw` with its names, `text` with marks in their place."""

    names: Names
    raw: str
    text: str


class Understanding:
    """Judges texts. Holds its word lists and bounded caches; one may serve all threads."""

    def __init__(
        self,
        extra: Sequence[Pack] = (),
        topics: WordFile = taxonomy.TOPICS,
        languages: tuple[str, ...] = ("en",),
        learned: Learned | None = None,
        second: Second | None = None,
    ) -> None:
        """`extra` packs lie over the shipped ones, the last on top. Raises UnreadableWords."""
        always = packs.shipped(ALWAYS)
        self._engine = Vader([always, *extra])
        self._engines: dict[Voice, Vader] = {
            voice: Vader([always, packs.shipped(name), *extra]) for voice, name in BY_VOICE
        }
        self._stock = Vader()
        self._languages = Languages(languages)
        self._signs = SignReader(topics)
        self._names = lru_cache(KEPT_NAMES)(Names)
        self.learned = learned
        self._second = second

    @classmethod
    def from_files(cls, files: Files, learned: Learned | None = None, second: Second | None = None) -> Understanding:
        """With the installation's own word files. Raises UnreadableWords with all problems of the file at fault."""
        extra = [packs.shipped(name) for name in files.packs if name != ALWAYS]
        if files.words.is_file():
            extra.append(packs.read(files.words))
        return cls(extra, files.topics if files.topics.is_file() else taxonomy.TOPICS, files.languages, learned, second)

    def judge(self, said: Utterance, known: Language | None = None) -> Verdict:
        """What the text says about the brand; at most 50 ms for any text. `known`: its language, told before."""
        names, raw, text = self.prepared(said)
        language = known or self.language_of(text, said.language)
        signs = self._signs.read(text)
        opinion, whole, engine = self.opinion(text, said.voice, language, bool(signs.churn))
        if (self.learned or self._second) and language.understood and opinion is not SILENT and not signs.churn:
            opinion, beside = self.beside(opinion, text, said, signs)
            engine += beside
        if said.stars is not None:
            opinion = with_stars(opinion, said.stars)
        is_praise = opinion.label in ("positive", "mixed")
        return Verdict(
            label=opinion.label,
            score=opinion.score,
            confidence=opinion.confidence,
            engine=engine,
            language=language.code,
            evidence=opinion.evidence if signs is NO_SIGNS else (*opinion.evidence, *signs.evidence),
            topics=(topics := self._signs.ranked(signs)),
            topic_by="rule" if signs.rules else "words" if topics else None,
            drivers=names_of(signs.drivers) if is_praise else (),
            tags=(*opinion.tags, *tags_of(signs, names, raw, text)) if tells_more(signs) else opinion.tags,
            lean=opinion.lean,
            intent=intent_of(signs, opinion.label, said.voice, text),
            whole=whole,
        )

    def beside(self, words: Opinion, text: str, said: Utterance, signs: Signs) -> tuple[Opinion, str]:
        """The opinion of what stands beside the words: a second engine, else what was learned; and its name."""
        if self._second:
            return second_opinion(words, self._second, text)
        if self.learned:
            return self.learned.opinion(self.features(text, said, signs), words), f"+learned/{self.learned.version}"
        return words, ""

    def prepared(self, said: Utterance) -> Prepared:
        """The first steps: guard and names."""
        names = self._names((said.brand, *said.aliases), said.others)
        raw = guarded(said.text)
        return Prepared(names, raw, names.neutral(raw))

    def topics_of(self, said: Utterance) -> tuple[str, ...]:
        """The topics whose words the text holds, the main one first."""
        return self._signs.ranked(self._signs.read(self.prepared(said).text))

    def language_of(self, text: str, declared: str | None = None) -> Language:
        """The language of a prepared text."""
        return self._languages.of(text, declared)

    def features(self, text: str, said: Utterance, signs: Signs) -> dict[str, float]:
        """What a learned model sees of a prepared text."""
        text = unglued(text)
        clauses = scoped(text) if said.voice in SCOPED_VOICES else text
        engine = self.engine_for(said.voice)
        return features(clauses, engine.read(clauses), signs, said.stars)

    def features_of(self, said: Utterance) -> dict[str, float]:
        """The same for any text."""
        text = self.prepared(said).text
        return self.features(text, said, self._signs.read(text))

    def judge_many(self, utterances: Iterable[Utterance]) -> list[Verdict]:
        return [self.judge(said) for said in utterances]

    def opinion(self, text: str, voice: Voice, language: Language, leaves: bool) -> tuple[Opinion, float | None, str]:
        """The opinion of the words alone, the whole text's score where only clauses counted, and the engine."""
        engine = self.engine_for(voice)
        if not language.understood:
            return UNSCORED, None, engine.name
        text = unglued(text)
        clauses = scoped(text) if voice in SCOPED_VOICES else text
        reading = engine.read(clauses)
        whole = None if clauses == text else engine.read(text).score
        is_silent = language.code is None and not reading.hits
        return SILENT if is_silent else from_words(reading, leaves), whole, engine.name

    def engine_for(self, voice: Voice) -> Vader:
        """The engine with the packs for how people talk there."""
        return self._engines.get(voice, self._engine)

    def versions(self, voice: Voice) -> dict[str, str]:
        """Each pack that counts there, the last on top, with a version that changes with any of its words."""
        return {pack.name: packs.version_of([pack]) for pack in self.engine_for(voice).packs}

    def plain(self, text: str) -> float:
        """Stock VADER's compound of the raw text, capped like all texts."""
        return self._stock.read(text[:LONGEST]).score


def tells_more(signs: Signs) -> bool:
    return bool(signs.churn or signs.comparison)


def tags_of(signs: Signs, names: Names, raw: str, text: str) -> Iterable[str]:
    """`churn`, and `comparison` with the others that the brand is compared to."""
    if signs.churn:
        yield "churn"
    if signs.comparison and OURS in text and THEIRS in text:
        yield "comparison"
        yield from (f"comparison:{other}" for other in names.theirs(raw))
