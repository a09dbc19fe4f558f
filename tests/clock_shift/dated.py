"""Marks the tests that carry a date: those that may pass today and fail on another day."""

import ast
import inspect
import re
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
#: A date, a moment in seconds since 1970, or a clock that begins at one.
DATE = re.compile(r"\bHandClock\b|\bdatetime\(\d{4}|\b20\d\d-\d\d-\d\dT|\b1[5-9]\d{8}\b")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test whose module, or what it imports, or whose fixtures carry a date."""
    for item in items:
        if any(carries_a_date(path) for path in sources_of(item)):
            item.add_marker(pytest.mark.dated)


def sources_of(item: pytest.Item) -> set[Path]:
    """Return the files of a test and of the fixtures it uses."""
    known = item.session._fixturemanager
    used = [
        Path(inspect.getfile(inspect.unwrap(fixture.func)))
        for name in getattr(item, "fixturenames", ())
        for fixture in (known.getfixturedefs(name, item) or ())
    ]
    return {item.path, *(path for path in used if path.is_relative_to(TESTS))}


@cache
def carries_a_date(path: Path) -> bool:
    """Tell whether a file, or one of the tests' own files that it imports, carries a date."""
    text = path.read_text(encoding="utf-8")
    return bool(DATE.search(text)) or any(map(carries_a_date, imported_by(ast.parse(text))))


def imported_by(tree: ast.Module) -> list[Path]:
    """Return the files of `tests` from which a module imports something."""
    names = (node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    paths = (TESTS.parent.joinpath(*name.split(".")).with_suffix(".py") for name in names)
    return [path for path in paths if path.is_relative_to(TESTS) and path.is_file()]
