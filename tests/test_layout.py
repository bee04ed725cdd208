"""The arrows between the rooms: who may import whom, and what only some rooms may do."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("connectors", "rules", "listener")

# a room may import rooms on lower steps and itself; rooms on one step do not know each other
STEPS: tuple[tuple[str, ...], ...] = (
    (
        "connectors.contract",
        "rules.terms",
        "listener.aside_child",
        "listener.counted",
        "listener.elsewhere",
        "listener.heap",
        "listener.importing",
        "listener.signals",
    ),
    ("connectors", "rules"),
    (
        "listener.model",
        "listener.log",
        "listener.signing",
        "listener.likeness",
        "listener.aside",
    ),
    ("listener.store", "listener.net"),
    (
        "listener.intake",
        "listener.understanding",
        "listener.customers",
        "listener.issues",
        "listener.advocacy",
        "listener.recovery",
    ),
    ("listener.actions",),
    ("listener.trackers",),
    ("listener.pipeline", "listener.door", "listener.engine_door"),
    ("listener.config",),
    ("listener.rulebook", "listener.livefiles", "listener.ticketdesk"),
    ("listener.wiring",),
    ("listener.views", "listener.explain", "listener.imports", "listener.desk"),
    ("listener.web", "listener.polling", "listener.hands"),
    ("listener.pages", "listener.once"),
    ("listener.daemon",),
    ("listener.demo",),
    ("listener.cli",),
    ("listener.__main__",),
)
ROOMS = {room: step for step, rooms in enumerate(STEPS) for room in rooms}
# the parser children are listed by wiring, config checks kinds and channels by importing them when asked
CLOCKS = {("datetime", "now"), ("datetime", "utcnow"), ("date", "today"), ("time", "time")}
ABOVE_WIRING = tuple(room for room, step in ROOMS.items() if step >= ROOMS["listener.wiring"])


def modules() -> list[Path]:
    return sorted(
        path for package in PACKAGES for path in (ROOT / package).rglob("*.py") if "migrations" not in path.parts
    )


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def room_of(module: str) -> str | None:
    """The most particular room that a module belongs to."""
    known = [room for room in ROOMS if module == room or module.startswith(f"{room}.")]
    return max(known, key=len, default=None)


@cache
def imports_of(path: Path) -> tuple[tuple[int, str], ...]:
    return tuple(_imports_of(path))


def _imports_of(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.lineno, node.module
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_every_module_belongs_to_a_room(path: Path) -> None:
    assert name_of(path) == "listener" or room_of(name_of(path))


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_a_room_imports_only_rooms_below_it(path: Path) -> None:
    mine = room_of(name_of(path))
    wrong = [
        f"line {line}: {mine} imports {other}"
        for line, module in imports_of(path)
        if mine and (other := room_of(module)) and other != mine and ROOMS[other] >= ROOMS[mine]
    ]

    assert wrong == []


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_sql_is_spoken_in_the_store_only(path: Path) -> None:
    if room_of(name_of(path)) in ("listener.store", "listener.model"):
        return
    # a Row is a value that passes between rooms; statements and connections are not
    spoken = [module for _, module in imports_of(path) if module.split(".")[0] in ("sqlalchemy", "sqlmodel", "sqlite3")]

    assert set(spoken) <= {"sqlalchemy", "sqlalchemy.Row"}


def calls_of(path: Path) -> Iterator[tuple[int, tuple[str, str]]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield node.lineno, (node.value.id, node.attr)


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_nobody_below_wiring_reads_the_clock_or_the_environment(path: Path) -> None:
    if room_of(name_of(path)) in ABOVE_WIRING or room_of(name_of(path)) == "listener.aside_child":
        return
    forbidden = {*CLOCKS, ("os", "environ"), ("os", "getenv")}

    assert [(line, call) for line, call in calls_of(path) if call in forbidden] == []


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_rooms_below_wiring_do_not_know_the_configuration(path: Path) -> None:
    mine = room_of(name_of(path))
    if mine is None or ROOMS[mine] >= ROOMS["listener.config"]:
        return

    assert [module for _, module in imports_of(path) if module.startswith("listener.config")] == []


BOUNDARIES = {
    "listener/aside_child.py": "whatever untrusted bytes provoke is an answer",
    "listener/pipeline/collect.py": "a poll",
    "listener/pipeline/judge.py": "a mention",
    "listener/pipeline/tracking.py": "a look at a tracker",
    "listener/pipeline/act.py": "a delivery",
    "listener/web/server.py": "a web request",
    "listener/desk/work.py": "a press in Slack",
    "listener/cli/online.py": "a source or channel that is tried, perhaps of somebody else's kind",
}


def test_broad_excepts_stand_at_the_boundaries_only() -> None:
    broad = {
        str(path.relative_to(ROOT))
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or (isinstance(node.type, ast.Name) and node.type.id == "Exception"))
    }

    assert broad <= set(BOUNDARIES)
