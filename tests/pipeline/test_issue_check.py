"""Every complaint joins an issue; who else has it is known before rules are asked."""

from datetime import timedelta

from listener.pipeline.corrections import Corrections
from listener.pipeline.issue_desk import IssueDesk
from listener.store.delivery_lists import DeliveryFilter
from listener.store.issues import IssueFilter
from listener.store.mentions import MentionFilter
from listener.store.tickets import TicketFilter
from tests.pipeline.road import NOW, Mood, a_road, an_item

SYNC = "- Acme Flow sync fails with error 17 on my phone"
# different enough to be no copies of each other
ALIKE = (
    SYNC,
    "- Since noon error 17 whenever Acme Flow sync runs",
    "- Why does sync fail? Acme Flow says 17",
    "- My phone shows Acme Flow error 17, sync is dead",
    "- Acme Flow: error 17 on sync, on every phone in this house",
)
BILL = "- Acme Flow billed me twice, where is my invoice"

THREE = """\
version: 1
rules:
  - id: same-issue-many-customers
    about: Three different persons report the same issue within a day.
    owner: ops-desk
    mode: live
    when:
      sentiment: negative
      count: {same: issue.id, different: person.id, within: 24h, at_least: 3}
    then:
      - check_issue: {}
      - alert: {channel: care}
    limits:
      alert: {per_issue: 1 per 6h}
    tests:
      - {given: {sentiment: negative, issue.id: sync, person.id: c-1}, history: [
          {sentiment: negative, issue.id: sync, person.id: c-2, ago: 2h},
          {sentiment: negative, issue.id: sync, person.id: c-3, ago: 3h}], expect: [check_issue, alert]}
      - {given: {sentiment: positive}, expect: nothing}
"""


def issues(road):
    return road.store.issues.page(IssueFilter())


def facts(road, number):
    return road.store.mentions.decisions([number])[number][-1].facts


def saying(number, text, handle, **changes):
    return an_item(f"p{number}", text, handle, **changes)


def test_the_same_trouble_of_two_persons_is_one_issue_and_another_is_another(tmp_path):
    road = a_road(tmp_path)
    road.says(saying(1, SYNC, "anna"), saying(2, ALIKE[1], "ben"), saying(3, BILL, "cem"))

    found = {row.title: (row.mentions, row.persons, row.spread) for row in issues(road)}
    assert sorted(found.values()) == [(1, 1, "cannot_tell"), (2, 2, "possibly_shared")]
    assert all(row.issue for row in road.store.mentions.page(MentionFilter()))


def test_an_edit_that_makes_a_complaint_a_copy_counts_one_person_less_and_the_next_one_more(tmp_path):
    road = a_road(tmp_path)
    road.says(saying(1, SYNC, "anna"), saying(2, ALIKE[1], "ben"))
    assert [(row.mentions, row.persons) for row in issues(road)] == [(2, 2)]

    road.says(saying(2, SYNC, "ben"))
    assert [(row.mentions, row.persons) for row in issues(road)] == [(1, 1)]
    road.says(saying(2, ALIKE[2], "ben"))
    assert [(row.mentions, row.persons) for row in issues(road)] == [(2, 2)]


BOTH = "- Acme Flow and Globex both refuse my password since the update"


def each_brand(road):
    return sorted((row.brand, row.mentions) for row in issues(road))


def test_a_complaint_about_two_brands_is_an_issue_of_each(tmp_path):
    road = a_road(tmp_path, also=("Globex",))
    road.says(saying(1, BOTH, "anna"))

    assert each_brand(road) == [("Acme Flow", 1), ("Globex", 1)]
    assert [ticket.person for ticket in road.store.tickets.page(TicketFilter())] == ["forum:anna"]
    assert road.perform_all() == ["done", "done"]


def test_old_complaints_about_two_brands_are_an_issue_of_each(tmp_path):
    road = a_road(tmp_path, also=("Globex",), patient=True)
    road.says(saying(1, BOTH, "anna", posted_at=NOW - timedelta(days=30)))
    road.watch.beat()

    assert each_brand(road) == [("Acme Flow", 1), ("Globex", 1)]


class Guessing(Mood):
    """Finds topics in words; one word is a rule of ops."""

    rules = ("recall",)

    def judge(self, utterance):
        found = tuple(topic for topic in ("phone", "invoice", *self.rules) if topic in utterance.text)
        by = "rule" if {*self.rules} & {*found} else "words" if found else None
        return super().judge(utterance)._replace(topics=found[-1:], topic_by=by)


def test_a_guessed_topic_tears_no_trouble_apart_and_the_issue_is_of_the_topic_of_most(tmp_path):
    road = a_road(tmp_path, understanding=Guessing())
    road.says(saying(1, f"{SYNC} after the invoice", "anna"))
    road.says(saying(2, ALIKE[1], "ben"), saying(3, ALIKE[2], "cem"), saying(4, ALIKE[3], "dan"))
    road.says(saying(5, ALIKE[4], "eve"))

    (row,) = issues(road)
    assert (row.topic, row.fence, row.persons) == ("phone", "", 5)


def test_a_topic_of_ops_rules_is_a_fence(tmp_path):
    road = a_road(tmp_path, understanding=Guessing())
    road.says(saying(1, SYNC, "anna"), saying(2, f"{ALIKE[1]} recall", "ben"))
    assert sorted((row.topic, row.fence) for row in issues(road)) == [("phone", ""), ("recall", "recall")]

    road.clock.pass_by(hours=1)
    road.says(saying(2, ALIKE[1], "ben"))
    road.watch.beat()
    (row,) = issues(road)
    assert (row.fence, row.persons) == ("", 2)


def test_a_topic_that_a_person_gave_stands_above_rules_until_the_words_are_others(tmp_path):
    road = a_road(tmp_path, understanding=Guessing())
    road.says(saying(1, SYNC, "anna"), saying(2, f"{ALIKE[1]} recall", "ben"))
    number = next(row.id for row in road.store.mentions.page(MentionFilter()) if row.topic == "recall")
    IssueDesk(road.store, road.watch, road.clock, "kim").topic_of(number, "phone")
    assert [(row.topic, row.fence, row.persons) for row in issues(road)] == [("phone", "", 2)]

    road.clock.pass_by(hours=1)
    road.says(saying(2, f"{ALIKE[1]} recall, still", "ben"))
    road.watch.beat()
    assert sorted((row.topic, row.fence) for row in issues(road)) == [("phone", ""), ("recall", "recall")]


def test_a_rule_that_comes_later_fences_what_is_scored_anew(tmp_path):
    guessing = Guessing()
    road = a_road(tmp_path, understanding=guessing)
    road.says(saying(1, SYNC, "anna"), saying(2, ALIKE[1], "ben"), saying(3, ALIKE[2], "cem"))
    assert [(row.fence, row.persons) for row in issues(road)] == [("", 3)]

    guessing.rules = ("noon",)
    assert list(Corrections(road.store, road.judge, road.clock).rescore())
    road.watch.beat()
    assert sorted((row.fence, row.persons) for row in issues(road)) == [("", 2), ("noon", 1)]


def test_praise_and_questions_have_no_issue(tmp_path):
    road = a_road(tmp_path)
    road.says(saying(1, "Acme Flow +", "anna"), saying(2, "Acme Flow?", "ben"))

    assert issues(road) == []


def test_rules_can_ask_for_the_issue(tmp_path):
    road = a_road(tmp_path)
    road.says(saying(1, SYNC, "anna"))
    road.says(saying(2, ALIKE[1], "ben"))
    road.says(saying(3, ALIKE[2], "cem"))

    seen = facts(road, 3)
    assert (seen["issue.spread"], seen["issue.state"], seen["issue.persons"]) == ("shared", "open", 3)
    assert seen["issue.id"] == issues(road)[0].id
    assert (seen["issue.customers"], seen.get("issue.ratio")) == (0, None)


def test_the_third_person_with_the_same_issue_alerts_once_in_six_hours(tmp_path):
    road = a_road(tmp_path, THREE)
    for number, person in enumerate(("anna", "anna", "ben", "cem", "dan")):
        road.says(saying(number, ALIKE[number], person))

    (alert,) = road.store.deliveries.page(DeliveryFilter())
    assert (alert.action, alert.status, alert.person) == ("alert", "due", "forum:cem")
    assert alert.issue == issues(road)[0].id


def test_history_is_counted_and_not_acted_on(tmp_path):
    road = a_road(tmp_path, THREE)
    old = [saying(n, ALIKE[n], f"p{n}", posted_at=NOW - timedelta(days=30, hours=n)) for n in range(4)]
    road.says(*old)

    assert [row.persons for row in issues(road)] == [4]
    assert road.store.deliveries.page(DeliveryFilter()) == []


def test_history_that_is_left_to_the_watch_ends_in_the_same_issues(tmp_path):
    found = []
    for name, patient in (("at-once", False), ("later", True)):
        (tmp_path / name).mkdir()
        road = a_road(tmp_path / name, patient=patient)
        road.says(saying(10, SYNC, "zoe"))
        old = [saying(n, (*ALIKE, BILL)[n % 6], f"p{n}", posted_at=NOW - timedelta(days=30, hours=n)) for n in range(9)]
        road.says(*old)
        road.watch.beat()
        found.append(sorted((row.mentions, row.persons, row.spread, row.title) for row in issues(road)))
        assert all(row.issue for row in road.store.mentions.page(MentionFilter()))

    assert found[0] == found[1]


def test_a_copy_is_the_voice_of_who_said_it_first(tmp_path):
    road = a_road(tmp_path)
    text = "- Acme Flow deleted all of my notes when I opened it on the new tablet this morning"
    road.says(*(saying(n, text, f"account{n}") for n in range(20)))

    (row,) = issues(road)
    assert (row.mentions, row.persons) == (1, 1)
    assert {mention.issue for mention in road.store.mentions.page(MentionFilter())} == {row.id}


def test_what_turns_out_to_be_praise_leaves_its_issue(tmp_path):
    road = a_road(tmp_path)
    road.says(saying(1, SYNC, "anna"), saying(2, ALIKE[1], "ben"))
    road.clock.pass_by(hours=1)
    road.says(saying(2, "Acme Flow works again, thanks +", "ben"))

    (row,) = issues(road)
    assert (row.mentions, row.persons) == (1, 1)
