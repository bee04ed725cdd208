"""What the configuration says about people and alerts, as the pipeline needs it."""

from __future__ import annotations

from collections.abc import Mapping

from listener.actions.contract import Channel
from listener.config.sections import Config
from listener.pipeline.grouping import Grouping


def approvers(config: Config) -> dict[str, str]:
    """Names of those who may approve, by their mail address in lower case."""
    return {person.email.casefold(): person.name for person in config.persons if person.email and person.may_approve}


def readers(config: Config, channels: Mapping[str, Channel]) -> tuple[str, ...]:
    """Whom the ops channel writes to one by one, where one of them may decide by mail; ("",): all at once."""
    ops = channels.get(config.ops.channel)
    addresses = ops.readers if ops else ()
    return addresses if any(each.casefold() in approvers(config) for each in addresses) else ("",)


def unchangeable(config: Config) -> frozenset[str]:
    """Channels whose messages stay as they were sent: all but Slack by a token, and the log, which quotes nobody."""
    return frozenset(
        entry.name
        for entry in config.channels
        if entry.kind != "log" and not (entry.kind == "slack" and "token" in entry.options)
    )


def groupings(config: Config) -> dict[str, Grouping]:
    """How each channel likes its alerts."""
    return {entry.name: Grouping(entry.collect, entry.by, entry.digest) for entry in config.channels}
