"""Marks the tests that carry a date: those that may pass today and fail on another day."""

import inspect
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

TESTS = Path(__file__).parents[1]
#: A date, a moment in seconds since 1970, or a clock that begins at one.
DATE = re.compile(r"\bHandClock\b|\bdatetime\(\d{4}|\b20\d\d-\d\d-\d\dT|\b1[5-9]\d{8}\b")
IMPORT = re.compile(r"^ *from (tests\.\S+) import", re.MULTILINE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test whose module, or what it imports, or whose fixtures carry a date."""
    found: dict[int, bool] = {}
    for item in items:
        fixtures = getattr(item, "_fixtureinfo", None)  # All cases of a test share it.
        if id(fixtures) not in found:
            found[id(fixtures)] = any(map(carries_a_date, sources_of(item.path, fixtures)))
        if found[id(fixtures)]:
            item.add_marker(pytest.mark.dated)


def sources_of(module: Path, fixtures: Any) -> set[Path]:
    """Return the files of a test and of the fixtures it uses."""
    known = fixtures.name2fixturedefs.values() if fixtures else ()
    used = {file_of(fixture.func) for several in known for fixture in several}
    return {module, *(path for path in used if path is not None)}


@cache
def file_of(fixture: Callable[..., object]) -> Path | None:
    """Return the file of a fixture of ours."""
    path = Path(inspect.getfile(inspect.unwrap(fixture)))
    return path if path.is_relative_to(TESTS) else None


@cache
def carries_a_date(path: Path) -> bool:
    """Tell whether a file, or one of the tests' own files that it imports, carries a date."""
    seen, left = {path}, [path]
    while left:
        text = left.pop().read_text(encoding="utf-8")
        if DATE.search(text):
            return True
        new = imported_by(text) - seen
        seen |= new
        left += new
    return False


def imported_by(module: str) -> set[Path]:
    """Return the files of `tests` from which a module imports something."""
    paths = (TESTS.parent.joinpath(*name.split(".")) for name in IMPORT.findall(module))
    return {file for path in paths if (file := path.with_suffix(".py")).is_file()}
