"""The one place where parts meet: a configuration in, a daemon's parts out."""

from listener.wiring.foundations import Log
from listener.wiring.now import clock
from listener.wiring.parts import Parts, open_store, parts_of
from listener.wiring.world import world_of

__all__ = ["Log", "Parts", "clock", "open_store", "parts_of", "world_of"]
