"""Every key of any valid document is found where it stands."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from listener.config.places import Path as Key
from listener.config.places import locate

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"

ODD = '''\
# a = 1
a.b . "c d" = 1   # ] } "
t = """one
b = 2 \\""" still " quotes """"
u = \'\'\'
[no] header\'\'\'\'
d = 1979-05-27 07:32:00
list = [ 1, "]", [2, {x = 1, "y.z" = [3]}], # , 4
  5 ]
'q' = {inline.deep = "}", other = []}
[ s . "x.y" ]
k = 1
[[many]]
n = 1
[many.sub]
m = 1
[[many.inner]]
[[many]]
  [[many.inner]]
  [[many.inner]]
  i = -1.5e3'''


def keys(value: Any, path: Key = ()) -> Iterator[Key]:
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for part, inner in entries:
        yield (*path, part)
        yield from keys(inner, (*path, part))


def test_odd_documents_are_walked_to_the_end() -> None:
    places = locate(ODD)

    assert places.at(("a", "b", "c d")) == (2, 7)
    assert places.at(("d",)) == (7, 1)
    assert places.at(("list", 2, 1, "y.z")) == (8, 30)
    assert places.at(("list", 3)) == (9, 3)
    assert places.at(("q", "inline", "deep")) == (10, 15)
    assert places.at(("s", "x.y", "k")) == (12, 1)
    assert places.at(("many", 0, "sub", "m")) == (16, 1)
    assert places.at(("many", 1, "inner", 1, "i")) == (21, 3)


def test_what_is_not_there_has_the_place_of_its_section() -> None:
    assert locate("[a]\nb = 1").at(("a", "x")) == (1, 2)
    assert locate("").at(("x",)) == (1, 1)


def test_every_key_of_the_example_is_found_at_its_own_name() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    places, lines = locate(text), text.split("\n")

    for key in keys(tomllib.loads(text)):
        line, column = places.at(key)
        name = next(part for part in reversed(key) if isinstance(part, str))
        assert isinstance(key[-1], int) or lines[line - 1][column - 1 :].startswith(name)


@given(st.lists(st.sampled_from([*ODD.split("\n"), "x = 1", "[n]", "[[r]]", "y = ['''", "''']"]), max_size=8))
def test_any_valid_document_is_walked(lines: list[str]) -> None:
    text = "\n".join(lines)
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return

    assert all(locate(text)._offsets.keys() >= {key} for key in keys(values))
