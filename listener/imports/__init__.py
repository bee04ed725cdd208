"""Mentions from a file: CSV or JSON Lines → items → arrivals, each bad line told with its number."""

from listener.imports.keeping import Importer, Tally
from listener.imports.rows import Rejected, Row, rows_of

__all__ = ["Importer", "Rejected", "Row", "Tally", "rows_of"]
