"""Stop switches, backups, state: the house in an operator's hands."""

from __future__ import annotations

import json
import os
import re
import resource
import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest

from listener.actions.notices import trial
from listener.issues.reading import TERMS
from listener.pipeline.notices import as_delivery
from listener.store.sources import Failure, keep_blind_spot
from tests.makers import NOW, a_delivery, a_house, a_mention, a_ticket, judged
from tests.store.arrived import polled


def paused(house):
    return [one["scope"] for one in json.loads(house.run("status", "--json").out)["pauses"]]


@pytest.mark.parametrize(
    ("options", "scope"),
    [((), "all"), (("--rule", "thank-the-happy"), "rule:thank-the-happy"), (("--channel", "care"), "channel:care")],
)
def test_pause_and_resume_hold_and_let_go(tmp_path, options, scope):
    house = a_house(tmp_path)

    assert house.run("pause", *options, "--why", "looking").code == 0
    assert paused(house) == [scope]
    assert house.run("resume", *options).code == 0
    assert paused(house) == []


def test_what_is_paused_is_not_claimed(tmp_path):
    house = a_house(tmp_path)
    with house.store() as store:
        a_delivery(store, "due", channel="care")
    house.run("pause")

    with house.store() as store:
        assert store.deliveries.due(NOW) == []


def test_a_channel_that_does_not_exist_cannot_be_paused(tmp_path):
    assert a_house(tmp_path).run("pause", "--channel", "cares").code == 2


def test_a_rule_that_the_running_book_does_not_have_cannot_be_paused(tmp_path):
    house = a_house(tmp_path)
    house.run("run", "--once")

    shown = house.run("pause", "--rule", "tank-the-happy")

    assert shown.code == 2
    assert "did you mean 'thank-the-happy'?" in " ".join(shown.err.replace("│", " ").split())
    assert paused(house) == []


def test_resume_says_what_is_still_paused(tmp_path):
    house = a_house(tmp_path)
    house.run("pause", "--channel", "care")

    assert "still paused: channel care" in house.run("resume").out


def test_a_backup_is_restored_paused_and_says_how_to_go_on(tmp_path):
    house = a_house(tmp_path)
    with house.store() as store:
        a_mention(store)
    saved = str(tmp_path / "saved.db")
    assert house.run("backup", saved).code == 0
    with house.store() as store:
        a_mention(store, "later")

    shown = house.run("restore", saved)

    assert shown.code == 0
    assert "listener resume" in shown.out
    assert paused(house) == ["all"]
    assert len(house.run("mentions", "--json").out.splitlines()) == 1


@pytest.mark.parametrize("name", ["listener.db", "listener.db-wal", "listener.db.lock", "config.toml"])
def test_a_backup_never_takes_the_place_of_the_store_or_of_another_file(tmp_path, name):
    house = a_house(tmp_path)
    with house.store() as store:
        a_mention(store)
        before = (tmp_path / "listener.db").stat().st_ino

        shown = house.run("backup", str(tmp_path / name))

    assert shown.code == 1
    assert "name another file" in shown.err
    assert (tmp_path / "listener.db").stat().st_ino == before
    assert "brand" in (tmp_path / "config.toml").read_text()


def test_a_backup_may_take_the_place_of_an_older_one(tmp_path):
    house = a_house(tmp_path)
    with house.store():
        assert [house.run("backup", str(tmp_path / "saved.db")).code for _ in range(2)] == [0, 0]


def no_store(file):
    file.write_bytes(b"this is no store")


def damaged(file):
    """A store whose mentions cannot be read any more; everything else can."""
    with closing(sqlite3.connect(file)) as store:
        (page,) = store.execute("SELECT rootpage FROM sqlite_master WHERE name = 'mention'").fetchone()
        (size,) = store.execute("PRAGMA page_size").fetchone()
    with file.open("r+b") as pages:
        pages.seek((page - 1) * size)
        pages.write(b"\xff" * size)


@pytest.mark.parametrize("hurt", [no_store, damaged])
def test_a_backup_takes_the_place_of_a_damaged_store_but_never_the_other_way_round(tmp_path, hurt):
    house, saved = a_house(tmp_path), tmp_path / "saved.db"
    with house.store() as store:
        a_mention(store)
    house.run("backup", str(saved))
    good = saved.read_bytes()
    hurt(tmp_path / "listener.db")

    again = house.run("backup", str(saved))
    assert (again.code, "listener restore FILE" in again.err, saved.read_bytes() == good) == (1, True, True)
    assert house.run("restore", str(saved)).code == 0
    assert len(house.run("mentions", "--json").out.splitlines()) == 1
    assert len(list(tmp_path.glob("listener.db.replaced-*"))) == 1


def test_what_a_killed_restore_left_half_written_does_not_stay(tmp_path):
    house = a_house(tmp_path)
    with house.store() as store:
        a_mention(store)
    house.run("backup", str(tmp_path / "saved.db"))
    for rest in ("", "-journal"):
        (tmp_path / f"listener.db.replaced-20261123110000.part{rest}").write_bytes(b"half")

    house.run("restore", str(tmp_path / "saved.db"))

    assert not list(tmp_path.glob("*.part*"))


def test_a_restore_for_which_there_is_no_room_changes_nothing(tmp_path):
    house = a_house(tmp_path)
    with house.store() as store:
        a_mention(store)
    house.run("backup", str(tmp_path / "saved.db"))
    no_room = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))  # noqa: E731  # as a full disk

    with house.start("restore", str(tmp_path / "saved.db"), preexec_fn=no_room) as process:
        _, said = process.communicate()

    assert (process.returncode, "nothing was changed" in said) == (1, True)
    assert {file.name for file in tmp_path.glob("*.db.*")} <= {"listener.db.lock"}
    assert len(house.run("mentions", "--json").out.splitlines()) == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give a file away")
def test_what_root_restores_belongs_to_whom_the_store_belonged(tmp_path):
    house, saved = a_house(tmp_path), tmp_path / "saved.db"
    with house.store():
        house.run("backup", str(saved))
    os.chown(tmp_path / "listener.db", 65534, 65534)
    (tmp_path / "listener.db").chmod(0o640)

    assert house.run("restore", str(saved)).code == 0

    owner = (tmp_path / "listener.db").stat()
    assert (owner.st_uid, owner.st_gid, oct(owner.st_mode & 0o777)) == (65534, 65534, "0o640")


def test_restore_refuses_while_a_daemon_works(tmp_path):
    house = a_house(tmp_path)
    with house.store() as store:
        house.run("backup", str(tmp_path / "saved.db"))
        store.database.hold()

        shown = house.run("restore", str(tmp_path / "saved.db"))

    assert shown.code == 1
    assert "stop it first" in shown.err


def test_restore_refuses_what_is_no_backup(tmp_path):
    house = a_house(tmp_path)
    (tmp_path / "poem.txt").write_text("roses are red")

    shown = house.run("restore", str(tmp_path / "poem.txt"))

    assert shown.code == 1
    assert "not a sound backup" in shown.err


def test_restore_refuses_a_backup_of_a_newer_version_and_leaves_the_store_where_it_is(tmp_path):
    house = a_house(tmp_path)
    saved = tmp_path / "saved.db"
    with house.store() as store:
        house.run("backup", str(saved))
        a_mention(store)
    with closing(sqlite3.connect(saved)) as copy, copy:
        copy.execute("UPDATE alembic_version SET version_num = '9999'")

    shown = house.run("restore", str(saved))

    assert shown.code == 1
    assert "used by a newer version" in shown.err
    assert len(house.run("mentions", "--json").out.splitlines()) == 1
    assert not list(tmp_path.glob("*.replaced-*"))


@pytest.mark.parametrize(
    ("options", "cure"), [((), "listener resume"), (("--channel", "care"), "listener resume --channel care")]
)
def test_status_tells_how_a_pause_ends(tmp_path, options, cure):
    house = a_house(tmp_path)
    house.run("pause", *options, "--why", "looking")

    assert f", looking; `{cure}` lets it go on" in house.run("status").out


def test_status_names_what_is_in_doubt_and_what_failed_with_what_to_do(tmp_path):
    house = a_house(tmp_path)
    with house.store() as store:
        doubt, failed = a_delivery(store, "in_doubt"), a_delivery(store, "failed", mention=a_mention(store, "p9"))

    told = house.run("status").out

    assert f"deliveries {doubt}: nobody knows whether they went out" in told
    assert f"deliveries {failed}: mend the cause, then `listener retry ID`" in told


def test_status_names_sources_queues_book_and_blind_spots(tmp_path):
    house = a_house(tmp_path)
    with house.store() as store:
        store.sources.enlist([("forum", "feed", "")])
        told = as_delivery(trial("care", "k1"), "care", NOW)
        store.sources.failed(Failure("forum", NOW, None, "blind", "404"), [told])
        a_mention(store)
        a_delivery(store, "due")
        broken = {"broken_since": NOW.isoformat(), "line": 3, "problems": ["rules.d/book.yaml:3:1: unknown field"]}
        store.house.put("book", {"version": "7f3a", "since": NOW.isoformat()} | broken)

    told, seen = house.run("status").out, json.loads(house.run("status", "--json").out)

    assert "running version 7f3a since 2026-11-23 12:00; file on disk is broken at line 3 since" in told
    assert "1 mentions to judge; deliveries: 2 due" in told
    assert "blind   forum since 2026-11-23 12:00: 404" in told
    assert seen["queues"] == {"mentions": 1, "deliveries": {"due": 2}}
    assert (seen["book"]["version"], seen["oldest_undelivered"]) == ("7f3a", NOW.isoformat())
    assert [source["name"] for source in seen["sources"]] == ["forum"]


def test_status_names_every_blind_spot_that_lasts_and_none_of_a_source_that_is_gone(tmp_path):
    house = a_house(tmp_path)
    with house.store() as store:
        store.sources.enlist([("forum", "feed", ""), ("old", "feed", "")])
        with store.database.write() as connection:
            for name in ("forum", "old"):
                keep_blind_spot(connection, name, NOW, None, "404")
            for hour in range(25):
                keep_blind_spot(
                    connection, "forum", NOW + timedelta(hours=hour), NOW + timedelta(hours=hour + 1), "500"
                )
        store.sources.enlist([("forum", "feed", "")])

    told = house.run("status").out

    assert [line.split()[1] for line in told.splitlines() if line.startswith("blind")] == ["forum"]


def test_explain_tells_the_whole_road_also_when_nothing_happened(tmp_path):
    house = a_house(tmp_path)
    (tmp_path / "m.csv").write_text("text,author\nAcme Flow is awful and broken,anna\n", "utf-8")
    house.run("import", str(tmp_path / "m.csv"))

    told, road = house.run("explain", "1").out, json.loads(house.run("explain", "#1", "--json").out)

    assert re.search(r"verdict +negative .*; plain VADER says -", told)
    assert re.search(r"-\d\.\d\d awful", told)
    assert "rule    help-the-unhappy: fired" in told
    assert "never acted on" in told
    assert re.search(r"no +sentiment: positive +\[it is negative\]", told)
    assert road["rulings"][0]["fired"] == ["help-the-unhappy"]
    assert {finding["holds"] for finding in road["rulings"][0]["findings"]} == {True, False}


def test_explain_shows_edits_deliveries_attempts_and_the_ticket(tmp_path):
    house = a_house(tmp_path)
    with house.store() as store:
        mention = a_mention(store, text="Acme Flow is bad")
        store.arrivals.take("forum", [], NOW)
        judged(store, mention)
        a_delivery(store, "by_hand", mention=mention)
        ticket = a_ticket(store, mention)

    told = house.run("explain", str(mention)).out

    assert "delivery  1 thank: by hand" in told
    assert f"ticket    {ticket}" in told
    assert "rule book b1 is not kept" in told


@pytest.mark.parametrize(
    ("emptied", "told"),
    [
        (
            lambda house, store: store.arrivals.take("forum", [], NOW, polled(gone=("p1",))),
            "it was deleted at its source",
        ),
        (lambda house, store: house.run("erase", "--handle", "forum:anna"), "its person was erased"),
        (
            lambda house, store: store.upkeep.blank_strangers(NOW + timedelta(days=1), TERMS),
            "it has no words: it came without any, or it is older than `[retention]` keeps them",
        ),
    ],
)
def test_explain_says_why_a_mention_has_no_words(tmp_path, emptied, told):
    house = a_house(tmp_path)
    with house.store() as store:
        mention = a_mention(store, text="Acme Flow is down")
        judged(store, mention)
        before = house.run("explain", str(mention)).out
        emptied(house, store)

    after = house.run("explain", str(mention)).out

    assert "\n  Acme Flow is down\n" in before
    assert "plain VADER says" in before
    assert f"\n  ({told}" in after
    assert "plain VADER says" not in after


def test_explain_tells_of_a_mention_that_waits_to_be_judged(tmp_path):
    house = a_house(tmp_path)
    with house.store() as store:
        mention = a_mention(store, text="Acme Flow is down")

    told = house.run("explain", str(mention)).out

    assert "\n  Acme Flow is down\n" in told
    assert "decision  not yet: it waits to be judged" in told


def test_explain_of_a_mention_that_is_not_there_says_where_to_look(tmp_path):
    shown = a_house(tmp_path).run("explain", "5")

    assert shown.code == 1
    assert "`listener mentions` lists them" in shown.err


def test_a_backup_where_there_is_no_folder_says_so(tmp_path):
    house = a_house(tmp_path)
    with house.store() as store:
        a_mention(store)

    shown = house.run("backup", str(tmp_path / "nowhere" / "saved.db"))

    assert (shown.code, shown.out) == (1, "")
    assert "saved.db cannot be written" in shown.err
    assert "is its folder there" in shown.err
