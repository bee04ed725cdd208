"""One thread imports at a time: two that import what hangs together can wait for each other for ever."""

from threading import RLock

importing = RLock()
