"""Mistakes of spelling are said in plain words, as many at once as can be told apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from listener.config import ConfigError, load
from tests.config.config_files import refused

SPELLING = [
    ("timezone = Berlin", "1:12: the value cannot be read — put text in straight quotes"),
    ("timezone = “UTC”", "1:12: the value cannot be read — put text in straight quotes"),
    ("timezone =", "1:11: the value cannot be read"),
    ("[retention]\nmentions = 15m", "2:14: something follows the value — put text and durations in quotes"),
    ('timezone "UTC"', "1:10: there is no = after the key"),
    ('timezone: "UTC"', "1:9: there is no = after the key"),
    ('timezone = "UTC', "1:16: a quote is missing at the end"),
    ('timezone = "UTC\n[ops]', "1:16: a quote is missing at the end of the line"),
    ('timezone = "UTC"\n  timezone = "UTC"', "2:3: this key stands twice — keep one of them"),
    ("[ops]\n[web]\n[ops]", "3:1: this section stands twice"),
    ('[[source]]\n[source]\nname = "x"', "2:1: this section stands twice"),
    ("[ops", "1:5: the bracket of a section is not closed"),
    ('[net]\nallow_private = ["10.0.0.0/8"\ncontact = "x"', "3:1: a list is not closed"),
    ("[actions]\nmax_age = {other = '3d'", "2:24: a { is not closed"),
    ("= 3", "1:1: this is neither a key nor a section"),
    (r"[rules]" + "\n" + r'path = "C:\rules\q"', "2:19: a backslash inside double quotes"),
]


@pytest.mark.parametrize(("text", "problem"), SPELLING)
def test_a_misspelt_file_is_explained(tmp_path: Path, text: str, problem: str) -> None:
    assert [line[: len(f"config.toml:{problem}")] for line in refused(tmp_path, text)] == [f"config.toml:{problem}"]


def test_spelling_and_meaning_are_told_together(tmp_path: Path) -> None:
    text = 'timezone = Berlin\n[ops]\nchanel = "log"\n[retention]\nmentions = 15d\nstrangers = 5\n'

    assert [problem.split(": ")[0][12:] for problem in refused(tmp_path, text)] == ["1:12", "3:1", "5:14", "6:1"]


def test_what_a_misspelt_line_may_have_said_is_not_missed(tmp_path: Path) -> None:
    text = '[[brand]]\nname = Acme\n[[source]]\nname = "s"\nkind = "reviews_page"\nurl = x\nbrands = ["Acme"]\n'

    assert [problem.split(": ")[0][12:] for problem in refused(tmp_path, text)] == ["2:8", "6:7"]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"\nname = '\xff'", "2:1: is not UTF-8 text"),
        (b"a = " + b"[" * 5_000, "1:1: lists inside lists without end"),
        (b"#" * 1_000_001, "1:1: is larger than 1 MB"),
        (b"a\x00b = 1", "1:2: there is no = after the key"),
    ],
    ids=["latin-1", "deep", "large", "nul"],
)
def test_a_file_that_is_no_configuration_is_refused(tmp_path: Path, body: bytes, told: str) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes(body)

    with pytest.raises(ConfigError, match=told):
        load(file)


def test_a_file_that_is_not_there_is_told_with_the_cure(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"cannot be read: No such file .* — write one with `listener init`"):
        load(tmp_path / "config.toml")


def test_a_folder_is_no_configuration(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
        load(tmp_path)
