"""Check: every problem of every file at once, with its place and its cure."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path

import pytest

from rules.book import load, restore
from rules.problems import BookError
from rules.terms import World
from tests.rules.rulebooks import a_book, a_rule, problems

ELEVEN = """\
version: 1
rules:
  - id: first
    mode: lively
    when:
      sentimant: positive
      sentiment: positve
      rating: {says_any: [good]}
      text: {says_any: $prase, matches: "(?=x)y"}
    then:
      - thankk: {template: x}
      - alert: {chanel: care, channel: care}
    limits:
      send_gift: {per_person: 1 per 7d}
      alert: {per_issue: 1 per 6x}
    owner: me
    owner: you
"""


def test_eleven_mistakes_of_eleven_kinds_are_all_told_in_one_run(tmp_path: Path) -> None:
    found = problems(tmp_path, ELEVEN)
    expected = [
        ("4:11", "unknown mode 'lively'", "did you mean 'live'?"),
        ("6:7", "unknown field 'sentimant'", "did you mean 'sentiment'?"),
        ("7:18", "unknown value 'positve'", "did you mean 'positive'?"),
        ("8:16", "'says_any' does not fit rating", "it takes is"),
        ("9:24", "unknown list '$prase'", "define it"),
        ("9:41", "no pattern", "look-around"),
        ("11:9", "unknown action 'thankk'", "did you mean 'thank'?"),
        ("12:17", "unknown key 'chanel' in alert", "did you mean 'channel'?"),
        ("14:7", "a limit for 'send_gift'", "does not order"),
        ("15:26", "'6x' is no duration", "such as 30m"),
        ("17:5", "'owner' stands here twice", "keep one"),
    ]
    assert len(found) == 11, found
    for line, (place, what, cure) in zip(found, expected, strict=True):
        assert line.startswith(f"{place}: "), line
        assert what in line
        assert cure in line


def test_a_value_that_begins_with_a_hash_needs_quotes(tmp_path: Path) -> None:
    found = problems(
        tmp_path, "rules:\n- id: r\n  when: {sentiment: negative}\n  then:\n  - alert:\n      channel: #care\n"
    )
    assert found == ["6:15: 'channel' is empty — a value that starts with # needs quotes; else leave the line out"]


@pytest.mark.parametrize(
    ("when", "words"),
    [
        ("{rating: four}", "compared with numbers"),
        ("{rating: {above: 3}}", "unknown operator 'above'"),
        ("{rating: {'>=': 3}}", "words, not symbols: is, is_not, at_least"),
        ("{rating: {between: [5, 1]}}", "the smaller one first"),
        ("{customer.known: yes}", "true or false, not 'yes'"),
        ("{text: thanks}", "needs an operator"),
        ("{text: {says_any: ['!!!']}}", "no word to look for"),
        ("{sentiment: unscored}", "{is: unknown}"),
        ("{sentiment: null}", "'sentiment' is empty"),
        ("{sentiment: [positive, unknown]}", "it stands alone: {is: unknown}"),
        (r"{text: {matches: '(a)\1'}}", "back-references do not exist here"),
        ("{}", "'when' is empty"),
        ("[sentiment]", "of the form `name: value`"),
        ("{any: []}", "'any' holds no conditions"),
        ("{topics: {at_least: 3}}", "does not fit topics"),
        ("{customer.segmnt: x}", "did you mean 'customer.segment'?"),
        ("{count: {same: issue.id}}", "lacks within and at_least"),
        ("{count: {same: text, within: 1h, at_least: 2}}", "nothing that can be counted by"),
        ("{sentiment: []}", "holds no values"),
        ("{text: {matches: '" + "a" * 1_001 + "'}}", "too long"),
        ("{text: {matches: '((a{100}){100}){100}'}}", "no pattern"),
    ],
)  # fmt: skip
def test_a_condition_that_makes_no_sense_is_refused_with_a_cure(tmp_path: Path, when: str, words: str) -> None:
    found = problems(tmp_path, a_rule(when))
    assert len(found) == 1, found
    assert found[0].startswith("4:")
    assert words in found[0]


@pytest.mark.parametrize(
    ("then", "words"),
    [
        ("[]", "orders nothing"),
        ("alert", "takes a list"),
        ("[{alert: {}}]", "'alert' lacks 'channel'"),
        ("[{open_ticket: {urgency: hi}}]", "unknown urgency 'hi'"),
        ("[{open_ticket: {resolve_within: soon}}]", "'soon' is no duration"),
        ("[{send_gift: {item: x, cost: much}}]", "no amount of money"),
        ("[{tag: a}, {tag: b}]", "ordered twice"),
        ("[{check_issue: 3}]", "takes no options"),
        ("[[a]]", "no action"),
    ],
)  # fmt: skip
def test_an_action_that_makes_no_sense_is_refused_with_a_cure(tmp_path: Path, then: str, words: str) -> None:
    found = problems(tmp_path, a_rule("{sentiment: negative}", then))
    assert len(found) == 1, found
    assert words in found[0]


def test_names_are_checked_against_the_house_when_it_is_known(tmp_path: Path) -> None:
    world = World(
        channels=frozenset({"care"}),
        templates={"thanks": frozenset({"author.nane"})},
        placeholders=frozenset({"author.name"}),
        brands=frozenset({"Acme Flow"}),
        columns=frozenset({"seats"}),
    )
    text = "brand: Acme Flw\n" + a_rule(
        "{customer.seats: {at_least: 3}, customer.seets: 1}",
        "[{alert: {channel: kare}}, {thank: {template: thanks}}, {engage: {template: nope}}]",
    )
    found = "\n".join(problems(tmp_path, text, world))
    for words in (
        "brand 'Acme Flw'", "did you mean 'Acme Flow'?", "field 'customer.seets'", "did you mean 'customer.seats'?",
        "channel 'kare'", "nothing fills 'author.nane'", "template 'nope'",
    ):  # fmt: skip
        assert words in found
    assert found.count("\n") == 4


@pytest.mark.parametrize(
    ("webhooks", "told"),
    [(("crm",), "the channel 'care' is not of kind webhook — one of crm"), ((), "not of kind webhook — use alert")],
)
def test_a_mention_is_handed_on_by_a_webhook_alone(tmp_path: Path, webhooks: tuple[str, ...], told: str) -> None:
    world = World(channels=frozenset({"care", *webhooks}), webhooks=frozenset(webhooks))

    assert told in problems(tmp_path, a_rule("{sentiment: negative}", "[{webhook: care}]"), world)[0]
    assert a_book(tmp_path, a_rule("{sentiment: negative}", "[{alert: care}]"), world).rules


def test_without_the_house_nothing_is_said_about_its_names(tmp_path: Path) -> None:
    text = a_rule("{source.kind: x, customer.seats: {more_than: 3}}", "[{alert: nowhere}]")
    assert a_book(tmp_path, text).rules[0].steps[0].channel == "nowhere"


def test_all_files_are_read_even_when_the_first_is_half_written(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("rules:\n  - id: x\n    when: {sentiment: [neg")
    (tmp_path / "b.yaml").write_text(a_rule("{sentimant: negative}"))
    (tmp_path / "c.yaml").write_bytes(b"rules: []\n# \xff")
    (tmp_path / "d.yml").write_text("")
    (tmp_path / ".#b.yaml").write_text("{")
    with pytest.raises(BookError) as caught:
        load(tmp_path)
    assert [Path(p.file).name for p in caught.value.problems] == ["a.yaml", "b.yaml", "c.yaml", "d.yml"]
    assert caught.value.problems[2].line == 2


def test_a_directory_that_vanished_is_said_with_a_cure(tmp_path: Path) -> None:
    with pytest.raises(BookError, match=r"cannot be read: No such file .* — create it with `listener init`"):
        load(tmp_path / "gone")


def test_two_rules_of_one_name_are_refused(tmp_path: Path) -> None:
    (tmp_path / "other.yaml").write_text(a_rule("{sentiment: positive}"))
    assert "a second rule 'r', the first is in" in problems(tmp_path, a_rule("{sentiment: negative}"))[0]


def test_a_list_of_one_file_serves_all_of_them_unless_two_define_it(tmp_path: Path) -> None:
    (tmp_path / "lists.yaml").write_text("lists: {law: [sue]}\n")
    assert a_book(tmp_path, a_rule("{text: {says_any: $law}}"))
    (tmp_path / "more.yaml").write_text("lists: {law: [court]}\n")
    assert "unknown list '$law'" in problems(tmp_path, a_rule("{text: {says_any: $law}}"))[0]


def test_a_book_is_known_by_its_contents_and_can_be_restored_from_them(tmp_path: Path) -> None:
    book = a_book(tmp_path, a_rule("{sentiment: negative}"))
    assert restore(book.version, book.sources).rules[0].id == "r"
    assert a_book(tmp_path, a_rule("{sentiment: positive}")).version != book.version


def test_a_thousand_rules_are_checked_within_seconds(tmp_path: Path) -> None:
    one = "  - {{id: r{n}, when: {{sentiment: negative, text: {{says_any: [a{n}, b{n}]}}}}, then: [{{tag: t{n}}}]}}\n"
    began = time.process_time()
    assert len(a_book(tmp_path, "rules:\n" + "".join(one.format(n=n) for n in range(1_000))).rules) == 1_000
    assert time.process_time() - began < 10


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("quiet_hours: {from: 21:00}", "lacks 'from' or 'to'"),
        ("quiet_hours: {from: 21:00, to: 25:00}", "'25:00' is no time of day"),
        ("quiet_hours: {from: 21:00, to: 08:00, then: hodl}", "did you mean 'hold'?"),
        ("quiet_hours: {from: 21:00, to: 21:00}", "end when they begin, so they are never"),
    ],
)
def test_quiet_hours_that_make_no_sense_are_refused_with_a_cure(tmp_path: Path, line: str, words: str) -> None:
    (found,) = problems(tmp_path, f"{line}\n" + a_rule("{sentiment: negative}"))

    assert found.startswith("1:")
    assert words in found


@pytest.mark.parametrize(
    ("count", "words"),
    [
        ("{same: issue.id, within: soon, at_least: 3}", "'soon' is no duration"),
        (
            "{same: issue.id, within: 60d, at_least: 3}",
            "a window of 60d is longer than mentions are kept — at most 30d",
        ),
        ("{same: issue.id, within: 1d, at_least: many}", "at_least takes a whole number, not 'many'"),
        ("{same: issue.id, within: 1d, at_least: 0}", "at_least takes a whole number, not '0'"),
        ("{same: isue.id, within: 1d, at_least: 3}", "did you mean 'issue.id'?"),
    ],
)
def test_a_count_that_makes_no_sense_is_refused_with_a_cure(tmp_path: Path, count: str, words: str) -> None:
    (found,) = problems(tmp_path, a_rule(f"{{count: {count}}}"), World(retention=timedelta(days=30)))

    assert words in found


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ("blocks: {for: 7d}", "'blocks' names no rules"),
        ("blocks: {rules: [r], for: ever}", "'ever' is no duration"),
        ("blocks: {rules: [r], for: }", "'for' is empty"),
        ('limits: {alert: {per_person: ""}}', "'' is no limit"),
        ("priority: high", "priority takes a whole number from -1000000 to 1000000, not 'high'"),
        ("priority: 1.5", "priority takes a whole number from -1000000 to 1000000, not '1.5'"),
        ("priority: -1000001", "priority takes a whole number from -1000000 to 1000000, not '-1000001'"),
        ("tests: [{given: {sentiment: negative}, expect: [alrt]}]", "did you mean 'alert'?"),
        ("tests: [{given: {sentiment: negative}, expect: [alert], at: noon}]", "'noon' is no time of day"),
        ("tests: [{given: {sentiment: negative}, expect: nothing, because: mod}]", "did you mean 'mode'?"),
        ("tests: [{given: {rating: good}, expect: nothing}]", "rating is a number, not 'good'"),
        ("tests: [{given: {customer.known: maybe}, expect: nothing}]", "is true or false, not 'maybe'"),
        ("tests: [{given: {sentiment: sad}, expect: nothing}]", "unknown value 'sad' for sentiment"),
        ("tests: [{given: {customer.segmnt: key}, expect: nothing}]", "did you mean 'customer.segment'?"),
        ("tests: [{given: {lik: angry}, expect: nothing}]", "did you mean 'like'?"),
        ("limits: {thank: {per_person: 1 per 7d}}", "which this rule does not order — it orders alert"),
        ("limits: {alert: {per_rule: 20 per days}}", "'days' is no duration — did you mean 'day'?"),
        ("limits: {alert: {per_rule: 20 per fortnight}}", "or day, week, month, quarter, year"),
        ("tests: [{given: angry, expect: nothing}]", "unknown sample 'angry'"),
        ("tests: [{given: {rating: 1}, history: [{action: thank}], expect: nothing}]", "lacks 'ago'"),
        ("tests: [{given: {rating: 1}, history: [{action: thnk, ago: 1d}], expect: nothing}]", "did you mean 'thank'?"),
        ("tests: [{given: {rating: 1}, history: [{ago: lately}], expect: nothing}]", "'lately' is no duration"),
    ],
)
def test_what_else_a_rule_says_is_refused_with_a_cure(tmp_path: Path, more: str, words: str) -> None:
    (found,) = problems(tmp_path, a_rule("{sentiment: negative}", more=more))

    assert words in found


@pytest.mark.parametrize("name", ["''", "' '", "'a:b'"])
def test_an_id_is_a_word(tmp_path: Path, name: str) -> None:
    (found,) = problems(tmp_path, f"rules:\n- id: {name}\n  when: {{sentiment: negative}}\n  then: [{{tag: x}}]\n")

    assert found.startswith("2:7: ")
    assert "cannot be an id" in found
