"""A message as a small HTML page in which every word from outside is escaped."""

from __future__ import annotations

import re
from html import escape

from listener.actions.contract import Message

_ADDRESS = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)`]")
_STYLE = "font-family:sans-serif;max-width:40em"


PLOT = "plot"


def page(message: Message, pictured: bool = False) -> str:
    """The headline, the text, the quote, the facts, the link and the next step, where there are any."""
    parts = (
        f"<h2>{escape(message.headline)}</h2>",
        _linked(_lines("p", message.text)),
        _lines("blockquote", message.quote),
        f'<p><img src="cid:{PLOT}" alt="persons against the usual"></p>' if pictured else "",
        _table(message),
        f'<p><a href="{escape(message.link)}">{escape(message.link)}</a></p>' if message.link else "",
        f'<p><a href="{escape(message.decide)}">Approve, edit or reject it</a></p>' if message.decide else "",
        _linked(_lines("p", message.footer)),
    )
    return f'<!doctype html><html><body style="{_STYLE}">{"".join(parts)}</body></html>'


def _linked(html: str) -> str:
    """Addresses of our own words can be clicked; those of a post's cannot."""
    return _ADDRESS.sub(lambda found: f'<a href="{found[0]}">{found[0]}</a>', html)


def _lines(tag: str, text: str) -> str:
    return f"<{tag}>{escape(text).replace(chr(10), '<br>')}</{tag}>" if text else ""


def _table(message: Message) -> str:
    rows = (f"<tr><th align=left>{escape(label)}</th><td>{escape(value)}</td></tr>" for label, value in message.facts)
    return f"<table>{''.join(rows)}</table>" if message.facts else ""
