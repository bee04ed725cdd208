"""The configuration → what a file's rows are made ready with, as plain values that another process can be given."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from listener.config import Config
from listener.config.naming import brand_names, brand_words, product_names
from listener.config.plugged import SourceEntry
from listener.imports.ready import DEFAULT_SOURCE, Reader, Task, WordFiles
from listener.intake import Origin
from listener.understanding.second import VADER


def task_of(config: Config, file: Path, at: datetime, act: bool) -> Task:
    """Reading this file. Everything in it is history, never acted on, unless `act`."""
    return Task(
        file=file,
        brands=brand_names(config),
        products=product_names(config),
        origins={entry.name: _origin(config, at, act, entry) for entry in config.sources},
        elsewhere=_origin(config, at, act),
        reader=_reader(config),
    )


def _reader(config: Config) -> Reader | None:
    """None for another engine than the words alone: it has its connections in the process of the judge."""
    reading = config.understanding
    if reading.engine != VADER:
        return None
    return Reader(WordFiles(reading.languages, reading.packs, reading.words, reading.topics), brand_words(config))


def _origin(config: Config, at: datetime, act: bool, entry: SourceEntry | None = None) -> Origin:
    age = config.actions.max_age
    return Origin(
        source=entry.name if entry else DEFAULT_SOURCE,
        kind=entry.spoken_of if entry else DEFAULT_SOURCE,
        platform=entry.platform if entry else DEFAULT_SOURCE,
        voice=entry.voice if entry else "discussion",
        brands=tuple(brand.name for brand in config.brands),
        everything=False,
        first_poll=False,
        at=at,
        young=age.first_poll,
        fresh=age.tickets,
        history=not act,
        however_old=act,
    )
