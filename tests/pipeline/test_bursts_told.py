"""People hear of a burst once, again when it doubles, and not of history, of muted issues or of cliques."""

from datetime import timedelta

from listener.pipeline.alerting import tell_groups
from listener.pipeline.cards import Cards
from listener.pipeline.issue_desk import IssueDesk
from listener.store.delivery_lists import DeliveryFilter
from listener.store.issues import IssueFilter
from listener.store.mentions import MentionFilter
from listener.store.tickets import TicketFilter
from tests.pipeline.road import NOW, a_road, an_item

QUIET = """\
version: 1
rules:
  - {id: rest, mode: shadow, when: {sentiment: positive}, then: [{tag: [happy]}]}
"""
OUTBREAK = """\
version: 1
rules:
  - id: outbreak
    mode: live
    when: {issue.spread: [shared, outbreak]}
    then: [{check_issue: {}}, {open_ticket: {queue: care}}, {alert: {channel: care}}]
    limits: {alert: {per_issue: 1 per 6h}}
    tests:
      - {given: {issue.spread: outbreak, issue.id: x}, expect: [check_issue, open_ticket, alert]}
      - {given: {issue.spread: isolated, issue.id: x}, expect: nothing}
"""
ROUTED = """\
version: 1
rules:
  - {id: far, mode: live, when: {issue.persons: {at_least: 500}}, then: [{alert: {channel: care}}], tests: [
      {given: {issue.persons: 500}, expect: [alert]}, {given: {issue.persons: 5}, expect: nothing}]}
  - {id: near, mode: live, when: {author.followers: {at_least: 9000}},
     then: [{check_issue: {}}, {alert: {channel: mail}}], limits: {alert: {per_issue: 1 per 6h}}, tests: [
      {given: {author.followers: 9000}, expect: [check_issue, alert]},
      {given: {author.followers: 5}, expect: nothing}]}
"""
WORDS = (
    *("alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel"),
    *("india", "juliet", "kilo", "lima", "mike", "november", "oscar", "papa"),
)


def voices(count, first=0, minutes=20, start=timedelta(hours=5), text="- sync error seventeen"):
    """So many persons who say the same in their own words, one after the other."""
    return [
        an_item(
            f"v{n}",
            f"{text} {WORDS[n % 16]} {WORDS[n * 7 % 15]} {WORDS[n * 5 % 13]} Acme Flow",
            f"person{n}",
            posted_at=NOW - start + timedelta(minutes=minutes * (n - first)),
        )
        for n in range(first, first + count)
    ]


def background(days=12):
    return [
        an_item(f"b{n}", "- Acme Flow is slow", f"old{n}", posted_at=NOW - timedelta(days=n + 1)) for n in range(days)
    ]


def told(road):
    road.watch.beat()
    return [row for row in road.store.deliveries.page(DeliveryFilter()) if row.key.startswith("burst:")]


def test_a_burst_is_told_once_and_again_when_it_has_doubled(tmp_path):
    road = a_road(tmp_path, QUIET)
    road.says(*background())
    road.says(*voices(6))
    (first,) = told(road)
    assert told(road) == [first]
    assert (first.channel, first.action) == ("ops", "alert")
    assert "have the same trouble with Acme Flow" in first.text

    road.says(*voices(9, first=6, minutes=16, start=timedelta(hours=3)))
    assert len(told(road)) == 2


def test_a_burst_on_the_third_day_of_listening_is_judged_and_told_to_nobody(tmp_path):
    road = a_road(tmp_path, QUIET)
    road.says(an_item("b0", "- Acme Flow is slow", "old", posted_at=NOW - timedelta(days=2, hours=12)))
    road.says(*voices(14, minutes=4, start=timedelta(hours=1)))

    assert told(road) == []
    assert {row.label for row in road.store.mentions.page(MentionFilter())} == {"negative"}


def test_its_title_and_its_card_name_the_same_persons(tmp_path):
    road = a_road(tmp_path, QUIET)
    road.says(*background())
    road.says(*voices(14, minutes=4, start=timedelta(hours=1)))
    (row,) = told(road)

    assert row.message["title"].startswith("Outbreak: 14 persons have the same trouble")
    assert "14 persons (0 known customers, 14 mentions) in 6 h" in row.message["text"]


def test_the_channel_of_a_rule_on_issues_hears_of_a_burst_too(tmp_path):
    road = a_road(tmp_path, ROUTED)
    road.says(*background())
    road.says(*voices(6))

    assert sorted(row.channel for row in told(road)) == ["mail", "ops"]


def test_a_muted_issue_is_quiet_until_enough_have_it(tmp_path):
    road = a_road(tmp_path, QUIET)
    road.says(*background())
    road.says(*voices(6))
    issue = max(road.store.issues.page(IssueFilter()), key=lambda row: row.persons_now)
    IssueDesk(road.store, road.watch, road.clock, "ops").mute(issue.id, 20)

    assert told(road) == []
    assert "muted by ops" in road.store.issues.alarms(issue.id)[0].why_quiet


def test_history_makes_bursts_that_nobody_is_told_of(tmp_path):
    road = a_road(tmp_path, QUIET)
    road.says(*background(28), *voices(12, start=timedelta(days=20)))

    assert told(road) == []


def test_twenty_accounts_in_a_quarter_are_no_outbreak(tmp_path):
    road = a_road(tmp_path, QUIET)
    road.says(*background())
    road.says(*voices(20, minutes=0.5, start=timedelta(minutes=12)))

    assert [row for row in told(road) if "Outbreak" in row.text] == []


def test_a_brand_that_is_heard_since_today_pages_nobody(tmp_path):
    road = a_road(tmp_path, QUIET)
    road.says(*voices(12))

    assert told(road) == []
    assert road.store.issues.page(IssueFilter())[0].spread == "shared"


def test_an_outbreak_told_with_other_alerts_is_told_at_once_too(tmp_path):
    road = a_road(tmp_path, OUTBREAK.replace("{alert: {channel: care}}", "{alert: {channel: care, collect: 5m}}"))
    road.says(*background())
    road.says(*voices(12))

    assert sorted(row.channel for row in told(road)) == ["care", "ops"]
    tell_groups(road.store, Cards(road.store, road.clock), road.clock(), patient=False)
    road.perform_all()
    (group,) = [message for message in road.sent if message.title.endswith("that needs you")]
    assert group.text.startswith("outbreak: ")
    assert group.plot


def test_whom_a_rule_showed_the_outbreak_hears_no_more_but_the_ops_channel_does(tmp_path):
    road = a_road(tmp_path, OUTBREAK.replace("[shared, outbreak]", "outbreak"))
    road.says(*background())
    road.says(*voices(12))

    assert [row.channel for row in told(road)] == ["ops"]


def test_check_issue_puts_the_card_on_the_alert_and_on_the_ticket(tmp_path):
    road = a_road(tmp_path, OUTBREAK)
    road.says(*background())
    road.says(*voices(4))
    road.perform_all()

    alert = next(message for message in road.sent if message.plot)
    assert "other persons with a similar complaint within 24 h" in alert.text
    assert dict(alert.facts)["Spread"] == "shared"
    ticket = road.store.tickets.page(TicketFilter())[0]
    notes = [note.text for note in road.store.tickets.notes(ticket.id) if note.what == "issue checked"]
    assert "not known: who of them is a customer: the registry is empty" in notes[0]
