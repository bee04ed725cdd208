"""Objects of the contract → tables on a terminal, with outside text made harmless."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.table import Table
from rich.text import Text

# what a table without a terminal is wide: every row on one line for grep
PIPE_WIDTH = 200
LONGEST_CELL = 160
MOST_WIDE, LEAST_WIDE, NARROWEST, GAP = 40, 12, 6, 2
MANY = 500  # beyond so many rows a table is printed plainly: the console takes a millisecond for each
QUOTED = re.compile(r"^> ?", re.MULTILINE)  # what marks a quote in a mail says nothing within one line
LONG = frozenset({"text", "last_error", "about", "told", "why", "what", "evidence", "receipt"})

COLUMNS: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "mentions": ("id", "posted_at", "source", "brand", "verdict", "person", "text", "fired"),
        "tickets": (
            *("id", "status", "person", "queue", "urgency", "owner"),
            *("opened_at", "first_reply_due", "resolve_due", "mentions"),
        ),
        "deliveries": (
            "id",
            "status",
            "action",
            "rule",
            "mention",
            "person",
            "channel",
            "due_at",
            "text",
            "last_error",
        ),
        "alerts": (
            *("id", "state", "channel", "about", "mentions", "times"),
            *("opened_at", "tell_at", "told_at", "acknowledged_by"),
        ),
        "issues": (
            *("id", "title", "spread", "state", "persons", "customers", "mentions", "ratio", "first_seen"),
            *("last_seen", "brand"),
        ),
        "suggested merges": ("issue", "other", "score", "reason", "at"),
        "learned": ("kind", "at", "labels", "before", "after", "told", "adopted", "rolled_back_at"),
        "acts": ("id", "at", "who", "what", "issue", "why", "undone_at"),
        "campaigns": ("id", "status", "stage", "audience", "issue", "drafted_at", "ended_at", "why"),
        "receipts": ("customer", "list", "outcome", "at", "delivery", "receipt", "why"),
        "contacts": ("id", "at", "person", "purpose", "channel", "delivery"),
        "customers": ("id", "name", "segment", "plan", "region", "owner", "handles", "last_contact_at", "open_ticket"),
        "references": (
            *("id", "name", "segment", "state", "since", "owner"),
            *("asks", "uses", "takedowns", "why", "review"),
        ),
        "asks": ("id", "customer", "at", "form", "asker", "driver", "expected", "answer", "why"),
        "requests": ("id", "status", "form", "team", "by", "who", "opened_at", "outcome"),
        "proposals": ("customer", "name", "segment", "owner", "likely", "why"),
        "uses": ("id", "status", "customer", "kind", "place", "owner", "since", "seen_at"),
        "takedowns": ("id", "customer", "kind", "place", "owner", "hours", "seen", "detail"),
        "referrals": ("id", "at", "customer", "newcomer", "status", "source", "worth", "earned", "rewarded", "why"),
        "panel": (
            *("customer", "panel", "detractor", "mention", "score", "invitation", "invited_at", "joined_at"),
            *("since_then", "outcome"),
        ),
        "favours": ("at", "customer", "side", "form", "what", "worth", "who"),
        "erasures": ("id", "at", "what", "url"),
        "suggestions": ("account", "customer", "confidence", "evidence"),
        "sources": ("name", "kind", "state", "last_ok_at", "next_at", "items", "mentions", "failures", "last_error"),
        "tried": ("what", "name", "state", "told"),
        "silences": ("id", "kind", "what", "until", "owner", "why", "since"),
        "changes": ("action", "before", "after", "difference", "people", "money", "capped", "examples"),
        "rules": ("id", "mode", "priority", "actions", "owner", "about", "where"),
    }
)
COLOURS: Mapping[str, str] = MappingProxyType(
    {"positive": "green", "negative": "red", "mixed": "yellow", "ok": "green", "blind": "red", "gone": "red"}
    | {
        "outbreak": "red",
        "shared": "yellow",
        "failed": "red",
        "in doubt": "red",
        "waiting": "yellow",
        "by hand": "yellow",
        "open": "yellow",
    }
)


def console() -> Console:
    """Standard output, as wide as the terminal or as a pipe may be."""
    return Console(width=None if sys.stdout.isatty() else PIPE_WIDTH, highlight=False)


def show(name: str, things: Iterable[Mapping[str, Any]]) -> None:
    """Print the table of one list; a sentence when it is empty."""
    columns = COLUMNS[name]
    rows = [[_cell(thing, column) for column in columns] for thing in things]
    if not rows:
        console().print(f"no {name}")
        return
    widths = _fitting(_widths(columns, rows), console().width)
    rows = [row[: len(widths)] for row in rows]
    if len(rows) > MANY:
        _plainly(widths, rows)
        return
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column, width in widths.items():
        table.add_column(column, overflow="ellipsis", no_wrap=True, width=width)
    for row in rows:
        table.add_row(*row)
    console().print(table)


def _plainly(widths: Mapping[str, int], rows: Sequence[Sequence[Text]]) -> None:
    for line in ([Text(column) for column in widths], *rows):
        cells = (_fitted(cell.plain, width) for cell, width in zip(line, widths.values(), strict=True))
        print((" " * GAP).join(cells).rstrip())


def _fitted(text: str, width: int) -> str:
    return set_cell_size(text, width) if cell_len(text) <= width else set_cell_size(text, width - 1) + "…"


def _widths(columns: Sequence[str], rows: Sequence[Sequence[Text]]) -> dict[str, int]:
    """Texts share the room that is left; everything else keeps its own."""
    widest = [max(cell.cell_len for cell in cells) for cells in zip(*rows, strict=True)]
    needed = {column: max(len(column), width) for column, width in zip(columns, widest, strict=True)}
    short = {column: min(MOST_WIDE, width) for column, width in needed.items() if column not in LONG}
    left = console().width - sum(short.values()) - GAP * (len(columns) - 1)
    share = max(LEAST_WIDE, left // max(1, len(columns) - len(short)))
    return {column: short.get(column) or min(share, needed[column]) for column in columns}


def _fitting(widths: Mapping[str, int], room: int) -> dict[str, int]:
    """Cut what is widest, times last, then leave out what is rightmost; never the first, which names the row."""
    first, *rest = widths
    fitted = dict(widths)
    for cut in ([column for column in rest if not _is_time(column)], rest):
        while sum(fitted.values()) + GAP * len(rest) > room:
            widest = max(cut, key=fitted.__getitem__, default=first)
            if widest == first or fitted[widest] <= NARROWEST:
                break
            fitted[widest] -= 1
    while len(fitted) > 1 and sum(fitted.values()) + GAP * (len(fitted) - 1) > room:
        fitted.popitem()
    return fitted


def _cell(thing: Mapping[str, Any], column: str) -> Text:
    shown = _shown(thing, column)
    shown = one_line(QUOTED.sub("", shown) if column == "text" and "action" in thing else shown)
    return Text(shown, COLOURS.get(shown.partition(" ")[0], "") or COLOURS.get(shown, ""))


def _shown(thing: Mapping[str, Any], column: str) -> str:
    value = thing.get(column)
    if column == "text" and thing.get("title"):
        return f"{thing['title']}: {value}"
    if column == "verdict":
        return f"{value['label']} {value['score']:+.2f}" if value else "…"
    if column == "fired":
        decision = thing.get("decision") or {}
        return ", ".join(decision.get("fired", ()))
    if column in ("status", "state", "spread"):
        return str(value).replace("_", " ")
    if _is_time(column):
        return at(value)
    if isinstance(value, dict):
        return ", ".join(f"{name} {one}" for name, one in value.items() if one)
    return ", ".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)


def _is_time(column: str) -> bool:
    return column in ("at", "until", "since", "by") or column.endswith(("_at", "_due", "_seen"))


def at(moment: str | datetime | None) -> str:
    """A time for people, in UTC to the minute."""
    when = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return f"{when:%Y-%m-%d %H:%M}" if when else ""


def one_line(text: str) -> str:
    """One printable line: outside text may hold line breaks, terminal escapes or marks that turn the reading round."""
    line = " ".join(text.split())
    line = line if line.isprintable() else "".join(letter for letter in line if letter.isprintable())
    return line if len(line) <= LONGEST_CELL else line[: LONGEST_CELL - 1] + "…"
