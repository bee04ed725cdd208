"""What rule files may name."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from pathlib import Path
from zoneinfo import ZoneInfo

from connectors import KINDS
from connectors.specs import shipped
from listener.actions.catalogues import CatalogueError, Gift, ecosystem, gifts, over_cap
from listener.actions.templates import FILLED, Templates
from listener.config import Config
from listener.customers.registry import columns_of
from listener.understanding import taxonomy
from listener.understanding.packs import UnreadableWords
from rules.catalogue import FIELDS
from rules.terms import World


def world_of(config: Config, templates: Templates) -> World:
    """What rule files may name in this installation."""
    try:
        columns = columns_of(config.customers.file)
    except OSError:
        columns = frozenset()
    presents = _gifts(config.actions.gifts)
    return World(
        kinds=_kinds(config),
        channels=frozenset(entry.name for entry in config.channels),
        # a kind of somebody else's may be one too
        webhooks=frozenset(entry.name for entry in config.channels if entry.kind == "webhook" or ":" in entry.kind),
        templates={name: templates.placeholders(name) for name in templates.names()},
        placeholders=frozenset({*FIELDS, *chain(*FILLED.values()), *(f"customer.{column}" for column in columns)}),
        texts={name: templates.wording(name) for name in templates.names()},
        topics=_topics(config.understanding.topics),
        zone=ZoneInfo(str(config.timezone)),
        sources=frozenset(entry.name for entry in config.sources),
        brands=frozenset(brand.name for brand in config.brands),
        persons=frozenset(person.name for person in config.persons) or None,
        columns=columns,
        retention=config.retention.mentions,
        gifts=frozenset(presents) or None,
        dear={name: why for name, gift in presents.items() if (why := over_cap(gift, config.actions.gift_cap))},
        gift_cap=config.actions.gift_cap,
        offered=_offered(config.actions.ecosystem),
    )


def _gifts(file: Path) -> Mapping[str, Gift]:
    """The presents there are; none where there is no file, or one that is broken, which `check` tells itself."""
    try:
        return gifts(file)
    except CatalogueError:
        return {}


def _offered(file: Path) -> frozenset[str]:
    """What useful things are about; nothing where the file is broken, which `check` tells itself."""
    try:
        return frozenset().union(*(thing.topics for thing in ecosystem(file).values()))
    except CatalogueError:
        return frozenset()


def _kinds(config: Config) -> frozenset[str]:
    """What `source.kind` may be: kinds, shipped specs, whatever is configured, and imported rows."""
    return frozenset({*KINDS, "import", "survey", *shipped(), *(entry.spoken_of for entry in config.sources)})


def _topics(file: Path) -> frozenset[str] | None:
    """The topics of ops' own file, or the shipped ones; None where the file is broken, which `check` tells itself."""
    try:
        return frozenset(taxonomy.topics(file if file.is_file() else taxonomy.TOPICS))
    except UnreadableWords:
        return None
