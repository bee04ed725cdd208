"""Authors whose account was deleted are forgotten, and one stretch of blindness is one row."""

from datetime import timedelta

from listener.model.plan import Judgement
from listener.model.verdict import Verdict
from listener.store.mentions import MentionFilter
from tests.makers import judged
from tests.store.arrived import NOW, an_arrival, listening, polled

NOBODY = {"author_handle": None, "author_name": None, "author_url": None, "author_followers": None}


def mention(store):
    (row,) = store.mentions.page(MentionFilter())
    return row


def test_a_deleted_post_forgets_its_author_also_as_a_person(store):
    listening(store).arrivals.take("forum", [an_arrival(author_name="Anna", author_followers=7)], NOW)
    facts = {
        "author.handle": "anna",
        "author.account": "forum:anna",
        "person.id": "forum:anna",
        "sentiment": "negative",
    }
    judged(store, mention(store).id, facts=facts)
    store.arrivals.take("forum", [], NOW, polled(gone=("p1",)))

    row = mention(store)
    assert [getattr(row, name) for name in NOBODY] == [None] * 4
    assert row.person == f"mention:{row.id}"
    assert [kept.facts for kept in store.mentions.decisions([row.id])[row.id]] == [{"sentiment": "negative"}]


def test_an_author_whose_account_is_deleted_is_forgotten_without_a_new_judgement(store):
    listening(store).arrivals.take("forum", [an_arrival()], NOW)
    judged(store, mention(store).id)
    taken = store.arrivals.take("forum", [an_arrival(digest="other", **NOBODY)], NOW + timedelta(hours=1))

    row = mention(store)
    assert (taken.edited, row.author_handle, row.edited_at, row.text) == (0, None, None, "Acme Flow is down")
    assert row.person == f"mention:{row.id}"
    assert store.mentions.waiting() == 0


def test_an_author_who_is_a_customer_stays_that_customer(store):
    listening(store).arrivals.take("forum", [an_arrival()], NOW)
    with store.judging.turn(NOW) as turn:
        turn.claim([1], NOW)
        turn.keep_judgements([Judgement(1, Verdict("negative", -0.5, 0.9, "vader"), "c-1", "c-1")])
    store.arrivals.take("forum", [], NOW, polled(gone=("p1",)))

    assert (mention(store).person, mention(store).customer) == ("c-1", "c-1")


def test_an_edit_takes_over_the_authors_new_name(store):
    listening(store).arrivals.take("forum", [an_arrival()], NOW)
    taken = store.arrivals.take("forum", [an_arrival(text="Acme Flow is up", author_name="Anna B.")], NOW)

    assert (taken.edited, mention(store).author_name, mention(store).author_handle) == (1, "Anna B.", "anna")


def test_a_stretch_told_again_stays_one_row_with_its_newest_end(store):
    since = NOW - timedelta(hours=2)
    for until, why in ((None, "too many"), (NOW, "too many"), (NOW, "too many"), (NOW, "other")):
        listening(store).arrivals.take("forum", [], NOW, polled(blind=((since, until, why),)))

    assert [(spot.why, spot.until) for spot in store.sources.blind_spots()] == [("other", NOW), ("too many", NOW)]
