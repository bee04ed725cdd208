"""Slack's modals: a text to edit, a reason to give, a person to choose."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from listener.actions.slack_blocks import PRESSED
from listener.actions.text import shorten
from listener.desk.payload import Asked

LONGEST = 3_000  # what Slack's text fields hold
OPTION = 75  # letters of an option's name

Block = dict[str, Any]


def form(asked: Asked, title: str, button: str, *blocks: Block) -> dict[str, Any]:
    """A modal that comes back as `asked.do` about the same."""
    return {
        "type": "modal",
        "callback_id": PRESSED + asked.do,
        "private_metadata": f"{asked.about} {asked.place}",
        "title": _plain(title, 24),
        "submit": _plain(button, 24),
        "close": _plain("Cancel", 24),
        "blocks": list(blocks),
    }


def told(title: str, text: str) -> dict[str, Any]:
    """A modal that only says something."""
    section = {"type": "section", "text": _plain(text, LONGEST)}
    return {"type": "modal", "title": _plain(title, 24), "close": _plain("Close", 24), "blocks": [section]}


def line(name: str, label: str, *, several: bool = False, text: str = "") -> Block:
    """A text to write, or to change."""
    element: Block = {"type": "plain_text_input", "action_id": name, "multiline": several, "max_length": LONGEST}
    return _input(name, label, {**element, **({"initial_value": text} if text else {})})


def choice(name: str, label: str, options: Iterable[tuple[str, str]]) -> Block:
    """One of these: (value, how it is called)."""
    shown = [{"text": _plain(called, OPTION), "value": value} for value, called in options]
    return _input(name, label, {"type": "static_select", "action_id": name, "options": shown[:100]})


def _input(name: str, label: str, element: Block) -> Block:
    return {"type": "input", "block_id": name, "label": _plain(label, 2_000), "element": element}


def _plain(text: str, most: int) -> Block:
    return {"type": "plain_text", "text": shorten(text, most)}
