"""The folder a demo runs in: an ordinary configuration that points at the local servers, and its customers."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from string import Template
from urllib.parse import urljoin

from listener.demo.posts import offset, world_text
from listener.demo.servers import Addresses


def prepare(folder: Path, addresses: Addresses, now: datetime) -> Path:
    """Write config.toml, customers.csv, purchases.csv, two secrets and what can be given; give back the config's path.

    The rule book comes from `init`, which copies the starter book into `rules.d`; but for `courtesies.yaml`, which
    names what this brand gives.
    """
    secrets = folder / "secrets"
    secrets.mkdir(parents=True, exist_ok=True)
    # a webhook's address is its password
    _write(secrets / "slack-webhook", addresses.slack).chmod(0o600)
    # the demo's Reddit takes any
    _write(secrets / "reddit", "not-a-secret").chmod(0o600)
    # a review site tells its authors apart by the address of their profile, and that holds the port of today
    handles = f"reviews:{urljoin(addresses.reviews, '/people/')}"
    customers = world_text("customers.csv").replace("reviews:", handles)
    _write(folder / "customers.csv", _dated(customers, "renewal_at", now))
    _write(folder / "purchases.csv", _dated(world_text("purchases.csv"), "at", now))
    (folder / "rules.d").mkdir(exist_ok=True)
    for name, place in (("gifts.yaml", folder), ("ecosystem.yaml", folder), ("courtesies.yaml", folder / "rules.d")):
        _write(place / name, world_text(name))
    return _write(folder / "config.toml", Template(world_text("config.toml")).substitute(asdict(addresses)))


def _write(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path


def _dated(table: str, column: str, now: datetime) -> str:
    """The CSV with its offsets in `column` turned into dates, so that no purchase ever lies in the future."""
    rows = list(csv.DictReader(io.StringIO(table)))
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(_with_date(row, column, now) for row in rows)
    return out.getvalue()


def _with_date(row: Mapping[str, str], column: str, now: datetime) -> dict[str, str]:
    when = row[column]
    return dict(row) | {column: (now + offset(when)).date().isoformat() if when else ""}
