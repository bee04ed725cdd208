"""What a newcomer reads."""

from __future__ import annotations

import io
from pathlib import Path

from rich.console import Console

from listener.demo.telling import Note, Scene, farewell, tell


def told(scene: Scene, terminal: bool = False) -> str:
    out = io.StringIO()
    tell(scene, Console(file=out, force_terminal=terminal, color_system="standard" if terminal else None))
    return out.getvalue()


def a_scene(**fields) -> Scene:
    return Scene(title="Round 1", **fields)


def test_a_scene_tells_counts_and_stories():
    text = told(
        a_scene(
            mentions=[("forum", 104)], by_label=[("positive", 40)], tickets=[Note("c-17", "E7 again", "http://x/t/1")]
        )
    )
    assert "forum   104  ██" in text
    assert "Tickets opened: 1" in text
    assert "c-17: E7 again" in text
    assert "http://x/t/1" in text


def test_what_did_not_happen_is_not_mentioned():
    assert told(a_scene()) == "\nRound 1\n───────\n"


def test_a_pipe_gets_no_colour_codes_and_a_terminal_does():
    scene = a_scene(by_label=[("negative", 3)])
    assert "\x1b" not in told(scene)
    assert "\x1b[" in told(scene, terminal=True)


def test_a_hostile_post_stays_one_harmless_line():
    text = told(a_scene(drafts=[Note("[red]eve[/red]", "one\ntwo\x1b[31m [bold]three\u202e")]))
    assert "[red]eve[/red]: one two[31m [bold]three\n" in text


def test_a_long_text_is_cut_and_a_long_list_counted():
    text = told(a_scene(alerts=[Note("care", "温度" * 200)] * 9))
    assert text.count("…") == 7
    assert "and 3 more" in text
    assert max(map(len, text.splitlines())) < 120


def test_a_count_of_zero_has_no_bar():
    assert "█" not in told(a_scene(by_label=[("mixed", 0)]))


def test_the_farewell_sums_up_and_names_the_next_steps():
    out = io.StringIO()
    farewell(
        Scene(title="The whole week", mentions=[("forum", 100), ("news", 30)]), Path("demo-world"), Console(file=out)
    )
    assert "  130  Mentions in" in out.getvalue()
    assert "listener --config demo-world/config.toml tickets" in out.getvalue()
