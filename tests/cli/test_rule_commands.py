"""Commands about rules: simulate, schema, silences."""

from __future__ import annotations

import json

import pytest

from tests.makers import CONFIG, a_house, ran


@pytest.fixture
def house(tmp_path, monkeypatch):
    a_house(tmp_path)
    monkeypatch.chdir(tmp_path)
    rows = [{"text": f"Acme Flow is terrible and broken {n}", "author": f"u{n % 3}"} for n in range(6)]
    with open("rows.jsonl", "w") as file:
        file.writelines(json.dumps(row | {"posted_at": f"2026-11-2{n}T10:00:00Z"}) + "\n" for n, row in enumerate(rows))
    assert ran("import", "rows.jsonl").code == 0
    return tmp_path


def test_simulate_tells_the_difference_in_people_sends_nothing_and_says_the_same_twice(house):
    (house / "edited").mkdir()
    (house / "edited" / "r.yaml").write_text("rules:\n- {id: t, mode: live, when: {language: en}, then: [{tag: x}]}\n")
    words = ("rules", "simulate", "--since", "2026-11-01", "--rules", "edited", "--json")
    first, second = ran(*words), ran(*words)

    found = {thing["action"]: thing for thing in map(json.loads, first.out.splitlines())}
    assert first.out == second.out
    assert found["tag"]["after"]["times"] == 6
    assert found["tag"]["after"]["persons"] == 3
    assert found["open_ticket"]["after"]["times"] == 0
    assert [json.loads(line)["action"] for line in ran("deliveries", "--json").out.splitlines()] == ["notice"]


def test_simulate_shows_a_table(house):
    shown = ran("rules", "simulate", "--since", "2026-11-01")

    assert shown.code == 0
    assert "nothing was sent" in shown.out


def test_the_schema_needs_no_house(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    assert json.loads(ran("rules", "schema").out)["title"] == "A file of the rule book"


def test_a_silence_has_an_owner_a_reason_and_an_end(house):
    assert ran("mute", "author", "forum:anna", "--until", "7d", "--why", "a known joker").code == 0

    (silence,) = map(json.loads, ran("silences", "--json").out.splitlines())
    assert (silence["kind"], silence["what"], silence["why"]) == ("author", "forum:anna", "a known joker")
    assert "a known joker" in ran("status").out
    assert ran("mute", "topic", "quality", "--until", "7d", "--why", "known").code == 0
    assert ran("unmute", str(silence["id"])).code == 0
    assert ran("unmute", str(silence["id"] + 1)).code == 0
    assert ran("silences", "--json").out == ""


@pytest.mark.parametrize(
    "words",
    [
        ("rule", "x", "--why", "w"),
        ("rule", "x", "--until", "7d"),
        ("rule", "x", "--until", "31d", "--why", "w"),
        ("rule", "x", "--until", "2026-01-01", "--why", "w"),
        ("source", "nowhere", "--until", "7d", "--why", "w"),
        ("topic", "qualty", "--until", "7d", "--why", "w"),
        ("everything", "x", "--until", "7d", "--why", "w"),
    ],
)
def test_a_silence_without_end_reason_or_object_is_refused(house, words):
    if words[0] == "source":
        source = '\n[[source]]\nname = "news"\nkind = "feed"\nurl = "https://acme.example/feed"\n'
        (house / "config.toml").write_text(CONFIG + source)
    assert ran("mute", *words).code == 2
