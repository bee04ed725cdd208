"""Texts that ops write: Jinja2 templates in a small, bounded language, one per language where they like."""

from __future__ import annotations

import re
import time
import traceback
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Template as Compiled
from jinja2 import TemplateError, TemplateSyntaxError
from jinja2.meta import find_undeclared_variables

from connectors.contract import Failed
from listener.actions.template_syntax import LIST_LIMIT, Refused, environment, identifier, restricted, speaks, spelled
from listener.actions.text import one_line, printable

Value = str | int | float | bool | None | Sequence[str]

SHIPPED = Path(__file__).parent.parent / "templates"

_FILE_LIMIT = 64_000  # bytes
_TEXT_LIMIT = 5_000  # characters of a rendered text
_TIME_LIMIT = 0.05  # seconds of CPU, so that a busy machine fails no template
# what templates may ask for beside the facts, by action
FILLED: Mapping[str, tuple[str, ...]] = {
    "engage": ("item.title", "item.url", "item.kind", "item.about"),
    "send_gift": ("gift.title", "gift.link", "gift.disclosure"),
    "ask_feedback": ("survey.link",),
    "ask_to_share": ("share.places",),
    "invite_panel": ("panel.name",),
    "invite_reference": ("reference.benefit", "reference.form"),
}


class Problem(NamedTuple):
    """What is wrong with a template, and where."""

    file: Path
    line: int
    what: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A text ready to be read by a person. `language_missing`: there was none in the mention's language.

    `mark` tells the variant of the template apart from all others.
    """

    text: str
    template: str
    language_missing: bool = False
    mark: str = ""


@dataclass(frozen=True, slots=True)
class _Sheet:
    """One file: compiled, or with the problem that kept it from that."""

    file: Path
    variants: Mapping[str, Compiled] = field(default_factory=dict)
    source: str = ""
    placeholders: frozenset[str] = frozenset()
    problem: Problem | None = None


class _TooSlow(Failed):
    """A text took longer than it may."""


class Templates:
    """All `*.txt` of the operator's folder, read once; what is not there comes from `shipped`."""

    def __init__(self, folder: Path, shipped: Path = SHIPPED) -> None:
        # The operator's come last, so that they win over shipped ones of the same name.
        files = {file.stem: file for place in (shipped, folder) for file in sorted(place.glob("*.txt"))}
        self._sheets = {name: _read(file) for name, file in files.items()}

    def names(self) -> frozenset[str]:
        """What a rule may name: `thanks` for `thanks.txt` and `thanks.de.txt`."""
        return frozenset(name.partition(".")[0] for name in self._sheets)

    def placeholders(self, name: str) -> frozenset[str]:
        """Dotted names of all values that this template, in any language, asks for."""
        return frozenset().union(*(sheet.placeholders for sheet in self._family(name)))

    def wording(self, name: str) -> str:
        """What this template says, in all of its languages together."""
        return "\n".join(sheet.source for sheet in self._family(name))

    def problems(self) -> tuple[Problem, ...]:
        """Everything wrong with any file, for `check`."""
        return tuple(sheet.problem for sheet in self._sheets.values() if sheet.problem)

    def render(
        self,
        name: str,
        values: Mapping[str, Value],
        language: str | None = None,
        used: Collection[str] = (),
    ) -> Draft:
        """Fill the template that suits the language (`de`, `de-AT`), else the plain one, which is English.

        A file may hold several variants with a line `---` between them: the first whose mark is not `used`.
        `values` are facts under dotted names. None and "" count as missing: false in an `{% if %}`, an error
        when printed. Raises Failed, permanently, naming file, line and placeholder.
        """
        short = (language or "").replace("_", "-").partition("-")[0].lower()
        # A template in the wrong language is better than none, as a person reads the draft before it goes out.
        own = self._sheets.get(f"{name}.{short}")
        sheet = own or self._sheets.get(name)
        if sheet is None:
            raise Failed(f"there is no template {name!r}; there are {', '.join(sorted(self.names()))}", permanent=True)
        if sheet.problem is not None:
            raise Failed(_told(*sheet.problem), permanent=True)
        mark = next((mark for mark in sheet.variants if mark not in used), None)
        if mark is None:
            what = "every variant was used in this thread or to this person: write your own words"
            raise Failed(f"{sheet.file.name}: {what}", permanent=True)
        asked = {name: values[name] for name in sheet.placeholders & values.keys()}
        try:
            text = _filled(sheet.file, sheet.variants[mark], asked)
        except _TooSlow:
            # once in 30,000 letters a pause of the interpreter's own falls into one; what is slow is so again
            text = _filled(sheet.file, sheet.variants[mark], asked)
        return Draft(text, sheet.file.stem, own is None and short not in ("", "en"), mark)

    def _family(self, name: str) -> Iterator[_Sheet]:
        return (sheet for known, sheet in self._sheets.items() if known.partition(".")[0] == name)


TITLE_ALONE = re.compile(r"Subject:.*")
BETWEEN = re.compile(r"^---[ \t]*$", re.MULTILINE)  # stands between the variants of a text


def _read(file: Path) -> _Sheet:
    try:
        return _Sheet(file, *_compiled(_source(file)))
    except Refused as error:
        return _broken(file, error.line, str(error))
    except TemplateSyntaxError as error:
        return _broken(file, error.lineno, error.message or "not a template")
    except (RecursionError, SyntaxError, MemoryError):
        return _broken(file, 1, "too deeply nested")
    except UnicodeDecodeError as error:
        return _broken(file, 1 + error.object[: error.start].count(b"\n"), "not UTF-8: save it as UTF-8")
    except (OSError, ValueError) as error:
        return _broken(file, 1, str(error))


@lru_cache(maxsize=64)
def _compiled(source: str) -> tuple[Mapping[str, Compiled], str, frozenset[str]]:
    """The variants of a text by their marks, the text, and its placeholders. Hardly one changes at a reload."""
    rules = environment()
    variants, asked = {}, set()
    for written in _variants(source):
        tree = restricted(rules.parse(written))
        if not speaks(tree) or TITLE_ALONE.fullmatch(written.strip()):
            raise Refused("there is no text in it: write one", 1 + len(written) - len(written.lstrip("\n")))
        asked |= find_undeclared_variables(tree)
        variants[blake2b(written.strip().encode(), digest_size=6).hexdigest()] = rules.from_string(tree)
    return variants, source, frozenset(map(spelled, asked))


def _variants(source: str) -> Iterator[str]:
    """Each with the line breaks above it, so that errors name the line of the file."""
    start, above = 0, 0
    for cut in (*BETWEEN.finditer(source), None):
        end = cut.start() if cut else len(source)
        if source[start:end].strip() or not (cut or above):
            yield "\n" * above + source[start:end]
        above, start = source.count("\n", 0, end), cut.end() if cut else end


def _source(file: Path) -> str:
    # Read no further than the limit: the name may lead to a device or to a huge file.
    with file.open("rb") as opened:
        raw = opened.read(_FILE_LIMIT + 1)
    if len(raw) > _FILE_LIMIT:
        raise ValueError(f"larger than {_FILE_LIMIT:,} bytes")
    # Editors on Windows put a mark before the text.
    return raw.decode("utf-8-sig")


def _broken(file: Path, line: int, what: str) -> _Sheet:
    return _Sheet(file, problem=Problem(file, line, one_line(what)))


def _filled(file: Path, compiled: Compiled, values: Mapping[str, Value]) -> str:
    shown = {identifier(name): _shown(name, value) for name, value in values.items() if value is not None}
    known = {name: value for name, value in shown.items() if value != ""}
    try:
        text = printable("".join(_bounded(file, compiled.generate(known))))
    except TemplateError as error:
        raise Failed(_told(file, _line(error), f"no value for {error.message}"), permanent=True) from None
    except (TypeError, ValueError, ArithmeticError) as error:
        raise Failed(_told(file, _line(error), str(error)), permanent=True) from None
    if not text:
        raise Failed(_told(file, 1, "the text came out empty"), permanent=True)
    return text


def _bounded(file: Path, pieces: Iterator[str]) -> Iterator[str]:
    length, end = 0, time.thread_time() + _TIME_LIMIT
    for piece in pieces:
        length += len(piece)
        if length > _TEXT_LIMIT:
            raise Failed(_told(file, 1, f"the text is longer than {_TEXT_LIMIT:,} characters"), permanent=True)
        if time.thread_time() > end:
            raise _TooSlow(_told(file, 1, f"takes longer than {_TIME_LIMIT * 1000:.0f} ms"), permanent=True)
        yield piece


def _shown(name: str, value: Value) -> Any:
    if isinstance(value, str):
        return printable(value) if name == "text" else one_line(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return [one_line(str(one)) for one in value[:LIST_LIMIT]] if isinstance(value, Sequence) else value


def _line(error: Exception) -> int:
    """The template's line: Jinja2 puts it into the traceback, under the name it gives to texts without a file."""
    steps = traceback.extract_tb(error.__traceback__)
    return next((step.lineno or 1 for step in reversed(steps) if step.filename == "<template>"), 1)


def _told(file: Path, line: int, what: str) -> str:
    return f"{file.name}:{line}: {what}"
