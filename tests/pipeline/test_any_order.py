"""Whatever comes when, in whichever batches, and however often the daemon starts anew: the same issues in the end."""

from contextlib import closing
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from listener.model.plan import Judgement
from listener.model.verdict import Verdict
from listener.pipeline.issue_check import IssueCheck
from listener.pipeline.issue_watch import IssueWatch
from listener.pipeline.joined import Reading
from listener.store import Store
from listener.store.grounds import IssueTurn
from listener.store.issues import IssueFilter
from tests.makers import NOW, a_store, an_arrival
from tests.pipeline.road import LOG

TROUBLES = (
    "sync error seventeen phone fails upload",
    "invoice billed twice charged refund card",
    "login password rejected reset mail locked",
    "notes deleted lost tablet gone morning",
)
FILL = ("really", "today", "again", "monday", "sad", "please", "help", "nothing", "works", "never", "always", "office")


def a_world(chance: Random, days: int = 20, each_day: int = 3) -> list[tuple[str, str, Any]]:
    """(text, handle, when): background for days, and a burst of one trouble at the end."""
    said = []
    for day in range(days):
        for _ in range(each_day):
            at = NOW - timedelta(days=days - day, seconds=chance.randrange(86_400))
            said.append((a_text(chance, chance.choice(TROUBLES)), f"p{chance.randrange(40)}", at))
    said += [(a_text(chance, TROUBLES[0]), f"q{n}", NOW - timedelta(minutes=240 - 14 * n)) for n in range(14)]
    return said


def a_text(chance: Random, trouble: str) -> str:
    words = chance.sample(trouble.split(), 4) + chance.sample(FILL, 6)
    chance.shuffle(words)
    return " ".join(words)


def a_topic(handle: str, text: str) -> tuple[str, ...]:
    """What words would guess: of one trouble many topics, of several troubles one."""
    guess = len(text) % 3
    return ("outage", "app", handle[0])[guess : guess + 1] if guess else ()


class Desk:
    """The issue check alone, over a store."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.start()

    def start(self) -> None:
        self.check = IssueCheck(Reading)
        self.watch = IssueWatch(self.store, self.check, Reading, lambda: NOW, "ops", LOG)

    def hears(self, said: list[tuple[int, tuple[str, str, Any]]]) -> None:
        arrivals = [an_arrival(f"p{n}", text, author_handle=who, posted_at=at) for n, (text, who, at) in said]
        self.store.arrivals.take("forum", arrivals, NOW)
        rows = self.store.judging.waiting(1_000)
        judgements = {row.id: Judgement(row.id, judged(row), f"forum:{row.author_handle}", None) for row in rows}
        with self.store.judging.turn(NOW) as turn:
            turn.claim([row.id for row in rows], NOW)
            turn.keep_judgements(judgements.values())
            self.check.check(turn, rows, judgements, NOW)


def judged(row: Any) -> Verdict:
    """One trouble has a rule of its own, of the others the topics are guessed."""
    ruled = "invoice" in row.text
    topics = ("billing",) if ruled else a_topic(row.author_handle, row.text)
    return Verdict("negative", -0.5, 0.9, "v", topics=topics, topic_by="rule" if ruled else "words")


def outcome(store: Store) -> tuple[Any, ...]:
    """Who is with whom, the counts and spreads, and the bursts."""
    groups, figures = set(), []
    for row in store.issues.page(IssueFilter(limit=1_000)):
        groups.add(frozenset(mention.external_id for mention in store.issues.mentions(row.id)))
        counts = (row.mentions, row.persons, row.customers, row.persons_now, row.usual_rate, row.ratio)
        # one that people were told of stays on record, also where late posts showed that it was no burst
        stand = [alarm for alarm in store.issues.alarms(row.id) if not (alarm.why_quiet or "").startswith("later")]
        alarms = [(alarm.level, alarm.at, alarm.persons, alarm.ratio, alarm.ended_at) for alarm in stand]
        figures.append(
            (
                row.topic,
                row.fence,
                row.first_seen,
                row.last_seen,
                row.spread,
                row.title,
                tuple(row.keywords),
                *counts,
                alarms,
            )
        )
    return groups, sorted(figures, key=str)


def undisturbed(folder: Path, said: list[Any]) -> tuple[Any, ...]:
    folder.mkdir()
    desk = Desk(a_store(folder))
    desk.hears(sorted(enumerate(said), key=lambda one: one[1][2]))
    desk.watch.beat()
    found = outcome(desk.store)
    desk.store.close()
    return found


@pytest.mark.parametrize("seed", range(3))
def test_any_order_of_arrival_and_any_restart_end_in_the_same_issues(tmp_path, seed):
    (tmp_path / "mixed").mkdir()
    with closing(a_store(tmp_path / "mixed")) as store:
        disturbed_equals_straight(store, tmp_path, seed)


def test_on_both_stores_any_order_and_any_restart_end_in_the_same_issues(store, tmp_path):
    disturbed_equals_straight(store, tmp_path, 7)


def disturbed_equals_straight(store: Store, tmp_path: Path, seed: int) -> None:
    chance = Random(seed)
    said = a_world(chance)
    mixed = list(enumerate(said))
    chance.shuffle(mixed)
    desk = Desk(store)
    while mixed:
        size = chance.choice((1, 2, 5, 20))
        desk.hears(mixed[:size])
        mixed = mixed[size:]
        if chance.random() < 0.3:
            desk.start()
        if chance.random() < 0.3:
            desk.watch.beat()
    desk.watch.beat()

    assert outcome(desk.store) == undisturbed(tmp_path / "straight", said)


def test_a_little_late_is_gone_over_from_a_kept_copy(tmp_path, monkeypatch):
    monkeypatch.setattr("listener.pipeline.joining.SNAPSHOT_EVERY", 10)
    said = sorted(enumerate(a_world(Random(9))), key=lambda one: one[1][2])
    desk = Desk(a_store(tmp_path))
    late = said.pop(60)
    for start in range(0, len(said), 7):
        desk.hears(said[start : start + 7])
    desk.hears([late])
    desk.watch.beat()

    assert outcome(desk.store) == undisturbed(tmp_path / "straight", [one for _, one in sorted([*said, late])])
    desk.store.close()


def test_what_was_gone_over_at_once_is_gone_over_from_near_the_next_late_post(tmp_path, monkeypatch):
    for room in ("joining", "settling"):
        monkeypatch.setattr(f"listener.pipeline.{room}.SNAPSHOT_EVERY", 10)
    said = sorted(enumerate(a_world(Random(9))), key=lambda one: one[1][2])
    late = said.pop(-15)
    desk = Desk(a_store(tmp_path))
    desk.hears(said[1:])
    desk.hears(said[:1])
    desk.watch.beat()
    read = []
    plain = IssueTurn.complaints
    monkeypatch.setattr(IssueTurn, "complaints", lambda *args: read.append(plain(*args)) or read[-1])
    desk.hears([late])
    desk.watch.beat()

    assert 15 <= len(read[0]) < len(said) / 2
    assert outcome(desk.store) == undisturbed(tmp_path / "straight", [one for _, one in sorted([*said, late])])
    desk.store.close()
