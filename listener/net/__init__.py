"""The one door out: address check, limits, redirects, unpacking, courtesy to each host."""

from listener.net.door import Net
from listener.net.settings import NetSettings

__all__ = ["Net", "NetSettings"]
