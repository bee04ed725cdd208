"""config.example.toml holds every key there is, and the files in deploy/ fit each other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from listener.actions.email import Email
from listener.actions.slack import Slack
from listener.config import Config, SourceEntry

ROOT = Path(__file__).parents[2]


def documented(model: type[BaseModel]) -> Iterator[str]:
    for name, field in model.model_fields.items():
        yield field.alias or name
        for inner in (field.annotation, *get_args(field.annotation)):
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                yield from documented(inner)


@pytest.mark.parametrize("model", [Config, SourceEntry], ids=lambda model: model.__name__)
def test_every_key_stands_in_the_example(model: Any) -> None:
    example = (ROOT / "config.example.toml").read_text(encoding="utf-8")

    missing = {key for key in documented(model) if not re.search(rf"\b{key}\b( =|\])", example)}

    assert missing <= {"options"}


def test_the_example_shows_the_required_keys_of_its_channels() -> None:
    example = (ROOT / "config.example.toml").read_text(encoding="utf-8")

    for kind in (Slack, Email):
        required = {field.alias or name for name, field in kind.model_fields.items() if field.is_required()}
        assert all(f"\n{key} = " in example for key in required)


@pytest.mark.parametrize(
    "line",
    [
        "Type=notify",
        "NoNewPrivileges=yes",
        "ProtectSystem=strict",
        "ProtectHome=yes",
        "PrivateTmp=yes",
        "CapabilityBoundingSet=",
        "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX",
        "SystemCallFilter=@system-service",
        "MemoryDenyWriteExecute=yes",
        "ExecReload=/bin/kill -HUP $MAINPID",
    ],
)
def test_the_unit_is_hardened(line: str) -> None:
    assert line in (ROOT / "deploy" / "listener.service").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("path", ["/opt/listener/bin/listener", "/var/lib/listener/config.toml", "/var/lib/listener"])
def test_unit_and_image_use_the_same_places(path: str) -> None:
    for file in ("listener.service", "Dockerfile"):
        assert path in (ROOT / "deploy" / file).read_text(encoding="utf-8")


def test_the_image_takes_only_locked_packages_and_runs_as_nobody_special() -> None:
    image = (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8")

    assert "--require-hashes -r requirements.lock" in image
    assert "\nUSER listener\n" in image
