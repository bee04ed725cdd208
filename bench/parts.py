"""The daemon's own parts, ready to work in a folder, for benchmarks that look inside."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog

from listener.config import Secrets, load
from listener.log import Redaction, configure
from listener.once import prepare, take_over
from listener.wiring import Parts, parts_of
from rules.collecting import SELDOM


@contextmanager
def parts_in(config: Path) -> Iterator[Parts]:
    """Parts as `listener run` has them when it begins to beat; logs go where the daemon's would go: a file."""
    gc.set_threshold(*SELDOM)
    redaction = Redaction()
    with config.with_name("bench.log").open("a") as log:
        configure(redaction, "json", stream=log)
        loaded = load(config)
        with parts_of(loaded, Secrets(loaded.folder, os.environ, redaction), structlog.get_logger("listener")) as parts:
            take_over(parts)
            prepare(parts)
            yield parts
