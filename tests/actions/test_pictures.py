"""A plot travels as figures and is drawn where it can be seen."""

from datetime import UTC, datetime

from listener.actions.contract import Message, Plot
from listener.actions.drawing import picture
from listener.actions.email import Email
from listener.actions.email_html import page

PLOT = Plot(title="$sync$ fails", start=datetime(2026, 11, 23, tzinfo=UTC), hours=6, counts=(1, 14), usual=(None, 2.0))


def test_a_plot_is_drawn_whatever_its_title_says():
    drawn = picture(PLOT)

    assert drawn is None or drawn.startswith(b"\x89PNG")  # None: the machine was too slow, and the message goes without


def test_the_page_shows_a_picture_only_where_there_is_one():
    message = Message(title="Outbreak", key="k", plot=PLOT)

    assert "cid:plot" in page(message, pictured=True)
    assert "cid:plot" not in page(message)


def test_an_email_carries_the_picture_inline():
    channel = Email.model_validate({"host": "localhost", "from": "a@acme.example", "to": ["b@acme.example"]})
    letter = channel._letter(Message(title="Outbreak", key="k", plot=PLOT), PLOT.start)
    kinds = [part.get_content_type() for part in letter.walk()]

    assert kinds[:3] == ["multipart/alternative", "text/plain", "multipart/related"] or "image/png" not in kinds
    assert b"cid:plot" in letter.as_bytes() or "image/png" not in kinds
