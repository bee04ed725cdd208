"""Transaction [1]: what a poll brought is kept once, together with the source's memory."""

from datetime import timedelta

from listener.store import Store
from listener.store.mentions import MentionFilter
from tests.store.arrived import NOW, an_arrival, listening, polled


def mentions(store: Store) -> list:
    return store.mentions.page(MentionFilter(limit=1000))


def test_a_new_item_becomes_a_mention_with_one_appearance(store):
    taken = listening(store).arrivals.take("forum", [an_arrival()], NOW, polled())

    assert (taken.items, taken.mentions) == (1, 1)
    (row,) = mentions(store)
    assert (row.text, row.brand, row.source) == ("Acme Flow is down", "Acme Flow", "forum")
    assert [a.source for a in store.mentions.appearances([row.post])[row.post]] == ["forum"]


def test_the_same_item_again_is_a_repeat_and_nothing_more(store):
    listening(store).arrivals.take("forum", [an_arrival()], NOW)
    taken = store.arrivals.take("forum", [an_arrival()], NOW)

    assert (taken.items, taken.mentions, taken.repeated) == (0, 0, 1)
    assert len(mentions(store)) == 1


def test_an_item_twice_in_one_batch_is_one_mention(store):
    taken = listening(store).arrivals.take("forum", [an_arrival(), an_arrival()], NOW)

    assert taken.mentions == 1
    assert len(mentions(store)) == 1


def test_a_post_seen_in_two_sources_is_one_mention_with_two_appearances(store):
    listening(store, "forum", "news").arrivals.take("forum", [an_arrival("a", post="https://x.example/1")], NOW)
    taken = store.arrivals.take("news", [an_arrival("b", source="news", post="https://x.example/1")], NOW)

    assert (taken.items, taken.mentions) == (1, 0)
    (row,) = mentions(store)
    assert [a.source for a in store.mentions.appearances([row.post])[row.post]] == ["forum", "news"]


def test_two_ids_of_one_source_are_two_posts_even_at_one_address(store):
    same_page = [an_arrival("a", post="https://x.example/page"), an_arrival("b", post="https://x.example/page")]
    taken = listening(store).arrivals.take("forum", same_page, NOW)

    assert taken.mentions == 2
    assert len({row.post for row in mentions(store)}) == 2


def test_a_post_about_two_brands_is_two_mentions(store):
    both = an_arrival(words={"Acme Flow": ["acme flow"], "Globex": ["globex"]})
    listening(store).arrivals.take("forum", [both], NOW)

    assert {row.brand for row in mentions(store)} == {"Acme Flow", "Globex"}


def test_an_item_about_no_brand_is_remembered_without_a_mention(store):
    taken = listening(store).arrivals.take("forum", [an_arrival(words={})], NOW, polled())

    assert (taken.items, taken.mentions) == (1, 0)
    assert store.arrivals.take("forum", [an_arrival(words={})], NOW).repeated == 1


def test_an_item_that_names_the_brand_only_after_an_edit_becomes_a_mention(store):
    listening(store).arrivals.take("forum", [an_arrival(words={}, text="it is down")], NOW)
    taken = store.arrivals.take("forum", [an_arrival(text="Acme Flow is down")], NOW)

    assert taken.edited == 1
    assert [row.text for row in mentions(store)] == ["Acme Flow is down"]


def test_an_edit_keeps_the_old_text_as_a_version_and_waits_to_be_judged_again(store):
    listening(store).arrivals.take("forum", [an_arrival(text="Acme Flow is down")], NOW)
    taken = store.arrivals.take("forum", [an_arrival(text="Acme Flow is up again")], NOW + timedelta(hours=1))

    (row,) = mentions(store)
    assert (taken.edited, row.text, row.edited_at) == (1, "Acme Flow is up again", NOW + timedelta(hours=1))
    assert [version.text for version in store.mentions.versions(row.id)] == ["Acme Flow is down"]
    assert [waiting.id for waiting in store.judging.waiting(10)] == [row.id]


def test_another_sources_shorter_text_of_the_same_post_is_no_edit(store):
    listening(store, "forum", "news").arrivals.take("forum", [an_arrival(post="https://x.example/1")], NOW)
    store.arrivals.take("news", [an_arrival("n", source="news", post="https://x.example/1", text="Acme…")], NOW)
    taken = store.arrivals.take("news", [an_arrival("n", source="news", post="https://x.example/1", text="Acme")], NOW)

    assert taken.edited == 0
    assert [row.text for row in mentions(store)] == ["Acme Flow is down"]


def test_a_post_deleted_at_its_source_loses_its_text_and_never_comes_back(store):
    listening(store).arrivals.take("forum", [an_arrival()], NOW, polled())
    store.arrivals.take("forum", [], NOW, polled(gone=("p1",)))
    taken = store.arrivals.take("forum", [an_arrival(text="Acme Flow, once more")], NOW, polled())

    (row,) = mentions(store)
    assert (taken.mentions, row.text, row.gone_at) == (0, "", NOW)


def test_a_poll_keeps_cursor_health_measures_and_blind_spots_with_its_mentions(store):
    told = polled(measures=(("rating", "Acme", 4.2, NOW),), blind=((NOW - timedelta(hours=2), NOW, "too many"),))
    listening(store).arrivals.take("forum", [an_arrival()], NOW, told)

    row = store.sources.get("forum")
    assert (row.cursor, row.state, row.last_ok_at, row.next_at) == ("c1", "ok", NOW, NOW + timedelta(minutes=15))
    assert (row.items, row.mentions) == (1, 1)
    assert [spot.why for spot in store.sources.blind_spots()] == ["too many"]


def test_a_poll_of_thousands_of_items_is_kept_whole(store):
    many = [an_arrival(f"p{number}") for number in range(2_000)]
    taken = listening(store).arrivals.take("forum", many, NOW, polled())

    assert taken.mentions == 2_000
    assert store.mentions.waiting() == 2_000
