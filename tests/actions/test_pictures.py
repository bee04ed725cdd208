"""A plot travels as figures and is drawn where it can be seen."""

from datetime import UTC, datetime

import pytest

from listener.actions.contract import Message, Plot
from listener.actions.drawing import picture
from listener.actions.email import Email
from listener.actions.email_html import page

PLOT = Plot(title="$sync$ fails", start=datetime(2026, 11, 23, tzinfo=UTC), hours=6, counts=(1, 14), usual=(None, 2.0))


@pytest.fixture
def patient(monkeypatch):
    """On a busy machine, too, a picture is drawn."""
    monkeypatch.setattr("listener.actions.drawing.PATIENCE", 60)


@pytest.mark.usefixtures("patient")
def test_a_plot_is_drawn_whatever_its_title_says():
    assert picture(PLOT).startswith(b"\x89PNG")


@pytest.mark.usefixtures("patient")
def test_no_file_of_the_folder_that_the_daemon_runs_in_is_taken_for_a_module(monkeypatch, tmp_path):
    (tmp_path / "matplotlib.py").write_text("raise SystemExit(1)")
    monkeypatch.chdir(tmp_path)

    assert picture(PLOT).startswith(b"\x89PNG")


def test_a_picture_that_takes_too_long_is_left_out(monkeypatch):
    monkeypatch.setattr("listener.actions.drawing.PATIENCE", 0.001)

    assert picture(PLOT) is None


def test_the_page_shows_a_picture_only_where_there_is_one():
    message = Message(title="Outbreak", key="k", plot=PLOT)

    assert "cid:plot" in page(message, pictured=True)
    assert "cid:plot" not in page(message)


@pytest.mark.usefixtures("patient")
def test_an_email_carries_the_picture_inline():
    channel = Email.model_validate({"host": "localhost", "from": "a@acme.example", "to": ["b@acme.example"]})
    letter = channel._letter(Message(title="Outbreak", key="k", plot=PLOT), PLOT.start)
    kinds = [part.get_content_type() for part in letter.walk()]

    assert kinds == ["multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png"]
    assert b"cid:plot" in letter.as_bytes()
