"""TOML text → plain values and places, with every mistake of spelling found in one go and said in plain words."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from listener.config.places import Places, locate
from listener.config.problems import ConfigError, Problem

# ours are below 10 kB; tomllib needs seconds for some documents of many megabytes
MOST_BYTES = 1_000_000
# more than this is no list of mistakes but another kind of file
MOST_PROBLEMS = 50
POSITION = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
ONE_LINE = re.compile(r"\s*[\w\"'.-]+\s*[=:\s]")

REPEATED = "only [[source]], [[channel]], [[brand]] and [[person]] may repeat, in two brackets"
# how tomllib's messages begin; it has no codes for them
PLAIN = {
    "Invalid value": ("the value cannot be read", 'put text in straight quotes: key = "value"'),
    "Expected newline": ("something follows the value", 'put text and durations in quotes ("15m"), one key a line'),
    "Expected '='": ("there is no = after the key", 'write key = "value"'),
    "Cannot overwrite": ("this key stands twice", "keep one of them"),
    "Cannot declare": ("this section stands twice", f"join the two; {REPEATED}"),
    "Cannot mutate": ("this section stands twice", f"join the two; {REPEATED}"),
    "Duplicate inline table key": ("this key stands twice", "keep one of them"),
    "Illegal character '\\n'": ("a quote is missing at the end of the line", 'write key = "value"'),
    "Unterminated string": ("a quote is missing at the end", 'write key = "value"'),
    "Expected \"'''\"": ("a text that began with ''' does not end", "close it with '''"),
    "Unescaped '\\'": ("a backslash inside double quotes", r"write \\ or put the text in 'single quotes'"),
    "Unclosed array": ("a list is not closed", "close it with ] and put commas between its entries"),
    "Unclosed inline table": ("a { is not closed", "close it with } on the same line"),
    "Expected ']": ("the bracket of a section is not closed", "write [store] or [[source]]"),
    "Invalid statement": ("this is neither a key nor a section", 'write key = "value" or [section]'),
}
# after these the rest of the file can still be read with the offending line left out
ONE_LINE_ONLY = ("Invalid value", "Expected newline", "Expected '='", "Cannot overwrite", "Illegal", "Unescaped")


@dataclass(frozen=True, slots=True)
class Document:
    """A file as read. `problems` are its mistakes of spelling; lines with one are left out of `values`."""

    values: dict[str, Any]
    places: Places
    problems: tuple[Problem, ...]


def read(path: Path) -> Document:
    """The values of a TOML file. Raises ConfigError when nothing of it can be used."""
    lines = _text(path).split("\n")
    problems: list[Problem] = []
    while True:
        text = "\n".join(lines)
        try:
            return Document(tomllib.loads(text), locate(text), tuple(problems))
        except RecursionError:
            raise ConfigError([*problems, Problem(str(path), 1, 1, "lists inside lists without end")]) from None
        except tomllib.TOMLDecodeError as error:
            problem = _plain(path, lines, str(error))
            problems.append(problem)
            if len(problems) > MOST_PROBLEMS or not _stands_alone(lines[problem.line - 1], problem.column, str(error)):
                raise ConfigError(problems) from None
            # emptied, not removed: the places below must stay
            lines[problem.line - 1] = ""


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            body = file.read(MOST_BYTES + 1)
    except OSError as error:
        cure = "write one with `listener init`, or name it with --config"
        raise ConfigError([Problem(str(path), 1, 1, f"cannot be read: {error.strerror}", cure)]) from error
    if len(body) > MOST_BYTES:
        raise ConfigError([Problem(str(path), 1, 1, "is larger than 1 MB: this is no configuration")])
    try:
        # editors on Windows write a mark and \r\n; tomllib counts columns without them
        return body.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        raise ConfigError([Problem(str(path), line, 1, "is not UTF-8 text", "save the file as UTF-8")]) from error


def _plain(path: Path, lines: list[str], message: str) -> Problem:
    """tomllib's message with its position, in an operator's words."""
    found = POSITION.search(message)
    line = int(found[1]) if found and found[1] else len(lines)
    column = int(found[2]) if found and found[2] else len(lines[line - 1]) + 1
    bare = POSITION.sub("", message)
    what, cure = next((plain for start, plain in PLAIN.items() if bare.startswith(start)), (bare, ""))
    if bare.startswith("Cannot"):
        # tomllib stands behind the statement by then
        column = len(lines[line - 1]) - len(lines[line - 1].lstrip()) + 1
    return Problem(str(path), line, column, what, cure)


def _stands_alone(line: str, column: int, message: str) -> bool:
    """Whether the mistake is within this one line, so that leaving it out breaks nothing else."""
    # a value refused before the line's = belongs to a list that was never closed
    after_equals = column > line.find("=") >= 0 or not message.startswith("Invalid value")
    return after_equals and message.startswith(ONE_LINE_ONLY) and bool(ONE_LINE.match(line))
