"""The functions of a spec's expressions, and closures that answer as JMESPath itself does."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import jmespath
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.json_api_evaluate import Evaluation
from connectors.json_api_words import ExpressionError, parse

VALUES = [None, True, 0, 1.5, "", "text", [], [1, "a"], {}, {"a": {"b": "c"}}]


def value(source: str, data: Any = None, **params: Any) -> Any:
    return Evaluation(params)(parse(source), data)


@pytest.mark.parametrize(
    ("source", "data", "meant"),
    [
        ("listify(a)", {"a": {"b": 1}}, [{"b": 1}]),
        ("listify(a)", {}, []),
        ("listify(a)", {"a": [1]}, [1]),
        ("scale(a, `10`)", {"a": "8"}, 4.0),
        ("scale(a, b, c)", {"a": 1, "b": 1, "c": 6}, 5.0),
        ('lookup(a, `{"ONE": 1}`)', {"a": "ONE"}, 1),
        ('lookup(a, `{"ONE": 1}`)', {"a": ["x"]}, None),
        ("to_time(a)", {"a": 1795170600}, datetime(2026, 11, 20, 10, 30, tzinfo=UTC)),
        ("strip_html(a)", {"a": "<p>1 &lt; 2<script>x()</script></p>"}, "1 < 2"),
        ("strip_html(a)", {"a": "AT&amp;T"}, "AT&T"),
        ('split(a, `"\\t"`)[1]', {"a": "x\ty"}, "y"),
        ("compose('{}/u/{}', a, b)", {"a": "x", "b": 7}, "x/u/7"),
        ("compose('{}/u/{}', a, b)", {"a": "x"}, None),
        ("param('app')", {}, 440),
        ("join('', a)", {"a": 5}, None),
    ],
)
def test_the_words_of_a_spec(source: str, data: Any, meant: Any) -> None:
    assert value(source, data, app=440) == meant


@pytest.mark.parametrize("source", ["listify(@)", "scale(@, @)", "lookup(@, `{}`)", "to_time(@)", "strip_html(@)"])
@pytest.mark.parametrize("data", VALUES)
def test_no_value_makes_a_word_fail(source: str, data: Any) -> None:
    value(source, data)


def test_a_wrong_call_is_refused_when_it_is_read() -> None:
    with pytest.raises(ExpressionError, match=r"there is no function foo\(\): there are abs"):
        parse("a[?foo(b)]")
    with pytest.raises(ExpressionError, match=r"listify\(\) takes 1 values, this gives it 2"):
        parse("listify(a, b)")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from(["", "a", "b"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["a", "b"]), inner, max_size=2),
    max_leaves=6,
)
SOURCES = [
    "a",
    "a.b",
    "a.b.a",
    "a || b",
    "a && b",
    "a.b || `5` && b",
    "not_null(a, b)",
    "a[0].b",
    "[a, b]",
    "!a",
    "a[?b]",
    "a[-1].b | a",
    "a[].b",
    "a[].{x: a, y: b[0]}",
    "a[?a == `1`].b | [0]",
    "[?a].{x: @}",
    "listed[] || a[*]",
    "[a, b][]",
    "a[*].b[]",
    "a[0:1].b",
    "a.*.b",
]


@given(data=JSON)
@settings(max_examples=60)
@pytest.mark.parametrize("source", SOURCES)
def test_closures_answer_as_jmespath_does(source: str, data: Any) -> None:
    assert value(source, data) == jmespath.search(source, data)
