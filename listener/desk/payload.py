"""What Slack tells of a press or a filled-in form → a frozen value; whatever is not one of ours is nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from listener.actions.slack_blocks import PRESSED


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks for: `do` and `about` are those of a Button, `user` is a Slack member.

    `place` is the channel it was asked in, `trigger` lets a form be shown. `form`: it was filled in, with `given`.
    """

    do: str
    about: str
    user: str
    place: str = ""
    trigger: str = ""
    form: bool = False
    given: Mapping[str, str] = field(default_factory=dict)


def asked(payload: Mapping[str, Any]) -> Asked | None:
    """Reads `block_actions` and `view_submission`; None for all else."""
    try:
        if payload["type"] == "view_submission":
            return _form(payload)
        return _press(payload) if payload["type"] == "block_actions" else None
    except (KeyError, TypeError, IndexError, AttributeError):
        return None


def _press(payload: Mapping[str, Any]) -> Asked | None:
    action = payload["actions"][0]
    name = str(action["action_id"])
    if not name.startswith(PRESSED):
        return None
    place = (payload.get("channel") or {}).get("id") or (payload.get("container") or {}).get("channel_id", "")
    user, trigger = str(payload["user"]["id"]), str(payload.get("trigger_id", ""))
    return Asked(name.removeprefix(PRESSED), str(action["value"]), user, str(place), trigger)


def _form(payload: Mapping[str, Any]) -> Asked | None:
    view = payload["view"]
    name = str(view["callback_id"])
    if not name.startswith(PRESSED):
        return None
    about, _, place = str(view["private_metadata"]).partition(" ")
    given = {block: _value(state) for block, state in view["state"]["values"].items()}
    return Asked(name.removeprefix(PRESSED), about, str(payload["user"]["id"]), place, form=True, given=given)


def _value(state: Mapping[str, Any]) -> str:
    """The one field of a block."""
    only = next(iter(state.values()))
    chosen = only.get("selected_option")
    return str((chosen or {}).get("value", "") if "selected_option" in only else only.get("value") or "")
