"""What people are told of sources: what blindness costs, what would be kept, and whose secret is needed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from connectors.contract import Batch, Connector, Door
from listener.store.sources import Failure
from tests.connectors.feed_pages import an_entry, an_rss
from tests.connectors.loopback import Answer, a_site
from tests.makers import CONFIG, a_delivery, a_house, a_mention, the_time

LOCAL = CONFIG.replace("[[brand]]", "[net]\nallow_private = true\n\n[[brand]]", 1)
NEEDY = """
[[source]]
name = "needy"
kind = "webhook"
secret = "env:NOT_SET_ANYWHERE"
"""
FORUM = """
[[source]]
name = "forum"
kind = "feed"
url = "%s"
"""


class Broken(Connector):
    """Somebody's kind with a bug."""

    def poll(self, cursor: str, door: Door) -> Batch:
        raise ZeroDivisionError("somebody's bug")


def a_source(url: str) -> str:
    return FORUM % url


def test_the_list_of_sources_tells_what_blindness_costs(tmp_path):
    house = a_house(tmp_path)
    with house.store() as store:
        store.sources.enlist([("forum", "feed", "")])
        now = the_time()
        for day in range(1, 15):
            a_mention(store, f"p{day}", posted_at=now - timedelta(days=day, hours=9))
        store.sources.unchanged("forum", "", now - timedelta(hours=8), now)
        store.sources.failed(Failure("forum", now - timedelta(hours=7), now, "blind", "no route"), [])
    shown = house.run("sources")

    since, good = (f"{now - timedelta(hours=hours):%Y-%m-%d %H:%M}" for hours in (7, 8))
    assert f"blind on forum since {since}, last good {good}, about 0 mentions missed: no route" in shown.out
    assert "missed" not in house.run("sources", "--json").out


@pytest.mark.parametrize(("mentions", "missed"), [(42, "about 1 mention missed"), (140, "about 3 mentions missed")])
def test_what_was_missed_is_estimated_by_what_is_usual(tmp_path, mentions, missed):
    house = a_house(tmp_path)
    with house.store() as store:
        store.sources.enlist([("forum", "feed", "")])
        now = the_time()
        for number in range(mentions):
            a_mention(store, f"p{number}", posted_at=now - timedelta(days=2, hours=number))
        store.sources.unchanged("forum", "", now - timedelta(hours=8), now)
        store.sources.failed(Failure("forum", now - timedelta(hours=7), now, "blind", "no route"), [])

    assert missed in house.run("sources").out


def test_approving_needs_no_secret_of_another_source(tmp_path):
    house = a_house(tmp_path, CONFIG + a_source("https://forum.example/feed") + NEEDY)
    with house.store() as store:
        number = str(a_delivery(store, mention=a_mention(store)))
    shown = house.run("approve", number)

    assert (shown.code, shown.err) == (0, "")
    assert "is for your hands" in shown.out


def test_approving_for_a_source_that_is_gone_from_the_configuration_is_by_hand(tmp_path):
    house = a_house(tmp_path)
    with house.store() as store:
        number = str(a_delivery(store, mention=a_mention(store)))

    assert "is for your hands" in house.run("approve", number).out


def test_check_online_shows_the_items_as_they_would_be_kept(tmp_path):
    entry = an_entry("Hello \x1b[31m", "id-1", "https://forum.example/1", description="Acme Flow\nis down")
    with a_site() as site:
        site.pages["*"] = Answer(an_rss(entry), headers={"content-type": "application/rss+xml"})
        shown = a_house(tmp_path, LOCAL + a_source(f"{site.url}/feed")).run("check", "--online")

    assert shown.code == 0, shown.out + shown.err
    assert "forum, as it would be kept:" in shown.out
    assert "external_id" in shown.out
    assert "id-1" in shown.out
    assert "Acme Flow is down" in shown.out
    assert "\x1b" not in shown.out
    assert not (tmp_path / "listener.db").exists()


def test_check_online_says_of_a_source_that_is_posted_to_where_it_waits(tmp_path, monkeypatch):
    monkeypatch.setenv("NOT_SET_ANYWHERE", "s3cret")
    shown = a_house(tmp_path, CONFIG + NEEDY).run("check", "--online")

    assert shown.code == 0
    assert "it waits for posts to /in/needy" in shown.out


def test_a_bug_in_somebodys_kind_is_one_failed_row(tmp_path):
    broken = f'[[source]]\nname = "theirs"\nkind = "{__name__}:Broken"\n'
    with a_site() as site:
        site.pages["*"] = Answer(an_rss(), headers={"content-type": "application/rss+xml"})
        shown = a_house(tmp_path, LOCAL + broken + a_source(f"{site.url}/feed")).run("check", "--online")

    rows = {line.split()[1]: line for line in shown.out.splitlines() if line.startswith(("source ", "channel "))}
    assert shown.code == 1
    assert "a bug in its kind, ZeroDivisionError" in rows["theirs"]
    assert "ok" in rows["forum"].split()
    assert "ok" in rows["care"].split()
    assert "somebody's bug" in shown.err


def test_rejected_lines_of_a_watched_folder_are_told_by_check_online(tmp_path):
    (tmp_path / "drop").mkdir()
    (tmp_path / "drop" / "a.jsonl").write_text('{"text": "fine"}\n{"no": "text"}\n')
    source = '[[source]]\nname = "drop"\nkind = "file"\nfolder = "drop"\n'
    shown = a_house(tmp_path, CONFIG + source).run("check", "--online")

    assert "1 item; a.jsonl:2: no text" in shown.out
    assert shown.code == 0
