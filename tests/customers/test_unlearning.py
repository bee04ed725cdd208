"""Who is erased leaves no word in what issues learned, and the issues stay what they were."""

from __future__ import annotations

from datetime import timedelta

import pytest

from listener.issues.meaning import meaning
from listener.issues.meant import NOTHING
from listener.issues.reading import TERMS
from listener.model.delivery import Delivery
from listener.model.issue import Issue, IssueMember, IssuePart, IssuePlaced, IssueState, IssueWords
from listener.model.mention import Mention
from listener.model.ticket import TicketNote
from listener.pipeline.issue_desk import IssueDesk
from listener.pipeline.joined import Reading
from listener.store.engine import table
from listener.store.issues import IssueFilter
from listener.store.striking import Lost
from tests.customers.test_linking import know
from tests.customers.test_personal import erasure, everything
from tests.pipeline.road import NOW, a_road
from tests.pipeline.test_issue_check import ALIKE, THREE, saying

# "flimsify" is known to issues by its stem
OWN_WORDS = ("quibblewort", "flimsif")
FIRST = "- quibblewort flimsify: Acme Flow sync fails with error 17"
QUOTED = '"quibblewort"'  # as JSON does not write it
READING = Reading(names={"Acme Flow": frozenset({"acm", "flow"})})
PERSONS = ("ben", "cem", "dan", "eve")


def a_trouble(folder, first=FIRST, **parts):
    """Anna begins, four others follow; another trouble stands beside."""
    road = a_road(folder, reading=lambda: READING, **parts)
    road.says(saying(0, first, "anna", posted_at=NOW - timedelta(hours=2)))
    for number, person in enumerate(PERSONS, 1):
        road.says(saying(number, ALIKE[number], person, posted_at=NOW - timedelta(minutes=60 - number)))
    road.says(saying(9, "- Acme Flow billed twice, where is my invoice", "fay"))
    road.watch.beat()
    road.perform_all()
    return road


def erase(road, folder, who="anna"):
    mine = erasure(road, folder)
    return mine.erase(mine.whom(None, f"forum:{who}"), "care", "she asked us to")


def left(road):
    kept = everything(road.store).lower()
    return [word for word in OWN_WORDS if word in kept]


def counts(road):
    """(mentions, persons) of each issue."""
    return sorted((row.mentions, row.persons) for row in road.store.issues.page(IssueFilter()))


def go_over(road):
    """A late post makes everything be gone over again from the beginning."""
    road.says(saying(20, "- Acme Flow prices went up again", "gus", posted_at=NOW - timedelta(days=2)))
    road.watch.beat()


def test_no_word_of_theirs_stays_and_the_issue_does(store, tmp_path):
    road = a_trouble(tmp_path, store=store)
    assert left(road) == list(OWN_WORDS)

    erase(road, tmp_path)
    assert (left(road), counts(road)) == ([], [(1, 1), (5, 5)])

    road.says(saying(10, ALIKE[0], "gil"))
    road.watch.beat()
    assert (left(road), counts(road)) == ([], [(1, 1), (6, 6)])


def test_going_over_the_ground_again_tears_nothing_apart(store, tmp_path):
    road = a_trouble(tmp_path, store=store)
    erase(road, tmp_path)

    go_over(road)

    assert (left(road), counts(road)) == ([], [(1, 1), (1, 1), (5, 5)])
    road.says(saying(10, ALIKE[0], "gil"))
    assert counts(road) == [(1, 1), (1, 1), (6, 6)]


def test_those_who_met_by_the_erased_words_alone_stay_together(tmp_path):
    road = a_road(tmp_path, reading=lambda: READING)
    road.says(saying(1, "- Acme Flow kettle boiler valve leaking", "anna", posted_at=NOW - timedelta(hours=3)))
    road.says(saying(2, "- Acme Flow kettle boiler rusty", "ben", posted_at=NOW - timedelta(hours=2)))
    road.says(saying(3, "- Acme Flow valve leaking slowly", "cem", posted_at=NOW - timedelta(hours=1)))
    assert counts(road) == [(3, 3)]

    erase(road, tmp_path)
    go_over(road)

    assert counts(road) == [(1, 1), (3, 3)]


def test_copies_of_earlier_times_lose_the_words_too(store, tmp_path, monkeypatch):
    monkeypatch.setattr("listener.pipeline.joining.SNAPSHOT_EVERY", 2)
    road = a_trouble(tmp_path, store=store)
    with road.store.database.read() as connection:
        kept = [row.value for row in connection.execute(table(IssueState).select())]
    assert any("quibblewort" in str(value) for value in kept)

    erase(road, tmp_path)

    assert left(road) == []
    road.says(saying(11, ALIKE[0], "gil", posted_at=NOW - timedelta(minutes=30)))
    road.watch.beat()
    assert counts(road) == [(1, 1), (6, 6)]


def test_titles_keywords_and_cards_in_messages_lose_the_words(tmp_path):
    road = a_trouble(tmp_path, "- Acme Flow quibblewort flimsify broken", rules=THREE)
    own = {row.title for row in road.store.issues.page(IssueFilter()) if "quibblewort" in row.title}
    assert own == {"other: broken, flimsify, quibblewort"}

    erase(road, tmp_path)

    assert left(road) == []
    assert own.isdisjoint(row.title for row in road.store.issues.page(IssueFilter()))


def test_a_card_in_an_alert_or_a_ticket_of_somebody_else_loses_the_words(tmp_path):
    ticketed = THREE.replace("- check_issue: {}", "- check_issue: {}\n      - open_ticket: {queue: care}")
    road = a_trouble(tmp_path, rules=ticketed)
    told = [row for row in road.sent if "quibblewort" in row.model_dump_json()]
    assert told

    erase(road, tmp_path)

    assert left(road) == []
    assert "persons (0 known customers" in everything(road.store)


def test_a_card_in_an_alert_or_a_ticket_of_somebody_else_loses_a_post_that_was_deleted(store, tmp_path):
    ticketed = THREE.replace("- check_issue: {}", "- check_issue: {}\n      - open_ticket: {queue: care}")
    road = a_trouble(tmp_path, FIRST.replace("quibblewort", QUOTED), store=store, rules=ticketed)
    assert "quibblewort" in quoted(road)
    others = [word for word in ("persons (0 known customers", ALIKE[1]) if word in quoted(road)]

    road.says(gone=("p0",))

    assert "quibblewort" not in quoted(road)
    assert [word for word in others if word in quoted(road)] == others


def test_a_short_post_that_goes_is_struck_where_it_is_quoted_whole():
    lost = Lost(frozenset(), ["no"])

    assert lost.struck("“no”, said one; nobody knows, no") == "“…”, said one; nobody knows, …"


def quoted(road):
    """All that messages and tickets hold."""
    with road.store.database.read() as connection:
        return str([tuple(row) for one in (Delivery, TicketNote) for row in connection.execute(table(one).select())])


def test_a_copy_takes_nothing_of_the_first_ones_words_along(tmp_path):
    road = a_road(tmp_path, reading=lambda: READING)
    text = "- Acme Flow deleted all of my notes when I opened it on the new tablet this morning"
    road.says(saying(1, text, "ben", posted_at=NOW - timedelta(hours=1)), saying(2, f"{text} quibblewort", "anna"))

    erase(road, tmp_path)

    with road.store.database.read() as connection:
        (row,) = connection.execute(table(IssueWords).select())
    assert {"delet", "not", "tablet"} <= row.value["terms"].keys()
    assert left(road) == []


def test_an_erased_customer_is_still_a_person_and_no_customer(tmp_path):
    road = a_road(tmp_path, reading=lambda: READING)
    know(road, "C1", "anna")
    road.says(saying(0, FIRST, "anna"), saying(1, ALIKE[1], "ben"))
    mine = erasure(road, tmp_path)

    mine.erase(mine.whom("C1", None), "care", "she asked us to")
    road.watch.beat()

    (row,) = road.store.issues.page(IssueFilter())
    assert (row.mentions, row.persons, row.customers, row.spread) == (2, 2, 0, "possibly_shared")


def test_words_that_others_say_too_stay(tmp_path):
    road = a_trouble(tmp_path, "- Acme Flow sync fails with error 17 on my phone")
    before = {row.id: row.keywords for row in road.store.issues.page(IssueFilter())}

    erase(road, tmp_path)

    assert {row.id: row.keywords for row in road.store.issues.page(IssueFilter())} == before


def test_emptied_texts_stay_in_their_issue_when_it_is_gone_over(tmp_path):
    road = a_trouble(tmp_path)
    road.store.upkeep.blank_strangers(NOW + timedelta(days=1), TERMS)

    go_over(road)

    assert counts(road) == [(1, 1), (1, 1), (5, 5)]


def test_words_of_an_edit_that_nobody_went_over_yet_go_with_the_next_look(tmp_path):
    road = a_trouble(tmp_path)
    road.clock.pass_by(minutes=1)
    road.says(saying(0, "- Acme Flow sync fails with error 17", "anna", posted_at=NOW - timedelta(hours=2)))

    erase(road, tmp_path)
    road.watch.beat()

    assert (left(road), counts(road)) == ([], [(1, 1), (5, 5)])


def test_what_was_made_so_far_of_a_ground_that_is_gone_over_keeps_no_word_of_theirs(store, tmp_path, monkeypatch):
    monkeypatch.setattr("listener.pipeline.roads.PART", 1)
    road = a_trouble(tmp_path, store=store)
    road.says(saying(20, "- Acme Flow prices went up again", "gus", posted_at=NOW - timedelta(days=2)))
    for _ in range(3):
        road.watch.beat(rest=lambda: True)
    with store.database.read() as connection:
        made = str([tuple(row) for row in connection.execute(table(IssuePart).select())])
    assert OWN_WORDS[0] in made

    erase(road, tmp_path)
    assert left(road) == []

    road.watch.beat()
    assert (left(road), counts(road)) == ([], [(1, 1), (1, 1), (5, 5)])


def test_a_title_that_people_gave_stays(tmp_path):
    road = a_trouble(tmp_path, "- Acme Flow quibblewort flimsify broken")
    (row,) = [row for row in road.store.issues.page(IssueFilter()) if "quibblewort" in row.keywords]
    IssueDesk(road.store, road.watch, road.clock, "care").rename(row.id, "The broken one")

    erase(road, tmp_path)

    assert "The broken one" in {row.title for row in road.store.issues.page(IssueFilter())}
    assert left(road) == []


def learned_words(road):
    """Whatever issues keep of what was said: their words, copies of these, what they are called, why one is in them."""
    with road.store.database.read() as connection:
        tables = (IssueWords, IssueState, Issue, IssueMember, IssuePart, IssuePlaced)
        kept = [tuple(row) for one in tables for row in connection.execute(table(one).select())]
    return [word for word in OWN_WORDS if word in str(kept).lower()]


def deleted_there(road):
    road.says(gone=("p0",))


def grown_old(road):
    assert road.store.upkeep.blank_strangers(NOW - timedelta(minutes=90), TERMS) == 1


def grown_older(road):
    assert road.store.upkeep.forget_mentions(NOW - timedelta(minutes=90), TERMS) == 1


def meant(road):
    """What the issue of the trouble is known to mean, and what those mean whose words are still there."""
    mentions, words = table(Mention), table(IssueWords)
    with road.store.database.read() as connection:
        (kept,) = [row.value["meant"] for row in connection.execute(words.select()) if "fail" in row.value["terms"]]
        said = [row for row in connection.execute(mentions.select()) if "sync" in row.text]
    return kept, NOTHING.plus(meaning(row.text, "en", row.brand) for row in said).as_json()


@pytest.mark.parametrize("goes", [deleted_there, grown_old, grown_older])
def test_a_post_that_goes_is_no_part_of_what_its_issue_means(store, tmp_path, goes):
    road = a_trouble(tmp_path, store=store, rules=THREE)
    before, said = meant(road)
    assert (before, before[0]) == (said, 5)

    goes(road)
    after, said = meant(road)
    assert (after, after[0]) == (said, 4)


@pytest.mark.parametrize("goes", [deleted_there, grown_old, grown_older])
@pytest.mark.parametrize("first", [FIRST, "- Acme Flow quibblewort flimsify broken"])
def test_a_post_that_goes_leaves_no_word_in_what_issues_know_or_are_called(store, tmp_path, monkeypatch, goes, first):
    monkeypatch.setattr("listener.pipeline.joining.SNAPSHOT_EVERY", 2)
    road = a_trouble(tmp_path, first, store=store, rules=THREE)
    assert learned_words(road) == list(OWN_WORDS)

    goes(road)
    assert learned_words(road) == []
    road.says(saying(10, ALIKE[0], "gil"))
    road.watch.beat()
    assert learned_words(road) == []


def test_what_others_still_say_is_still_known_after_a_post_went(tmp_path):
    road = a_trouble(tmp_path)
    before = {row.id: set(row.keywords) for row in road.store.issues.page(IssueFilter())}
    deleted_there(road)
    road.says(gone=("p0",))
    road.says(saying(10, ALIKE[0], "gil"))

    assert {row.id: set(row.keywords) for row in road.store.issues.page(IssueFilter())} == before
    assert counts(road) == [(1, 1), (6, 5)]


def test_retention_goes_over_more_than_one_sweep(tmp_path, monkeypatch):
    monkeypatch.setattr("listener.store.upkeep.SWEEP", 2)
    road = a_trouble(tmp_path)

    assert road.store.upkeep.blank_strangers(NOW + timedelta(days=1), TERMS) == 6
    assert learned_words(road) == []
