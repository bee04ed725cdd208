"""Files that ops edit: every problem with its line, YAML's traps disarmed."""

from collections.abc import Callable
from pathlib import Path

import pytest

from listener.understanding import packs, taxonomy
from listener.understanding.packs import UnreadableWords
from listener.understanding.phrases import Phrases


def written(folder: Path, text: str) -> Path:
    file = folder / "words.yaml"
    file.write_text(text, "utf-8")
    return file


def test_words_stay_as_they_are_written(tmp_path: Path) -> None:
    file = written(tmp_path, 'words:\n  no: -1\n  yes: 1\n  "Out of  Stock": -2\n  ":)": 2\n  doesn’t work: -2\n')
    assert packs.read(file).words == {"no": -1, "yes": 1, "out of stock": -2, ":)": 2, "doesn't work": -2}


@pytest.mark.parametrize("text", ["", "words:\n", "# only a comment\n"])
def test_an_empty_file_says_nothing(tmp_path: Path, text: str) -> None:
    assert packs.read(written(tmp_path, text)).words == {}


def test_all_problems_are_told_at_once_with_their_lines(tmp_path: Path) -> None:
    file = written(tmp_path, "words:\n  good: lots\n  bad: -9\n  ok: 1\n  ok: 2\n  [a]: 1\n  nan: nan\n")
    with pytest.raises(UnreadableWords) as caught:
        packs.read(file)
    assert [problem.split(":")[1] for problem in caught.value.problems] == ["2", "3", "5", "6", "7"]


@pytest.mark.parametrize("text", ["words: [a, b]", "- a", "words: {a: 1", "words: hello", "!!python/object:x y"])
def test_what_is_no_list_of_words_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(UnreadableWords, match=r"words\.yaml"):
        packs.read(written(tmp_path, text))


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "words.yaml"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UnreadableWords):
        packs.read(file)


@pytest.mark.parametrize("name", packs.NAMES)
def test_shipped_packs_are_readable_and_in_bounds(name: str) -> None:
    assert len(packs.shipped(name).words) > 100


def test_the_words_file_that_init_writes_is_readable() -> None:
    assert packs.read(packs.SHIPPED / "words.yaml").words == {}


def test_a_taxonomy_tells_its_problems(tmp_path: Path) -> None:
    file = written(tmp_path, "topics:\n  delivery: late\n  app: [crash, [x]]\n  app: [bug]\n")
    with pytest.raises(UnreadableWords) as caught:
        taxonomy.groups(file, "topics")
    assert [problem.split(":")[1] for problem in caught.value.problems] == ["2", "3", "4"]


@pytest.mark.parametrize(
    ("read", "text", "told"),
    [
        (packs.read, "# mine\nword: {good: 1}\n", "2:1: unknown key 'word' in the file — did you mean 'words'?"),
        (packs.read, "words: {good: 1\n", "1:8: this '{' is never closed"),
        (taxonomy.topics, "topic:\n  a: [b]\n", "1:1: unknown key 'topic' in the file — did you mean 'topics'?"),
        (taxonomy.topics, "topics: {a: [b]}\nx: {}\n", "2:1: unknown key 'x' in the file — it takes rules, topics"),
    ],
)
def test_a_file_whose_words_would_not_count_is_refused(
    tmp_path: Path, read: Callable[[Path], object], text: str, told: str
) -> None:
    file = written(tmp_path, text)
    with pytest.raises(UnreadableWords) as caught:
        read(file)
    assert caught.value.problems[0].startswith(f"{file}:{told}")


def test_the_shipped_taxonomy_has_topics() -> None:
    assert {"delivery", "billing", "outage"} <= taxonomy.groups(taxonomy.TOPICS, "topics").keys()


@pytest.mark.parametrize(
    ("text", "topics"),
    [
        ("Where is my PARCEL?", {"delivery"}),
        ("undelivered", set()),
        ("DELIVERIES are\nnot  arrived", {"delivery"}),
        ("my bill is billable", {"billing"}),
        ("配送が遅い", {"versand"}),
    ],
)
def test_topics_are_found_by_whole_words_and_open_endings(text: str, topics: set[str]) -> None:
    phrases = Phrases({"delivery": ["parcel", "deliver*", "not arrived"], "billing": ["bill"], "versand": ["配送"]})
    assert {said.group for said in phrases.said_in(text)} == topics


def test_no_phrases_find_nothing() -> None:
    assert Phrases({"empty": []}).said_in("anything") == ()
