"""The connections that one performer keeps open while it carries one delivery after the other."""

from __future__ import annotations

from contextlib import ExitStack

from listener.actions.contract import Carrier, Channel


class Lines:
    """One carrier for each channel, made when first used, closed with `stack`. Belongs to one thread."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._open: dict[str, Carrier] = {}

    def carrier(self, name: str, channel: Channel) -> Carrier:
        """What carries messages of this channel, by the connection that is open already."""
        if name not in self._open:
            self._open[name] = self._stack.enter_context(channel.line())
        return self._open[name]
