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
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in LEVELS
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "logger"
        ):
            texts = [one.value for one in ast.walk(node.args[0]) if isinstance(one, ast.Constant)]
            yield from (one for one in texts if isinstance(one, str))


def test_every_event_of_the_log_is_documented():
    """And each that is documented is logged."""
    files = [file for room in ("bot", "listeners", "jobs") for file in (ROOT / room).rglob("*.py")]
    logged = {name for file in files for name in events_of(file.read_text())}
    text = (ROOT / "docs/operations.md").read_text().partition("\n## Logs\n")[2]
    rows = [line.split("|")[1] for line in text.partition("\n## ")[0].splitlines() if "|" in line]
    documented = {name for row in rows for name in re.findall(r"`(\w+)`", row)}

    assert logged - documented == set()
    assert documented - logged == set()
