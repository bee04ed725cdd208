"""Issues in the store: assigned, merged, counted anew, fixed, come back."""

from datetime import timedelta

from sqlalchemy import update

from listener.issues.reading import TERMS
from listener.model.grouped import Membership, Opening
from listener.model.mention import Mention
from listener.store import Store, grouped, issues
from listener.store.engine import table
from listener.store.issues import IssueFilter
from tests.makers import NOW, a_mention, judged


def an_issue(store: Store, *mentions: int, name: str = "outage-a") -> str:
    with store.database.write() as connection:
        opening = Opening(name, hash(name) % 2**62, "Acme Flow", "outage", mentions[0], NOW, "down", ("down",))
        grouped.open_all(connection, store.database, [opening], NOW)
        rows = [Membership(number, name, 0.5, "alike", "1") for number in mentions]
        issues.place(connection, rows, NOW)
    return name


def three(store: Store) -> list[int]:
    numbers = [a_mention(store, f"p{n}", posted_at=NOW - timedelta(hours=3 - n)) for n in range(3)]
    for number, person in zip(numbers, ("forum:anna", "forum:ben", "forum:anna"), strict=True):
        judged(store, number, person=person)
    return numbers


def test_an_issue_counts_its_mentions_and_persons(store):
    one = an_issue(store, *three(store))

    row = store.issues.get(one)

    assert (row.mentions, row.persons, row.customers) == (3, 2, 0)
    assert (row.first_seen, row.last_seen) == (NOW - timedelta(hours=3), NOW - timedelta(hours=1))
    assert [mention.issue for mention in store.issues.mentions(one)] == [one] * 3


def test_a_mention_without_an_author_is_nobodys(store):
    numbers = three(store)
    judged(store, numbers[1], person=f"mention:{numbers[1]}")

    row = store.issues.get(an_issue(store, *numbers))

    assert row is not None
    assert (row.mentions, row.persons) == (3, 1)


def test_an_assignment_is_added_to_and_never_overwritten(store):
    numbers = three(store)
    one, other = an_issue(store, *numbers), an_issue(store, numbers[0], name="outage-b")

    assert [row.issue for row in store.issues.assignments(numbers[0])] == [one, other]
    assert (store.issues.get(one).mentions, store.issues.get(other).mentions) == (2, 1)


def test_opening_an_issue_twice_changes_nothing(store):
    numbers = three(store)
    one = an_issue(store, *numbers)
    an_issue(store, *numbers)

    assert [row.number for row in store.issues.episodes(one)] == [1]
    assert store.issues.get(one).mentions == 3


def test_a_fix_names_its_root_cause_and_a_regression_is_a_new_episode(store):
    one = an_issue(store, *three(store))

    store.issues.fixed(one, NOW, "ops", "a full disk")
    number = store.issues.regressed(one, NOW + timedelta(days=1), "listener", "3 new persons after the fix")

    first, second = store.issues.episodes(one)
    assert (first.root_cause, first.fixed_at, second.kind, number) == ("a full disk", NOW, "regression", 2)
    assert (store.issues.get(one).state, store.issues.get(one).episode) == ("regressed", 2)
    assert [(row.what, row.before) for row in store.issues.acts()] == [
        ("regressed", {"state": "fixed", "episode": 1}),
        ("fixed", {"state": "open"}),
    ]


def test_what_is_not_there_is_not_fixed(store):
    assert store.issues.fixed("nothing", NOW, "ops", "a full disk") is None
    assert store.issues.regressed("nothing", NOW, "ops", "") is None
    assert store.issues.page(IssueFilter()) == []


def test_retention_forgets_the_assignments_with_the_mentions(store):
    numbers = three(store)
    an_issue(store, *numbers)

    assert store.upkeep.forget_mentions(NOW, TERMS) == 3
    assert store.issues.assignments(numbers[0]) == []


def test_a_copy_that_outlives_what_it_repeats_counts_from_then_on(store):
    numbers = three(store)
    with store.database.write() as connection:
        copy = update(table(Mention)).where(table(Mention).c.id == numbers[2])
        connection.execute(copy.values(duplicate_of=numbers[0]))
    one = an_issue(store, *numbers)
    assert store.issues.get(one).mentions == 2

    # the first two are older than what is kept
    assert store.upkeep.forget_mentions(NOW - timedelta(hours=1, minutes=30), TERMS) == 2

    assert [(row.id, row.duplicate_of) for row in store.issues.mentions(one)] == [(numbers[2], None)]
    assert store.issues.get(one).mentions == 1


def test_an_issue_whose_mentions_are_all_forgotten_keeps_its_figures(store):
    one = an_issue(store, *three(store))

    store.upkeep.forget_mentions(NOW, TERMS)

    assert (store.issues.get(one).mentions, store.issues.get(one).persons) == (3, 2)
