"""One poll of a site by its spec: walk the pages, stop where the last poll came, say what was missed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from urllib.parse import urlsplit

from connectors.contract import Batch, Blind, GiveUp, Measure, Response, TryLater
from connectors.cursors import Cursor
from connectors.json_api_items import Mapper
from connectors.json_api_pages import CutShort, Place, Step, fingerprint, following, request, start
from connectors.json_api_site import Call, Proof, Site, permitted, read_json
from connectors.json_api_spec import Spec
from connectors.json_api_words import Param
from connectors.stars import number

LONG_AGO = datetime.min.replace(tzinfo=UTC)
OFTEN = timedelta(minutes=15)  # no source is polled more often by itself, so a shorter wait is not worth saying
# one wrong number in an answer must not silence a source for years
LONGEST_WAIT = 86_400.0
REPEATS = "the site's pages repeat themselves: its cursor leads back to where it was"


class Memory(Cursor):
    """The cursor: how far the last poll came, and what its first page was like."""

    watermark: datetime | None = None
    asked: str = ""
    etag: str = ""
    modified: str = ""
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Walked:
    """The pages of one poll. `why` tells what ended the walk early, `healing` that the next poll makes up for it."""

    steps: tuple[Step, ...]
    why: str = ""
    healing: bool = False
    after: timedelta | None = None


class Poll:
    """What one poll needs at hand: the spec, the far side, our proof, the memory, the time."""

    def __init__(self, spec: Spec, params: Mapping[str, Param], site: Site, proof: Proof, memory: Memory) -> None:
        self.spec, self.params, self.site, self.proof, self.memory = spec, params, site, proof, memory
        self.mapper = Mapper(spec, params)
        self.now = site.door.now()

    def batch(self) -> Batch:
        """The items since the last poll, some again. Raises TryLater or GiveUp when the first page cannot be had."""
        marks = self.spec.watermark
        place = start(self.spec, (self.memory.watermark or self.now - marks.first) - marks.overlap)
        call = request(self.spec, self.site, place, self.params)
        answer = self._ask(self._conditional(call))
        digest = sha256(answer.body).hexdigest()
        if answer.status == 304 or (fingerprint(call), digest) == (self.memory.asked, self.memory.digest):
            # a poll of nothing ends here, before any JSON is read
            return Batch(cursor=self.memory.model_dump_json(), unchanged=True)
        walked = self._walk(self._step(place, answer), fingerprint(call))
        first = {
            # forgotten, so that the next poll reads on even when the first page stays the same
            "asked": "" if walked.why else fingerprint(call),
            "etag": answer.headers.get("etag", ""),
            "modified": answer.headers.get("last-modified", ""),
            "digest": digest,
        }
        return self._batch(walked, self.memory.model_copy(update={**first, "watermark": self._watermark(walked)}))

    def _conditional(self, call: Call) -> Call:
        # an ETag belongs to one address; with `since` it changes with the watermark
        if fingerprint(call) != self.memory.asked:
            return call
        asked = {"if-none-match": self.memory.etag, "if-modified-since": self.memory.modified}
        return replace(call, headers={**call.headers, **{name: value for name, value in asked.items() if value}})

    def _ask(self, call: Call) -> Response:
        return permitted(self.site.ask(call, self.proof), self.site.door.now())

    def _step(self, place: Place, answer: Response) -> Step:
        """The page, mapped. Raises TryLater when there is nothing to map, which is not the same as no news."""
        data = read_json(answer)
        page = self.mapper.page(data, self.now)
        if page is None:
            where = "".join(urlsplit(answer.url)[1:3])
            raise TryLater(f"{where} answered without `{self.spec.items.source}`: an error, or its shape changed?")
        if page.nameless and not page.items:
            raise TryLater(f"none of the {page.nameless} entries has an id: the answer's shape changed?")
        return Step(place, answer, data, page)

    def _walk(self, first: Step, mark: str) -> Walked:
        steps = [first]
        try:
            for step in self._further(first, mark):
                steps.append(step)
        except CutShort as cut:
            return Walked(tuple(steps), str(cut))
        except (TryLater, GiveUp) as trouble:
            after = trouble.after if isinstance(trouble, TryLater) else None
            return Walked(tuple(steps), f"page {len(steps) + 1}: {trouble}", healing=True, after=after)
        return Walked(tuple(steps))

    def _further(self, step: Step, mark: str) -> Iterator[Step]:
        """The pages after the first. Raises CutShort where going on would not end or would lead elsewhere."""
        asked, met = {mark}, _ids(step)
        while not self._caught_up(step) and (place := following(self.spec, self.site, step, self.mapper.value)):
            if len(asked) >= self.spec.pages.limit:
                self._stop_at_limit()
                return
            call = request(self.spec, self.site, place, self.params)
            if fingerprint(call) in asked:
                raise CutShort(REPEATS)
            # what was read so far is kept; the watermark stays, so the rest comes next time
            if self.site.door.stopped.is_set():
                raise TryLater("the daemon was stopped")
            step = self._step(place, self._ask(call))
            if step.page.items and _ids(step) <= met:
                self._stop_at_repeat()
                return
            yield step
            asked.add(fingerprint(call))
            met |= _ids(step)

    def _caught_up(self, step: Step) -> bool:
        """Whether the page's last entry lies before what the last poll read."""
        marks, reached = self.spec.watermark, self.memory.watermark
        if marks.order == "oldest" or reached is None or not step.page.times:
            return False
        # the last entry, not the oldest: an old one may be pinned to the top
        return step.page.times[-1] < reached - marks.overlap

    def _stop_at_limit(self) -> None:
        """No loss on the first poll, nor where the next one goes on from here."""
        if self.memory.watermark is not None and self.spec.watermark.order == "newest":
            raise CutShort(f"more than {self.spec.pages.limit} pages since the last poll")

    def _stop_at_repeat(self) -> None:
        """With `since`, the last moment's items come again at the end; anywhere else it is a fault."""
        if self.spec.pages.kind != "since":
            raise CutShort(REPEATS)

    def _watermark(self, walked: Walked) -> datetime | None:
        """The newest time read, unless pages before it were left unread."""
        held = self.memory.watermark
        # the pages between here and the old watermark are unread
        if walked.healing and self.spec.watermark.order == "newest":
            return held
        return max((moment for step in walked.steps for moment in step.page.times), default=held)

    def _batch(self, walked: Walked, kept: Memory) -> Batch:
        read = [item for step in walked.steps for item in step.page.items]
        if self.spec.watermark.order == "newest":
            read.reverse()
        # the later one is the newer text: an item may move to another page in between
        unique = {item.external_id: item for item in read}
        return Batch(
            sorted(unique.values(), key=lambda item: item.posted_at or LONG_AGO),
            measures=tuple(self._measures(walked)),
            blind=(self._blind(walked),) if walked.why else (),
            cursor=kept.model_dump_json(),
            every=self._wait(walked),
        )

    def _blind(self, walked: Walked) -> Blind:
        """The stretch between what the last poll read and what this one did."""
        times = [moment for step in walked.steps for moment in step.page.times]
        if self.spec.watermark.order == "oldest":
            return Blind(max(times, default=self.now), self.now, walked.why)
        until = min(times, default=self.now)
        return Blind(min(self.memory.watermark or until, until), until, walked.why)

    def _measures(self, walked: Walked) -> Iterator[Measure]:
        for name, expression in self.spec.measures.items():
            value = number(self.mapper.value(expression, walked.steps[0].data))
            if value is not None:
                yield Measure(name, value, self.now)

    def _wait(self, walked: Walked) -> timedelta | None:
        """How long to leave the site alone: what it asked for, or what its quota makes of this many requests."""
        rate = self.spec.rate
        waits = [walked.after or timedelta()]
        if rate:
            asked = number(self.mapper.value(rate.wait, walked.steps[-1].data)) or 0.0
            waits += [timedelta(seconds=min(asked, LONGEST_WAIT)), rate.per / rate.requests * len(walked.steps)]
        return max(waits) if walked.after or max(waits) > OFTEN else None


def _ids(step: Step) -> set[str]:
    return {item.external_id for item in step.page.items}
