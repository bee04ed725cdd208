"""The whole road on real servers: a feed, a Slack-shaped webhook, a mail server, and the daemon as a process."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import sleep

import pytest

from tests.actions.far_sides import Answer
from tests.running import Running, a_book, a_feed, a_post, eventually, running
from tests.world import ALERTS, COMPLAINT, DONE, PRAISE, World, a_world, change

pytestmark = pytest.mark.slow


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with a_world(tmp_path / "house") as made:
        yield made


def test_a_complaint_and_a_praise_become_two_alerts_a_ticket_and_a_draft_once_also_after_being_killed(world):
    with running(world.house()) as daemon:
        eventually(lambda: daemon.kept(ALERTS) == DONE)
        daemon.kill()
        daemon.started()
        world.some_polls_later()
        assert daemon.kept(ALERTS) == DONE
        assert daemon.kept("SELECT person, status FROM ticket") == [("forum:zed", "open")]
        assert daemon.kept("SELECT action, status FROM delivery WHERE action = 'thank'") == [("thank", "waiting")]
        assert [len(world.posted), len(world.mail.mails)] == [1, 1]


def test_a_first_poll_of_a_thousand_old_posts_sends_one_message(world):
    old = timedelta(days=10)
    world.offers(*(a_post(n, f"Acme Flow broke number {n} of my boards, terrible", ago=old) for n in range(1000)))
    with running(world.house(ops="care")) as daemon:
        eventually(lambda: world.posted)
        world.some_polls_later()
        assert daemon.one("SELECT count(*) FROM mention WHERE history AND decided_at IS NOT NULL") == 1000
        assert [heard.split(",", 1)[0] for heard in world.posted] == ["forum: 1"]
        assert "1,000 old mentions" in world.posted[0]
        assert daemon.kept("SELECT action FROM delivery") == [("notice",)]
        assert not daemon.kept("SELECT id FROM ticket")


def test_an_edit_never_sends_again(world):
    with running(world.house()) as daemon:
        eventually(lambda: daemon.kept(ALERTS) == DONE)
        world.offers(a_post(1, "Edit: Acme Flow is broken, terrible, and now it lost my data", "zed"), PRAISE)
        eventually(lambda: daemon.one("SELECT count(*) FROM decision") == 3)
        world.some_polls_later()
        assert daemon.kept(ALERTS) == DONE
        assert daemon.one("SELECT count(*) FROM version") == 1
        assert [len(world.posted), len(world.mail.mails)] == [1, 1]


def test_a_broken_edit_of_the_rules_keeps_the_old_book_at_work_and_says_where_it_is_broken(world):
    world.offers(PRAISE)
    with running(world.house()) as daemon:
        book = daemon.folder / "rules.d" / "book.yaml"
        book.write_text(a_book("care").replace("sentiment: negative", "sentimant: negative"))
        eventually(lambda: "book.broken" in daemon.log)
        world.offers(COMPLAINT, PRAISE)
        eventually(lambda: daemon.kept(ALERTS) == DONE)
        assert "unknown field 'sentimant'" in daemon.log
        assert "book.yaml:" in daemon.log


def test_a_mended_rule_file_is_taken_over_without_a_restart(world):
    world.offers(PRAISE)
    with running(world.house()) as daemon:
        (daemon.folder / "rules.d" / "book.yaml").write_text(a_book("care-mail"))
        eventually(lambda: daemon.log.count("book.running") == 2)
        world.offers(COMPLAINT, PRAISE)
        eventually(lambda: daemon.kept(ALERTS) == [("care-mail", "done", 1)])


def test_too_many_requests_waits_as_slack_asks_and_loses_nothing(world):
    world.slack_says = Answer(429, "slow down", {"Retry-After": "600"})
    with running(world.house()) as daemon:
        eventually(lambda: daemon.one("SELECT attempts FROM delivery WHERE channel = 'care' AND status = 'due'"))
        due = datetime.fromisoformat(daemon.one("SELECT due_at FROM delivery WHERE channel = 'care'"))
        assert due.replace(tzinfo=UTC) - datetime.now(UTC) > timedelta(seconds=580)
        world.slack_says = Answer()
        change(daemon, "UPDATE delivery SET due_at = '2026-01-01 00:00:00.000000'")
        eventually(lambda: ("care", "done", 2) in daemon.kept(ALERTS))
        assert len(world.mail.mails) == 1


def test_sigterm_ends_it_in_time_though_slack_never_answers_and_the_doubt_is_shown(world):
    world.slack_says = None
    with running(world.house()) as daemon:
        eventually(lambda: world.posted)
        assert daemon.stop(seconds=20) == 0
        daemon.started()
        eventually(lambda: daemon.one("SELECT status FROM delivery WHERE channel = 'care'") == "in_doubt")
        assert len(world.posted) == 1


def test_sighup_takes_over_a_changed_configuration(world):
    with running(world.house()) as daemon:
        config = daemon.folder / "config.toml"
        config.write_text(config.read_text().replace("/feed.xml", "/other.xml"))
        world.site.put("/other.xml", a_feed(a_post(7, "Acme Flow, moved")))
        daemon.signal(signal.SIGHUP)
        eventually(lambda: daemon.kept("SELECT id FROM mention WHERE text LIKE '%moved%'"))
        assert not daemon.ended()


def test_a_broken_configuration_at_sighup_changes_nothing(world):
    world.offers(PRAISE)
    with running(world.house()) as daemon:
        config = daemon.folder / "config.toml"
        config.write_text(config.read_text().replace("every", "evry"))
        daemon.signal(signal.SIGHUP)
        eventually(lambda: "did you mean 'every'" in daemon.log)
        world.offers(COMPLAINT, PRAISE)
        eventually(lambda: daemon.kept(ALERTS) == DONE)


def test_a_second_daemon_on_the_same_store_refuses(world):
    with running(world.house()) as daemon:
        second = Running(daemon.folder)
        second.start()
        eventually(second.ended)
        assert second.process
        assert second.process.returncode == 1
        assert "another `listener run`" in daemon.log
        assert not daemon.ended()


def test_a_restart_neither_polls_early_nor_forgets(world):
    with running(world.house(every="1h")) as daemon:
        eventually(lambda: daemon.kept(ALERTS) == DONE)
        assert daemon.stop() == 0
        daemon.started()
        sleep(2)
        assert world.polls() == 1
        change(daemon, "UPDATE source SET next_at = '2026-01-01 00:00:00.000000'")
        eventually(lambda: world.polls() == 2)
        assert daemon.kept(ALERTS) == DONE
