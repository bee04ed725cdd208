"""`import FILE`: what can be kept is kept, judged and decided; the rest is told line by line."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from listener.cli import importing
from listener.cli.importing import decided_by_whom
from listener.imports.keeping import Tally
from listener.pipeline import roads
from tests.makers import CONFIG, a_house, the_time

TWO_BRANDS = CONFIG + '[[brand]]\nname = "Globex"\n'
HEADER = "external_id,source,brand,author,url,title,text,language,rating,posted_at\n"


def imported(house, name, content, *options):
    file = house.folder / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return house.run("import", str(file), *options)


def mentions(house, *options):
    return [json.loads(line) for line in house.run("mentions", "--json", *options).out.splitlines()]


def test_a_whole_row_becomes_a_judged_mention_that_is_history(tmp_path):
    house = a_house(tmp_path)
    row = 'x1,old,Acme Flow,anna,https://a.example/1,Hm,"I love Acme Flow, thank you",en,5,2026-11-01T10:00:00+01:00\n'

    shown = imported(house, "m.csv", HEADER + row)

    (mention,) = mentions(house)
    assert shown.code == 0
    assert "1 row: 1 new mention, 0 known" in shown.out
    assert (mention["source"], mention["external_id"], mention["person"]) == ("old", "x1", "old:anna")
    assert (mention["rating"], mention["posted_at"]) == (5.0, "2026-11-01T09:00:00+00:00")
    assert (mention["history"], mention["verdict"]["label"]) == (True, "positive")
    assert "never acted on" in mention["decision"]["nothing_because"]


def test_only_text_is_needed_and_the_only_brand_is_meant(tmp_path):
    house = a_house(tmp_path)
    imported(house, "m.csv", "text\nthis is awful\n")

    (mention,) = mentions(house)
    assert (mention["source"], mention["brand"], mention["kind"]) == ("import", "Acme Flow", "import")


def told(house):
    rows = [json.loads(line) for line in house.run("deliveries", "--json").out.splitlines()]
    return sorted(row["text"] for row in rows if row["action"] == "notice")


def test_of_an_import_that_was_cut_off_people_hear_from_the_daemon(tmp_path, monkeypatch):
    house = a_house(tmp_path)
    monkeypatch.setattr("listener.imports.keeping.Importer.tell", lambda self: None)
    imported(house, "m.csv", "text,source\nthis is awful,old\n")
    house.run("run", "--once")
    assert told(house) == []

    with house.store() as store:
        (run,) = store.house.named("import ")
        store.house.put(f"import {run['at']}", run | {"alive": "2026-01-01T00:00:00+00:00"})
    for _ in range(2):
        house.run("run", "--once")
        (once,) = told(house)

    assert once.startswith("old: 1 old mention, 1 complaint, nothing sent")
    assert "m.csv. The import was cut off" in once


def test_people_are_told_of_the_history_of_each_source_once(tmp_path):
    house = a_house(tmp_path)
    rows = "text,source\nthis is awful,old\nthis is great,old\nthis is terrible,older\n"
    imported(house, "m.csv", rows)
    one, two = told(house)

    assert one.startswith("old: 2 old mentions, 1 complaint, nothing sent")
    assert two.startswith("older: 1 old mention, 1 complaint, nothing sent")
    assert "imported from m.csv" in one
    imported(house, "m.csv", rows)
    assert len(told(house)) == 2


def test_nobody_waits_for_issues_for_longer_than_a_while(tmp_path, monkeypatch):
    monkeypatch.setattr(roads, "PART", 1)
    monkeypatch.setattr(importing, "PATIENCE", -1.0)
    house = a_house(tmp_path)
    imported(house, "m.csv", "text,posted_at\n" + "".join(f"awful and broken,2026-11-2{n}\n" for n in range(4)))

    assert [mention["issue"] for mention in mentions(house)] == [None] * 4
    house.run("issues")
    assert all(mention["issue"] for mention in mentions(house))


def test_nobody_is_told_of_history_where_rules_may_act(tmp_path):
    house = a_house(tmp_path)
    imported(house, "m.csv", "text\nthis is awful\n", "--act")

    assert told(house) == []


def test_the_same_file_twice_keeps_nothing_twice(tmp_path):
    house = a_house(tmp_path)
    rows = "text,author\nthis is awful,anna\nthis is awful,anna\nfine,bo\n"
    imported(house, "m.csv", rows)

    shown = imported(house, "m.csv", rows)

    assert "0 new mentions, 3 known" in shown.out
    assert len(mentions(house)) == 3


def test_lines_that_cannot_be_used_are_told_with_their_numbers_and_the_rest_is_kept(tmp_path):
    house = a_house(tmp_path)
    bad = ["x,,,,,,,,,", "x,,,,,,fine,,eleven,", "x,,,,,,fine,,7,", "x,,,,,,fine,,,soon", "x,,Initech,,,,fine,,,"]
    why = ["no text", "rating 'eleven'", "rating '7'", "posted_at 'soon'", "brand 'Initech' is not configured"]

    shown = imported(house, "m.csv", "\n".join([HEADER.strip(), "a,,,,,,first,,,", *bad, "b,,,,,,last,,,"]))

    assert shown.code == 0
    assert [f"m.csv:{line}: {one}" in shown.err for line, one in enumerate(why, 3)] == [True] * 5
    assert "5 lines rejected" in shown.err
    assert [mention["external_id"] for mention in mentions(house)] == ["b", "a"]


def test_json_lines_are_read_by_their_ending_or_their_content(tmp_path):
    house = a_house(tmp_path)
    rows = '{"text": "fine", "external_id": 7, "rating": 4}\n\nnonsense\n["text"]\n{"text": {"a": 1}}\n'

    shown = imported(house, "export", rows)

    assert [mention["external_id"] for mention in mentions(house)] == ["7"]
    assert all(f"export:{line}: " in shown.err for line in (3, 4, 5))


def test_a_byte_order_mark_semicolons_and_broken_characters_are_survived(tmp_path):
    house = a_house(tmp_path)
    rows = b'\xef\xbb\xbfText;Author\r\nsch\xc3\xb6n;anna\r\nbroken \xff here;bo\r\n"two\r\nlines";cy\r\n'

    shown = imported(house, "m.csv", rows)

    assert "m.csv:3: text is not UTF-8" in shown.err
    assert [mention["text"] for mention in mentions(house)] == ["two\nlines", "schön"]


def test_a_file_without_the_column_text_fails(tmp_path):
    shown = imported(a_house(tmp_path), "m.csv", "a,b\n1,2\n")

    assert shown.code == 1
    assert "no column `text`" in shown.err


def test_what_retention_takes_soon_is_told_while_it_can_be_kept(tmp_path):
    house = a_house(tmp_path, '[retention]\nmentions = "800d"\n' + CONFIG)
    days = [(the_time() - timedelta(days=ago)).isoformat() for ago in (900, 900, 300, 1)]
    (tmp_path / "old.csv").write_text("text,posted_at\n" + "".join(f"Acme Flow {at},{at}\n" for at in days))

    shown = house.run("import", str(tmp_path / "old.csv"))

    assert "deletes the mentions in the store that are older than `[retention] mentions` (800 days): 2;" in shown.err
    assert "empties the texts of strangers in the store that are older than `[retention] strangers` (180 d" in shown.err
    assert house.run("import", str(tmp_path / "old.csv")).code == 0


def test_with_two_brands_a_row_is_matched_by_its_words(tmp_path):
    house = a_house(tmp_path, TWO_BRANDS)

    shown = imported(house, "m.csv", "text\nGlobex is fine\nnobody is named here\n")

    assert [mention["brand"] for mention in mentions(house)] == ["Globex"]
    assert "1 row names no brand and matches none" in shown.err


def test_with_act_rules_act_on_what_is_new(tmp_path):
    house = a_house(tmp_path)

    imported(house, "m.csv", "text,author\nthis is awful and broken,anna\n", "--act")

    (mention,) = mentions(house)
    assert (mention["history"], mention["decision"]["fired"]) == (False, ["help-the-unhappy"])
    assert json.loads(house.run("tickets", "--json").out)["mentions"] == [mention["id"]]


@pytest.mark.parametrize(("flag", "acted"), [((), False), (("--act",), True)])
def test_with_act_it_does_not_matter_how_old_they_are(tmp_path, flag, acted):
    house = a_house(tmp_path)

    imported(house, "m.csv", "text,author,posted_at\nthis is awful and broken,anna,2015-02-22T10:00:00Z\n", *flag)

    (mention,) = mentions(house)
    assert mention["history"] is not acted
    assert mention["posted_at"].startswith("2015-02-22T10:00:00")
    assert bool(house.run("tickets", "--json").out) == acted


def test_a_file_that_is_not_there_is_wrong_usage(tmp_path):
    assert a_house(tmp_path).run("import", str(tmp_path / "none.csv")).code == 2


def test_customers_are_imported_with_their_bad_lines_told(tmp_path):
    house = a_house(tmp_path)
    (tmp_path / "c.csv").write_text("id,name,handles\nc-1,Nora,forum:nora\n,Nobody,\nc-2,Olaf,noplatform\n", "utf-8")

    shown = house.run("customers", "import", str(tmp_path / "c.csv"))

    assert shown.code == 0
    assert "2 added, 0 changed, 0 removed, 0 as before; 2 customers" in shown.out
    assert "2 problems" in shown.err
    assert "c.csv:3" in shown.err


def test_a_registry_that_shrinks_much_waits_for_confirm(tmp_path):
    house = a_house(tmp_path)
    full, short = tmp_path / "full.csv", tmp_path / "short.csv"
    full.write_text("id\n" + "\n".join(f"c-{n}" for n in range(10)), "utf-8")
    short.write_text("id\nc-1\n", "utf-8")
    house.run("customers", "import", str(full))

    assert house.run("customers", "import", str(short)).code == 1
    assert len(house.run("customers", "--json").out.splitlines()) == 10
    assert house.run("customers", "import", str(short), "--confirm").code == 0
    assert len(house.run("customers", "--json").out.splitlines()) == 1


def test_a_customer_file_that_is_not_taken_is_told_to_ops_once(tmp_path):
    house = a_house(tmp_path)
    file = tmp_path / "customers.csv"
    file.write_text("id\n" + "\n".join(f"c-{n}" for n in range(10)), "utf-8")
    house.run("run", "--once")

    told = []
    for content in ("id\nc-1\n", "id\nc-1\n", "name\nAnna\n"):
        if file.read_text("utf-8") != content:
            file.write_text(content, "utf-8")
        house.run("run", "--once")
        notices = [json.loads(line) for line in house.run("deliveries", "--json").out.splitlines()]
        told.append([one["text"] for one in notices if one["action"] == "notice" and "customers.csv" in one["text"]])

    assert [len(texts) for texts in told] == [1, 1, 2]
    assert told[2][1].startswith("customers.csv waits; the customers are those from before")
    assert "it would remove 9 of 10 customers; if that is right: `listener customers import " in told[2][1]
    assert told[2][0].startswith("customers.csv cannot be used; the customers are those from before")


def test_what_a_running_daemon_judged_first_is_not_told_as_undecided():
    by_both = decided_by_whom(Tally(rows=5, items=5, mentions=5), judged=3)

    assert "3 judged and decided here, 2 by the running daemon, which was first;" in by_both
    assert "daemon" not in decided_by_whom(Tally(rows=5, items=5, mentions=5), judged=7)
