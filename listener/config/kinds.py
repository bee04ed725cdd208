"""`[[source]]` and `[[channel]]` tables → entries: the options of each kind are checked by the kind itself."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

import connectors
from connectors.contract import Connector
from listener import actions, trackers
from listener.actions.contract import Channel
from listener.config.mistakes import Mistake, explain, keys, unknown
from listener.config.plugged import ChannelEntry, Entry, Grouped, SourceEntry, TrackerEntry
from listener.config.problems import closest, nearest
from listener.config.secrets import CURE, is_reference, references
from listener.trackers.contract import Tracker

Table = Mapping[str, Any]

STAND_IN = "env:SECRET"


@dataclass(frozen=True, slots=True)
class Checked:
    """One table after the check: the entry when nothing is wrong with it, else what is."""

    entry: Entry | None
    mistakes: tuple[Mistake, ...]


def source(table: Table, folder: Path) -> Checked:
    """Check a `[[source]]`. What it leaves out its kind decides: `everything`, `voice`, `platform`."""
    kind, mistakes = _kind(table, connectors.kind, connectors.KINDS)
    shared, options = _split(table, SourceEntry, folder, kind)
    made, refused = _trial(kind, options, SourceEntry) if kind else (None, [])
    said = made or kind or Connector
    silent = {key: _said(said, key, getattr(Connector, key)) for key in ("everything", "voice")}
    silent["platform"] = _said(said, "platform", None) or table.get("name", "?")
    return _checked(SourceEntry, {**silent, **shared, "options": options}, table, [*mistakes, *refused])


def channel(table: Table, folder: Path) -> Checked:
    """Check a `[[channel]]`."""
    kind, mistakes = _kind(table, actions.kind, actions.KINDS)
    shared, options = _split(table, Grouped, folder, kind)
    made, refused = _trial(kind, options, Grouped) if kind else (None, [])
    pace = {key: getattr(made, key, None) for key in ("max_per_hour", "fallback")}
    return _checked(ChannelEntry, {**pace, **shared, "options": options}, table, [*mistakes, *refused])


def tracker(table: Table, folder: Path) -> Checked:
    """Check a `[[tracker]]`."""
    kind, mistakes = _kind(table, trackers.kind, trackers.KINDS)
    shared, options = _split(table, TrackerEntry, folder, kind)
    _, refused = _trial(kind, options, TrackerEntry) if kind else (None, [])
    return _checked(TrackerEntry, {**shared, "options": options}, table, [*mistakes, *refused])


def _checked(model: type[Entry], values: Table, table: Table, mistakes: list[Mistake]) -> Checked:
    entry = None
    try:
        entry = model.model_validate(values)
    except ValidationError as error:
        mistakes = [*mistakes, *(each for each in explain(error, model, table) if not _told(each, mistakes, table))]
    return Checked(None if mistakes else entry, tuple(mistakes))


def _told(mistake: Mistake, before: list[Mistake], table: Table) -> bool:
    """A name that is missing or wrong stands for the platform too, where none is written."""
    follows = mistake.path[:1] == ("platform",) and "platform" not in table
    return follows or mistake.path in {each.path for each in before}


def _kind(table: Table, find: Callable[[str], type[Any]], known: Collection[str]) -> tuple[Any, list[Mistake]]:
    written = table.get("kind")
    if not isinstance(written, str):
        return None, []
    mistakes = []
    if written not in known and ":" not in written:
        cure = _spec(written) if known is connectors.KINDS else ""
        mistakes = [Mistake(("kind",), f"unknown kind {written!r}", cure or nearest(written, known))]
        # the other keys are checked as those of the kind that was meant
        written = "" if cure else closest(written, known) or ""
    try:
        return find(written), mistakes
    # the last two: what stands behind the colon is no class, or nothing stands before it
    except (LookupError, TypeError, ValueError) as error:
        refused = Mistake(("kind",), str(error.args[0]), 'install it, or correct "package.module:Class"')
        return None, mistakes or [refused]


def _spec(written: str) -> str:
    """The cure for a shipped spec that was written as a kind."""
    shipped = resources.files("connectors").joinpath("specs", f"{written}.yaml").is_file()
    return f'write kind = "json_api" and spec = "{written}"' if shipped else ""


def _split(table: Table, shared: type[Entry], folder: Path, kind: type[BaseModel] | None) -> tuple[Table, Table]:
    """The keys that every entry has, and the kind's own, whose paths count from the configuration file."""
    ours = {key: value for key, value in table.items() if key in shared.model_fields and key != "options"}
    own = {key: value for key, value in table.items() if key not in ours}
    fields = kind.model_fields if kind else {}
    # a kind does not know where the configuration stands, so its paths are made absolute for it
    paths = {key for key, field in fields.items() if _holds_path(field.annotation)}
    named = {fields[key].alias or key for key in paths}
    return ours, {
        key: str(folder / value) if value and key in named and isinstance(value, str) else value
        for key, value in own.items()
    }


def _holds_path(annotation: Any) -> bool:
    return annotation is Path or any(map(_holds_path, get_args(annotation)))


def _trial(
    kind: type[Connector] | type[Channel] | type[Tracker], options: Table, shared: type[Entry]
) -> tuple[BaseModel | None, list[Mistake]]:
    """Make it once with its secrets still named, to hear what it refuses; what they hold is checked when used."""
    known = keys(kind) if kind.model_config.get("extra") == "forbid" else keys(kind) | options.keys()
    ours = known | shared.model_fields.keys() - {"options"}
    mistakes = [unknown((key,), options[key], ours) for key in options if key not in known]
    literal = _literals(options, kind.secrets)
    mistakes += [Mistake((key,), f"{key} must name a secret, not hold it", CURE) for key in literal]
    # pydantic stops before a kind's own checks when a key is wrong: without these keys all is heard at once
    sound = {key: STAND_IN if key in literal else value for key, value in options.items() if key in known}
    try:
        return kind.model_validate(sound), mistakes
    except ValidationError as error:
        # an option that names a secret cannot be judged before the secret is there
        later = kind.secrets | {key for key, value in sound.items() if any(references(value))}
        refused = explain(error, kind, sound, kind.secrets)
        return None, [*mistakes, *(each for each in refused if not _waits(each, later, sound))]


def _waits(mistake: Mistake, later: Collection[str], options: Table) -> bool:
    """Whether it is about what a secret holds. A list where none can be is wrong whatever that is."""
    if not mistake.path or mistake.path[0] not in later:
        return False
    value = options.get(str(mistake.path[0]))
    return value is not None and (len(mistake.path) > 1 or not isinstance(value, list))


def _literals(options: Table, secret: Collection[str]) -> set[str]:
    """The keys that should name a secret and hold something else."""
    values = {key: value if isinstance(value, list) else [value] for key, value in options.items() if key in secret}
    return {key for key, each in values.items() if not all(map(is_reference, each))}


def _said(kind: object, key: str, otherwise: object) -> Any:
    # of a class that could not be made, a property is no answer
    said = getattr(kind, key, otherwise)
    return said if isinstance(said, str | bool) else otherwise
