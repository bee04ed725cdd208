"""What every command may be asked: global options, times, who decides; each read into a plain value."""

from __future__ import annotations

import getpass
import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

AGO = re.compile(r"(\d{1,6})\s*([smhdw])")
SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
# what SQLite and PostgreSQL can count to
MOST = 2**63 - 1

Json = Annotated[bool, typer.Option("--json", help="JSON Lines instead of a table.")]
As = Annotated[str | None, typer.Option("--as", metavar="NAME", help="Who decides; default the account's name.")]


@dataclass(frozen=True, slots=True)
class Globals:
    """The global options. `config` is None when nobody named one: then it is ./config.toml."""

    config: Path | None = None
    log_format: str = "console"
    verbose: bool = False

    @property
    def file(self) -> Path:
        return self.config or Path("config.toml")


def moment(written: str | None) -> datetime | None:
    """`2026-11-23`, `2026-11-23T10:00+01:00`, or how long ago: `7d`, `24h`. Without a zone it is UTC."""
    if written is None:
        return None
    ago = AGO.fullmatch(written.strip())
    try:
        if ago:
            return datetime.now(UTC) - timedelta(seconds=int(ago[1]) * SECONDS[ago[2]])
        at = datetime.fromisoformat(written.strip())
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        cure = "write a date (2026-11-23), a time (2026-11-23T10:00) or how long ago (7d, 24h)"
        raise typer.BadParameter(f"{written!r} is no time — {cure}") from None


def account() -> str:
    """The name of the account whose shell this is."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # containers run under numbers that no account has
        return f"uid {os.getuid()}"


def ahead(written: str, now: datetime) -> datetime:
    """`7d`, `24h` from now on, or a time as in `moment`."""
    span = AGO.fullmatch(written.strip())
    if not span:
        return moment(written) or now
    return now + timedelta(seconds=min(int(span[1]), 10**6) * SECONDS[span[2]])


def number(written: str, shown: str = "the lists show") -> int:
    """The number of a mention, ticket or delivery, also written `#12`."""
    digits = written.strip().removeprefix("#")
    if not (digits.isascii() and digits.isdigit() and int(digits[:30]) <= MOST):
        raise typer.BadParameter(f"{written!r} is no number — {shown} it in the column `id`")
    return int(digits)
