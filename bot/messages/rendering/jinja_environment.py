"""
The template language: Block Kit Builder JSON with Jinja2 in it.

This module renders our own templates, which come from a folder and may include
each other; stored ones run in `bot.messages.rendering.sandbox`.
"""

import json
import re
import traceback
from pathlib import Path
from typing import Any

import jinja2

from bot.errors import TemplateError
from bot.messages.rendering.filters import FILTERS, finalize, place, user
from bot.messages.rendering.text_field import plain_words

# Everything but the commas that loops and ifs leave before a bracket or another comma. Without
# possessive quantifiers, which Python 3.11.2 (Debian 12's) gets wrong, and linear without them.
_KEPT = re.compile(r'[^",]+|"[^"\\]*(?:\\.[^"\\]*)*"|,(?!\s*[,}\]])', re.DOTALL)


def own_environment(folder: Path) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        finalize=finalize,
        undefined=jinja2.ChainableUndefined,
        autoescape=False,  # noqa: S701 - the escaping is ours, by place, after the JSON is parsed
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
    )
    environment.filters |= {**FILTERS, "place": place, "user": user}
    return environment


def parse_message(source: str) -> Any:
    """Read rendered JSON, forgiving trailing commas and raw newlines in strings."""
    try:
        return _loads("".join(_KEPT.findall(source)))
    except json.JSONDecodeError as error:
        lines = source.splitlines()[error.lineno - 1 : error.lineno] or [""]
        near = plain_words(lines[0]).strip()[:80]
        raise TemplateError(
            f"not JSON once rendered: {error.msg} at line {error.lineno}, column {error.colno} "
            f"of the result, near {near!r}; print values inside quotes, "
            "or with |json"
        ) from None
    except RecursionError:
        raise TemplateError("not JSON once rendered: nested too deeply") from None


def _refuse_constant(name: str) -> Any:
    raise TemplateError(f"not JSON once rendered: {name} is no number Slack can read")


_loads = json.JSONDecoder(strict=False, parse_constant=_refuse_constant).decode


def reason(error: Exception, name: str) -> TemplateError:
    """Turn whatever a template raised into one sentence with its line."""
    if isinstance(error, TemplateError):
        return error
    line = getattr(error, "lineno", None)
    if line is None:
        frames = traceback.extract_tb(error.__traceback__)
        lines = [frame.lineno for frame in frames if frame.filename.endswith(name)]
        line = lines[-1] if lines else None
    where = f"line {line}: " if line else ""
    if isinstance(error, RecursionError):
        return TemplateError(f"{where}nested too deeply")
    return TemplateError(f"{where}{str(error).rstrip('.') or type(error).__name__}")
