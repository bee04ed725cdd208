"""What people say of verdicts: corrections, the audit queue, learning, scoring anew, evaluating."""

import csv
import io
import json
from pathlib import Path

import pytest

from listener.store.delivery_lists import DeliveryFilter
from listener.store.verdicts import Given
from tests.makers import NOW, House, a_house, a_mention
from tests.understanding.shared_examples import examples

WORDS = "words:\n  flurg: 3\n"


@pytest.fixture
def house(tmp_path: Path) -> House:
    """A house whose rules have been in their modes for long enough to act."""
    return a_house(tmp_path)


def heard(house: House, *texts: str) -> list[int]:
    """Mentions that the daemon has judged and decided; their numbers."""
    rows = [{"text": text, "author": f"anna{at}", "brand": "Acme Flow"} for at, text in enumerate(texts)]
    file = house.folder / "rows.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    assert house.run("import", str(file), "--act").code == 0
    listed = [json.loads(line) for line in house.run("mentions", "--json", "--limit", "500").out.splitlines()]
    return sorted(one["id"] for one in listed)[-len(texts) :]


def mention(house: House, number: int) -> dict[str, object]:
    found: dict[str, object] = json.loads(house.run("mentions", "--id", str(number), "--json").out)
    return found


def statuses(house: House, number: int) -> list[tuple[str, str]]:
    with house.store() as store:
        rows = store.deliveries.page(DeliveryFilter(mention=number))
    return sorted((row.action, row.status) for row in rows)


def test_a_correction_cancels_what_was_queued_and_judges_again(house: House) -> None:
    [number] = heard(house, "I love it, wonderful")
    assert statuses(house, number) == [("thank", "waiting")]

    ran = house.run("correct", str(number), "negative")

    assert ran.code == 0
    assert "it was positive" in ran.out
    assert "(thank) is cancelled" in ran.out
    assert statuses(house, number) == [("thank", "cancelled")]
    verdict = mention(house, number)["verdict"]
    assert isinstance(verdict, dict)
    assert (verdict["label"], verdict["confidence"], verdict["score"]) == ("negative", 1.0, -0.6)
    assert len(house.run("tickets", "--json").out.splitlines()) == 1


def test_a_correction_taken_back_orders_again_what_it_cancelled(house: House) -> None:
    [number] = heard(house, "I love it, wonderful")
    house.run("correct", str(number), "neutral")
    house.run("correct", str(number), "positive")
    assert statuses(house, number) == [("thank", "cancelled"), ("thank", "waiting")]


def test_what_was_sent_already_is_listed_and_stays(house: House) -> None:
    [number] = heard(house, "I love it, wonderful")
    with house.store() as store:
        delivery = store.deliveries.page(DeliveryFilter(mention=number))[0].id
        store.deliveries.move(delivery, ("waiting",), NOW, status="done", done_at=NOW)

    ran = house.run("correct", str(number), "negative")

    assert f"delivery {delivery} (thank) was out already: done" in ran.out
    assert statuses(house, number) == [("thank", "done")]


def test_a_correction_holds_for_that_mention_only(house: House) -> None:
    first, second = heard(house, "I love it, wonderful", "I love them, wonderful things they are")
    house.run("correct", str(first), "negative")
    house.run("rescore")
    labels = [mention(house, number)["verdict"]["label"] for number in (first, second)]  # type: ignore[index]
    assert labels == ["negative", "positive"]


@pytest.mark.parametrize(("number", "label"), [("99", "negative"), ("1", "unscored"), ("1", "angry")])
def test_an_impossible_correction_says_why(house: House, number: str, label: str) -> None:
    heard(house, "I love it")
    ran = house.run("correct", number, label)
    assert (ran.code, ran.out) == (1, "")
    assert "\nlistener: " in ran.err


def test_changed_words_score_history_anew_and_send_nothing(house: House) -> None:
    [number] = heard(house, "A flurg day in Leeds")
    (house.folder / "words.yaml").write_text(WORDS, "utf-8")

    ran = house.run("rescore")

    assert "neutral → positive" in ran.out
    assert mention(house, number)["verdict"]["label"] == "positive"  # type: ignore[index]
    assert statuses(house, number) == []


def test_the_queue_goes_out_as_csv_and_comes_back(house: House) -> None:
    good, bad = heard(house, "I love it, wonderful", "=cmd() what an awful thing")
    file = house.folder / "queue.csv"
    assert house.run("audit", "--csv", str(file)).code == 0
    rows = list(csv.DictReader(io.StringIO(file.read_text("utf-8"))))
    assert {row["text"] for row in rows} == {"I love it, wonderful", "'=cmd() what an awful thing"}
    filled = [{**row, "label": "neg"} for row in rows] + [{"mention": "x", "label": "neg"}]
    file.write_text("mention,label\n" + "".join(f"{row['mention']},{row['label']}\n" for row in filled), "utf-8")

    ran = house.run("audit", "--import", str(file))

    assert "2 labels kept; 2 of the audit queue in all" in ran.out
    assert "'x' and 'neg' are no mention and label" in ran.err
    assert mention(house, good)["verdict"]["label"] == "negative"  # type: ignore[index]
    assert bad


def test_one_key_confirms_or_corrects(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    heard(house, "I love it, wonderful", "Acme Flow is lovely and kind", "Great stuff from them")
    monkeypatch.setattr("sys.stdin", io.StringIO("\ns\nn\n"))
    ran = house.run("audit")
    assert "2 labels kept" in ran.out
    with house.store() as store:
        assert sorted(row.given for row in store.verdicts.drawn()) == ["negative", "positive"]


def test_from_100_audited_labels_on_it_learns_and_can_be_rolled_back(house: House) -> None:
    taught = examples()
    with house.store() as store:
        for at, one in enumerate(taught):
            a_mention(store, f"p{at}", one.said.text, voice="complaint", history=True, author_handle=None)
    house.run("run", "--once")
    with house.store() as store:
        for at, one in enumerate(taught, 1):
            store.verdicts.keep(Given(at, one.label, "anna", drawn=True), NOW)

    ran = house.run("learn")

    assert (ran.code, "adopted" in ran.out) == (0, True)
    assert json.loads(house.run("learn", "--json").out)["labels"] == len(taught)
    assert "is put aside" in house.run("learn", "--roll-back").out
    assert json.loads(house.run("learn", "--json").out) is None


def test_too_few_labels_fail_with_their_cure(house: House) -> None:
    ran = house.run("learn")
    assert (ran.code, ran.err) == (1, "listener: 100 audited labels are needed, and there are 0: `listener audit`\n")


def test_evaluate_needs_no_configuration(tmp_path: Path) -> None:
    file = tmp_path / "gold.csv"
    file.write_text("text,label,brand\n@united my bag is lost,negative,United\nthanks!,positive,United\n,,\n", "utf-8")

    ran = House(tmp_path).run("evaluate", str(file), "--voice", "complaint", "--json")

    found = json.loads(ran.out)
    assert list(found) == ["n", "ours", "vader", "texts_per_second"]
    assert (found["n"], found["ours"]["accuracy"]) == (2, 1.0)
    assert list(found["vader"]) == ["accuracy", "macro_f1", "unsure", "per_class"]
    assert set(found["ours"]["per_class"]["negative"]) == {"precision", "recall", "f1", "n"}
    assert "gold.csv:4: its label '' is not one of" in ran.err


def test_evaluate_shows_tables_for_people(tmp_path: Path) -> None:
    file = tmp_path / "gold.jsonl"
    file.write_text('{"text": "I love it", "label": "positive"}\n', "utf-8")
    out = House(tmp_path).run("evaluate", str(file)).out
    assert "plain VADER" in out
    assert "ours, confusion" in out


def test_evaluate_learns_first_where_asked(tmp_path: Path) -> None:
    file = tmp_path / "gold.jsonl"
    file.write_text("".join(json.dumps({"text": e.said.text, "label": e.label}) + "\n" for e in examples()), "utf-8")
    ran = House(tmp_path).run("evaluate", str(file), "--voice", "complaint", "--train", str(file), "--json")
    assert json.loads(ran.out)["ours"]["accuracy"] > 0.9
    assert "adopted" in ran.err


@pytest.mark.parametrize("content", ["", "text,label\n", "\x00\x01", "text,label\nhello,angry\n"])
def test_a_file_without_a_usable_row_fails(tmp_path: Path, content: str) -> None:
    file = tmp_path / "gold.csv"
    file.write_text(content, "utf-8")
    ran = House(tmp_path).run("evaluate", str(file))
    assert (ran.code, ran.out) == (1, "")
    assert "holds no row with a text and a label" in ran.err
