"""Where each key of a TOML document stands, which tomllib does not tell."""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections.abc import Mapping

Path = tuple[str | int, ...]

# blanks, line ends and comments may stand between any two tokens
GAP = re.compile(r"(?:\s|#[^\n]*)*")
STRING = re.compile(r'"""(?:\\[\s\S]|[^\\])*?"{3,5}|\'\'\'[\s\S]*?\'{3,5}|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'')
BARE = re.compile(r"[\w-]+")
SCALAR = re.compile(r"[^\s,\]}#]+(?: \d[^\s,\]}#]*)?")  # a date and its time may stand apart


class Places:
    """Line and column of every key, section and list entry, by its path: `("source", 0, "url")`."""

    def __init__(self, text: str, offsets: Mapping[Path, int]) -> None:
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self._offsets = offsets

    def at(self, path: Path) -> tuple[int, int]:
        """Line and column of the key, or of the nearest section round it; (1, 1) when there is none."""
        for length in range(len(path), 0, -1):
            if path[:length] in self._offsets:
                return self._position(self._offsets[path[:length]])
        return 1, 1

    def _position(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1


def locate(text: str) -> Places:
    """Find the place of every key. `text` is a document that tomllib accepts, with `\\n` line ends."""
    return Places(text, _Walk(text).document())


class _Walk:
    """One pass over the text. Trusts that the document is valid, which keeps it this small."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.here = 0
        self.found: dict[Path, int] = {}
        self.counts: dict[Path, int] = {}

    # every method begins at the first character of what it reads and ends behind its last

    def document(self) -> dict[Path, int]:
        """Walk to the end; the offset of every path."""
        section: Path = ()
        while self.peek():
            if self.peek() == "[":
                section = self.header()
            else:
                self.pair(section)
        return self.found

    def peek(self) -> str:
        """The next character that means something, "" at the end."""
        self.eat(GAP)
        return self.text[self.here : self.here + 1]

    def eat(self, pattern: re.Pattern[str]) -> str:
        """Go past what fits the pattern."""
        match = pattern.match(self.text, self.here)
        # one step even where nothing fits, so that no text can hold the walk up
        self.here = match.end() if match else self.here + 1
        return match.group() if match else ""

    def header(self) -> Path:
        """`[a.b]` or `[[a.b]]`; the path that its keys belong to."""
        repeated = self.text.startswith("[[", self.here)
        self.here += 2 if repeated else 1
        path: Path = ()
        names = self.key()
        for name, offset in names:
            path = self.enter((*path, name), offset, last=repeated and name is names[-1][0])
        self.here = self.text.index("]", self.here) + (2 if repeated else 1)
        return path

    def enter(self, path: Path, offset: int, last: bool) -> Path:
        """Step into a section; `last`: a new entry of a repeated one begins here."""
        self.found.setdefault(path, offset)
        if last:
            self.counts[path] = self.counts.get(path, 0) + 1
        if path in self.counts:
            path = (*path, self.counts[path] - 1)
            self.found.setdefault(path, offset)
        return path

    def key(self) -> list[tuple[str, int]]:
        """The parts of a dotted key and where each begins."""
        names = []
        while True:
            quoted = self.peek() in "\"'"
            offset = self.here
            written = self.eat(STRING if quoted else BARE)
            # tomllib knows the escapes of quoted keys
            names.append((tomllib.loads(f"name = {written}")["name"] if quoted else written, offset))
            if self.peek() != ".":
                return names
            self.here += 1

    def pair(self, section: Path) -> None:
        """`key = value`."""
        path = section
        for name, offset in self.key():
            path = (*path, name)
            self.found.setdefault(path, offset)
        self.here = self.text.index("=", self.here) + 1
        self.value(path)

    def value(self, path: Path) -> None:
        """Whatever stands right of an equals sign or in a list."""
        opening = self.peek()
        if opening == "[":
            self.entries(path)
        elif opening == "{":
            self.pairs(path)
        else:
            self.eat(STRING if opening in "\"'" else SCALAR)

    def entries(self, path: Path) -> None:
        """The entries of a list."""
        self.here += 1
        count = 0
        while self.peek() != "]":
            self.found[(*path, count)] = self.here
            self.value((*path, count))
            count += 1
            if self.peek() == ",":
                self.here += 1
        self.here += 1

    def pairs(self, path: Path) -> None:
        """The pairs of an inline table."""
        self.here += 1
        while self.peek() != "}":
            self.pair(path)
            if self.peek() == ",":
                self.here += 1
        self.here += 1
