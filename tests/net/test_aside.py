"""Children that parse: their limits, their deaths, their parent's death."""

from __future__ import annotations

import json
import marshal
import os
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from subprocess import Popen
from threading import Thread
from typing import Any

import psutil
import pytest

from connectors.contract import TryLater
from listener.aside import GRACE, Aside
from tests.net import child_work


@pytest.fixture
def aside() -> Iterator[Aside]:
    aside = Aside()
    yield aside
    aside.close()


def children() -> list[psutil.Process]:
    """The parsers at work; other tests leave a child that forks daemons."""
    alive = [each for each in psutil.Process().children() if each.status() != psutil.STATUS_ZOMBIE]
    return [each for each in alive if "aside_child" in " ".join(each.cmdline())]


def child() -> psutil.Process:
    (found,) = children()
    return found


def test_a_function_runs_in_another_process(aside: Aside) -> None:
    assert aside.run(json.loads, b'{"a": [1, "\xc3\xa9"]}', 5, 100) == {"a": [1, "é"]}
    assert child().pid != os.getpid()


def test_no_child_is_started_before_it_is_needed() -> None:
    Aside(4).close()
    assert not children()


def test_a_call_past_its_time_is_cut_off_and_the_next_one_works(aside: Aside) -> None:
    begun = time.monotonic()
    with pytest.raises(TryLater, match=r"longer than 0\.3 s"):
        aside.run(child_work.slow_pattern, b"a" * 64, 0.3, 100)
    assert time.monotonic() - begun < GRACE
    assert aside.run(json.loads, b"1", 5, 100) == 1


def test_a_call_past_its_memory_is_refused_and_the_next_one_works(aside: Aside) -> None:
    with pytest.raises(TryLater, match="50 MB of memory"):
        aside.run(zlib.decompress, zlib.compress(bytes(200_000_000)), 5, 50)
    assert aside.run(child_work.length, b"abc", 5, 50) == 3


def test_a_parser_says_in_its_own_words_why_it_refuses(aside: Aside) -> None:
    with pytest.raises(TryLater, match="Expecting value"):
        aside.run(json.loads, b"<html>", 5, 100)


def test_an_unforeseen_error_names_itself_and_brings_its_traceback(aside: Aside) -> None:
    with pytest.raises(TryLater, match="ZeroDivisionError") as caught:
        aside.run(child_work.divide, b"", 5, 100)
    assert "in divide" in str(caught.value.__cause__)


def test_a_child_that_dies_is_replaced(aside: Aside) -> None:
    with pytest.raises(TryLater, match="signal 11"):
        aside.run(child_work.crash, b"", 5, 100)
    assert aside.run(json.loads, b"2", 5, 100) == 2


def test_an_answer_that_is_not_plain_is_refused(aside: Aside) -> None:
    with pytest.raises(TryLater, match="could not be parsed"):
        aside.run(child_work.pattern, b"a+", 5, 100)


def test_only_top_level_functions_can_be_named(aside: Aside) -> None:
    with pytest.raises(ValueError, match="top-level"):
        aside.run(lambda data: data, b"", 5, 100)


def test_the_daemon_is_not_imported_by_a_child(aside: Aside) -> None:
    loaded = aside.run(child_work.modules, b"", 5, 100)
    assert not {"listener", "pydantic", "httpcore", "sqlmodel"} & set(loaded)


def test_a_child_that_has_grown_is_replaced(aside: Aside) -> None:
    aside.run(child_work.keep, bytes(1000), 5, 400)
    assert not children()
    assert aside.run(child_work.kept, b"", 5, 400) == 0


def test_several_threads_share_the_children() -> None:
    aside = Aside(2)
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda n: aside.run(json.loads, str(n).encode(), 5, 100), range(200)))
    aside.close()
    assert answers == list(range(200))


def test_closing_ends_a_call_under_way() -> None:
    aside = Aside()
    Thread(target=lambda: (time.sleep(0.3), aside.close())).start()
    with pytest.raises(TryLater):
        aside.run(child_work.slow_pattern, b"a" * 64, 60, 100)
    with pytest.raises(TryLater, match="stopping"):
        aside.run(json.loads, b"1", 5, 100)


def test_closing_ends_a_child_that_is_just_being_started(aside: Aside, monkeypatch: pytest.MonkeyPatch) -> None:
    def start(*command: Any, **options: Any) -> subprocess.Popen[bytes]:
        aside.close()
        return Popen(*command, **options)

    monkeypatch.setattr("listener.aside.subprocess.Popen", start)
    with pytest.raises(TryLater, match="signal 9"):
        aside.run(child_work.slow_pattern, b"a" * 64, 1, 100)


def test_a_child_ends_when_its_parent_was_killed() -> None:
    script = (
        "import json, os, time; from listener.aside import Aside; a = Aside(); a.run(json.loads, b'1', 5, 100);"
        "print(a._children[0]._process.pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
    assert parent.stdout
    with parent.stdout:
        orphan = psutil.Process(int(parent.stdout.readline()))
    parent.kill()
    parent.wait()
    orphan.wait(60)


def test_large_data_goes_both_ways(aside: Aside) -> None:
    data = marshal.dumps("é" * 2_000_000)
    assert aside.run(marshal.loads, data, 10, 400) == "é" * 2_000_000
