"""config.toml → Config, or every problem in it at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from listener.config import kinds
from listener.config.agreement import BUILT_IN, disagreements
from listener.config.mistakes import Mistake, explain
from listener.config.plugged import ChannelEntry, Entry
from listener.config.problems import ConfigError, Problem
from listener.config.sections import Config
from listener.config.syntax import read

REPEATED = ("person", "brand", "source", "channel", "tracker")


def load(path: Path) -> Config:
    """Read and check a configuration file; no secret is needed for it. Raises ConfigError with every problem."""
    document = read(path)
    config, mistakes = _assemble(document.values, path.absolute().parent)
    # where a line could not be read, what seems to be missing may just be that line
    certain = [each for each in mistakes if not (document.problems and each.may_follow)]
    problems = [Problem(str(path), *document.places.at(each.path), each.what, each.cure) for each in certain]
    if problems or document.problems or not config:
        raise ConfigError([*document.problems, *problems])
    return config.placed(path, document.places)


def _assemble(values: Mapping[str, Any], folder: Path) -> tuple[Config | None, list[Mistake]]:
    mistakes = list(_shapes(values))
    tables = {section: _tables(values, section) for section in REPEATED}
    sources = [kinds.source(table, folder) for table in tables["source"]]
    channels = [kinds.channel(table, folder) for table in tables["channel"]]
    trackers = [kinds.tracker(table, folder) for table in tables["tracker"]]
    for section, checked in (("source", sources), ("channel", channels), ("tracker", trackers)):
        mistakes += [each.under(section, index) for index, one in enumerate(checked) for each in one.mistakes]
    entries = {
        "source": [one.entry for one in sources if one.entry],
        "tracker": [one.entry for one in trackers if one.entry],
        "channel": _with_log([one.entry for one in channels if one.entry]),
    }
    # entries that were refused are left out here: their mistakes are told already
    config, refused = _config({**values, **tables, **entries}, values, folder)
    return config, [*mistakes, *refused, *disagreements(values, tables)]


def _config(values: dict[str, Any], written: Mapping[str, Any], folder: Path) -> tuple[Config | None, list[Mistake]]:
    try:
        return Config.model_validate(values, context={"folder": folder}), []
    except ValidationError as error:
        return None, list(explain(error, Config, written))


def _with_log(channels: list[Entry]) -> list[Entry]:
    """The built-in channel is always there, unless an operator has configured one of its name."""
    named = {channel.name for channel in channels}
    return channels if BUILT_IN in named else [*channels, ChannelEntry(name=BUILT_IN, kind="log")]


def _tables(values: Mapping[str, Any], section: str) -> list[dict[str, Any]]:
    return values[section] if _is_repeated(values.get(section)) else []


def _is_repeated(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(entry, dict) for entry in value)


def _shapes(values: Mapping[str, Any]) -> Iterator[Mistake]:
    for section in REPEATED:
        if section in values and not _is_repeated(values[section]):
            yield Mistake((section,), f"{section} may repeat", f"write it in two pairs of brackets: [[{section}]]")
