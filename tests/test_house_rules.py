"""The rules of the house that no linter knows."""

import ast
import json
import re
import subprocess
import sys
import tomllib
from collections import Counter, defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("bot", "listeners", "jobs", "playground", "client", "tests")
MAX_LINES = 500
#: `a*+`, `a{2}+`, `(?>a)`.
POSSESSIVE = re.compile(r"(?<!\\)(?:[+*?]|\{\d*,?\d*\})\+|\(\?>")
MAX_FILES = 20
#: Names that stand in several modules, and why each may.
SHARED_NAMES = {
    "logger": "each module that logs has its own",
    "register": "the table of contents of a package of listeners, or of the jobs",
    "Node": "a JSON object of Block Kit, as in its documentation",
    "T": "a type variable",
    "__all__": "what a package shows",
}
#: Folders with more files; each is to be divided.
CROWDED: set[str] = set()
NO_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "misc"}
PYTHON = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))

LOOK = """
import os, pkgutil, sys, threading
from importlib import import_module

def open_files():
    return {os.readlink(f"/proc/self/fd/{fd}") for fd in os.listdir("/proc/self/fd")
            if os.path.exists(f"/proc/self/fd/{fd}")}

import_module("asyncio")
before = open_files()
for room in ("bot", "listeners", "jobs", "playground/slack_playground"):
    for module in pkgutil.walk_packages([room], f"{os.path.basename(room)}."):
        # A main module runs the program; Alembic's environment runs inside a migration only.
        if not module.name.endswith("__main__") and not module.name.startswith("bot.migrations"):
            import_module(module.name)
opened = {name for name in open_files() - before if not name.startswith(("/dev/", "/proc/"))}
print([thread.name for thread in threading.enumerate()], sorted(opened))
"""


def shown(path):
    """Return the path as people write it."""
    return str(path.relative_to(ROOT))


def test_no_python_file_is_too_long():
    """A file is one noun: none has more than 500 lines."""
    written = [
        path for path in PYTHON if path.parent.name != "versions"
    ]  # Migrations are generated.
    lengths = {shown(path): len(path.read_text().splitlines()) for path in written}

    assert {path: lines for path, lines in lengths.items() if lines > MAX_LINES} == {}


def test_no_file_is_a_drawer():
    """Nothing is called utils, helpers, common or manager."""
    assert [
        shown(path)
        for path in PYTHON
        if NO_NAMES & {part.removesuffix(".py") for part in path.relative_to(ROOT).parts}
    ] == []


def top_level_names(path):
    """Yield the functions, classes and variables that a module defines."""
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Assign):
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id


def test_a_name_stands_in_one_module():
    """A top-level name means one thing: only the names of a short list stand in two modules."""
    modules = defaultdict(set)
    for path in PYTHON:
        room, *folders = path.relative_to(ROOT).parts
        if room in ("bot", "listeners", "jobs") and "migrations" not in folders:
            for name in top_level_names(path):
                modules[name].add(shown(path))
    shared = {name: sorted(paths) for name, paths in modules.items() if len(paths) > 1}

    assert {name: paths for name, paths in shared.items() if name not in SHARED_NAMES} == {}
    assert sorted(SHARED_NAMES.keys() - shared.keys()) == []


def test_no_folder_is_crowded():
    """A folder holds at most 20 Python files beside `__init__.py` and `__main__.py`."""
    counts = Counter(
        shown(path.parent)
        for path in PYTHON
        if path.name not in ("__init__.py", "__main__.py")
        and not path.is_relative_to(ROOT / "tests")
    )

    assert {folder for folder, files in counts.items() if files > MAX_FILES} == CROWDED


def test_every_module_stands_in_a_layer():
    """The layers of import-linter name every module and package of `bot`."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    names = " | ".join(contracts["contracts"][0]["layers"]).split(" | ")
    layers = {".".join(name.split(".")[:2]) for name in names}
    modules = {
        f"bot.{path.stem}"
        for path in (ROOT / "bot").iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    }

    assert sorted(modules - {"bot.__init__"} - layers) == []


def test_every_test_says_what_it_proves():
    """Every test function has a docstring."""
    silent = [
        f"{shown(path)}:{node.name}"
        for path in PYTHON
        if path.is_relative_to(ROOT / "tests")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
        and not ast.get_docstring(node)
    ]

    assert silent == []


def test_no_expression_is_possessive():
    """
    No regular expression takes what it will not give back, which Pythons before 3.11.5 misread.

    Debian 12 has 3.11.2. Every task's message once died of it, on no machine of ours:
    https://github.com/python/cpython/issues/106052. The client's 3.9 knows no such thing.
    """
    found = [
        f"{shown(path)}:{node.lineno}"
        for path in PYTHON
        if re.search(r"^import re$", path.read_text(), re.M)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and POSSESSIVE.search(str(node.value))
    ]

    assert found == []


def test_nothing_happens_at_import(tmp_path):
    """Importing every module starts no thread and leaves no socket, file or database open."""
    done = subprocess.run(
        [sys.executable, "-c", LOOK],
        cwd=ROOT,
        env={
            "PATH": "",
            "PYTHONPATH": f"{ROOT}:{ROOT / 'playground'}",
            "HOME": str(tmp_path),
        },
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout.strip() == "['MainThread'] []", done.stderr


@pytest.fixture(scope="module")
def manifest():
    """The app's manifest."""
    return json.loads((ROOT / "manifest.json").read_text(encoding="utf-8"))


def test_the_manifest_keeps_slacks_limits(manifest):
    """Names and descriptions fit: https://docs.slack.dev/reference/app-manifest."""
    shown, features = manifest["display_information"], manifest["features"]
    assert 1 <= len(shown["name"]) <= 35
    assert len(shown.get("description", "-")) <= 140
    assert 175 <= len(shown.get("long_description", "-" * 175)) <= 4000
    assert re.fullmatch("#([0-9a-f]{3}|[0-9a-f]{6})", shown.get("background_color", "#000"))
    assert len(features["bot_user"]["display_name"]) <= 80
    assert len(features.get("slash_commands", [])) <= 50
    assert len(features.get("shortcuts", [])) <= 10


def test_commands_and_shortcuts_keep_slacks_limits(manifest):
    """Every command and shortcut has a legal, unique name and texts that fit."""
    commands = manifest["features"].get("slash_commands", [])
    shortcuts = manifest["features"].get("shortcuts", [])
    for command in commands:
        assert re.fullmatch(r"/[a-z0-9_-]{1,31}", command["command"])
        assert len(command["description"]) <= 2000
        assert len(command.get("usage_hint", "")) <= 1000
        assert "url" not in command  # Socket Mode needs none.
    for shortcut in shortcuts:
        assert len(shortcut["name"]) <= 24
        assert shortcut["type"] in ("global", "message")
        assert len(shortcut["callback_id"]) <= 255
        assert len(shortcut["description"]) <= 150
    for names in ([c["command"] for c in commands], [s["callback_id"] for s in shortcuts]):
        assert len(set(names)) == len(names)


def test_the_procfile_starts_the_bot():
    """Release migrates, web listens where the platform can reach it."""
    lines = (ROOT / "Procfile").read_text(encoding="utf-8").splitlines()

    assert lines == ["release: python -m bot migrate", "web: HOST=0.0.0.0 python -m bot"]


@pytest.mark.parametrize("path", sorted((ROOT / "templates").rglob("*.*")), ids=shown)
def test_templates_are_plain_utf8(path):
    """A template is UTF-8 without a byte-order mark, one JSON file in its thing's folder."""
    text = path.read_text(encoding="utf-8")

    assert path.suffix == ".json"
    assert not text.startswith("\ufeff")
    assert "\r" not in text


@pytest.mark.parametrize("path", sorted(ROOT.glob("requirements*")), ids=shown)
def test_requirements_name_no_index(path):
    """Where packages come from is the machine's business: no address, no index option."""
    found = re.findall(
        r"https?://\S+|^\s*-(?:i\b|-index|-extra|-find|-trusted).*", path.read_text(), re.M
    )

    assert found == []
