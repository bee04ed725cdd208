"""Logs: one line an event, for people or machines, without secrets and without anybody's words."""

from __future__ import annotations

import io
import json
import logging
import warnings
from collections.abc import Iterator
from typing import Any, Literal

import pytest
import structlog

from listener.log import Redaction, configure

SECRET = 'hunter2/"é'


@pytest.fixture(autouse=True)
def _quiet_afterwards() -> Iterator[None]:
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    shown = warnings.showwarning
    yield
    logging.captureWarnings(False)
    warnings.showwarning = shown
    structlog.reset_defaults()
    root.handlers[:], root.level = before
    for room in ("listener", "connectors", "rules"):
        logging.getLogger(room).setLevel(logging.NOTSET)


def logged(log_format: Literal["console", "json"] = "json", verbose: bool = False) -> io.StringIO:
    redaction, stream = Redaction(), io.StringIO()
    redaction.hide(SECRET)
    configure(redaction, log_format, verbose, stream)
    return stream


def only(stream: io.StringIO) -> dict[str, Any]:
    line: dict[str, Any] = json.loads(stream.getvalue())
    return line


def our_logger() -> Any:
    return structlog.get_logger("listener.pipeline")


def test_a_machine_reads_event_level_time_and_keys() -> None:
    stream = logged()

    our_logger().info("source polled", source="news", items=3)

    line = only(stream)
    assert (line["event"], line["level"], line["source"], line["items"]) == ("source polled", "info", "news", 3)
    assert line["timestamp"].endswith("Z")


class OnATerminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_on_a_terminal_a_line_goes_where_a_progress_bar_wants_it(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal, bar = OnATerminal(), io.StringIO()
    monkeypatch.setattr("sys.stderr", terminal)
    configure(Redaction())
    our_logger().info("before")
    monkeypatch.setattr("sys.stderr", bar)
    our_logger().info("during")

    assert ("before" in terminal.getvalue(), "during" in terminal.getvalue()) == (True, False)
    assert "during" in bar.getvalue()


def test_a_person_reads_one_plain_line() -> None:
    stream = logged("console")

    our_logger().warning("source blind", source="news", why="a\nb\x1b[2J")

    assert stream.getvalue().count("\n") == 1
    assert "\x1b" not in stream.getvalue()
    assert "source blind" in stream.getvalue()


def test_the_libraries_logs_come_the_same_way() -> None:
    stream = logged()

    logging.getLogger("apscheduler.executors").warning("Run time of job %s was missed", "poll")

    assert only(stream)["event"] == "Run time of job poll was missed"
    assert only(stream)["logger"] == "apscheduler.executors"


def test_libraries_are_quiet_below_warning_and_never_say_debug() -> None:
    stream = logged()
    logging.getLogger("httpx").info("HTTP Request: GET …")
    assert stream.getvalue() == ""

    stream = logged(verbose=True)
    logging.getLogger("slack_sdk").debug("the whole text of a message")
    assert stream.getvalue() == ""


def test_our_debug_needs_verbose() -> None:
    stream = logged()
    our_logger().debug("claim lost")
    assert stream.getvalue() == ""

    stream = logged(verbose=True)
    our_logger().debug("claim lost")
    assert only(stream)["level"] == "debug"


@pytest.mark.parametrize("log_format", ["json", "console"])
def test_a_secret_shows_nowhere(log_format: Literal["json", "console"]) -> None:
    stream = logged(log_format)

    try:
        raise ValueError(f"cannot reach https://h/{SECRET} or {{'key': {SECRET!r}}}")
    except ValueError:
        our_logger().exception(f"failed {SECRET}", url=f"x{SECRET}", deep={"a": [(SECRET,)], SECRET: 1})
    logging.getLogger("httpx").error("POST %s", SECRET)

    assert "hunter2" not in stream.getvalue()
    assert stream.getvalue().count("[secret]") >= 6


def test_a_traceback_has_no_local_values() -> None:
    stream = logged()
    post_text = "words of a customer"

    try:
        raise ValueError(f"{len(post_text)} characters")
    except ValueError:
        our_logger().exception("judging failed", mention=7)

    assert "19 characters" in only(stream)["exception"]
    assert "words of a customer" not in stream.getvalue()


def test_a_librarys_exception_keeps_its_traceback() -> None:
    stream = logged()

    try:
        raise KeyError("x")
    except KeyError:
        logging.getLogger("apscheduler").exception("job failed")

    assert "KeyError: 'x'" in only(stream)["exception"]


def test_words_and_handles_are_dropped() -> None:
    stream = logged()

    our_logger().info("judged", mention=7, text="so bad", author="anna", deep={"title": "x", "id": 1})

    assert only(stream).keys() == {"event", "level", "logger", "timestamp", "mention", "deep"}
    assert only(stream)["deep"] == {"id": 1}


def test_the_log_channel_may_say_what_it_was_asked_to_carry() -> None:
    stream = logged()

    our_logger().info("message", title="812 old mentions, nothing sent")

    assert only(stream)["title"] == "812 old mentions, nothing sent"


def test_a_warning_is_an_event_too() -> None:
    stream = logged()

    with warnings.catch_warnings():
        warnings.simplefilter("default")
        logging.captureWarnings(True)
        warnings.warn("soon gone", DeprecationWarning, stacklevel=1)
        logging.captureWarnings(False)

    assert "soon gone" in only(stream)["event"]


def test_overlapping_secrets_leave_nothing_behind() -> None:
    redaction = Redaction()
    redaction.hide("token")
    redaction.hide("token-and-more")

    assert redaction.redact("a token-and-more and a token") == "a [secret] and a [secret]"


def test_a_secret_of_a_few_letters_spoils_no_line() -> None:
    redaction = Redaction()
    redaction.hide("a")
    assert redaction.redact("a plain line") == "a plain line"
    redaction.hide("abcd")

    assert redaction.redact("a plain abcd") == "a plain [secret]"


def test_a_machine_gets_line_breaks_escaped_once_and_back() -> None:
    stream = logged()

    our_logger().info("source blind", why="a\nb\x1b \ud800")

    assert stream.getvalue().count("\n") == 1
    assert only(stream)["why"] == "a\nb\x1b \ud800"


def test_the_telling_parts_of_an_address_are_secret_too() -> None:
    redaction = Redaction()
    redaction.hide("https://hooks.slack.example/services/T0/B0/abc")
    redaction.hide("postgresql+psycopg://u:s%21cret@h/listener")

    assert redaction.redact("url: /services/T0/B0/abc") == "url: [secret]"
    assert (
        redaction.redact("no login with s!cret in /var/lib/listener") == "no login with [secret] in /var/lib/listener"
    )
