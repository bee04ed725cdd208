"""Bad days: a full disk, a locked or read-only store, dead far sides, unreadable rules: told, and nothing is lost."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Event
from time import sleep

import pytest
from apscheduler.schedulers.background import BackgroundScheduler

from listener.daemon import STOP_WITHIN
from listener.hands import Hands, at_once
from listener.store.trouble import BUSY_SECONDS
from tests.running import PATIENCE, Running, brisk, eventually, running
from tests.world import ALERTS, COMPLAINT, DONE, PRAISE, World, a_world

pytestmark = pytest.mark.slow
PR_CAPBSET_DROP = 24
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 1, 2
# less than a commit needs, more than the log does
A_FULL_DISK = 20_000
# longer than a poll and its work take
A_WHILE = 2.0


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with a_world(tmp_path / "house") as made:
        made.offers(PRAISE)
        yield made


def obeying_modes() -> None:
    """Take from root the right to ignore the modes of files; nobody else has it."""
    libc = ctypes.CDLL(None)
    for right in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
        libc.prctl(PR_CAPBSET_DROP, right, 0, 0, 0)


def largest_file(daemon: Running, size: int) -> None:
    assert daemon.process
    _, hard = resource.prlimit(daemon.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(daemon.process.pid, resource.RLIMIT_FSIZE, (size, hard))


def port_of(server: socket.socket) -> str:
    return str(server.getsockname()[1])


def refused(daemon: Running) -> str:
    """What a daemon that cannot start says."""
    daemon.start()
    eventually(daemon.ended)
    assert daemon.process
    assert daemon.process.returncode in (1, 2)
    assert "Traceback" not in daemon.log
    return daemon.log


def test_on_a_full_disk_it_says_so_goes_on_and_catches_up_once_there_is_room(world):
    with running(world.house()) as daemon:
        world.some_polls_later()
        largest_file(daemon, A_FULL_DISK)
        world.offers(COMPLAINT, PRAISE)
        eventually(lambda: "free some space" in daemon.log)
        sleep(A_WHILE)
        assert "store.recovered" not in daemon.log
        largest_file(daemon, resource.RLIM_INFINITY)
        eventually(lambda: daemon.kept(ALERTS) == DONE)
        assert daemon.log.count("store.recovered") == 1
        assert [len(world.posted), len(world.mail.mails)] == [1, 1]


def test_hands_that_are_set_back_by_a_minute_or_more_are_seen_once():
    wall, steady = iter([1_000.0, 1_000.5, 960.0, 660.0, 9_000.0]), iter([0.0, 0.5, 1.0, 1.5, 2.0])
    hands = Hands(lambda: next(wall), lambda: next(steady))

    assert [hands.set_back() for _ in range(4)] == [0.0, 0.0, 300.5, 0.0]


def test_beats_that_wait_for_a_time_that_was_set_back_come_at_once():
    ran, beats = Event(), BackgroundScheduler()
    beats.add_job(ran.set, "interval", hours=1)
    beats.start()
    try:
        at_once(beats)
        assert ran.wait(PATIENCE)
    finally:
        beats.shutdown()


def test_a_locked_store_delays_the_work_and_loses_nothing(world):
    with running(world.house()) as daemon:
        with closing(sqlite3.connect(daemon.folder / "listener.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            world.offers(COMPLAINT, PRAISE)
            sleep(A_WHILE)
        eventually(lambda: daemon.kept(ALERTS) == DONE)
        assert [len(world.posted), len(world.mail.mails)] == [1, 1]


def test_it_stops_in_time_though_the_store_is_locked(world):
    assert STOP_WITHIN < 10
    with running(world.house(), command=brisk(within=2)) as daemon:
        with closing(sqlite3.connect(daemon.folder / "listener.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            world.offers(COMPLAINT, PRAISE)
            sleep(A_WHILE)
            assert daemon.stop(seconds=BUSY_SECONDS - 5) == 0
        daemon.started()
        eventually(lambda: daemon.kept(ALERTS) == DONE)


def test_a_reload_in_which_something_hangs_begins_anew_and_never_ends_it(world):
    address = f"listener-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(f"\0{address}")
        heard = {"NOTIFY_SOCKET": f"@{address}"}
        with running(world.house(), command=brisk(within=2), environment=heard) as daemon:
            with closing(sqlite3.connect(daemon.folder / "listener.db", isolation_level=None)) as other:
                other.execute("BEGIN IMMEDIATE")
                world.offers(COMPLAINT, PRAISE)
                sleep(A_WHILE)
                daemon.signal(signal.SIGHUP)
                eventually(lambda: "daemon.broke_off" in daemon.log)
            eventually(lambda: daemon.kept(ALERTS) == DONE)
            assert not daemon.ended()
        told = (systemd.recv(200).split(b"\n")[0] for _ in range(99))
        words = (word for word in told if word != b"WATCHDOG=1")
        assert [next(words) for _ in range(3)] == [b"READY=1", b"RELOADING=1", b"READY=1"]


def test_a_stop_breaks_silent_sources_off_and_holds_that_against_none(world):
    folder = world.house()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{port_of(silent)}/feed.xml"
        many = "".join(f'{{name = "s{n}", kind = "feed", url = "{url}"}}, ' for n in range(20))
        config = folder / "config.toml"
        config.write_text(config.read_text().replace("source = [", f"source = [{many}"))
        with running(folder, command=brisk(within=90)) as daemon:
            assert daemon.stop() == 0
            assert "daemon.stopped" in daemon.log
            assert daemon.one("SELECT max(failures) FROM source") == 0


def test_a_silent_slack_does_not_hold_up_the_mail_and_its_doubt_is_told(world):
    world.slack_says = None
    world.offers(COMPLAINT)
    with running(world.house()) as daemon:
        eventually(lambda: daemon.kept(ALERTS) == [("care", "in_doubt", 1), ("care-mail", "done", 1)])
        eventually(lambda: "listener settle 1 --sent" in daemon.log)
        assert len(world.posted) == 1


def test_a_silent_mail_server_does_not_hold_up_slack_and_the_mail_waits(world):
    world.offers(COMPLAINT)
    with socket.create_server(("127.0.0.1", 0)) as silent, running(world.house(port=port_of(silent))) as daemon:
        eventually(lambda: daemon.kept(ALERTS) == [("care", "done", 1), ("care-mail", "due", 1)])
        assert "did not answer in time" in daemon.one("SELECT last_error FROM delivery WHERE status = 'due'")


def test_a_dead_feed_does_not_hold_up_the_others(world):
    folder = world.house()
    dead = '{name = "dead", kind = "feed", url = "http://127.0.0.1:1/feed.xml", every = "1s"}'
    config = folder / "config.toml"
    config.write_text(config.read_text().replace("source = [", f"source = [{dead}, "))
    with running(folder) as daemon:
        world.offers(COMPLAINT)
        eventually(lambda: daemon.kept(ALERTS) == DONE)
        failures, error = daemon.kept("SELECT failures, last_error FROM source WHERE name = 'dead'")[0]
        assert failures >= 1
        assert "cannot be connected to" in error


def test_an_unreadable_rule_file_keeps_the_old_book_at_work(world):
    with running(world.house(), before=obeying_modes) as daemon:
        (daemon.folder / "rules.d" / "book.yaml").chmod(0)
        os.utime(daemon.folder / "rules.d" / "book.yaml")
        eventually(lambda: "book.broken" in daemon.log)
        assert "book.yaml" in daemon.log
        world.offers(COMPLAINT, PRAISE)
        eventually(lambda: daemon.kept(ALERTS) == DONE)


def test_rules_that_are_no_text_are_refused_at_the_first_start_with_the_file_named(world):
    daemon = Running(world.house())
    (daemon.folder / "rules.d" / "book.yaml").write_bytes(b"\xff\xfe\x00rules")
    assert "book.yaml" in refused(daemon)


def test_a_read_only_store_is_refused_with_its_cure(world):
    with running(world.house()) as daemon:
        assert daemon.stop() == 0
        for file in (*daemon.folder.glob("listener.db*"), daemon.folder / "rules.d"):
            file.chmod(0o444)
        daemon.folder.chmod(0o555)
        daemon.before = obeying_modes
        said = refused(daemon)
        daemon.folder.chmod(0o755)
        assert "check the owner and the mode" in said
        assert f"({daemon.folder / 'listener.db'})" in said


def test_a_lock_that_only_root_may_write_is_no_hindrance(world):
    daemon = Running(world.house(), before=obeying_modes)
    (daemon.folder / "listener.db.lock").touch(mode=0o444)
    try:
        daemon.started()
    finally:
        daemon.kill()


def test_a_store_in_a_folder_that_cannot_be_is_refused_with_its_cure(world):
    daemon = Running(world.house())
    (daemon.folder / "listener").write_text("no folder")
    with (daemon.folder / "config.toml").open("a") as config:
        config.write('store.url = "sqlite:///listener/listener.db"\n')

    assert "check [store] url" in refused(daemon)


def test_a_damaged_store_is_refused_with_its_cure(world):
    daemon = Running(world.house())
    (daemon.folder / "listener.db").write_bytes(b"this is no store" * 1000)
    assert "listener restore FILE" in refused(daemon)


def test_a_typo_in_the_configuration_is_refused_with_its_place_and_the_nearest_key(world):
    daemon = Running(world.house())
    config = daemon.folder / "config.toml"
    config.write_text(config.read_text().replace("every", "evry"))
    said = refused(daemon)
    assert "config.toml:5:" in said
    assert "did you mean 'every'?" in said
