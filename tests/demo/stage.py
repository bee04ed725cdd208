"""The demo's world beside a folder that listens to it, without a daemon."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from listener.cli.demo_outreach import parts_for
from listener.config.first import Answers
from listener.config.init import init
from listener.demo.scenario import prepare
from listener.demo.servers import World
from listener.store.upgrading import migrate
from listener.wiring import Parts


@contextmanager
def on_stage(folder: Path, now: datetime) -> Iterator[tuple[Parts, World]]:
    world = World(now)
    config = prepare(folder, world.start(), now)
    init(folder, Answers())
    try:
        with parts_for(config) as parts:
            migrate(parts.store.database, now)
            yield parts, world
    finally:
        world.stop()
