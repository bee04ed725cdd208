"""The tables of `docs/connectors.md`, made from the kinds and specs themselves: `python -m connectors.manual FILE`."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from inspect import getdoc
from pathlib import Path

from connectors import KINDS, kind
from connectors.contract import Connector
from connectors.json_api_load import load_spec
from connectors.json_api_spec import Spec
from connectors.json_api_words import Words
from connectors.specs import shipped

# what stands between is replaced, so the text around it can be written by hand
_GENERATED = re.compile(r"(<!-- (\w+) -->\n).*?(<!-- end -->)", re.S)


def filled(document: str) -> str:
    """The document with each `<!-- name -->` … `<!-- end -->` filled by the table of that name.

    Raises KeyError for a name that there is no table for.
    """
    tables = {"kinds": kinds_table(), "specs": specs_table(), "words": words_list()}
    return _GENERATED.sub(lambda found: f"{found[1]}{tables[found[2]]}\n{found[3]}", document)


def kinds_table() -> str:
    """Every kind with its options, as a Markdown table."""
    rows = [(f"`{name}`", _first_line(kind(name)), _options(kind(name))) for name in sorted(KINDS)]
    return _table(("kind", "what it reads", "options"), rows)


def specs_table() -> str:
    """Every shipped spec with what an operator must know before using it, as a Markdown table."""
    header = ("spec", "what it reads", "access", "params", "secrets", "fields", "limits", "reply", "the site permits")
    return _table(header, [_spec_row(name, load_spec(Path(name))) for name in shipped()])


def words_list() -> str:
    """The functions that expressions have beyond standard JMESPath, as a Markdown list."""
    found = [getdoc(method) or "" for name, method in vars(Words).items() if name.startswith("_func_")]
    return "\n".join(f"- {text}" for text in sorted(found, key=lambda text: text.lstrip("`")))


def _first_line(found: type[Connector]) -> str:
    return (getdoc(found) or "").splitlines()[0]


def _options(found: type[Connector]) -> str:
    own = [field.alias or name for name, field in found.model_fields.items() if name not in found.secrets]
    if "spec" in own:
        return f"{_names(own)}, and the secrets of its spec"
    return _names(own) + (f"; secrets: {_names(sorted(found.secrets))}" if found.secrets else "")


def _spec_row(name: str, spec: Spec) -> tuple[str, ...]:
    reply = f"yes, up to {spec.reply.limit} characters" if spec.reply else "no"
    shown = f"`{name}`" + (" (example)" if spec.example else "")
    params = (f"{key} = {each.default!r}" if each.default else key for key, each in spec.params.items())
    own = [
        key for key, expression in spec.map if expression is not None and key not in ("html", "author", "attributes")
    ]
    fields = [*own, *(f"author.{key}" for key, expression in spec.map.author if expression), *spec.map.attributes]
    return (
        shown,
        spec.about,
        spec.access,
        _names(params),
        _names(spec.secrets),
        ", ".join(fields),
        spec.limits,
        reply,
        spec.permits,
    )


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [header, tuple("---" for _ in header), *rows]
    escaped = ([cell.replace("|", r"\|") for cell in line] for line in lines)
    return "\n".join(f"| {' | '.join(cells)} |" for cells in escaped)


if __name__ == "__main__":
    document = Path(sys.argv[1])
    document.write_text(filled(document.read_text("utf-8")), "utf-8")
