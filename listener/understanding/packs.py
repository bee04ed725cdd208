"""Lexicon packs: YAML files that give words and phrases a value from −4 to 4, or 0 to take them out."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Protocol

import yaml

from rules.problems import nearest
from rules.reading import in_plain_words

SHIPPED = Path(__file__).parent / "packs"
NAMES = ("service-safe", "complaint-channel")
WIDEST_VALUE = 4.0
# libyaml reads the shipped files in a tenth of the time; a build of PyYAML may lack it
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class WordFile(Protocol):
    """A file of words: where it is, or what it said when it was last good."""

    def is_file(self) -> bool: ...
    def read_text(self, encoding: str, /) -> str: ...


@dataclass(frozen=True, slots=True)
class WordText:
    """What the file at `path` says, or said: problems name that place."""

    path: Path
    text: str

    def __str__(self) -> str:
        return str(self.path)

    def is_file(self) -> bool:
        return True

    def read_text(self, encoding: str, /) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Pack:
    """Lower-case word or phrase → value. `name` is what evidence calls the origin of a word."""

    name: str
    words: Mapping[str, float]


class UnreadableWords(Exception):
    """The word file has these problems, each as `file:line:column: what`; nothing of it is used."""

    def __init__(self, problems: Sequence[str]) -> None:
        # kept as they came: another process hands this on
        super().__init__(problems)
        self.problems = tuple(problems)

    def __str__(self) -> str:
        return "\n".join(self.problems)


def shipped(name: str) -> Pack:
    """A pack that comes with the product: `service-safe` or `complaint-channel`. Raises UnreadableWords."""
    if name not in NAMES:
        meant = get_close_matches(name, NAMES, 1) or NAMES
        raise UnreadableWords([f"no word pack is called '{name}'; did you mean '{meant[0]}'?"])
    return read(SHIPPED / f"{name}.yaml", name)


def own(read_by: Callable[[WordFile], object], path: Path, text: str | None) -> WordFile:
    """A file of ops', found right by its reader; `text` None: it cannot be read. One that is not there says nothing.

    Raises UnreadableWords.
    """
    if text is None:
        raise UnreadableWords([f"{path}: cannot be read; it must be UTF-8 text that this account may read"])
    file = WordText(path, text) if text or path.is_file() else path
    if file.is_file():
        read_by(file)
    return file


def read(path: WordFile, name: str = "own words") -> Pack:
    """A pack from a file whose `words:` maps words to values. Raises UnreadableWords with all problems at once."""
    found: dict[str, float] = {}
    problems: list[str] = []
    for key, value in entries(path, "words"):
        phrase = " ".join(key.value.lower().replace("’", "'").split()) if isinstance(key, yaml.ScalarNode) else ""
        number = as_value(value)
        where = f"{path}:{place(key)}"
        if not phrase:
            problems.append(f"{where}: a word or phrase is wanted here")
        elif phrase in found:
            problems.append(f"{where}: '{phrase}' stands here twice; keep one")
        elif number is None:
            problems.append(f"{where}: '{phrase}' wants a number from -4 (worst) to 4 (best), or 0 to ignore it")
        else:
            found[phrase] = number
    if problems:
        raise UnreadableWords(problems)
    return Pack(name, found)


def entries(path: WordFile, section: str, beside: Sequence[str] = ()) -> Iterator[tuple[yaml.Node, yaml.Node]]:
    """Key and value nodes under one top-level key, as written: `no` stays a word, `:)` an emoticon.

    `beside` are the other top-level keys that the file may have. Raises UnreadableWords.
    """
    for key, value in pairs(_root(path), path, "the file"):
        name = getattr(key, "value", None)
        if name == section:
            yield from pairs(value, path, f"'{section}'")
        elif name not in beside:
            known = sorted({section, *beside})
            cure = nearest(str(name), known, f"it takes {', '.join(known)}")
            raise UnreadableWords([f"{path}:{place(key)}: unknown key '{name}' in the file — {cure}"])


def _root(path: WordFile) -> yaml.Node:
    try:
        text = path.read_text("utf-8")
        return yaml.compose(text, Loader=LOADER) or yaml.MappingNode("", [])
    except yaml.MarkedYAMLError as trouble:
        raise UnreadableWords([str(in_plain_words(trouble, text, str(path)))]) from trouble
    except (yaml.YAMLError, UnicodeDecodeError) as trouble:
        raise UnreadableWords([f"{path}: not readable as YAML: {trouble}"]) from trouble


def place(node: yaml.Node) -> str:
    """Line and column of a node."""
    return f"{node.start_mark.line + 1}:{node.start_mark.column + 1}"


def pairs(node: yaml.Node, path: WordFile, what: str) -> list[tuple[yaml.Node, yaml.Node]]:
    if not isinstance(node, yaml.MappingNode):
        if isinstance(node, yaml.ScalarNode) and node.value == "":
            return []
        raise UnreadableWords([f"{path}:{node.start_mark.line + 1}: {what} must be a list of 'word: value' lines"])
    found: list[tuple[yaml.Node, yaml.Node]] = node.value
    return found


def as_value(node: yaml.Node) -> float | None:
    try:
        number = float(node.value) if isinstance(node, yaml.ScalarNode) else None
    except ValueError:
        return None
    return number if number is not None and abs(number) <= WIDEST_VALUE else None


def version_of(packs: Sequence[Pack]) -> str:
    """Eight characters that change when any word, value or the order of the packs does."""
    digest = hashlib.sha256()
    for pack in packs:
        digest.update(repr((pack.name, sorted(pack.words.items()))).encode())
    return digest.hexdigest()[:8]
