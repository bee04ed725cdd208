"""Sources and channels as configured: what every kind shares, and the options that the kind itself declares."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import PurePath
from typing import Any, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

import connectors
from connectors.contract import Connector
from listener import actions, trackers
from listener.actions.contract import Channel
from listener.config.quantities import Duration, Keep, Line, Name, Pause
from listener.config.secrets import SecretError, Secrets
from listener.trackers.contract import Tracker

Voice = Literal["complaint", "review", "discussion", "news"]
P = TypeVar("P", bound=BaseModel)


class Entry(BaseModel):
    """One `[[source]]` or `[[channel]]`. `options` are the kind's own; secrets in them are still only named."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Name
    kind: str
    options: Mapping[str, Any] = Field(default={}, repr=False)

    def _made(self, kind: type[P], secrets: Secrets) -> P:
        options = {key: self._filled(key, value, secrets) for key, value in self.options.items()}
        try:
            return kind.model_validate(options, context={"folder": secrets.folder})
        except ValidationError as error:
            # pydantic's own message would show the secret, and so would the chained error
            fields = ", ".join(sorted({str(part["loc"][0]) for part in error.errors() if part["loc"]}))
            raise SecretError(f"{self.name}: what a secret holds does not fit {fields or self.kind}") from None

    def _filled(self, key: str, value: Any, secrets: Secrets) -> Any:
        try:
            return secrets.fill(value)
        except SecretError as error:
            raise SecretError(f"{self.name}: {key}: {error}") from error


class SourceEntry(Entry):
    """A source. `every` is None when the interval adapts itself; `brands` is empty for all brands.

    `retention` is None where the mentions of this source are kept as long as all others.
    """

    every: Pause | None = None
    retention: Keep | None = None
    brands: tuple[Line, ...] = ()
    everything: bool = False
    voice: Voice = "discussion"
    platform: Name

    @property
    def spoken_of(self) -> str:
        """What rules call its kind: for a declarative source the name of its spec."""
        spec = self.options.get("spec")
        return PurePath(str(spec)).stem if spec else self.kind

    def connector(self, secrets: Secrets) -> Connector:
        """The connector with its secrets. Raises SecretError when one is missing or does not fit."""
        return self._made(connectors.kind(self.kind), secrets)


class TrackerEntry(Entry):
    """A tracker. `queues` names our queues that it follows, each with the project or queue that gets them there;
    without it all are followed. `every` is how often it is asked for what happened there."""

    every: Pause = timedelta(minutes=5)
    queues: Mapping[str, str] = {}

    def tracker(self, secrets: Secrets) -> Tracker:
        """The tracker with its secrets. Raises SecretError when one is missing or does not fit."""
        return self._made(trackers.kind(self.kind), secrets)


class Grouped(Entry):
    """How a channel likes its alerts: collected for a while, told together by what they share, or as a digest."""

    collect: Duration = timedelta()
    by: tuple[Literal["brand", "topic", "issue", "product", "source", "rule"], ...] = ()
    digest: Literal["", "hour", "day", "week"] = ""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.digest and self.collect:
            raise ValueError("a digest collects by itself: write collect or digest, not both")
        return self


class ChannelEntry(Grouped):
    """A channel. Beyond `max_per_hour` one summary follows; `fallback` names the channel that takes over."""

    max_per_hour: int | None = None
    fallback: str | None = None

    def channel(self, secrets: Secrets) -> Channel:
        """The channel with its secrets. Raises SecretError when one is missing or does not fit."""
        return self._made(actions.kind(self.kind), secrets)
