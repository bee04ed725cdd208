"""The road of a mention, top to bottom: collect, judge, act, and the upkeep between them."""

from __future__ import annotations

from listener.pipeline.act import Act
from listener.pipeline.carrying import Ways
from listener.pipeline.collect import Collect, Watched
from listener.pipeline.judge import Judge, Understands
from listener.pipeline.notices import Notices
from listener.pipeline.orders import Orders
from listener.pipeline.sitting import Limits, Running
from listener.pipeline.upkeep import Retention, Upkeep
from listener.understanding.utterances import BrandWords

__all__ = [
    "Act",
    "BrandWords",
    "Collect",
    "Judge",
    "Limits",
    "Notices",
    "Orders",
    "Retention",
    "Running",
    "Understands",
    "Upkeep",
    "Watched",
    "Ways",
]
