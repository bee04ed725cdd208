"""YAML text → nodes that know their place. Everything that makes YAML surprising or dangerous is refused in words."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import yaml

from rules.nodes import Node, Page
from rules.problems import Misread, Problem

MEGABYTES = 5
DEEPEST = 20
EXPANDED = 200_000  # nodes a file may hold beyond those written out, by way of aliases
NOWHERE = Node(1, 1)

# libyaml's own words → ours; the first part that occurs in its message decides
PLAIN_WORDS = (
    ("escape character", "a backslash that means nothing here", "use single quotes: '…'"),
    ("quoted scalar", "this quote is never closed", "close it on the same line"),
    ("flow sequence", "this '[' is never closed, or a comma is missing after an entry", "write [a, b, c]"),
    ("flow mapping", "this '{' is never closed, or a comma is missing after an entry", "write {a: 1, b: 2}"),
    (
        "mapping values are not allowed",
        "a ':' where none can be",
        "put quotes around the text, or check the indentation",
    ),
    ("cannot start any token", "a character that cannot stand here", "put quotes around the text"),
    ("expected ':'", "a ':' is missing", "write `name: value`"),
    ("expected <block end>", "the indentation does not fit the lines above", "line the entries up"),
    ("expected key", "the indentation does not fit the lines above", "line the entries up"),
    ("block collection", "the indentation does not fit the lines above", "line the entries up"),
    ("expected node content", "something is missing here, or a '[' or '{' above is never closed", "write [a, b, c]"),
    ("found undefined tag", "tags are not used here", "leave out the '!'"),
)
COMMENT = re.compile(r"[\s\[{,]#")
HIDDEN = "a value that begins with # needs quotes, else the rest of the line is a comment"


class _Refused(Misread):
    """A file that is readable but not acceptable, and where."""

    def __init__(self, line: int, column: int, what: str, cure: str) -> None:
        super().__init__(what, cure)
        self.at = Node(line, column)


def read(text: str, page: Page) -> Node | None:
    """The root node of a file; None when it is empty or cannot be read, which the page then says."""
    if len(text) > MEGABYTES * 1_000_000:
        page.wrong(NOWHERE, f"the file is larger than {MEGABYTES} MB", "split it into several files")
        return None
    try:
        return _Builder(page).build(text)
    except yaml.MarkedYAMLError as trouble:
        page.problems.append(in_plain_words(trouble, text, page.file))
    except yaml.YAMLError:
        page.wrong(NOWHERE, "the file holds characters that are no text", "save it as UTF-8 text")
    except _Refused as trouble:
        page.misread(trouble.at, trouble)
    return None


def in_plain_words(trouble: yaml.MarkedYAMLError, text: str, file: str) -> Problem:
    """What keeps this text of a file from being YAML, with its place and cure."""
    said = f"{trouble.context} {trouble.problem}"
    mark = trouble.problem_mark
    # an unclosed quote or bracket is best shown where it was opened, not at the end of the file
    opened = trouble.context_mark if "quoted scalar" in said or "flow" in said else None
    place = opened or mark
    line, column = (place.line + 1, place.column + 1) if place else (1, 1)
    rows = text.splitlines()
    row = rows[mark.line] if mark and mark.line < len(rows) else ""
    if "\t" in row[: (mark.column if mark else 0) + 1]:
        return Problem(file, mark.line + 1 if mark else line, row.index("\t") + 1, "a tab", "indent with spaces")
    for part, what, cure in PLAIN_WORDS:
        if part in said:
            cure = HIDDEN if "flow" in part and COMMENT.search(rows[line - 1]) else cure
            return Problem(file, line, column, what, cure)
    return Problem(file, line, column, f"not readable as YAML: {trouble.problem}", "check quotes and indentation")


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end has not been reached yet."""

    line: int
    column: int
    anchor: str | None
    maps: bool
    items: list[Node] = field(default_factory=list)
    pairs: dict[str, tuple[Node, Node]] = field(default_factory=dict)
    key: Node | None = None
    size: int = 1


def _place(event: yaml.Event) -> tuple[int, int]:
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


class _Builder:
    """Builds nodes from libyaml's events without recursion, so that depth is ours to bound."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.open: list[_Open] = []
        self.anchors: dict[str, Node] = {}
        self.root: Node | None = None

    def build(self, text: str) -> Node | None:
        # 123,000 events took 0.09 s where PyYAML's compose took 0.61 s, and compose recurses in C
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            if isinstance(event, yaml.ScalarEvent):
                self._refuse_tag(event)
                quoted = event.style in ("'", '"', "|", ">")
                self._add(Node(*_place(event), event.value, quoted), event.anchor)
            elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
                self._enter(event)
            elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                self._leave()
            elif isinstance(event, yaml.AliasEvent):
                self._repeat(event)
        return self.root

    def _refuse_tag(self, event: yaml.NodeEvent) -> None:
        tag = getattr(event, "tag", None)
        if tag is not None:
            self.page.wrong(Node(*_place(event)), f"tags such as {tag} are not used here", "leave it out")

    def _enter(self, event: yaml.CollectionStartEvent) -> None:
        self._refuse_tag(event)
        line, column = _place(event)
        if len(self.open) >= DEEPEST:
            raise _Refused(
                line, column, f"nested deeper than {DEEPEST} levels", "split the condition into lists or rules"
            )
        self.open.append(_Open(line, column, event.anchor, isinstance(event, yaml.MappingStartEvent)))

    def _leave(self) -> None:
        done = self.open.pop()
        if done.maps:
            node = Node(done.line, done.column, pairs=done.pairs, size=done.size)
        else:
            node = Node(done.line, done.column, items=tuple(done.items), size=done.size)
        self._add(node, done.anchor)

    # a node is shared, not copied, but whoever walks the tree meets it each time: so its size counts each time
    def _repeat(self, event: yaml.AliasEvent) -> None:
        line, column = _place(event)
        node = self.anchors.get(event.anchor or "")
        if node is None:
            self.page.wrong(
                Node(line, column), f"nothing is called &{event.anchor} above", "a text that starts with * needs quotes"
            )
            node = Node(line, column, "?", True)
        if node.size + sum(part.size for part in self.open) > EXPANDED:
            raise _Refused(line, column, "the aliases multiply without bound", "write the entries out, or use lists:")
        self._add(node, None)

    def _add(self, node: Node, anchor: str | None) -> None:
        if anchor is not None:
            self.anchors[anchor] = node
        if not self.open:
            self._finish(node)
            return
        into = self.open[-1]
        into.size += node.size
        if not into.maps:
            into.items.append(node)
        elif into.key is None:
            into.key = self._as_key(node)
        else:
            self._pair(into, into.key, node)

    def _finish(self, node: Node) -> None:
        if self.root is not None:
            raise _Refused(node.line, node.column, "a second document in one file", "leave out the line ---")
        self.root = node

    def _as_key(self, node: Node) -> Node:
        if not node.scalar:
            self.page.wrong(node, "a list or mapping stands where a name is needed", "put quotes around the text")
        return node

    def _pair(self, into: _Open, key: Node, value: Node) -> None:
        into.key = None
        if key.raw in into.pairs:
            first = into.pairs[key.raw][0].line
            self.page.wrong(key, f"'{key.raw}' stands here twice, first in line {first}", "keep one of them")
            return
        into.pairs[key.raw] = (key, value)
