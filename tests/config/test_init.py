"""What `listener init` writes runs as it is and overwrites nothing."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from listener.config import load
from listener.config.first import Answers, WrongAnswer
from listener.config.init import init, next_steps

FULL = Answers(
    brand='Acme "Flow"',
    feeds=("https://www.acme.example/feed.xml", "https://acme.example/blog.xml"),
    reviews=("https://shop.example/flow",),
    subreddits=("acme",),
    email="care@acme.example",
    slack="env:SLACK_WEBHOOK",
)


@pytest.mark.parametrize("answers", [Answers(), FULL, Answers(email="care@acme.example")], ids=["none", "all", "email"])
def test_what_it_writes_loads(tmp_path: Path, answers: Answers) -> None:
    init(tmp_path, answers)

    config = load(tmp_path / "config.toml")

    assert config.brands[0].name == answers.brand
    assert config.ops.channel == "care"
    assert config.missing_secrets is not None


def test_every_answer_becomes_a_section(tmp_path: Path) -> None:
    init(tmp_path, FULL)

    config = load(tmp_path / "config.toml")

    assert [source.name for source in config.sources][:3] == ["acme-example", "acme-example-2", "shop-example"]
    assert [(channel.name, channel.fallback) for channel in config.channels][:2] == [
        ("care", "care-mail"),
        ("care-mail", "log"),
    ]


def test_a_plain_start_is_about_25_lines(tmp_path: Path) -> None:
    init(tmp_path, Answers(feeds=("https://acme.example/feed.xml",)))

    assert 20 <= len((tmp_path / "config.toml").read_text(encoding="utf-8").splitlines()) <= 30


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("mine", encoding="utf-8")

    written = init(tmp_path, Answers())

    assert (tmp_path / "config.toml").read_text(encoding="utf-8") == "mine"
    assert [file.path.name for file in written if file.kept] == ["config.toml"]
    assert all(file.kept for file in init(tmp_path, Answers()))


def test_the_sample_registry_has_the_columns_of_the_contract(tmp_path: Path) -> None:
    init(tmp_path, Answers())

    with (tmp_path / "customers.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))

    assert len(rows[0]) == 17
    assert [row["do_not_contact"] for row in rows] == ["", "", "yes"]
    assert all(None not in row and None not in row.values() for row in rows)


def test_the_starter_rules_come_along(tmp_path: Path) -> None:
    if not (Path(__file__).parents[2] / "rules" / "starter").is_dir():
        pytest.skip("the starter book is not written yet")

    init(tmp_path, Answers())

    assert list((tmp_path / "rules.d").glob("*.yaml"))


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        (Answers(brand="a\nb"), "--brand"),
        (Answers(feeds=("acme.example/feed",)), "--feed 'acme.example/feed' is no address"),
        (Answers(reviews=('https://a"b',)), "--review"),
        (Answers(subreddits=("r/acme",)), "--subreddit 'r/acme' is no name — write it without r/"),
        (Answers(email="care"), "--email"),
        (Answers(slack="https://hooks.slack.example/x"), "--slack must name a secret, not hold it"),
    ],
)
def test_a_wrong_answer_writes_nothing(tmp_path: Path, answers: Answers, told: str) -> None:
    with pytest.raises(WrongAnswer, match=told):
        init(tmp_path, answers)

    assert not list(tmp_path.iterdir())


def test_the_next_steps_name_the_variables_to_set(tmp_path: Path) -> None:
    steps = next_steps(tmp_path, FULL)

    assert "set SLACK_WEBHOOK in the environment" in steps
    assert any(step.endswith("check") for step in steps)


def test_a_configuration_that_was_kept_is_not_said_to_wait_for_anything(tmp_path: Path) -> None:
    first, *_ = next_steps(tmp_path, Answers(), kept=True)

    assert "is kept" in first
    assert not any("waits for its address" in step for step in next_steps(tmp_path, FULL, kept=True))
