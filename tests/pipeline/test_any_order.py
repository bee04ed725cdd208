"""Whatever comes when, in whichever batches, and however often the daemon starts anew: the same issues in the end."""

from contextlib import closing
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from listener.model.plan import Judgement
from listener.model.verdict import Verdict
from listener.pipeline import roads
from listener.pipeline.issue_check import IssueCheck
from listener.pipeline.issue_watch import IssueWatch
from listener.pipeline.joined import Reading
from listener.store import Store
from listener.store.engine import StoreTrouble
from listener.store.grounds import IssueTurn
from listener.store.issues import IssueFilter
from tests.fresh import a_store
from tests.makers import NOW, an_arrival
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
        self.copies: dict[str, str] = {}
        self.ids: dict[str | None, int] = {}
        self.start()

    def start(self) -> None:
        self.check = IssueCheck(Reading)
        self.watch = IssueWatch(self.store, self.check, Reading, lambda: NOW, "ops", LOG)

    def hears(self, said: list[tuple[int, tuple[str, str, Any]]], history: bool = False) -> None:
        about = {"history": history}
        arrivals = [an_arrival(f"p{n}", text, author_handle=who, posted_at=at, **about) for n, (text, who, at) in said]
        self.store.arrivals.take("forum", arrivals, NOW)
        rows = self.store.judging.waiting(1_000)
        self.ids |= {row.external_id: row.id for row in rows}
        copies = {row.id: self.ids.get(self.copies.get(row.external_id)) for row in rows}
        who = {row.id: f"forum:{row.author_handle}" for row in rows}
        judgements = {row.id: Judgement(row.id, judged(row), who[row.id], None, copies[row.id]) for row in rows}
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


@pytest.fixture(params=[None, 8], ids=["at once", "in parts"])
def part(request, monkeypatch):
    """How many complaints are gone over in one part."""
    if request.param:
        in_parts(monkeypatch, request.param)
    return request.param


def in_parts(monkeypatch, size: int) -> None:
    monkeypatch.setattr(roads, "PART", size)
    monkeypatch.setattr("listener.pipeline.settling.AT_ONCE", 3)
    monkeypatch.setattr("listener.pipeline.issue_watch.AT_ONCE", 3)


@pytest.mark.usefixtures("part")
@pytest.mark.parametrize("seed", range(3))
def test_any_order_of_arrival_and_any_restart_end_in_the_same_issues(tmp_path, seed):
    (tmp_path / "mixed").mkdir()
    with closing(a_store(tmp_path / "mixed")) as store:
        disturbed_equals_straight(store, tmp_path, seed)


@pytest.mark.usefixtures("part")
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
            desk.watch.beat(rest=lambda: chance.random() < 0.5)
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
    for room in ("joining", "roads"):
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


def test_who_lost_an_issue_to_a_late_post_and_is_alone_again_has_one_of_their_own(tmp_path):
    said = [
        ("valve leaks faucet kettle drum", "cem", NOW - timedelta(hours=3)),
        ("valve leaks faucet sofa carpet", "ben", NOW - timedelta(hours=2)),
        ("sofa carpet marble window", "ann", NOW - timedelta(hours=1)),
    ]
    desk = Desk(a_store(tmp_path))
    together = []
    for one in reversed(list(enumerate(said))):
        desk.hears([one])
        desk.watch.beat()
        together.append(sorted(map(len, names(desk.store).values())))

    assert together == [[1], [2], [1, 2]]
    assert outcome(desk.store) == undisturbed(tmp_path / "straight", said)
    desk.store.close()


def late_after_all(folder: Path, size: int = 75) -> tuple[Desk, list[Any]]:
    """A store in which everything is to be gone over again: the first post comes last."""
    said = sorted(enumerate(a_world(Random(5))), key=lambda one: one[1][2])[:size]
    desk = Desk(a_store(folder))
    desk.hears(said[1:])
    desk.hears(said[:1])
    return desk, [one for _, one in sorted(said)]


def names(store: Store) -> dict[str, list[int]]:
    return {
        row.id: sorted(one.id for one in store.issues.mentions(row.id))
        for row in store.issues.page(IssueFilter(limit=1_000))
    }


def test_in_parts_issues_keep_the_names_that_they_keep_at_once(tmp_path, monkeypatch):
    (tmp_path / "parts").mkdir()
    whole, _ = late_after_all(tmp_path)
    parts, _ = late_after_all(tmp_path / "parts")

    whole.watch.beat()
    in_parts(monkeypatch, 6)
    parts.watch.beat()

    assert names(whole.store) == names(parts.store)
    whole.store.close(), parts.store.close()


def test_what_is_gone_over_in_parts_is_seen_when_all_of_it_is_done(tmp_path, monkeypatch):
    in_parts(monkeypatch, 6)
    desk, said = late_after_all(tmp_path)
    before = outcome(desk.store)

    desk.watch.beat(rest=lambda: True)
    assert (outcome(desk.store), desk.store.issues.dirty_grounds()) == (before, ["Acme Flow\n"])

    desk.watch.beat()
    assert outcome(desk.store) == undisturbed(tmp_path / "straight", said)
    desk.store.close()


def test_no_more_than_two_parts_are_read_at_once_and_none_again_after_a_restart(tmp_path, monkeypatch):
    in_parts(monkeypatch, 6)
    desk, said = late_after_all(tmp_path)
    read, parts = [], []
    plain = IssueTurn.complaints
    monkeypatch.setattr(IssueTurn, "complaints", lambda *args: read.append(plain(*args)) or read[-1])
    monkeypatch.setattr(
        "listener.pipeline.roads.gone_over", lambda road, plain=roads.gone_over: parts.append(road.said) or plain(road)
    )

    while desk.store.issues.dirty_grounds():
        desk.start()
        desk.watch.beat(rest=lambda: True)

    assert max(map(len, read)) <= 13
    assert len(parts) > 5
    gone_over = [one.row.id for part in parts for one in part if one.ground == "Acme Flow\n"]
    assert len(gone_over) == len(set(gone_over))
    assert outcome(desk.store) == undisturbed(tmp_path / "straight", said)
    desk.store.close()


def test_many_posts_of_one_second_are_one_part(tmp_path, monkeypatch):
    in_parts(monkeypatch, 4)
    chance = Random(3)
    at = NOW - timedelta(days=2)
    said = [(a_text(chance, chance.choice(TROUBLES)), f"p{n}", at) for n in range(30)]
    said += [(a_text(chance, chance.choice(TROUBLES)), f"q{n}", at + timedelta(hours=n)) for n in range(20)]
    desk = Desk(a_store(tmp_path))
    numbered = list(enumerate(said))
    desk.hears(numbered[1:])
    desk.hears(numbered[:1])
    desk.watch.beat()

    assert outcome(desk.store) == undisturbed(tmp_path / "straight", said)
    desk.store.close()


def test_a_post_from_before_the_part_in_hand_is_gone_over_too(tmp_path, monkeypatch):
    in_parts(monkeypatch, 6)
    said = sorted(enumerate(a_world(Random(5))), key=lambda one: one[1][2])
    desk = Desk(a_store(tmp_path))
    desk.hears([one for place, one in enumerate(said) if place not in (3, 9)])
    desk.hears([said[9]])
    for _ in range(4):
        desk.watch.beat(rest=lambda: True)
    desk.hears([said[3]])
    desk.watch.beat()

    assert outcome(desk.store) == undisturbed(tmp_path / "straight", [one for _, one in sorted(said)])
    desk.store.close()


def test_a_stop_while_much_is_put_elsewhere_loses_nothing(tmp_path, monkeypatch):
    in_parts(monkeypatch, 6)
    desk, said = late_after_all(tmp_path)
    stops = iter(20 * [False] + [True])
    desk.watch = IssueWatch(desk.store, desk.check, Reading, lambda: NOW, "ops", LOG, None, lambda _: next(stops, True))
    while any(stops):
        desk.watch.beat()
    assert desk.store.issues.dirty_grounds()
    desk.start()
    desk.watch.beat()

    assert outcome(desk.store) == undisturbed(tmp_path / "straight", said)
    desk.store.close()


def test_a_kill_before_the_issues_of_an_import_are_judged_loses_nothing(tmp_path, monkeypatch):
    said = a_world(Random(5))
    desk = Desk(a_store(tmp_path))
    desk.check = IssueCheck(Reading, patient=True)
    desk.hears(list(enumerate(said)), history=True)
    monkeypatch.setattr(IssueCheck, "_judge", trouble)
    with pytest.raises(StoreTrouble):
        desk.watch.beat()
    monkeypatch.undo()
    assert not desk.store.issues.dirty_grounds()
    desk.start()
    desk.watch.beat()

    assert outcome(desk.store) == undisturbed(tmp_path / "straight", said)
    desk.store.close()


def test_others_are_served_after_a_few_of_the_issues_that_are_judged_anew(tmp_path, monkeypatch):
    monkeypatch.setattr("listener.pipeline.issue_watch.AT_ONCE", 1)
    desk, said = late_after_all(tmp_path)
    while desk.store.issues.dirty_grounds():
        desk.watch.beat(rest=lambda: True)
    before = len(desk.store.issues.moved(1_000))
    desk.watch.beat(rest=lambda: True)

    assert len(desk.store.issues.moved(1_000)) == before - 1 > 0
    desk.watch.beat()
    assert outcome(desk.store) == undisturbed(tmp_path / "straight", said)
    desk.store.close()


def trouble(*_: object, **__: object) -> None:
    raise StoreTrouble("killed")


@pytest.mark.usefixtures("part")
def test_a_copy_teaches_nothing_also_where_what_it_copies_is_not_gone_over(tmp_path, monkeypatch):
    for room in ("joining", "roads"):
        monkeypatch.setattr(f"listener.pipeline.{room}.SNAPSHOT_EVERY", 10)
    said = sorted(enumerate(a_world(Random(9))), key=lambda one: one[1][2])
    late = said[-25]
    first, last = said[0], said[-3]
    said[-3] = (last[0], (first[1][0], *last[1][1:]))
    words, week_ago = [], (NOW - timedelta(days=7)).timestamp()
    for folder, comes_late in (("late", [late]), ("straight", [])):
        (tmp_path / folder).mkdir()
        desk = Desk(a_store(tmp_path / folder))
        desk.copies = {f"p{last[0]}": f"p{first[0]}"}
        in_time = [one for one in said if one not in comes_late]
        for start in range(0, len(in_time), 7):
            desk.hears(in_time[start : start + 7])
        desk.hears(comes_late)
        desk.watch.beat()
        with desk.store.judging.look(NOW) as seen:
            kept = seen.issues.words("Acme Flow\n").values()
            words.append({value["issue"]: value["mentions"] for value in kept if value["last_at"] > week_ago})
        desk.store.close()

    assert words[0] == words[1]
    assert words[0]
