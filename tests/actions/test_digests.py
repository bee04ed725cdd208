"""What ops are told once a day or once a week, and where it is cut."""

from __future__ import annotations

from listener.actions.digests import MOST, Unclear, WouldHave, needs_a_person, shadow_week


def test_a_days_list_names_each_mention_and_its_link() -> None:
    newest = (Unclear(9, "unsure", "reddit", "https://r.example/9"), Unclear(8, "mixed", "mail", None))
    message = needs_a_person(2, newest, "k")

    assert message.title == "2 mentions need a person"
    assert message.text == "#9 unsure on reddit https://r.example/9\n#8 mixed on mail (no link)"


def test_what_does_not_fit_is_counted() -> None:
    newest = tuple(Unclear(number, "unsure", "reddit", None) for number in range(MOST + 5))
    lines = needs_a_person(60, newest, "k").text.splitlines()

    assert (len(lines), lines[-1]) == (MOST + 1, "and 10 more")
    assert needs_a_person(1, newest[:1], "k").title == "1 mention needs a person"


def test_a_week_in_shadow_says_what_each_rule_would_have_done_for_how_many() -> None:
    message = shadow_week((WouldHave("gifts", "send_gift", 3, 1), WouldHave("gifts", "thank", 1, 2)), "k")

    assert message.title == "2 actions in shadow this week"
    assert message.text == "gifts: send_gift 3 times for 1 person\ngifts: thank 1 time for 2 persons"
