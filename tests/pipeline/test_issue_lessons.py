"""The daemon learns from what ops do to issues, uses it where it wins, and forgets it when told to."""

from datetime import timedelta
from random import Random

from connectors.contract import TryLater
from listener.issues.grouping import Thresholds
from listener.model.verdict import Verdict
from listener.pipeline.issue_desk import IssueDesk
from listener.pipeline.issue_lessons import IssueLessons
from listener.pipeline.joined import Reading
from listener.store.issues import IssueFilter
from tests.customers.test_personal import erasure
from tests.pipeline.road import LOG, NOW, a_road, an_item

# each trouble in words of its own
TROUBLES = ("sync phone seventeen", "login mail locked", "invoice card twice", "refund bank days", "tablet notes gone")
TROUBLES += ("printer jam paper", "courier parcel lost")
OTHERS = ("today", "again", "hourly", "monday", "office", "always", "sunday", "help", "please", "nothing", "quite")


def complaints(count=112, own=0):
    """Each with so many words that nobody else says."""
    return [
        an_item(
            f"p{n}",
            " ".join(
                ["- Acme Flow", TROUBLES[n % 7], *Random(n).sample(OTHERS, 4), *(f"w{n}x{k}" for k in range(own))]
            ),
            f"u{n}",
            posted_at=NOW - timedelta(minutes=count - n),
        )
        for n in range(count)
    ]


def lessons(road, aside=lambda fit, data: fit(data)):
    return IssueLessons(road.store, aside, lambda row: (), road.clock, LOG)


def a_desk(road):
    return IssueDesk(road.store, road.watch, road.clock, "kim")


def test_topics_that_people_name_are_learned_used_and_taken_back(tmp_path):
    road = a_road(tmp_path)
    road.says(*complaints())
    for row in road.store.issues.page(IssueFilter(limit=100)):
        a_desk(road).name_topic(row.id, "money" if {"card", "bank"} & set(row.keywords) else "things")
    taught = lessons(road)
    taught.learn()

    kept = road.store.learned.newest("topics")
    assert (kept.labels >= 100, kept.before) == (True, 0.0)  # some say the same and count once
    assert kept.adopted
    assert kept.after > kept.before
    verdict = Verdict("negative", -0.5, 0.9, "v")
    found = taught.named(verdict, "my card was charged, invoice twice")
    assert (found.topics, found.topic_by, found.fence) == (("money",), "learned", None)
    road.store.learned.roll_back(NOW, "kim", "topics")
    taught.learn()
    assert taught.named(verdict, "my card was charged, invoice twice") == verdict


def test_a_fit_that_fails_is_kept_as_tried_and_not_repeated(tmp_path):
    calls = []

    def broken(fit, data):
        calls.append(1)
        raise TryLater("the parser is gone")

    road = a_road(tmp_path)
    road.says(*complaints())
    for row in road.store.issues.page(IssueFilter(limit=100)):
        a_desk(road).name_topic(row.id, "things")
    for _ in range(2):
        lessons(road, broken).learn()

    assert len(calls) == 1
    assert not road.store.learned.newest("topics").adopted


def test_a_named_topic_stays_and_can_be_undone(tmp_path):
    road = a_road(tmp_path)
    road.says(*complaints(3))
    (one, *_) = road.store.issues.page(IssueFilter())
    a_desk(road).name_topic(one.id, "money")
    road.says(*(an_item(f"q{n}", item.text + " friend", f"w{n}") for n, item in enumerate(complaints(3))))
    assert road.store.issues.get(one.id).topic == "money"
    a_desk(road).undo()
    assert road.store.issues.get(one.id).topic == one.topic


def test_a_topic_given_to_one_mention_is_learned_from_alone_and_above_that_of_its_issue(tmp_path):
    road = a_road(tmp_path)
    road.says(*complaints(21))
    one, other, *_ = road.store.issues.page(IssueFilter())
    first, *_ = road.store.issues.mentions(one.id)
    second, *rest = road.store.issues.mentions(other.id)
    desk = a_desk(road)
    desk.topic_of(first.id, "things")
    desk.topic_of(first.id, "money")
    desk.name_topic(other.id, "things")
    desk.topic_of(second.id, "money")

    named = {row.id: row.named for row in road.store.issues.named_topics()}
    assert named == {first.id: "money", second.id: "money"} | {row.id: "things" for row in rest}
    desk.undo()
    assert {row.named for row in road.store.issues.named_topics() if row.id != first.id} == {"things"}


def test_splits_raise_the_mark_of_likeness_and_it_holds_at_once(tmp_path, monkeypatch):
    # made-up words mean next to the same
    monkeypatch.setattr("listener.pipeline.joined.meaning", lambda text, language, brand: b"")
    road = a_road(tmp_path)
    road.says(*complaints(60, own=4))
    for row in road.store.issues.page(IssueFilter(limit=100)):
        mine = road.store.issues.mentions(row.id)
        if len(mine) > 3:
            a_desk(road).split(row.id, [one.id for one in mine[2:]])
    taught = lessons(road)
    taught.learn()

    rulings = road.store.suggestions.rulings()
    assert len(rulings) > 20
    assert not any(together for _, together in rulings)
    assert taught.taught.thresholds.attach > Thresholds().attach
    kept = road.store.learned.at_work("likeness")
    assert kept.after > kept.before
    assert f"right on {round(kept.after * kept.labels)} of your {kept.labels} decisions, was 0" in kept.told
    road.store.learned.roll_back(NOW, "kim", "likeness")
    assert taught.refresh().thresholds == Thresholds()
    taught.learn()
    assert taught.taught.thresholds == Thresholds()


def test_a_mark_that_stays_says_why(tmp_path, monkeypatch):
    monkeypatch.setattr("listener.pipeline.joined.meaning", lambda *said: b"")
    road = a_road(tmp_path)
    road.says(*complaints(49))
    one = max(road.store.issues.page(IssueFilter(limit=100)), key=lambda row: row.mentions)
    for mention in road.store.issues.mentions(one.id)[1:6]:
        a_desk(road).split(one.id, [mention.id])
    lessons(road).learn()

    (kept,) = road.store.learned.all()
    assert not kept.adopted
    assert "the mark stays at 0.25, right on 0 of your 5 decisions" in kept.told
    assert "outweigh the shipped one, which counts as 20" in kept.told


def taught_topics(folder, road):
    """A road whose u0 says a word in three complaints that nobody else says, and what was learned there."""
    road.says(*complaints())
    own = [an_item(f"q{n}", f"- Acme Flow card quibblewort invoice {n}", "u0") for n in range(3)]
    road.says(*own)
    for row in road.store.issues.page(IssueFilter(limit=100)):
        a_desk(road).name_topic(row.id, "money" if {"card", "bank"} & set(row.keywords) else "things")
    taught = lessons(road)
    taught.learn()
    return taught


def erase_u0(road, folder):
    mine = erasure(road, folder)
    mine.erase(mine.whom(None, "forum:u0"), "care", "they asked us to")


def test_who_is_erased_leaves_no_word_in_the_models_of_topics(store, tmp_path):
    road = a_road(tmp_path, store=store)
    taught = taught_topics(tmp_path, road)
    before = road.store.learned.newest("topics")
    assert "quibblewort" in str(before.model)
    assert "quibblewort" in taught.taught.topics.rarity

    erase_u0(road, tmp_path)

    after = road.store.learned.newest("topics")
    assert "quibblewort" not in str(after.model)
    assert before.model["rarity"].keys() - after.model["rarity"].keys() == {"quibblewort"}
    assert "quibblewort" not in taught.refresh().topics.rarity
    assert after.adopted
    assert taught.named(Verdict("negative", -0.5, 0.9, "v"), "my card, invoice twice").topics == ("money",)


def test_a_model_that_was_fitted_while_somebody_was_erased_is_not_kept(tmp_path):
    road = a_road(tmp_path)
    taught_topics(tmp_path, road)
    kept = road.store.learned.newest("topics").id
    road.says(*(an_item(f"x{n}", f"- Acme Flow invoice card twice {n} {n}x", f"z{n}") for n in range(60)))

    def while_erased(fit, data):
        answer = fit(data)
        erase_u0(road, tmp_path)
        assert "quibblewort" in answer
        return answer

    lessons(road, while_erased).learn()
    assert road.store.learned.newest("topics").id == kept
    assert "quibblewort" not in str([row.model for row in road.store.learned.all()])
    lessons(road).learn()
    assert road.store.learned.newest("topics").id != kept
    assert "quibblewort" not in str([row.model for row in road.store.learned.all()])


def test_who_was_split_off_though_alike_in_meaning_is_a_ruling_too(tmp_path, monkeypatch):
    monkeypatch.setattr("listener.pipeline.joined.meaning", lambda text, language, brand: bytes([9] * 32 + [90] * 32))
    road = a_road(tmp_path, reading=lambda: Reading(names={"Acme Flow": frozenset({"acm", "flow"})}))
    road.says(an_item("a", "- Acme Flow slow broken printer", "ann", posted_at=NOW - timedelta(minutes=5)))
    road.says(an_item("b", "- awful noisy hotel, Acme Flow", "ben"))
    (one,) = road.store.issues.page(IssueFilter())
    (later,) = [row.id for row in road.store.issues.mentions(one.id) if "hotel" in row.text]
    a_desk(road).split(one.id, [later])

    ((score, together),) = road.store.suggestions.rulings()
    assert (score >= 0.25, together) == (True, False)
