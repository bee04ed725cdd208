"""A message in Slack's Block Kit, written so that no post can mention a channel or a person."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from listener.actions.contract import Button, Message

_SECTION = 3_000  # Slack's limit for the text of a section
_CONTEXT = 2_000
PRESSED = "listener_"  # what the ids of our buttons begin with
# verbatim text has no links but those that are written as such
_ADDRESS = re.compile(r"(?<=\s)https?://[^\s|]+$")
_STYLES = {"approve": "primary", "reject": "danger", "acknowledge": "primary"}


def payload(message: Message, buttons: bool = False) -> dict[str, Any]:
    """`text` (what notifications show) and `blocks`, for a webhook and for chat.postMessage alike."""
    return {
        "text": _fit(_escaped(f"{message.headline}\n{message.plain()}"), _SECTION),
        "blocks": [*blocks(message), *(_actions(message.buttons) if buttons else ())],
        # A preview would repeat the post's text and picture past all our escaping.
        "unfurl_links": False,
        "unfurl_media": False,
    }


def plain(text: str) -> str:
    """A text of ours as it stands, for messages without blocks."""
    return _fit(_escaped(text), _SECTION)


def blocks(message: Message) -> list[dict[str, Any]]:
    """One section for each part that there is; the next step below in small print."""
    facts = "\n".join(f"*{_escaped(label)}*: {_escaped(value)}" for label, value in message.facts)
    plot = "{}\n`{}`".format(*message.plot.in_text()) if message.plot else ""
    texts = (*_pieces("\n".join(map(_linked, message.text.splitlines()))), _quoted(message.quote), facts, plot)
    parts = (f"*{_escaped(message.headline)}*", *texts)
    sections = [_section(part) for part in parts if part]
    if message.link:
        sections.append(_section(_link(message.link, "Open")))
    if message.footer:
        sections.append({"type": "context", "elements": [_mrkdwn(_fit(_escaped(message.footer), _CONTEXT))]})
    return sections


def _actions(buttons: tuple[Button, ...]) -> list[dict[str, Any]]:
    elements = [_button(one) for one in buttons]
    return [{"type": "actions", "elements": elements}] if elements else []


def _button(one: Button) -> dict[str, Any]:
    label = {"type": "plain_text", "text": one.do.capitalize()}
    style = {"style": _STYLES[one.do]} if one.do in _STYLES else {}
    return {"type": "button", "action_id": PRESSED + one.do, "value": one.about, "text": label, **style}


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": _mrkdwn(_fit(text, _SECTION))}


def _mrkdwn(text: str) -> dict[str, Any]:
    # Without verbatim Slack turns a bare @here or #channel of the post into a mention.
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _quoted(quote: str) -> str:
    return "\n".join(f"> {_linked(line)}" for line in quote.splitlines())


def _linked(line: str) -> str:
    """The line escaped; an address at its end is ours, of where something was said, and can be followed."""
    escaped = _escaped(line)
    return _ADDRESS.sub(r"<\g<0>>", escaped)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _link(address: str, label: str) -> str:
    # These three end an address inside <…|…>.
    safe = address.replace("<", "%3C").replace(">", "%3E").replace("|", "%7C")
    return f"<{safe.replace('&', '&amp;')}|{_escaped(label)}>"


def _pieces(text: str) -> Iterator[str]:
    """The whole text in sections, not cut: it may be a draft, and nobody approves what cannot be read."""
    while text:
        piece = _start(text, _SECTION)
        yield piece
        text = text[len(piece) :]


def _fit(text: str, limit: int) -> str:
    return text if _start(text, limit) == text else _start(text, limit - 1) + "…"


def _start(text: str, limit: int) -> str:
    """As much as fits, in UTF-16 units (the strictest way to count), and no entity cut in two."""
    units = text.encode("utf-16-le")
    if len(units) <= 2 * limit:
        return text
    return re.sub(r"&\w{0,3}$", "", units[: 2 * limit].decode("utf-16-le", "ignore"))
