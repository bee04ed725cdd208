"""Builders: a config.toml in a folder, and what became of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from listener.config import Config, ConfigError, load

TEN_LINES = """\
[[brand]]
name = "Acme Flow"

[[source]]
name = "shop"
kind = "reviews_page"
url = "https://shop.example/flow"

[[channel]]
name = "care"
kind = "log"
"""


def loaded(folder: Path, text: str) -> Config:
    file = folder / "config.toml"
    file.write_text(text, encoding="utf-8")
    return load(file)


def refused(folder: Path, text: str) -> list[str]:
    """The problems without the folder in front."""
    with pytest.raises(ConfigError) as caught:
        loaded(folder, text)
    return [str(problem).removeprefix(f"{folder}/") for problem in caught.value.problems]
