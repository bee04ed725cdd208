"""Whatever is written into a rule file, the answer is a book or a list of problems."""

from __future__ import annotations

import random
import re

import pytest

from rules.book import restore
from rules.problems import BookError, Problem
from rules.trial import run_tests
from tests.rules.rulebooks import STARTER

TOKENS = re.compile(r"\s+|[\w.]+|.", re.DOTALL)
ODD = [
    "{}",
    "[]",
    "null",
    "~",
    "'",
    "-1",
    "1e999",
    "9" * 20,
    "{a: b}",
    "[[x]]",
    "$x",
    "*a",
    "&a",
    "!!t",
    "\t",
    "\0",
    "#",
]


def spoilt(text: str, chance: random.Random) -> str:
    tokens = TOKENS.findall(text)
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(tokens))
        tokens[place] = chance.choice([chance.choice(tokens), "", chance.choice(ODD), tokens[place][::-1]])
    return "".join(tokens)


@pytest.mark.parametrize("seed", range(4))
def test_a_spoilt_file_is_a_book_or_a_list_of_problems(seed: int) -> None:
    chance = random.Random(seed)
    texts = [path.read_text("utf-8") for path in sorted(STARTER.glob("*.yaml"))]
    found: list[Problem] = []
    for _ in range(60):
        try:
            run_tests(restore("x", {"f.yaml": spoilt(chance.choice(texts), chance)}))
        except BookError as error:
            found.extend(error.problems)
    assert found
    assert all(problem.line >= 1 and problem.what for problem in found)
