"""`advocacy.yaml`: goals as ops write them, and every mistake with its line and cure."""

from __future__ import annotations

from pathlib import Path

import pytest

from listener.advocacy.goals import BadGoals, Goal, load


def written(tmp_path: Path, text: str) -> Path:
    (tmp_path / "advocacy.yaml").write_text(text, "utf-8")
    return tmp_path / "advocacy.yaml"


def test_a_goal_is_a_number_of_references_of_a_kind(tmp_path: Path) -> None:
    file = written(tmp_path, "goals:\n- {segment: enterprise, form: call, want: 3}\n- {want: 10}\n")

    goals = load(file)

    assert goals == (Goal(3, {"segment": "enterprise"}, "call"), Goal(10, {}))
    assert [str(goal) for goal in goals] == ["segment enterprise, call", "any reference"]


@pytest.mark.parametrize("text", ["", "# nothing yet\n"])
def test_without_goals_there_are_none(tmp_path: Path, text: str) -> None:
    assert load(written(tmp_path, text)) == load(tmp_path / "not-there.yaml") == ()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("- {want: 3}\n", ":1:1: write a list of goals"),
        ("goals: {want: 3}\n", ":1:1: write a list of goals"),
        ("goals:\n- three calls\n", ":2: a goal is a mapping such as"),
        ("goals:\n- {want: 3, segment: [a, b]}\n", ":2: a goal is a mapping such as"),
        ("goals:\n- {segment: enterprise}\n", ":2: want is missing: write how many references you want, 1 to 1000"),
        ("goals:\n- {want: many}\n", ":2: want is many"),
        ("goals:\n- {want: 0}\n", ":2: want is 0"),
        ("goals:\n- {want: 1001}\n", ":2: want is 1001"),
        ("goals:\n- {want: ²}\n", ":2: want is ²"),
        ("goals:\n- {want: 3, form: phone}\n", ":2: unknown form 'phone': write one of call, talk, written"),
        ("goals:\n- {want: 3, want: 4}\n", ":2: the same word stands twice in this goal"),
        ("goals: [\n", "advocacy.yaml:2:1: something is missing here, or a '[' or '{' above is never closed"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_its_cure(tmp_path: Path, text: str, told: str) -> None:
    file = written(tmp_path, text)

    with pytest.raises(BadGoals) as caught:
        load(file)

    assert told in str(caught.value)
    assert str(caught.value).startswith(str(file))


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(BadGoals) as caught:
        load(written(tmp_path, "goals:\n- {want: no}\n- {want: 3, form: phone}\n- {want: 5}\n"))

    assert len(str(caught.value).splitlines()) == 2


def test_a_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    (tmp_path / "advocacy.yaml").write_bytes(b"\xff\xfe\x00goals")

    with pytest.raises(BadGoals, match="cannot be read"):
        load(tmp_path / "advocacy.yaml")
