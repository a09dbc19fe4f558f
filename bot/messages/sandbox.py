"""
Where stored templates run: their authors reach us through the API.

They get expressions, ifs and loops over what they were given, the filters
listed here, and nothing that can grow without bound: no calls but a dict's own,
no string methods, no macros, no inheritance; loops, output and every
intermediate text are counted.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextvars import ContextVar
from typing import Any

import jinja2
from jinja2 import nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment, SecurityError

from bot.errors import TemplateError
from bot.messages.filters import FILTERS, finalize

LOOP_STEPS = 5_000
OUTPUT_CHARACTERS = 400_000
TEXT_CHARACTERS = 100_000
SOURCE_CHARACTERS = 200_000

_JINJA_FILTERS = [
    "abs",
    "batch",
    "capitalize",
    "count",
    "d",
    "default",
    "dictsort",
    "first",
    "float",
    "groupby",
    "int",
    "items",
    "join",
    "last",
    "length",
    "list",
    "lower",
    "map",
    "max",
    "min",
    "reject",
    "rejectattr",
    "replace",
    "reverse",
    "round",
    "select",
    "selectattr",
    "slice",
    "sort",
    "string",
    "sum",
    "title",
    "trim",
    "truncate",
    "unique",
    "upper",
    "urlencode",
    "wordcount",
]
_FORBIDDEN: dict[type[nodes.Node], str] = {
    nodes.Macro: "macros",
    nodes.CallBlock: "call blocks",
    nodes.AssignBlock: "set blocks (use {% set name = value %})",
    nodes.FilterBlock: "filter blocks",
    nodes.Include: "include",
    nodes.Import: "import",
    nodes.FromImport: "import",
    nodes.Extends: "extends",
    nodes.Block: "block",
}
_DICT_METHODS = frozenset({"items", "keys", "values", "get"})

_steps: ContextVar[list[int]] = ContextVar("steps")


def render_stored(template: jinja2.Template, context: Mapping[str, Any]) -> str:
    """Render within the bounds; raises TemplateError when one is passed."""
    token = _steps.set([LOOP_STEPS])
    pieces: list[str] = []
    total = 0
    try:
        for piece in template.generate(context):
            total += len(piece)
            if total > OUTPUT_CHARACTERS:
                raise TemplateError(f"renders more than {OUTPUT_CHARACTERS:,} characters")
            pieces.append(piece)
    finally:
        _steps.reset(token)
    return "".join(pieces)


def stored_environment() -> jinja2.Environment:
    environment = _Sandbox(
        finalize=finalize,
        undefined=jinja2.ChainableUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        cache_size=0,
    )
    known = environment.filters
    environment.filters = {name: _bounded(known[name]) for name in _JINJA_FILTERS} | FILTERS
    environment.filters |= {"_steps": _counted, "_joined": _joined, "replace": _replace}
    environment.globals = {"range": _range}
    return environment


class _Sandbox(ImmutableSandboxedEnvironment):
    intercepted_binops = frozenset({"*", "**", "%", "+"})

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        if len(source) > SOURCE_CHARACTERS:
            raise TemplateError(f"a template has at most {SOURCE_CHARACTERS:,} characters")
        tree = super()._parse(source, name, filename)
        for node in list(tree.find_all(nodes.Node)):
            _bound(node)
        return tree

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        if isinstance(obj, Mapping):
            return attr in _DICT_METHODS
        return isinstance(obj, jinja2.runtime.LoopContext) and not attr.startswith("_")

    def is_safe_callable(self, obj: Any) -> bool:
        owner = getattr(obj, "__self__", None)
        return obj is _range or isinstance(owner, Mapping | jinja2.runtime.LoopContext)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        if operator in ("*", "%", "**") and not (_is_number(left) and _is_number(right)):
            raise SecurityError(f"{operator} works on numbers only")
        if operator == "**" and (abs(right) > 64 or abs(left) > 10**6):
            raise SecurityError("that power is too large")
        return _bounded_value(super().call_binop(context, operator, left, right))


def _bound(node: nodes.Node) -> None:
    """Refuse what could grow without bound, and count the steps of what may loop."""
    word = _FORBIDDEN.get(type(node))
    if word is not None or (isinstance(node, nodes.For) and node.recursive):
        raise jinja2.TemplateSyntaxError(
            f"{word or 'recursive loops'}: not in stored templates", node.lineno
        )
    if isinstance(node, nodes.For):
        node.iter = _filtered(node.iter, "_steps")
    for field, value in node.iter_fields():
        if isinstance(value, nodes.Concat):
            setattr(node, field, _filtered(nodes.List(value.nodes), "_joined", value.lineno))
        elif isinstance(value, list):
            value[:] = [
                _filtered(nodes.List(each.nodes), "_joined", each.lineno)
                if isinstance(each, nodes.Concat)
                else each
                for each in value
            ]


def _filtered(node: nodes.Expr, name: str, line: int | None = None) -> nodes.Filter:
    return nodes.Filter(node, name, [], [], None, None, lineno=line or node.lineno)


def _range(*limits: int) -> range:
    found = range(*limits)
    if len(found) > LOOP_STEPS:
        raise SecurityError(f"a range has at most {LOOP_STEPS:,} steps")
    return found


def _counted(items: Iterable[Any]) -> Iterator[Any]:
    left = _steps.get()
    for item in items:
        left[0] -= 1
        if left[0] < 0:
            raise SecurityError(f"loops take more than {LOOP_STEPS:,} steps in all")
        yield item


def _joined(parts: list[Any]) -> str:
    return str(_bounded_value("".join(map(str, parts))))


def _replace(value: Any, old: str, new: str, count: int | None = None) -> str:
    text = str(value)
    if len(text) + text.count(old) * len(new) > TEXT_CHARACTERS:
        raise SecurityError(f"a text has at most {TEXT_CHARACTERS:,} characters")
    return text.replace(old, new, -1 if count is None else count)


def _bounded(function: Callable[..., Any]) -> Callable[..., Any]:
    return function


def _bounded_value(value: Any) -> Any:
    if isinstance(value, str) and len(value) > TEXT_CHARACTERS:
        raise SecurityError(f"a text has at most {TEXT_CHARACTERS:,} characters")
    if isinstance(value, int) and value.bit_length() > 4_096:
        raise SecurityError("that number is too large")
    return value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float)
