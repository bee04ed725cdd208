"""The tables of `docs/rules.md`, made from the catalogue itself: `python -m rules.manual docs/rules.md`."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from pathlib import Path

from rules.catalogue import ACTIONS, FIELDS, Action, Field, OptionSpec
from rules.operators import OPERATORS

# what stands between is replaced, so the text around it can be written by hand
_GENERATED = re.compile(r"(<!-- (\w+) -->\n).*?(<!-- end -->)", re.S)
_RECIPE = re.compile(r"^### (.+?)\n.*?```yaml\n(.*?)```", re.S | re.M)


def filled(document: str) -> str:
    """The document with each `<!-- name -->` … `<!-- end -->` filled by the table of that name.

    Raises KeyError for a name that there is no table for.
    """
    tables = {"fields": fields_table(), "operators": operators_table(), "actions": actions_table()}
    return _GENERATED.sub(lambda found: f"{found[1]}{tables[found[2]]}\n{found[3]}", document)


def recipes(document: str) -> dict[str, str]:
    """Title → rule file of every recipe in the document."""
    return dict(_RECIPE.findall(document.partition("## Recipes")[2]))


def fields_table() -> str:
    """Every field that rules can test, as a Markdown table."""
    rows = [(f"`{name}`", known.type, _meaning(known)) for name, known in FIELDS.items()]
    rows += [
        ("`customer.<column>`", "column", "Any further column of customers.csv."),
        ("`attribute.<name>`", "column", "What a source tells of the post beyond that, such as a version."),
    ]
    return _table(("field", "type", "what it is"), rows)


def _meaning(known: Field) -> str:
    sentence = known.sentence.removesuffix(".") + (f" ({known.unit})." if known.unit else ".")
    values = f" One of {', '.join(f'`{value}`' for value in known.values)}." if known.values else ""
    always = " Always known." if known.default is not None else ""
    return sentence + values + always


def operators_table() -> str:
    """Every operator with the types of fields that it fits, as a Markdown table."""
    rows = [(f"`{word}`", one.sentence, ", ".join(sorted(one.fits))) for word, one in OPERATORS.items()]
    return _table(("operator", "what it asks", "for fields of type"), rows)


def actions_table() -> str:
    """Every action with its purpose and options, as a Markdown table."""
    rows = [(f"`{name}`", action.sentence, _purpose(action), _options(action)) for name, action in ACTIONS.items()]
    return _table(("action", "what it does", "purpose", "options"), rows)


def _purpose(action: Action) -> str:
    return action.purpose + (", public" if action.public else "")


def _options(action: Action) -> str:
    return "<br>".join(_option(one, action.main == one.name) for one in action.options) or "none"


def _option(one: OptionSpec, main: bool) -> str:
    values = f" One of {', '.join(f'`{value}`' for value in one.values)}." if one.values else ""
    default = f" Default `{one.default}`." if one.default else ""
    needed = " Required." if one.required else ""
    short = " May stand alone." if main else ""
    return f"`{one.name}` ({one.type}): {one.sentence}{values}{default}{needed}{short}"


def _table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [header, tuple("---" for _ in header), *rows]
    escaped = ([cell.replace("|", r"\|") for cell in line] for line in lines)
    return "\n".join(f"| {' | '.join(cells)} |" for cells in escaped)


if __name__ == "__main__":
    document = Path(sys.argv[1])
    document.write_text(filled(document.read_text("utf-8")), "utf-8")
