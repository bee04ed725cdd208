"""The part of Jinja2 that templates may use: it can print and test what is known, and cannot run away."""

from __future__ import annotations

from typing import Any

from jinja2 import StrictUndefined, nodes
from jinja2.filters import FILTERS
from jinja2.sandbox import SandboxedEnvironment
from jinja2.visitor import NodeTransformer

LIST_LIMIT = 100  # entries of a list or a range that a loop may see
_WORK_LIMIT = 100_000  # nodes that one rendering may visit, loops counted as full; about 20 ms
_DEPTH_LIMIT = 30

_FILTERS = (
    "capitalize",
    "default",
    "first",
    "int",
    "join",
    "last",
    "length",
    "lower",
    "round",
    "title",
    "trim",
    "upper",
)
_TESTS = frozenset({"defined", "undefined"})
_NODES = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.If, nodes.For, nodes.Filter),
    *(nodes.Test, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.CondExpr, nodes.Concat),
    *(nodes.List, nodes.Tuple),
)

_WORDS: dict[type[nodes.Node], str] = {
    nodes.Add: "'+'",
    nodes.Sub: "'-'",
    nodes.Mul: "'*'",
    nodes.Div: "'/'",
    nodes.Pow: "'**'",
    nodes.Call: "a call",
    nodes.Getitem: "'[…]'",
    nodes.Assign: "'set'",
    nodes.Macro: "'macro'",
}

# A dotted name becomes one identifier, so that no attribute of a Python object is ever looked up.
# The middle dot is a letter to Python; whoever writes it himself only means the same name.
_DOT = "·"


class Refused(Exception):
    """A template uses what templates may not use, at this line."""

    def __init__(self, what: str, line: int) -> None:
        super().__init__(what)
        self.line = line


class Missing(StrictUndefined):
    """A value nobody knows: false in a condition, an error when printed."""

    @property
    def _undefined_message(self) -> str:
        return spelled(self._undefined_name or "a value")

    def __bool__(self) -> bool:  # type: ignore[override]  # strict there, false here
        return False

    def _unknown(self, other: Any) -> bool:
        return False

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __contains__ = _unknown  # type: ignore[assignment]  # too
    __hash__ = None  # type: ignore[assignment]  # as equality says nothing, it cannot be a key


def environment() -> SandboxedEnvironment:
    """Plain text, no loader, no globals, a dozen filters."""
    # Not optimized: folding constants would run a template's expressions while it is read.
    found = SandboxedEnvironment(undefined=Missing, autoescape=False, optimized=False, trim_blocks=True)
    found.lstrip_blocks = True
    found.globals = {}
    found.filters = {name: FILTERS[name] for name in _FILTERS}
    return found


def identifier(name: str) -> str:
    """The name under which a dotted value is handed to a compiled template."""
    return name.replace(".", _DOT)


def spelled(name: str) -> str:
    """The dotted name as the operator writes it."""
    return name.replace(_DOT, ".")


def restricted(tree: nodes.Template) -> nodes.Template:
    """The same template with dotted names joined. Raises Refused for everything outside the small language."""
    joined: nodes.Template = _Joining().visit(tree)
    _refuse(joined, 0)
    if _work(joined) > _WORK_LIMIT:
        raise Refused("the loops in it are too much work: nest them less or make them shorter", 1)
    return joined


def speaks(tree: nodes.Template) -> bool:
    """Whether it has any words, or a value to print."""
    printed = (part for output in tree.find_all(nodes.Output) for part in output.nodes)
    return any(not isinstance(part, nodes.TemplateData) or part.data.strip() for part in printed)


class _Joining(NodeTransformer):
    def visit_Getattr(self, node: nodes.Getattr) -> nodes.Node:  # noqa: N802  # Jinja2's name for it
        inner = self.visit(node.node)
        if not isinstance(inner, nodes.Name):
            raise Refused(f"'.{node.attr}' may only follow a name", node.lineno)
        if inner.name == "loop":
            return nodes.Getattr(inner, node.attr, node.ctx, lineno=node.lineno)
        return nodes.Name(f"{inner.name}{_DOT}{node.attr}", node.ctx, lineno=node.lineno)

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802  # Jinja2's name for it
        if isinstance(node.node, nodes.Name) and node.node.name == "range":
            return nodes.Const(_range(node), lineno=node.lineno)
        return node


def _refuse(node: nodes.Node, depth: int) -> None:
    if depth > _DEPTH_LIMIT:
        raise Refused("too deeply nested", node.lineno)
    if isinstance(node, nodes.Filter) and node.name not in _FILTERS:
        raise Refused(f"unknown filter {node.name!r}; there are {', '.join(_FILTERS)}", node.lineno)
    if isinstance(node, nodes.Test) and node.name not in _TESTS:
        raise Refused(f"unknown test {node.name!r}; there are {', '.join(sorted(_TESTS))}", node.lineno)
    if not (isinstance(node, _NODES) or _is_loop_fact(node)) or _is_self(node):
        raise Refused(f"{_WORDS.get(type(node), type(node).__name__)} is not allowed in a template", node.lineno)
    for child in node.iter_child_nodes():
        _refuse(child, depth + 1)


def _range(node: nodes.Call) -> tuple[int, ...]:
    """The entries of a `range(…)` over plain numbers."""
    numbers = [argument.value for argument in node.args if isinstance(argument, nodes.Const)]
    plain = len(numbers) == len(node.args) and not (node.kwargs or node.dyn_args or node.dyn_kwargs)
    if not plain or not all(type(number) is int for number in numbers) or not 1 <= len(numbers) <= 2:
        raise Refused("range takes one or two plain numbers", node.lineno)
    found = range(*numbers)
    # Compared without len(), which fails on a range that is too long for it.
    if found[:LIST_LIMIT] != found:
        raise Refused(f"a range may have at most {LIST_LIMIT} entries", node.lineno)
    return tuple(found)


def _is_self(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Name) and node.name in ("self", "super")


def _is_loop_fact(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Getattr) and node.attr in ("index", "first", "last", "length")


def _work(node: nodes.Node) -> int:
    """How many nodes one rendering visits at most."""
    work = 1 + sum(map(_work, node.iter_child_nodes()))
    return work * LIST_LIMIT if isinstance(node, nodes.For) else work
