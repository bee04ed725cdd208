"""Mentions from a file: CSV or JSON Lines → items → arrivals, each bad line told with its number."""

from connectors.rows import Rejected, Row
from listener.imports.keeping import Importer, Tally, rows_of

__all__ = ["Importer", "Rejected", "Row", "Tally", "rows_of"]
