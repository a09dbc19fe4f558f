"""Whoever reads the log finds every event in docs/operations.md."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
LEVELS = {"debug", "info", "warning", "error", "exception", "critical"}


def events_of(source: str) -> Iterator[str]:
    """Yield the names that the code logs: each text in the first argument of a logger's call."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and names_an_event(node.func):
            texts = [one.value for one in ast.walk(node.args[0]) if isinstance(one, ast.Constant)]
            yield from (one for one in texts if isinstance(one, str))


def names_an_event(called: ast.expr) -> bool:
    """Tell whether it is `logger.warning` or the like, or `FailureLogger`."""
    if isinstance(called, ast.Attribute):
        is_logger = isinstance(called.value, ast.Name) and called.value.id == "logger"
        return is_logger and called.attr in LEVELS
    return isinstance(called, ast.Name) and called.id == "FailureLogger"


def test_every_event_of_the_log_is_documented():
    """And each that is documented is logged."""
    files = [file for room in ("bot", "listeners", "jobs") for file in (ROOT / room).rglob("*.py")]
    logged = {name for file in files for name in events_of(file.read_text())}
    text = (ROOT / "docs/operations.md").read_text().partition("\n## Logs\n")[2]
    rows = [line.split("|")[1] for line in text.partition("\n## ")[0].splitlines() if "|" in line]
    documented = {name for row in rows for name in re.findall(r"`(\w+)`", row)}

    assert logged - documented == set()
    assert documented - logged == set()
