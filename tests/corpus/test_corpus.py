"""Our own corpus: what it holds, and that the figures printed in the README are those of today."""

import re
from collections import Counter
from itertools import count
from pathlib import Path

import pytest

from listener.model.verdict import Voice
from listener.understanding.evaluate import Report, evaluate
from listener.understanding.judging import Understanding
from listener.understanding.labelled import read

FILE = Path(__file__).with_name("trades.jsonl")
README = Path(__file__).parents[2] / "README.md"


def report(voice: Voice) -> Report:
    ticks = count()
    return evaluate(Understanding(), read(FILE)[0], voice, lambda: float(next(ticks)))


def test_it_holds_at_least_400_texts_about_ten_brands() -> None:
    rows, refused = read(FILE)
    assert refused == []
    assert len({row.text for row in rows}) == len(rows) >= 400
    assert len(Counter(row.brand for row in rows)) == 10
    assert {row.label for row in rows} == {"positive", "negative", "neutral", "mixed"}


@pytest.mark.parametrize("voice", ["discussion", "complaint"])
def test_the_readme_tells_todays_figures(voice: Voice) -> None:
    found = report(voice)
    said = re.search(
        rf"^\| `--voice {voice}` \| ([\d.]+) / ([\d.]+) \| ([\d.]+) / ([\d.]+) \|", README.read_text(), re.M
    )
    assert said, "the README has a table with a row for this voice"
    figures = (found.ours.accuracy, found.ours.macro_f1, found.vader.accuracy, found.vader.macro_f1)
    assert said.groups() == tuple(f"{one:.2f}" for one in figures)
