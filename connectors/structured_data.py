"""The schema.org nodes of an HTML page, JSON-LD and microdata alike. Runs in the killable child: imports stay light."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from lxml import etree

Node = dict[str, Any]

# what browsers look through for the charset of a page
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]{2,40})", re.I)
_HEADER_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w-]{2,40})", re.I)
# old templates hide scripts from older browsers and from XML parsers; bounded, or blanks would take quadratic time
_OPENING = re.compile(r"^(?:<!--|(?://|/\*)?\s{0,9}<!\[CDATA\[(?:\s{0,9}\*/)?)")
_CLOSING = re.compile(r"(?:-->|(?://|/\*)?\s{0,9}\]\]>(?:\s{0,9}\*/)?)$")
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_ADDRESSED = {
    "a": "href",
    "area": "href",
    "link": "href",
    "img": "src",
    "iframe": "src",
    "data": "value",
    "meter": "value",
}
# quadratic in the length, or no charset of a page at all
_SLOW = ("punycode", "idna", "unicode_escape", "raw_unicode_escape")
_BREAKS = frozenset(("br", "p", "div", "li"))


class Nodes(NamedTuple):
    """What a page states: the top nodes of each block, how many blocks were malformed, the next page's address."""

    written: list[Node]
    marked_up: list[Node]
    malformed: int
    following: str | None


def read_nodes(body: bytes, content_type: str) -> Nodes:
    """Never raises for what a page may hold; a page that is no HTML has no nodes."""
    text = _decode(body, content_type)
    # neither the network nor huge trees: lxml's defaults for HTML
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    root = etree.fromstring(text.encode("utf-8", "replace") or b"<html/>", parser)
    if root is None:
        return Nodes([], [], 0, None)
    written, malformed = _json_ld(root)
    return Nodes(written, _microdata(root), malformed, _following(root))


def _decode(body: bytes, content_type: str) -> str:
    """By byte-order mark, header, `<meta>`, UTF-8, and at last Windows-1252, which reads anything."""
    header, meta = _HEADER_CHARSET.search(content_type), _META_CHARSET.search(body[:4096])
    marks = [name for mark, name in _MARKS if body.startswith(mark)]
    said = [header.group(1)] if header else []
    for name in [*marks, *said, *([meta.group(1).decode("ascii", "replace")] if meta else []), "utf-8"]:
        try:
            if codecs.lookup(name).name not in _SLOW:
                return body.decode(name).lstrip("\ufeff")
        except (LookupError, ValueError):
            continue
    return body.decode("cp1252", "replace")


def _json_ld(root: etree._Element) -> tuple[list[Node], int]:
    nodes: list[Node] = []
    malformed = 0
    for script in root.iter("script"):
        if not (script.get("type") or "").strip().lower().startswith("application/ld+json"):
            continue
        try:
            nodes += _objects(json.loads(_unwrapped(script.text or ""), strict=False))
        # each block alone: one broken block must not cost the others (extruct 0.18 drops all)
        except (ValueError, RecursionError):
            malformed += 1
    return nodes, malformed


def _unwrapped(script: str) -> str:
    return _CLOSING.sub("", _OPENING.sub("", script.strip())).strip().rstrip(";")


def _objects(value: object) -> list[Node]:
    listed = value if isinstance(value, list) else [value]
    return [node for node in listed if isinstance(node, dict)]


def _microdata(root: etree._Element) -> list[Node]:
    """The items of the page in the shape that JSON-LD gives them: `@type`, `@id` and properties, nested alike."""
    scopes: dict[etree._Element, Node] = {}
    tops: list[Node] = []
    for element in root.iter("*"):
        node = _scope(element)
        names = (element.get("itemprop") or "").split()
        owner = next((scopes[up] for up in element.iterancestors() if up in scopes), None) if names else None
        if node is not None:
            scopes[element] = node
            if owner is None:
                tops.append(node)
        for name in names if owner is not None else ():
            _add(owner, name.rpartition("/")[2], _value(element) if node is None else node)
    return tops


def _scope(element: etree._Element) -> Node | None:
    if element.get("itemscope") is None:
        return None
    node: Node = {"@type": (element.get("itemtype") or "").split()}
    if element.get("itemid"):
        node["@id"] = element.get("itemid")
    return node


def _add(owner: Node | None, name: str, value: object) -> None:
    if owner is not None:
        held = owner.setdefault(name, [])
        if isinstance(held, list):
            held.append(value)


def _value(element: etree._Element) -> str:
    # the standard has it for meta alone, Google and so most shops for any element
    content = element.get("content")
    if content is not None:
        return content
    said = element.get(_ADDRESSED.get(str(element.tag), "datetime"))
    return said if said is not None else "".join(_spoken(element)).strip()


def _spoken(element: etree._Element) -> Iterator[str]:
    """The text of an element with its line breaks."""
    for event, part in etree.iterwalk(element, events=("start", "end")):
        # line ends in the source are spaces, those of the layout are line breaks
        if event == "start" and part.tag not in ("script", "style"):
            yield re.sub(r"\s+", " ", part.text or "")
        if event == "end" and part.tag in _BREAKS:
            yield "\n"
        if event == "end" and part is not element:
            yield re.sub(r"\s+", " ", part.tail or "")


def _following(root: etree._Element) -> str | None:
    """The address of the next page: `rel=next`, else a link whose label or class says so."""
    labelled = None
    for link in root.iter("link", "a"):
        if not link.get("href"):
            continue
        if "next" in (link.get("rel") or "").lower().split():
            return link.get("href")
        words = f"{link.get('aria-label') or ''} {link.get('class') or ''}".lower()
        # a `next` of a picture gallery leads to `#` or to the page itself, which ends the walk
        if labelled is None and link.tag == "a" and "next" in re.split(r"[\s_-]+", words):
            labelled = link.get("href")
    return labelled
