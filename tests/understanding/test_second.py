"""A second engine says one label of the closed set, or the words decide."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from listener.model.verdict import Utterance, Verdict
from listener.understanding.judging import Understanding
from listener.understanding.packs import UnreadableWords
from listener.understanding.second import RESTS, Elsewhere, NoAnswer, lacking, made, over_http
from tests.makers import a_house


@contextmanager
def an_engine(answer: object, seconds: float = 0.0) -> Iterator[tuple[str, list[object]]]:
    """A real HTTP engine that gives every text this answer after some time; its address, and what it was asked."""
    asked: list[object] = []
    awake = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            awake.wait(seconds)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(answer if isinstance(answer, bytes) else json.dumps(answer).encode())

        def log_message(self, *_: object) -> None:
            """Quiet."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/", asked
        awake.set()
        server.shutdown()


def judged(folder: Path, url: str, text: str) -> Verdict:
    """As the daemon would judge it with this engine in its configuration."""
    from listener.config import Secrets, load
    from listener.log import Redaction
    from listener.wiring import Parts, open_store
    from tests.makers import CONFIG

    house = a_house(folder, f'{CONFIG}\n[understanding]\nengine = "{url}"\n')
    config, secrets = load(house.config), Secrets(folder, {}, Redaction())
    import structlog

    parts = Parts(config, secrets, open_store(config, secrets), structlog.get_logger("test"))
    try:
        return parts.understanding.judge(Utterance(text, brand="Acme Flow"))
    finally:
        parts.close()


def test_its_label_and_span_count(tmp_path: Path) -> None:
    with an_engine({"label": "NEGATIVE", "span": "a wonder"}) as (url, asked):
        verdict = judged(tmp_path, url, "Acme Flow works, what a wonder")
    assert (verdict.label, verdict.score) == ("negative", -0.6)
    assert ("a wonder", -0.6, f"http:{url}") in verdict.evidence
    assert asked == [{"text": "[brand] works, what a wonder"}]


@pytest.mark.parametrize(
    "answer", [{"label": "furious"}, {"label": None}, ["negative"], b"<html>", b"", {"labels": "negative"}]
)
def test_anything_but_a_label_leaves_it_to_the_words(tmp_path: Path, answer: object) -> None:
    with an_engine(answer) as (url, _):
        verdict = judged(tmp_path, url, "I love it, wonderful")
    assert (verdict.label, verdict.tags) == ("positive", ("engine-silent",))
    assert any("gave no answer" in one.what for one in verdict.evidence)


def test_a_span_that_is_not_in_the_text_is_dropped() -> None:
    engine = over_http("http://x", lambda *_: b'{"label": "negative", "span": "<script>"}')
    assert engine.read("some text").span == ""


def test_an_engine_that_sleeps_costs_two_seconds_once(tmp_path: Path) -> None:
    with an_engine({"label": "negative"}, seconds=30) as (url, asked):
        began = datetime.now(UTC)
        verdict = judged(tmp_path, url, "I love it, wonderful")
        took = (datetime.now(UTC) - began).total_seconds()
    assert verdict.label == "positive"
    assert took < 15
    assert len(asked) == 1


def test_after_a_failure_it_rests() -> None:
    calls: list[str] = []

    def ask(text: str) -> object:
        calls.append(text)
        raise NoAnswer("down")

    engine = Elsewhere("far", ask)
    for _ in range(RESTS + 2):
        with pytest.raises(NoAnswer):
            engine.read("hello")
    assert len(calls) == 2


def test_leaving_and_stars_and_strange_languages_are_not_its_business() -> None:
    engine = Elsewhere("far", lambda _: {"label": "positive"})
    understanding = Understanding(second=engine)
    assert understanding.judge(Utterance("never again")).label == "negative"
    assert understanding.judge(Utterance("it is blue", stars=1)).label == "negative"
    assert understanding.judge(Utterance("Mein Paket kam nie an, furchtbar")).label == "unscored"


def test_vader_is_no_second_engine_and_others_are_refused() -> None:
    post = lambda *_: b""  # noqa: E731  # nothing is posted
    assert made("vader", post) is None
    with pytest.raises(UnreadableWords, match="engine is"):
        made("gpt", post)
    assert lacking("transformers:some/model").startswith('engine = "transformers:some/model" needs the library')
    assert [lacking(each) for each in ("vader", "https://engine.example/")] == ["", ""]
    with pytest.raises(UnreadableWords, match="needs the library transformers"):
        made("transformers:some/model", post)
