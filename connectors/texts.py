"""JSON from outside with texts that every store can hold."""

from __future__ import annotations

import json
import re
from typing import Any

# PostgreSQL takes no NUL, no store takes half a character of cut-off JSON
_NO_STORE = re.compile(r"[\x00\ud800-\udfff]")


def content(body: bytes) -> Any:
    """What a body holds, texts and names without what no store can hold. Raises ValueError and RecursionError."""
    return _storable(json.loads(body.decode("utf-8-sig")))


def storable(text: str) -> str:
    """The text without what no store can hold."""
    return _NO_STORE.sub("", text)


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, dict):
        return {storable(name): _storable(one) for name, one in value.items()}
    return [_storable(one) for one in value] if isinstance(value, list) else value
