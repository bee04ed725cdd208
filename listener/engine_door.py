"""The way to a second engine that answers by HTTP."""

from __future__ import annotations

from dataclasses import dataclass

from connectors.contract import GiveUp, TryLater
from listener.net import Net
from listener.understanding.second import NoAnswer

JSON = {"content-type": "application/json"}


@dataclass(frozen=True, slots=True)
class EngineDoor:
    """The way to the second engine, which the operator named: it may stand on this machine, and is impatient."""

    net: Net

    def post(self, url: str, body: bytes) -> bytes:
        """What it answers. Raises NoAnswer within the net's time limit."""
        try:
            return self.net.fetch(url, method="POST", headers=JSON, body=body).body
        except (TryLater, GiveUp) as trouble:
            raise NoAnswer(str(trouble)) from trouble

    def close(self) -> None:
        self.net.close()
