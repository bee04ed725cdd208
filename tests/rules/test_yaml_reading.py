"""YAML as ops write it, and everything that makes YAML surprising or dangerous."""

from __future__ import annotations

import pytest

from rules.nodes import Node, Page
from rules.reading import read


def a_page(text: str) -> tuple[Node | None, list[str]]:
    page = Page("f.yaml")
    return read(text, page), [str(p) for p in page.problems]


@pytest.mark.parametrize("word", ["no", "NO", "on", "yes", "22:00", "0123", "1_000", "0x1f", "1e3", "2026-01-01"])
def test_words_that_yaml_would_change_stay_text(word: str) -> None:
    root, wrong = a_page(f"a: {word}")
    assert root is not None
    assert root.pairs is not None
    value = root.pairs["a"][1]
    assert (value.raw, value.number, value.flag, wrong) == (word, None, None, [])


def test_numbers_and_flags_are_known_where_they_are_not_quoted() -> None:
    root, _ = a_page("[4, -0.5, true, '4', 'true']")
    assert root is not None
    assert [node.number for node in root.items or ()] == [4, -0.5, None, None, None]
    assert [node.flag for node in root.items or ()] == [None, None, True, None, None]


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("a:\n\tb: 1", "2:1", "a tab"),
        ("a: 'x\nb: 2\n", "1:4", "quote is never closed"),
        ("a: [1, 2\nb: 3\n", "1:4", "'[' is never closed"),
        ("a: {b: 1\nc: 2", "1:4", "'{' is never closed"),
        ("a: {b: #win}\nc: 1", "1:4", "begins with # needs quotes"),
        ("a: [#win, b]\nc: 1", "1:4", "begins with # needs quotes"),
        ("a: b: c", "1:5", "a ':' where none can be"),
        ("a: @x", "1:4", "cannot stand here"),
        ("a:\n  - x\n y: 1", "3:2", "indentation"),
        ("a: !!python/object x", "1:4", "tags"),
        ("a: *nowhere", "1:4", "nothing is called &nowhere"),
        ("a: 1\na: 2", "2:1", "stands here twice, first in line 1"),
        ("a: 1\n---\nb: 2", "3:1", "second document"),
        ("[" * 5_000, "1:21", "nested deeper"),
        ("- " * 5_000, "1:41", "nested deeper"),
        ("\0", "1:1", "no text"),
        ("? [a]\n: 1", "1:3", "where a name is needed"),
        ('a: "\\q"', "1:4", "backslash"),
        ("x" * 5_000_001, "1:1", "larger than 5 MB"),
    ],
)  # fmt: skip
def test_it_says_in_plain_words_what_cannot_be_read_and_where(text: str, place: str, words: str) -> None:
    _, wrong = a_page(text)
    assert len(wrong) == 1
    assert wrong[0].startswith(f"f.yaml:{place}: "), wrong
    assert words in wrong[0]


def test_aliases_repeat_what_was_written() -> None:
    root, wrong = a_page("a: &x [1, 2]\nb: *x")
    assert root is not None
    assert root.pairs is not None
    assert [n.raw for n in root.pairs["b"][1].items or ()] == ["1", "2"]
    assert wrong == []


def test_an_alias_bomb_is_refused() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    _, wrong = a_page("\n".join(lines))
    assert "multiply" in wrong[-1]


def test_an_empty_file_is_no_problem() -> None:
    assert a_page("# nothing yet\n") == (None, [])
