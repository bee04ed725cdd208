"""Feeds as text, for tests."""

from __future__ import annotations

from datetime import datetime
from email.utils import format_datetime

from tests.doors import NOW


def an_entry(title: str = "Praise", guid: str | None = None, link: str | None = None, **more: str) -> str:
    fields = {"title": title, "guid": guid, "link": link, **more}
    return (
        "<item>" + "".join(f"<{name}>{text}</{name}>" for name, text in fields.items() if text is not None) + "</item>"
    )


def an_rss(*entries: str, head: str = "") -> str:
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:content="http://purl.org/rss/1.0/modules/content/"'
        ' xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">'
        f"<channel><title>Voices</title><link>http://voices.example/</link>{head}{''.join(entries)}</channel></rss>"
    )


def an_atom(*entries: str, head: str = "") -> str:
    return f'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>V</title>{head}{"".join(entries)}</feed>'


def dated(moment: datetime = NOW) -> str:
    return format_datetime(moment)
