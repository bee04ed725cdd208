"""What the sections of one configuration say about each other: names are unique, and whoever is named exists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from listener.config.mistakes import Mistake
from listener.config.places import Path
from listener.config.problems import nearest

Tables = Mapping[str, list[dict[str, Any]]]

BUILT_IN = "log"


def disagreements(values: Mapping[str, Any], tables: Tables) -> Iterator[Mistake]:
    """All of them, told from the tables as written, so that one wrong key hides nothing else."""
    for section, entries in tables.items():
        yield from _twice(section, entries)
    yield from _brands(tables)
    yield from _channels(values, tables["channel"])
    yield from _trackers(tables)


def _names(entries: Iterable[Mapping[str, Any]]) -> list[str]:
    return [entry["name"] for entry in entries if isinstance(entry.get("name"), str)]


def _twice(section: str, entries: list[dict[str, Any]]) -> Iterator[Mistake]:
    for index, entry in enumerate(entries):
        name = entry.get("name")
        if isinstance(name, str) and name in _names(entries[:index]):
            yield Mistake((section, index, "name"), f"there are two {section}s named {name!r}", "rename one of them")


def _brands(tables: Tables) -> Iterator[Mistake]:
    # brands are written as they are named, in the same case: rules and lists compare them so
    known = _names(tables["brand"])
    if tables["source"] and not tables["brand"]:
        yield Mistake(("source", 0), "there is no [[brand]], so nothing is listened for", "add one", may_follow=True)
    for index, source in enumerate(tables["source"]):
        named = source.get("brands")
        for place, brand in enumerate(named if isinstance(named, list) else []):
            if known and isinstance(brand, str) and brand not in known:
                path = ("source", index, "brands", place)
                yield Mistake(path, f"unknown brand {brand!r}", nearest(brand, known), may_follow=True)


def _channels(values: Mapping[str, Any], channels: list[dict[str, Any]]) -> Iterator[Mistake]:
    known = {*_names(channels), BUILT_IN}
    sections = {name: values.get(name) for name in ("ops", "contact", "advocacy")}
    told = {name: section.get("channel") for name, section in sections.items() if isinstance(section, dict)}
    # of the others, one that is empty is the ops channel
    named: list[tuple[Path, object]] = [((n, "channel"), name) for n, name in told.items() if name or n == "ops"]
    acting = values.get("actions")
    named += [(("actions", "gift_channel"), acting.get("gift_channel") or None)] if isinstance(acting, dict) else []
    desk = values.get("tickets")
    named += [(("tickets", key), desk.get(key) or None) for key in ("channel", "mail_by") if isinstance(desk, dict)]
    named += [(("channel", index, "fallback"), channel.get("fallback")) for index, channel in enumerate(channels)]
    for path, name in named:
        if isinstance(name, str) and name not in known:
            yield Mistake(path, f"unknown channel {name!r}", nearest(name, known), may_follow=True)
    yield from _letters(told.get("contact"), channels)
    yield from _mails(desk.get("mail_by") if isinstance(desk, dict) else None, channels)
    yield from _presents(acting.get("gift_channel") if isinstance(acting, dict) else None, channels)
    for index, channel in enumerate(channels):
        if _returns(channel, channels):
            here = ("channel", index, "fallback")
            yield Mistake(here, "the fallback leads back to this channel", f'write fallback = "{BUILT_IN}"')


def _kind(name: object, channels: list[dict[str, Any]]) -> object:
    """The kind of a channel, None where there is none of this name."""
    kinds = {BUILT_IN: "log"} | {str(entry.get("name")): entry.get("kind") for entry in channels}
    return kinds.get(name) if isinstance(name, str) else None


def _letters(name: object, channels: list[dict[str, Any]]) -> Iterator[Mistake]:
    """Slack, Apprise and the log tell a desk: a letter sent there would never reach its customer."""
    if (kind := _kind(name, channels)) in ("slack", "apprise", "log"):
        what = f"channel {name!r} is of kind {kind}, which writes to no single customer"
        yield Mistake(("contact", "channel"), what, "name a channel of kind email or webhook")


def _mails(name: object, channels: list[dict[str, Any]]) -> Iterator[Mistake]:
    """Only a mail can go to an owner's own address."""
    if (kind := _kind(name, channels)) in ("slack", "apprise", "log", "webhook"):
        what = f"channel {name!r} is of kind {kind}, which writes to no owner's own address"
        yield Mistake(("tickets", "mail_by"), what, "name a channel of kind email")


def _presents(name: object, channels: list[dict[str, Any]]) -> Iterator[Mistake]:
    """Whoever sends presents takes them by machine: name and address have no business in a chat or a log."""
    kind = _kind(name, channels)
    if isinstance(kind, str) and kind != "webhook":
        cure = 'name a channel of kind webhook, or write "" and use `listener gifts export`'
        what = f"channel {name!r} is of kind {kind}, which hands no presents on"
        yield Mistake(("actions", "gift_channel"), what, cure)


def _trackers(tables: Tables) -> Iterator[Mistake]:
    """A queue goes to one tracker; pauses and errors name a tracker as they name a channel."""
    channels, taken = {*_names(tables["channel"]), BUILT_IN}, dict[str, str]()
    for index, tracker in enumerate(tables["tracker"]):
        name, queues = str(tracker.get("name")), tracker.get("queues")
        if name in channels:
            yield Mistake(("tracker", index, "name"), f"there is a channel named {name!r} too", "rename one of them")
        for queue in queues if isinstance(queues, dict) and queues else ("",):
            other = taken.setdefault(queue, name)
            if other != name:
                what = f"the queue {queue!r} goes to {other} too" if queue else f"{other} takes all other queues too"
                path: Path = ("tracker", index, "queues", queue) if queue else ("tracker", index)
                yield Mistake(path, what, 'name in one of them which queues it takes: queues = {care = ""}')


def _returns(channel: Mapping[str, Any], channels: list[dict[str, Any]]) -> bool:
    after = {entry.get("name"): entry.get("fallback") for entry in channels if isinstance(entry.get("name"), str)}
    name = channel.get("fallback")
    # bounded by the number of channels: a ring that this one is not in must end too
    for _ in channels:
        if not isinstance(name, str) or name == channel.get("name"):
            break
        name = after.get(name)
    return isinstance(name, str) and name == channel.get("name")
