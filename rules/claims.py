"""What an action takes for itself alone, and what a person must not get together with it."""

from __future__ import annotations

from rules.catalogue import Action
from rules.lints import PUBLIC_ASKS


def apart(action: Action) -> str:
    """What a person must not get together with this: a gift with a public ask, and the other way round."""
    return "public_ask" if action.name == "send_gift" else "gift" if action.name in PUBLIC_ASKS else ""


def claims(action: Action) -> dict[str, str]:
    """What an action takes for itself alone, each with the sentence that says so."""
    taken = {"reply": "one public reply per mention"} if action.public else {}
    if action.name == "send_gift":
        taken["gift"] = "one gift per person"
    if action.name in PUBLIC_ASKS:
        taken["public_ask"] = "one public ask per person"
    return taken
