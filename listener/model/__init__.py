"""The nouns that are kept, as tables, and the values that rooms hand to the store."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import MetaData


def all_tables() -> MetaData:
    """Every table of the store. Elsewhere each is imported by its module: all of them take half a second."""
    from sqlmodel import SQLModel

    for module in iter_modules(__path__):
        import_module(f"{__name__}.{module.name}")
    return SQLModel.metadata
