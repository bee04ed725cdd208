"""The forum with its RSS feed and the news site with its Atom feed."""

from __future__ import annotations

from datetime import datetime
from email.utils import format_datetime
from html import escape
from xml.etree import ElementTree as ET

from listener.demo.site import GONE, NOT_FOUND, Answer, Request, page
from listener.demo.week import Shown, Week


class Forum:
    """The Brew Bench: a kitchen forum. `/feed.xml` is RSS 2.0, `/t/ID` a post."""

    def __init__(self, week: Week) -> None:
        self.week = week

    def answer(self, request: Request) -> Answer:
        """The feed, or one post; 410 for a deleted one."""
        if request.path == "/feed.xml":
            return self._feed(self.week.on("forum"), request.site)
        return _permalink(self.week.find("forum", request.path.removeprefix("/t/")))

    def _feed(self, up: list[Shown], site: str) -> Answer:
        # prefixes are written out, because ElementTree's registry of them is global
        rss = ET.Element("rss", {"version": "2.0", "xmlns:dc": "http://purl.org/dc/elements/1.1/"})
        channel = ET.SubElement(rss, "channel")
        _tell(channel, {"title": "The Brew Bench", "link": site, "description": "Kettles, teapots and what goes in"})
        for shown in up:
            self._item(ET.SubElement(channel, "item"), shown, site)
        return _xml(rss, "application/rss+xml", up)

    def _item(self, item: ET.Element, shown: Shown, site: str) -> None:
        post = shown.post
        # no address and no scheme: the id has to survive a move of the feed
        ET.SubElement(item, "guid", {"isPermaLink": "false"}).text = post.id
        _tell(item, {
            "title": post.title,
            "link": f"{site}/t/{post.id}",
            "dc:creator": post.by,
            "pubDate": format_datetime(shown.posted, usegmt=True),
            "description": _html(shown.text),
        })  # fmt: skip


class News:
    """Steam & Leaf: a trade magazine. `/atom.xml` is Atom 1.0; featured threads link to the forum at `forum`."""

    def __init__(self, week: Week, forum: str) -> None:
        self.week = week
        self.forum = forum

    def answer(self, request: Request) -> Answer:
        """The feed, or one story."""
        if request.path == "/atom.xml":
            return self._feed(self.week.on("news"), request.site)
        return _permalink(self.week.find("news", request.path.removeprefix("/story/")))

    def _feed(self, up: list[Shown], site: str) -> Answer:
        feed = ET.Element("feed", {"xmlns": "http://www.w3.org/2005/Atom"})
        newest = max(shown.changed for shown in up)
        _tell(
            feed, {"id": "tag:steam-and-leaf.example,2026:feed", "title": "Steam & Leaf", "updated": newest.isoformat()}
        )
        for shown in up:
            self._entry(ET.SubElement(feed, "entry"), shown, site)
        return _xml(feed, "application/atom+xml", up)

    def _entry(self, entry: ET.Element, shown: Shown, site: str) -> None:
        post = shown.post
        # the same address as the thread itself is how a reader can know that both are one post
        link = f"{self.forum}/t/{post.same_as}" if post.same_as else f"{site}/story/{post.id}"
        ET.SubElement(entry, "link", {"rel": "alternate", "href": link})
        _tell(ET.SubElement(entry, "author"), {"name": post.by})
        _tell(entry, {
            "id": f"tag:steam-and-leaf.example,2026:{post.id}",
            "title": post.title,
            "published": shown.posted.isoformat(),
            "updated": shown.changed.isoformat(),
        })  # fmt: skip
        ET.SubElement(entry, "content", {"type": "html", "xml:lang": post.language}).text = _html(shown.text)


def _tell(parent: ET.Element, texts: dict[str, str]) -> None:
    for tag, text in texts.items():
        ET.SubElement(parent, tag).text = text


def _html(text: str) -> str:
    return f"<p>{escape(text, quote=False)}</p>"


def _permalink(shown: Shown | None) -> Answer:
    if shown is None:
        return NOT_FOUND
    if shown.gone:
        return GONE
    return page(
        shown.post.title, f"<h1>{escape(shown.post.title)}</h1><p>{escape(shown.post.by)}</p>{_html(shown.text)}"
    )


def _xml(root: ET.Element, kind: str, up: list[Shown]) -> Answer:
    modified: datetime = max(shown.changed for shown in up)
    return Answer(ET.tostring(root, "utf-8", xml_declaration=True), f"{kind}; charset=utf-8", modified=modified)
