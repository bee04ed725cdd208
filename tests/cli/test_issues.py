"""`listener issues`: the list, the card, and what ops do, each taken back again."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from tests.makers import a_house, the_time

KEYS = [
    *("id", "brand", "topic", "title", "keywords", "spread", "state", "mentions", "persons", "customers"),
    *("usual_rate", "ratio", "first_seen", "last_seen", "affected", "quotes"),
]
SAID = [
    ("anna", "Acme Flow sync broken, terrible, fails with error 17"),
    ("ben", "Since noon error 17 whenever Acme Flow syncs. Broken!"),
    ("cem", "Why is Acme Flow sync always broken? It says error 17. Awful."),
    ("dan", "Acme Flow billed me twice, horrible, I want a refund for the invoice"),
    ("eva", "Another wrong invoice from Acme Flow: billed twice, still no refund. Terrible."),
]


@pytest.fixture
def house(tmp_path):
    house, now = a_house(tmp_path), the_time()
    lines = [
        {"external_id": f"p{n}", "author": who, "text": text, "posted_at": f"{now - timedelta(hours=5 - n):%FT%TZ}"}
        for n, (who, text) in enumerate(SAID)
    ]
    (tmp_path / "said.jsonl").write_text("\n".join(map(json.dumps, lines)))
    assert house.run("import", str(tmp_path / "said.jsonl")).code == 0
    return house


def listed(house):
    return [json.loads(line) for line in house.run("issues", "--json").out.splitlines()]


def counts(house):
    return sorted((one["mentions"], one["persons"]) for one in listed(house))


def test_the_list_has_the_keys_of_the_contract(house):
    found = listed(house)

    assert all(list(one) == KEYS for one in found)
    assert sorted((one["mentions"], one["persons"]) for one in found) == [(2, 2), (3, 3)]
    assert house.run("issues").out.count("\n") == 3


def test_the_card_says_who_what_and_what_is_not_known(house):
    one = next(each["id"] for each in listed(house) if each["persons"] == 3)
    card = house.run("issues", "show", one).out

    assert "shared: 2 other persons with a similar complaint within 24 h" in card
    assert "3 persons (0 known customers, 3 mentions)" in card
    assert "not known: who of them is a customer: the registry is empty" in card
    assert "█" in card
    assert json.loads(house.run("issues", "show", one, "--json").out)["spread"] == "shared"


def test_a_merge_counts_anew_and_undo_restores_the_same_counts(house):
    before, (one, other) = listed(house), [each["id"] for each in listed(house)]
    merged = house.run("issues", "merge", one, other)

    assert merged.code == 0, merged.err
    assert counts(house) == [(5, 5)]
    assert house.run("issues", "undo").code == 0
    assert listed(house) == before


def test_a_merge_into_a_fixed_issue_says_who_heard_nothing_of_the_fix(house):
    one, other = [each["id"] for each in listed(house)]
    assert "heard nothing of a fix" not in house.run("issues", "merge", one, other).out
    assert house.run("issues", "undo").code == 0
    assert house.run("issues", "fixed", one, "--cause", "a full disk").code == 0
    told = house.run("issues", "merge", one, other).out

    assert f"{one} is fixed, and who reported {other} heard nothing of a fix" in told
    assert f"`listener campaign draft {one} --stage fixed`" in told


def test_a_merge_of_a_fixed_issue_into_an_open_one_says_who_hears_again(house):
    one, other = [each["id"] for each in listed(house)]
    assert house.run("issues", "fixed", other, "--cause", "a full disk").code == 0

    told = house.run("issues", "merge", one, other).out
    assert f"who was told that {other} is fixed hears so once more when {one} is fixed" in told


def topics_of(house, number):
    with house.store() as store:
        kept = store.mentions.get(number)
    return kept.topic, kept.verdict["topics"], kept.verdict["topic_by"]


def test_a_topic_given_to_one_mention_outlives_a_rescore_and_undo_takes_it_back(house):
    one = next(each for each in listed(house) if each["persons"] == 2)
    number, counted = one["quotes"][0]["mention"], counts(house)
    before = topics_of(house, number)
    given = house.run("issues", "topic-of", str(number), "fraud")

    assert (given.code, given.err) == (0, "")
    assert f"mention {number} is about fraud; it is in {one['id']}" in given.out
    assert house.run("rescore").code == 0
    assert topics_of(house, number)[::2] == ("fraud", "ops")
    assert before[0] in topics_of(house, number)[1]
    assert counts(house) == counted
    assert house.run("issues", "undo").code == 0
    assert topics_of(house, number) == before
    assert house.run("rescore").code == 0
    assert topics_of(house, number) == before


def test_an_issue_is_about_what_most_of_its_mentions_were_said_to_be_about(house):
    one = next(each for each in listed(house) if each["persons"] == 2)
    for quote in one["quotes"]:
        house.run("issues", "topic-of", str(quote["mention"]), "fraud")

    assert next(each["topic"] for each in listed(house) if each["id"] == one["id"]) == "fraud"


def test_a_topic_is_given_only_to_a_mention_of_an_issue(house):
    answer = house.run("issues", "topic-of", "999", "fraud")

    assert answer.code == 1
    assert "there is no mention 999 in an issue: `listener issues show ID` quotes them" in answer.err


def test_a_split_is_an_issue_of_its_own_that_cannot_be_merged_back(house):
    before = listed(house)
    one = next(each for each in before if each["persons"] == 3)
    split = house.run("issues", "split", one["id"], str(one["quotes"][0]["mention"]))
    new = split.out.split()[0]

    assert counts(house) == [(1, 1), (2, 2), (2, 2)]
    refused = house.run("issues", "merge", one["id"], new)
    assert refused.code == 1
    assert "split" in refused.err
    assert house.run("issues", "undo").code == 0
    assert listed(house) == before


def test_a_copy_is_not_split_from_what_it_repeats(house, tmp_path):
    (tmp_path / "copy.jsonl").write_text(json.dumps({"external_id": "p9", "author": "fay", "text": SAID[0][1]}))
    assert house.run("import", str(tmp_path / "copy.jsonl")).code == 0
    rows = [json.loads(line) for line in house.run("mentions", "--json").out.splitlines()]
    copy, said = (next(row for row in rows if row["external_id"] == name) for name in ("p9", "p0"))
    before = listed(house)
    refused = house.run("issues", "split", copy["issue"], str(copy["id"]))

    assert refused.code == 1
    assert f"these only repeat what others said, and go with them: split {said['id']}" in refused.err
    assert listed(house) == before


def test_a_mention_is_pinned_to_an_issue_and_back(house):
    before = listed(house)
    into, from_ = sorted(before, key=lambda one: one["persons"])
    pinned = house.run("issues", "pin", str(from_["quotes"][0]["mention"]), into["id"])

    assert pinned.code == 0, pinned.err
    assert counts(house) == [(2, 2), (3, 3)]
    assert {one["id"]: one["persons"] for one in listed(house)}[into["id"]] == 3
    assert house.run("issues", "undo").code == 0
    assert listed(house) == before


def test_a_topic_that_people_made_up_can_be_muted(house):
    silence = ("mute", "topic", "flaky sync", "--until", "1d", "--why", "known")

    assert house.run(*silence).code == 2
    assert house.run("issues", "topic", listed(house)[0]["id"], "flaky sync").code == 0
    assert house.run(*silence).code == 0


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (("rename", "ID", "Sync fails"), "Sync fails"),
        (("mute", "ID", "--until", "+10"), "muted until 1"),
        (("lock", "ID"), "locked"),
        (("state", "ID", "fixing"), "fixing"),
        (("close", "ID"), "resolved"),
    ],
)
def test_the_rest_is_done_and_undone(house, command, told):
    before = house.run("issues", "--json").out
    one = listed(house)[0]["id"]
    done = house.run("issues", *(one if word == "ID" else word for word in command))

    assert (done.code, done.err) == (0, "")
    assert told in done.out
    assert told in house.run("issues", "show", one).out or told.startswith("muted")
    assert house.run("issues", "undo").code == 0
    assert house.run("issues", "--json").out == before


def test_what_is_not_there_is_told_with_the_cure(house):
    for command in (("show", "nope"), ("merge", "nope", "nope"), ("split", "nope", "1"), ("mute", "x", "--until", "1")):
        ran = house.run("issues", *command)
        assert ran.code == 1
        assert "`listener issues`" in ran.err
    assert house.run("issues", "undo").code == 1


def test_the_plot_is_drawn(house, tmp_path):
    one = listed(house)[0]["id"]
    ran = house.run("issues", "show", one, "--png", str(tmp_path / "plot.png"))

    assert ran.code == 0, ran.err
    assert (tmp_path / "plot.png").read_bytes().startswith(b"\x89PNG")


def test_where_nothing_was_learned_it_says_what_teaches(house):
    shown = house.run("issues", "learned").out
    assert "nothing was learned yet: likeness takes 5 rulings" in shown
    assert "topics take 100" in shown


def test_where_nothing_is_suggested_it_says_what_there_is_none_of(house):
    assert "no suggested merges" in house.run("issues", "suggestions").out


def test_the_next_step_of_the_affected_keeps_the_scope(house):
    (house.folder / "customers.csv").write_text("id,plan\nc-1,big team\n")
    assert house.run("customers", "import", str(house.folder / "customers.csv")).code == 0
    (issue, *_) = [row["id"] for row in listed(house)]

    shown = house.run("issues", "affected", issue, "--where", "plan=big team").out
    assert f"next: listener campaign draft {issue} --where 'plan=big team'; --csv FILE" in shown


def test_a_mute_and_a_rejection_are_told_and_listed(house):
    name = listed(house)[0]["id"]
    house.run("issues", "mute", name, "--until", "+20")

    assert house.run("issues", "unmute", name).out == f"{name} is heard of again\n"
    assert "is no number of persons: write +10" in house.run("issues", "mute", name, "--until", "soon").err
    refused = house.run("issues", "reject", name, name)
    assert (refused.code, "`listener issues suggestions` lists them" in refused.err) == (1, True)
    acts = [json.loads(line)["what"] for line in house.run("issues", "acts", "--json").out.splitlines()]
    assert acts == ["unmute", "mute"]
