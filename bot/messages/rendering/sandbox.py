"""
The sandbox for stored templates, whose authors reach us through the API.

Templates get expressions, conditions, loops over their data and the filters
listed here, and nothing that can grow without bound: no calls except a dict's
own, no string methods, no macros, no inheritance. Loop steps, output, every
intermediate value and the time are limited.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextvars import ContextVar
from functools import wraps
from typing import Any

import jinja2
from jinja2 import nodes
from jinja2.exceptions import SecurityError
from jinja2.runtime import LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

from bot.errors import TemplateError
from bot.messages.rendering.escaping import OwnWords
from bot.messages.rendering.filters import FILTERS, finalize, printed

_LOOP_STEPS = 5_000
_RANGE_STEPS = 1_000
#: In processor time: nothing else runs while a template is rendered.
SECONDS = 0.25
_UNSUSPECTED_SECONDS = 0.02  # below this nothing is checked
_OUTPUT_CHARACTERS = 1_000_000
_MAX_VALUE_CHARACTERS = 100_000
_LIST_ITEMS = 10_000
_SOURCE_CHARACTERS = 200_000

_LARGEST_EXPONENT = 64
_LARGEST_BASE = 10**6

_JINJA_FILTERS = (
    *("abs", "capitalize", "count", "d", "default", "dictsort", "first", "float", "int"),
    *("items", "last", "length", "list", "lower", "map", "max", "min", "reject"),
    *("rejectattr", "reverse", "select", "selectattr", "sort", "sum", "title", "trim"),
    *("truncate", "unique", "upper", "urlencode", "wordcount"),
)
_FORBIDDEN: dict[type[nodes.Node], str] = {
    nodes.Macro: "macros are",
    nodes.CallBlock: "call blocks are",
    nodes.AssignBlock: "set blocks (write {% set name = value %}) are",
    nodes.FilterBlock: "filter blocks are",
    nodes.Include: "include is",
    nodes.Import: "import is",
    nodes.FromImport: "import is",
    nodes.Extends: "extends is",
    nodes.Block: "block is",
}
#: Where a string of the author's may be one of several to be printed.
_CHOICES: dict[type[nodes.Node], tuple[str, ...]] = {
    nodes.Output: ("nodes",),
    nodes.CondExpr: ("expr1", "expr2"),
    nodes.And: ("left", "right"),
    nodes.Or: ("left", "right"),
    nodes.Assign: ("node",),
    nodes.Pair: ("value",),
    nodes.List: ("items",),
    nodes.Tuple: ("items",),
}
_DICT_METHODS = frozenset({"items", "keys", "values", "get"})


class _Budget:
    """The remaining budget of one rendering."""

    __slots__ = ("ends_at", "steps", "unsuspected_until")

    def __init__(self) -> None:
        self.steps = _LOOP_STEPS
        #: By the thread's own time, which is dear to ask for: not known of a quick template.
        self.ends_at: float | None = None
        self.unsuspected_until = time.monotonic() + _UNSUSPECTED_SECONDS

    def spend(self, steps: int) -> None:
        self.steps -= steps
        if self.steps < 0:
            raise SecurityError(f"loops take more than {_LOOP_STEPS:,} steps in all")
        if time.monotonic() < self.unsuspected_until:
            return
        # No time of day: a busy machine must not refuse a good template.
        if self.ends_at is None:
            self.ends_at = time.thread_time() + SECONDS - _UNSUSPECTED_SECONDS
        if time.thread_time() > self.ends_at:
            raise SecurityError(f"takes longer than {SECONDS * 1000:g} ms")


_budget: ContextVar[_Budget] = ContextVar("budget")


def render_stored(template: jinja2.Template, context: Mapping[str, Any]) -> str:
    """Render within the bounds; raises SecurityError or TemplateError when one is passed."""
    budget = _Budget()
    token = _budget.set(budget)
    pieces: list[str] = []
    total = 0
    try:
        for piece in template.generate(context):
            budget.spend(0)
            total += len(piece)
            if total > _OUTPUT_CHARACTERS:
                raise TemplateError(f"renders more than {_OUTPUT_CHARACTERS:,} characters")
            pieces.append(piece)
    finally:
        _budget.reset(token)
    return "".join(pieces)


def stored_context(payload: dict[str, Any]) -> dict[str, Any]:
    """Return what a stored template sees: the payload's fields, and all of it as `payload`."""
    return {**payload, "payload": payload}


def stored_environment() -> jinja2.Environment:
    environment = _Sandbox(
        finalize=finalize,
        undefined=jinja2.ChainableUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        cache_size=0,
    )
    known = {name: environment.filters[name] for name in _JINJA_FILTERS}
    ours = {**FILTERS, "replace": _replace, "join": _join, "round": _round, "string": printed}
    bounds = {
        "_steps": _steps,
        "_small": _bounded_number,
        "_joined": _join_bounded,
        "_own": OwnWords,
    }
    environment.filters = {
        name: _bounded(function) for name, function in {**known, **ours}.items()
    } | bounds
    environment.globals = {"range": _range}
    return environment


class _Sandbox(ImmutableSandboxedEnvironment):
    intercepted_binops = frozenset({"*", "**", "%", "+"})

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        if len(source) > _SOURCE_CHARACTERS:
            raise TemplateError(f"a template has at most {_SOURCE_CHARACTERS:,} characters")
        tree = super()._parse(source, name, filename)
        for node in list(tree.find_all(nodes.Node)):
            _keep_own_words(node)
        for node in list(tree.find_all(nodes.Node)):
            _bound(node)
        return tree

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:  # noqa: ARG002
        if isinstance(obj, Mapping):
            return attr in _DICT_METHODS
        return isinstance(obj, LoopContext) and not attr.startswith("_")

    def is_safe_callable(self, obj: Any) -> bool:
        return obj is _range or isinstance(getattr(obj, "__self__", None), Mapping | LoopContext)

    def call(self, context: Any, obj: Any, *args: Any, **kwargs: Any) -> Any:
        if not self.is_safe_callable(obj):  # Jinja would quote the object, address and all.
            raise SecurityError(
                "only range(), loop.cycle() and an object's own methods can be called"
            )
        return super().call(context, obj, *args, **kwargs)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        numbers = isinstance(left, int | float) and isinstance(right, int | float)
        if operator != "+" and not numbers:
            raise SecurityError(f"{operator} works on numbers only")
        if operator == "**" and (abs(right) > _LARGEST_EXPONENT or abs(left) > _LARGEST_BASE):
            raise SecurityError("that power is too large")
        return _bounded_number(super().call_binop(context, operator, left, right))


def _keep_own_words(node: nodes.Node) -> None:
    """
    Let strings that the author chooses from stay the author's when they are printed.

    `{{ ":x:" if failed else ":ok:" }}` shows an emoji, `{{ error }}` never does.
    """
    for field in _CHOICES.get(type(node), ()):
        value = getattr(node, field)
        if isinstance(value, list):
            value[:] = [_as_own(each) for each in value]
        else:
            setattr(node, field, _as_own(value))


def _as_own(value: Any) -> Any:
    is_text = isinstance(value, nodes.Const) and isinstance(value.value, str)
    return _filtered(value, "_own") if is_text else value


def _bound(node: nodes.Node) -> None:
    """Refuse operations that could grow without bound, and count those that loop or grow."""
    word = _FORBIDDEN.get(type(node))
    if word is None and isinstance(node, nodes.For) and node.recursive:
        word = "recursive loops are"
    if word is not None:
        raise jinja2.TemplateSyntaxError(f"{word} not for stored templates", node.lineno)
    if isinstance(node, nodes.For):
        node.iter = _filtered(node.iter, "_steps")
    for field, value in node.iter_fields():
        if isinstance(value, list):
            value[:] = [_watched(each) for each in value]
        else:
            setattr(node, field, _watched(value))


def _watched(value: Any) -> Any:
    """The expression, with a check around it if its value can grow."""
    if isinstance(value, nodes.Concat):
        return _filtered(nodes.List(value.nodes, lineno=value.lineno), "_joined")
    if isinstance(value, nodes.List | nodes.Dict):
        return _filtered(value, "_small")
    if isinstance(value, nodes.Tuple) and value.ctx == "load":
        return _filtered(value, "_small")
    return value


def _filtered(node: nodes.Node, name: str) -> nodes.Filter:
    return nodes.Filter(
        node, name, [], [], None, None, lineno=node.lineno, environment=node.environment
    )


def _range(*limits: int) -> range:
    found = range(*limits)
    if len(found) > _RANGE_STEPS:
        raise SecurityError(f"a range has at most {_RANGE_STEPS:,} steps")
    return found


def _steps(items: Iterable[Any]) -> Iterator[Any]:
    budget = _budget.get()
    for item in items:
        budget.spend(1)
        yield item


def _join_bounded(parts: list[Any]) -> str:
    return str(_bounded_number("".join(map(printed, parts))))


def _join(items: Iterable[Any], between: str = "", attribute: str | None = None) -> str:
    parts: list[str] = []
    total = 0
    for item in items:
        value = item.get(attribute) if attribute and isinstance(item, Mapping) else item
        parts.append(printed(value))
        total += len(parts[-1]) + len(between)
        if total > _MAX_VALUE_CHARACTERS:
            raise SecurityError(f"a text has at most {_MAX_VALUE_CHARACTERS:,} characters")
    return between.join(parts)


def _replace(value: Any, old: str, new: str, count: int | None = None) -> str:
    text = printed(value)
    if len(text) + text.count(old) * len(new) > _MAX_VALUE_CHARACTERS:
        raise SecurityError(f"a text has at most {_MAX_VALUE_CHARACTERS:,} characters")
    return text.replace(old, new, -1 if count is None else count)


def _round(value: float, digits: int = 0) -> float:
    return round(value, min(max(digits, 0), 12))


def _bounded(function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def bounded(*args: Any, **kwargs: Any) -> Any:
        budget = _budget.get(None)
        if budget is not None:  # None: Jinja folds a constant while it compiles.
            budget.spend(0)
        return _bounded_number(function(*args, **kwargs))

    return bounded


def _bounded_number(value: Any) -> Any:
    """Return `value` unless it is larger than a template has a use for."""
    if isinstance(value, str):
        if len(value) > _MAX_VALUE_CHARACTERS:
            raise SecurityError(f"a text has at most {_MAX_VALUE_CHARACTERS:,} characters")
    elif isinstance(value, int):
        if value.bit_length() > 4_096:
            raise SecurityError("that number is too large")
    elif isinstance(value, list | tuple | dict):
        _count(value)
    return value


def _count(value: Any) -> None:
    # Counts a list once per reference, because comparing and printing do so, too.
    waiting, total = [value], 0
    while waiting:
        items = waiting.pop()
        total += len(items)
        if total > _LIST_ITEMS:
            raise SecurityError(f"a list has at most {_LIST_ITEMS:,} items in all")
        inner = items.values() if isinstance(items, dict) else items
        waiting += [each for each in inner if isinstance(each, list | tuple | dict) and each]
