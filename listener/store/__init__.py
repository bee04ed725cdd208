"""Every SQL statement of the house: one method is one question or one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from listener.store.whole import Store

__all__ = ["Store"]


def __getattr__(name: str) -> Any:
    """`Store` is imported when first asked for: lists need only `glance`, and the models take 0.7 s to import."""
    if name != "Store":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from listener.store.whole import Store

    return Store
