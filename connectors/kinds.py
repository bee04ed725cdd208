"""From the name of a kind to its class, for all that third parties can add: sources, channels, trackers."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TypeVar

T = TypeVar("T")


def kind_of(name: str, kinds: Mapping[str, str], contract: type[T]) -> type[T]:
    """The class that `kinds` names as `package.module:Class`, or that `name` itself does, imported when first used.

    Raises LookupError when there is no such kind, it cannot be imported, or it does not keep to the `contract`.
    """
    where = kinds.get(name, name)
    module, colon, attribute = where.partition(":")
    if not (module and colon and attribute):
        raise LookupError(f"unknown kind {name!r}; there are {', '.join(sorted(kinds))}")
    try:
        found = getattr(import_module(module), attribute)
    except (ImportError, AttributeError, TypeError, ValueError, SyntaxError) as error:
        raise LookupError(f"kind {name!r} cannot be imported: {error}") from error
    if not (isinstance(found, type) and issubclass(found, contract)):
        raise LookupError(f"kind {name!r} is not a {contract.__module__}.{contract.__qualname__}")
    return found
