"""The one place where parts meet: a configuration in, a daemon's parts out, each imported when first asked for."""

from listener.wiring.foundations import Log
from listener.wiring.parts import Parts, open_store, parts_of

__all__ = ["Log", "Parts", "open_store", "parts_of"]
