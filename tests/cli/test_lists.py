"""Lists: newest first, as tables and JSON Lines, without a secret, while the daemon works."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import closing
from datetime import timedelta

import pytest

from listener.model.customer import ErasureTask
from listener.model.delivery import Contact
from listener.store import Store
from listener.store.engine import table
from listener.store.upgrading import migrate
from listener.views import tables
from tests import postgres
from tests.makers import CONFIG, NOW, a_customer, a_delivery, a_house, a_mention, a_ticket, judged

MENTION_KEYS = [
    "id",
    "source",
    "kind",
    "external_id",
    "url",
    "brand",
    "person",
    "author",
    "title",
    "text",
    "language",
    "rating",
    "posted_at",
    "seen_at",
    "edited_at",
    "history",
    "appearances",
    "verdict",
    "topics",
    "drivers",
    "customer",
    "issue",
    "duplicate_of",
    "decision",
]
TICKET_KEYS = [
    "id",
    "mentions",
    "person",
    "customer",
    "issue",
    "status",
    "queue",
    "urgency",
    "owner",
    "opened_at",
    "first_reply_due",
    "resolve_due",
    "closed_at",
    "root_cause",
    "outcome",
    "external",
    *("owner_role", "replied_at", "wait_until", "win_back"),
]
DELIVERY_KEYS = [
    "id",
    "action",
    "rule",
    "mention",
    "issue",
    "person",
    "customer",
    "channel",
    "mode",
    "status",
    "due_at",
    "attempts",
    "last_error",
    "done_at",
    "text",
    "external",
]
CUSTOMER_KEYS = [
    "id",
    "name",
    "segment",
    "plan",
    "products",
    "region",
    "owner",
    "handles",
    "consent",
    "last_contact_at",
    "open_ticket",
    "reference",
]
CONTACT_KEYS = ["id", "person", "customer", "purpose", "channel", "delivery", "at"]
SOURCE_KEYS = [
    "name",
    "kind",
    "state",
    "last_ok_at",
    "next_at",
    "failures",
    "last_error",
    "items",
    "mentions",
    "blind_since",
]


def objects(house, *arguments):
    ran = house.run(*arguments, "--json")
    assert ran.code == 0, ran.err
    return [json.loads(line) for line in ran.out.splitlines()]


def test_mentions_are_shown_newest_first_with_the_keys_of_the_contract(tmp_path):
    house = a_house(tmp_path)
    with house.store() as store:
        judged(store, a_mention(store, "old"))
        a_mention(store, "new", "Acme Flow again")

    new, old = objects(house, "mentions")

    assert list(new) == list(old) == MENTION_KEYS
    assert (new["external_id"], new["verdict"], new["decision"]) == ("new", None, None)
    assert old["verdict"]["label"] == "negative"
    assert old["verdict"]["evidence"] == [{"what": "down", "value": -1.5, "origin": "service"}]
    assert old["decision"] == {"book": "b1", "fired": [], "nothing_because": "no rule matched"}
    assert old["posted_at"] == "2026-11-23T11:55:00+00:00"
    assert old["appearances"][0]["source"] == "forum"


@pytest.mark.parametrize(
    ("options", "found"),
    [
        (("--brand", "Globex"), ["b"]),
        (("--source", "news"), ["c"]),
        (("--since", "2026-11-20"), ["c", "b"]),
        (("--until", "2026-11-20T00:00:00+01:00"), ["a"]),
        (("--id", "1"), ["a"]),
        (("--limit", "1"), ["c"]),
        (("--source", "nowhere"), []),
    ],
)
def test_a_list_of_mentions_can_be_narrowed(tmp_path, options, found):
    house = a_house(tmp_path)
    with house.store() as store:
        a_mention(store, "a", posted_at=NOW - timedelta(days=30))
        a_mention(store, "b", brand="Globex")
        a_mention(store, "c", source="news")

    assert [thing["external_id"] for thing in objects(house, "mentions", *options)] == found


@pytest.mark.parametrize(
    ("asked", "cure"),
    [
        (("mentions", "--source", "foru"), "there is no source 'foru' — did you mean 'forum'?"),
        (("mentions", "--brand", "acme flw", "--json"), "there is no brand 'acme flw' — did you mean 'Acme Flow'?"),
        (("tickets", "--brand", "zzz", "--since", "7d"), "there is no brand 'zzz' — it is one of Acme Flow"),
        (("sources", "--id", "new"), "there is no source 'new' — did you mean 'news'?"),
        (("mentions", "--source", "news"), ""),
        (("mentions", "--source", "forum", "--id", "9"), ""),
    ],
)
def test_an_empty_list_tells_a_name_that_nothing_has_from_one_that_is_quiet(tmp_path, asked, cure):
    house = a_house(tmp_path)
    with house.store() as store:
        a_mention(store, "a")
        store.sources.enlist([("news", "feed", "")])

    ran = house.run(*asked)

    assert ran.code == 0
    assert cure in ran.err
    assert bool(ran.err) == bool(cure)


def test_since_may_say_how_long_ago(tmp_path):
    house = a_house(tmp_path)
    with house.store() as store:
        a_mention(store, posted_at=NOW - timedelta(days=3_000))

    assert objects(house, "mentions", "--since", "7d") == []


def test_tickets_name_their_mentions_and_follow_the_brand(tmp_path):
    house = a_house(tmp_path)
    with house.store() as store:
        mention = a_mention(store)
        a_ticket(store, mention)

    (ticket,) = objects(house, "tickets", "--brand", "Acme Flow")

    assert list(ticket) == TICKET_KEYS
    assert (ticket["mentions"], ticket["status"]) == ([mention], "open")
    assert objects(house, "tickets", "--brand", "Globex") == []


def test_deliveries_and_contacts_have_the_keys_of_the_contract(tmp_path):
    house = a_house(tmp_path)
    with house.store() as store:
        number = a_delivery(store, "by_hand", mention=a_mention(store))
    house.run("done", str(number), "--url", "https://forum.example/reply")

    (delivery,), (contact,) = objects(house, "deliveries", "--source", "forum"), objects(house, "contacts")

    assert (list(delivery), list(contact)) == (DELIVERY_KEYS, CONTACT_KEYS)
    assert delivery["external"] == {"kind": "by hand", "key": "", "url": "https://forum.example/reply"}
    assert (contact["person"], contact["purpose"], contact["delivery"]) == ("forum:anna", "thanks", number)


def test_the_few_in_doubt_are_found_among_the_many_that_wait(tmp_path):
    house = a_house(tmp_path)
    with house.store() as store:
        doubtful, waiting = a_delivery(store, "in_doubt"), a_delivery(store, "waiting")

    for written in ("in_doubt", "in doubt"):
        assert [one["id"] for one in objects(house, "deliveries", "--status", written)] == [doubtful]
    assert [one["id"] for one in objects(house, "deliveries", "--status", "waiting", "--limit", "9")] == [waiting]
    mistyped = house.run("deliveries", "--status", "in dout")
    assert mistyped.code == 2
    assert "did you mean 'in doubt'?" in " ".join(mistyped.err.replace("│", " ").split())


def test_customers_and_sources_have_the_keys_of_the_contract(tmp_path):
    house = a_house(tmp_path)
    with house.store() as store:
        store.sources.enlist([("forum", "feed", "")])
    (tmp_path / "list.csv").write_text("id,name,handles,consents\nc-1,Nora,forum:nora,email\n", "utf-8")
    assert house.run("customers", "import", str(tmp_path / "list.csv")).code == 0

    (customer,), (source,) = objects(house, "customers", "--id", "c-1"), objects(house, "sources")

    assert (list(customer), list(source)) == (CUSTOMER_KEYS, SOURCE_KEYS)
    assert customer["consent"] == {"email": True, "do_not_contact": False, "opted_out": False}
    assert customer["handles"] == ["forum:nora"]
    with house.store() as store:
        store.contacts.opt_out("c-1", NOW, "the link in a message")
    assert objects(house, "customers")[0]["consent"]["opted_out"] is True


@pytest.mark.parametrize("name", ["mentions", "tickets", "deliveries", "contacts", "customers", "sources"])
def test_an_empty_list_is_a_sentence_for_people_and_nothing_for_scripts(tmp_path, name):
    house = a_house(tmp_path)

    assert house.run(name).out == f"no {name}\n"
    assert house.run(name, "--json").out == ""


def test_sources_that_no_daemon_has_polled_yet_are_told(tmp_path):
    feed = '[[source]]\nname = "forum"\nkind = "feed"\nurl = "https://forum.example/feed.xml"\n'
    house = a_house(tmp_path, CONFIG + feed)
    assert "not polled yet: forum; `listener run --once`" in house.run("sources").err
    with house.store() as store:
        store.sources.enlist([("forum", "feed", "{}")])
    assert house.run("sources").err == ""


def test_a_table_shows_outside_text_without_its_escapes(tmp_path):
    house = a_house(tmp_path)
    with house.store() as store:
        a_mention(store, text="Acme [red]Flow[/red] \x1b[31mis\ndown\u202e")

    shown = house.run("mentions").out

    assert "Acme [red]Flow[/red] [31mis down" in shown
    assert not set("\x1b\u202e") & set(shown)


def test_a_list_needs_no_secret_and_waits_for_no_daemon(tmp_path):
    source = '[[source]]\nname = "shop"\nkind = "feed"\nurl = "https://shop.example/feed"\n'
    slack = '[[channel]]\nname = "slack"\nkind = "slack"\nwebhook_url = "env:NOT_SET_ANYWHERE"\n'
    house = a_house(tmp_path, f'[[brand]]\nname = "Acme Flow"\n{source}{slack}')
    with house.store() as store:
        store.database.hold()
        a_mention(store)
        with store.database.write():
            assert len(objects(house, "mentions")) == 1


@pytest.mark.parametrize("options", [("--id", "x"), ("--id", "9" * 30), ("--since", "yesterday"), ("--limit", "0")])
def test_a_list_asked_for_nonsense_is_wrong_usage(tmp_path, options):
    ran = a_house(tmp_path).run("mentions", *options)

    assert ran.code == 2
    assert options[0] in ran.err or options[1] in ran.err


def test_lists_import_nothing_heavy(tmp_path):
    house = a_house(tmp_path)
    with house.store() as store:
        a_mention(store)
    heavy = "sorted({'sqlalchemy', 'sqlmodel', 'rich', 'httpx', 'yaml'} & set(sys.modules))"
    script = f"import sys, listener.cli as cli\ntry: cli.main()\nfinally: print({heavy})"

    command = [sys.executable, "-c", script, "--config", str(house.config), "mentions", "--json"]
    shown = subprocess.run(command, capture_output=True, text=True, check=False)

    assert shown.stdout.splitlines()[-1] == "[]", shown.stderr


@pytest.mark.postgres
def test_lists_read_postgresql_too(tmp_path, postgres_url):
    house = a_house(tmp_path, f'[store]\nurl = "{postgres_url}"\n{CONFIG}')
    postgres.anew(postgres_url)
    with closing(Store(postgres_url)) as store:
        migrate(store.database, NOW)
        number = a_mention(store)
        judged(store, number)
        a_ticket(store, number)
        a_delivery(store, mention=number)

    options = ("--since", "2026-11-01", "--brand", "Acme Flow", "--source", "forum", "--id", str(number))
    (mention,) = objects(house, "mentions", *options)
    assert (mention["posted_at"], mention["topics"]) == ("2026-11-23T11:55:00+00:00", ["outage"])
    assert [len(objects(house, name, *options)) for name in ("tickets", "deliveries", "contacts")] == [1, 1, 0]
    assert objects(house, "customers", "--id", "c-1") == objects(house, "sources", "--id", "forum") == []


@pytest.fixture
def ledger(tmp_path):
    """Four contacts: two of a customer who is reddit:anna, by a rule and by hand; two of bob, one of them old."""
    house = a_house(tmp_path)
    with house.store() as store:
        a_customer(store, "c-17", "reddit:anna")
        thanked = a_delivery(store, "done", rule="thank-the-happy", person="c-17")
        rows = [
            ("c-17", "c-17", "thanks", "mail", thanked, NOW),
            ("c-17", "c-17", "recovery", "by hand", None, NOW),
            ("reddit:bob", None, "thanks", "care", None, NOW),
            ("reddit:bob", None, "thanks", "care", None, NOW - timedelta(days=40)),
        ]
        names = ("person", "customer", "purpose", "channel", "delivery", "at")
        with store.database.write() as connection:
            connection.execute(table(Contact).insert(), [dict(zip(names, row, strict=True)) for row in rows])
    return house


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (["--person", "c-17"], [2, 1]),
        (["--person", "reddit:Anna"], [2, 1]),
        (["--person", "reddit:bob", "--since", "2026-11-01"], [3]),
        (["--purpose", "thanks", "--channel", "care"], [4, 3]),
        (["--rule", "thank-the-happy"], [1]),
        (["--person", "nobody"], []),
    ],
)
def test_the_ledger_shows_what_is_asked_for(ledger, asked, found):
    shown = ledger.run("contacts", *asked, "--json")

    assert [json.loads(line)["id"] for line in shown.out.splitlines()] == found


def test_a_purpose_that_is_none_is_told(ledger):
    shown = ledger.run("contacts", "--purpose", "thank")

    assert shown.code == 2
    assert "did you mean 'thanks'?" in " ".join(shown.err.replace("│", " ").split())


def test_contacts_of_nobody_say_whom_a_typo_may_have_meant(tmp_path):
    house = a_house(tmp_path)
    with house.store() as store:
        a_customer(store, "c-17")
        number = a_delivery(store, "by_hand", mention=a_mention(store))
    house.run("done", str(number))

    shown = house.run("contacts", "--person", "forum:ana")
    assert (shown.code, shown.out) == (0, "no contacts\n")
    assert "nobody is known as 'forum:ana' — did you mean 'forum:anna'?" in shown.err
    assert "did you mean 'c-17'?" in house.run("contacts", "--person", "c-71", "--json").err
    assert "show who is known" in house.run("contacts", "--person", "zzzzzzz").err
    for known in ("c-17", "forum:anna", "forum:Anna"):
        assert house.run("contacts", "--person", known).err == ""


def test_a_table_shows_no_marks_of_quotes(tmp_path):
    house = a_house(tmp_path)
    with house.store() as store:
        a_delivery(store, "done", text="2 mentions\n\n> • negative: down\n> • again")

    shown = house.run("deliveries").out

    assert "2 mentions • negative: down • again" in shown


def test_what_an_erasure_left_to_people_is_told_in_full_or_nothing_is_left(tmp_path):
    house = a_house(tmp_path)
    with house.store() as store:
        what = "2 messages by channel care-team-of-the-north, sent 2026-11-23"
        with store.database.write() as connection:
            connection.execute(table(ErasureTask).insert(), {"at": NOW, "erasure": "x", "what": what})

    assert what in house.run("erasures").out
    assert house.run("erasures", "--done", "1").out == "nothing is left to erase in other systems\n"
    assert "`listener erasures` lists them" in house.run("erasures", "--done", "1").err


@pytest.mark.parametrize("rows", [1, 600])
@pytest.mark.parametrize("width", [40, 80, 100, 200])
def test_a_narrow_terminal_still_shows_by_which_number_a_row_is_called(monkeypatch, capsys, width, rows):
    monkeypatch.setattr(tables, "PIPE_WIDTH", width)
    said = {"id": 1234567, "posted_at": NOW, "source": "trustpilot", "brand": "Acme Flow Desktop", "text": "long " * 30}
    said |= {"verdict": {"label": "negative", "score": -0.5}, "person": "trustpilot:somebody", "decision": None}

    tables.show("mentions", [said] * rows)

    header, row, *_ = capsys.readouterr().out.splitlines()
    assert (row.split()[0], header.split()[0], len(row) <= width) == ("1234567", "id", True)
    assert ("2026-11-23 12:00" in row) is (width >= 80)
