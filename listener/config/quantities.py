"""What an option may say: durations, names, networks, addresses, paths that count from the configuration file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time, timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, ValidationInfo

from listener.config.problems import nearest
from listener.config.secrets import CURE, is_reference
from listener.model.registry import is_address

SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
# timedelta and the store's dates have an end, and nobody means more
A_CENTURY = 36_525 * 86_400
# as far as the store looks back at one person when it checks the contact budget
REMEMBERED = timedelta(days=400)

Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class Address:
    """Where the pages and /healthz are served. Port 0 takes a free one."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def duration(value: object) -> timedelta:
    """`"15m"` → timedelta; whole seconds, minutes, hours, days or weeks. Raises ValueError with the cure."""
    if isinstance(value, timedelta):
        return value
    found = re.fullmatch(r"([0-9]{1,9})\s?([smhdw])", value) if isinstance(value, str) else None
    if not found:
        raise ValueError('is no duration — write a number and its unit in quotes: "30s", "15m", "24h" or "7d"')
    seconds = int(found[1]) * SECONDS[found[2]]
    if seconds > A_CENTURY:
        raise ValueError("is longer than a century")
    return timedelta(seconds=seconds)


def pause(length: timedelta) -> timedelta:
    """How long to wait between two polls. Raises ValueError with the cure."""
    if length < timedelta(seconds=1):
        raise ValueError('is too often — write "1s" or more')
    return length


def keep(length: timedelta) -> timedelta:
    """How long something is kept. Raises ValueError with the cure."""
    if length < timedelta(days=1):
        raise ValueError('is so short that today would be deleted — write "1d" or more')
    return length


def remembered(length: timedelta) -> timedelta:
    """How long what a person heard or said counts against another contact. Raises ValueError with the cure."""
    if length > REMEMBERED:
        raise ValueError(f'is longer than contacts are looked back at — write "{REMEMBERED.days}d" or less')
    return length


def zone(name: str) -> str:
    """The name of a time zone that exists. Raises ValueError with the cure."""
    try:
        ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        raise ValueError('is no known time zone — write one such as "Europe/Berlin" or "UTC"') from None
    return name


def networks(value: object) -> bool | tuple[Network, ...]:
    """`true`, `false`, or the networks that may be reached although they are private."""
    if isinstance(value, bool):
        return value
    if not isinstance(value, list | tuple):
        raise ValueError('must be true, false or a list of networks: ["10.1.0.0/16"]')
    return tuple(_network(each) for each in value)


def _network(value: object) -> Network:
    if isinstance(value, IPv4Network | IPv6Network):
        return value
    try:
        return ip_network(value if isinstance(value, str) else "")
    except ValueError:
        raise ValueError(
            f'holds {value!r}, which is no network — write "10.1.0.0/16", "127.0.0.1" or "fd00::/8"'
        ) from None


def address(value: object) -> Address:
    """`"127.0.0.1:8765"` or `"[::1]:8765"`. Raises ValueError with the cure."""
    if isinstance(value, Address):
        return value
    found = re.fullmatch(r"(\[[0-9a-fA-F:.]+\]|[^\s:\[\]]+):([0-9]{1,5})", value) if isinstance(value, str) else None
    if not found or int(found[2]) > 65_535:
        raise ValueError('is no address to listen on — write "127.0.0.1:8765" or "[::1]:8765"')
    return Address(found[1].strip("[]"), int(found[2]))


def one_line(text: str) -> str:
    """Text that can be shown in one line and typed again. Raises ValueError with the cure."""
    if not text.strip() or text != text.strip() or not text.isprintable():
        raise ValueError("is no text of one line — write it without line breaks and without spaces round it")
    return text


def name(text: str) -> str:
    """The name of a source, channel or platform: it becomes part of `platform:handle`, lists and metrics."""
    if set(text) & set(":;,") or len(text) > 100:
        raise ValueError("is no name — write at most 100 characters, without colon, semicolon and comma")
    return one_line(text)


def language(code: str) -> str:
    """The code of a language. Raises ValueError with the cure."""
    if not re.fullmatch("[a-z]{2,3}", code):
        raise ValueError('is no code of a language — write two small letters: "en", "de"')
    return code


def engine(written: str) -> str:
    """What gives a second opinion on verdicts: vader alone, a model of the transformers library, or an address.

    Raises ValueError with the cure.
    """
    if not re.fullmatch(r"vader|transformers:\S+|https?://\S+", written):
        raise ValueError('is no engine — write "vader", "transformers:MODEL" or the http(s) address of one')
    return written


def shares(value: object) -> tuple[tuple[int, timedelta], ...]:
    """`"3 per 7d"`, or a list of such: how many in what time. Raises ValueError with the cure."""
    written = [value] if isinstance(value, str) else value
    if not isinstance(written, list | tuple):
        raise ValueError('must be how many in what time: "3 per 7d", or a list of such')
    return tuple(each if isinstance(each, tuple) else _share(each) for each in written)


def _share(each: object) -> tuple[int, timedelta]:
    number, _, span = each.partition(" per ") if isinstance(each, str) else ("", "", "")
    if not re.fullmatch(r"[1-9][0-9]{0,3}", number):
        raise ValueError(f'holds {each!r} — write how many in what time: "3 per 7d"')
    return int(number), remembered(duration(span))


def night(value: object) -> tuple[time, time] | None:
    """`"21:00-08:00"`, "" for none. Raises ValueError with the cure."""
    if value == "" or value is None:
        return None
    # the dash that word processors put there is one too
    found = re.fullmatch(r"(\d\d:\d\d)\s*[-–]\s*(\d\d:\d\d)", value) if isinstance(value, str) else None
    try:
        begin, end = (time.fromisoformat(each) for each in found.groups()) if found else (None, None)
    except ValueError:
        begin = end = None
    if begin is None or end is None or begin == end:
        raise ValueError('is no stretch of the day — write "21:00-08:00"')
    return begin, end


def cash(text: str) -> str:
    """`"30 EUR"`, "" for none. Raises ValueError with the cure."""
    if text and not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{2})? [A-Z]{3}", text):
        raise ValueError('is no amount of money — write the number and the currency: "30 EUR"')
    return text


def email(text: str) -> str:
    """One bare mail address. Raises ValueError with the cure."""
    if not is_address(text):
        raise ValueError('is no mail address — write "care@acme.example"')
    return text


def contact(text: str) -> str:
    """What goes into a header. Raises ValueError with the cure."""
    if not (text.isascii() and text.isprintable()):
        raise ValueError("is no plain text — write a mail or web address in ASCII")
    return text


def public_url(text: str) -> str:
    """What links begin with, "" for none. Raises ValueError with the cure."""
    parts = urlsplit(text)
    if text and not (parts.scheme in ("http", "https") and parts.hostname and not parts.query and not parts.fragment):
        raise ValueError('is no address that links can begin with — write "https://listener.acme.example"')
    return one_line(text).rstrip("/") if text else ""


def money(text: str) -> str:
    """`20 EUR`, "" for none. Raises ValueError with the cure."""
    if text and not re.fullmatch(r"\d{1,7}(\.\d{1,2})? [A-Z]{3}", text):
        raise ValueError('is no amount of money — write the number and the currency: "20 EUR"')
    return text


def cents(text: str) -> int:
    """The amount in the smallest unit: `20 EUR` is 2,000; 0 for none."""
    return round(float(text.split()[0]) * 100) if text else 0


def from_here(path: Path, info: ValidationInfo) -> Path:
    """A path counts from the folder of the configuration file."""
    return under((info.context or {}).get("folder", Path()), path)


def under(folder: Path, path: Path) -> Path:
    # "" would be the folder itself, and the store or the registry is a file
    if path == Path():
        raise ValueError("is no path — write the name of a file or folder")
    return folder / path


def order_number(pattern: str) -> str:
    from listener.customers.clues import NoPattern, order_numbers  # not above: only few have a pattern

    try:
        order_numbers(pattern)
    except NoPattern as error:
        raise ValueError(str(error)) from None
    return pattern


def pack(text: str) -> str:
    """A word pack that is shipped."""
    from listener.understanding.packs import NAMES  # not above: few name one

    if text not in NAMES:
        raise ValueError(f"is no word pack — {nearest(text, NAMES)}")
    return text


def secret_name(written: str) -> str:
    if written and not is_reference(written):
        raise ValueError(f"it must name a secret, not hold it: {CURE}")
    return written


def store_url(url: str, info: ValidationInfo) -> str:
    """`sqlite:///PATH` (made absolute), `postgresql+psycopg://…`, or a reference to one. Raises ValueError."""
    is_named = url.startswith(("env:", "file:"))
    return url if is_named else store_from(url, (info.context or {}).get("folder", Path()))


def store_from(url: str, folder: Path) -> str:
    """`sqlite:///PATH`, which counts from the folder, or `postgresql+psycopg://…`. Raises ValueError."""
    scheme, _, rest = url.partition("://")
    # SQLite in memory has no WAL, and would forget everything at the next start
    if scheme == "sqlite" and rest.startswith("/") and not rest.endswith("/") and ":memory:" not in rest:
        return f"sqlite:///{under(folder, Path(rest[1:]))}"
    if scheme == "postgresql+psycopg":
        return url
    raise ValueError('is no store — write "sqlite:///listener.db" or "postgresql+psycopg://user@host/database"')


def slack_id(text: str) -> str:
    """A Slack member id."""
    if not re.fullmatch(r"[UW][A-Z0-9]{2,20}", text):
        raise ValueError("is no Slack member id — in Slack: profile, ⋮, Copy member ID; it looks like U024BE7LH")
    return text


Duration = Annotated[timedelta, BeforeValidator(duration)]
Pause = Annotated[Duration, AfterValidator(pause)]
Keep = Annotated[Duration, AfterValidator(keep)]
Remembered = Annotated[Duration, AfterValidator(remembered)]
TimeZone = Annotated[str, AfterValidator(zone)]
Networks = Annotated[bool | tuple[Network, ...], BeforeValidator(networks)]
Listen = Annotated[Address, BeforeValidator(address)]
Contact = Annotated[str, AfterValidator(contact)]
Language = Annotated[str, AfterValidator(language)]
Money = Annotated[str, AfterValidator(money)]
PublicUrl = Annotated[str, AfterValidator(public_url)]
Shares = Annotated[tuple[tuple[int, timedelta], ...], BeforeValidator(shares)]
Cash = Annotated[str, AfterValidator(cash)]
Night = Annotated[tuple[time, time] | None, BeforeValidator(night)]
Engine = Annotated[str, AfterValidator(engine)]
SlackId = Annotated[str, AfterValidator(slack_id)]
Email = Annotated[str, AfterValidator(email)]
OrderNumber = Annotated[str, AfterValidator(order_number)]
PackName = Annotated[str, AfterValidator(pack)]
Line = Annotated[str, AfterValidator(one_line)]
Name = Annotated[str, AfterValidator(name)]
FilePath = Annotated[Path, AfterValidator(from_here)]
SecretName = Annotated[str, AfterValidator(secret_name)]
StoreUrl = Annotated[str, AfterValidator(store_url)]
