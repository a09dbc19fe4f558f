"""
Whether each locked package has been public for long enough.

Registries tell when a file was published, and their own clients leave out what is younger than a
day they are given: a locked file that is then missing is too young, or was never there.
"""

import json
import os
import re
import shutil
import sys
import tomllib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.supply_chain.finding import Finding, first_words, run

_CHECKS = "published long enough ago"
_PIN = re.compile(r"^([A-Za-z0-9._-]+(?:\[[^]]*\])?==[^ ;\\]+)")
_HASH = re.compile(r"--hash=(sha256:[0-9a-f]{64})")
_UNDATED = "missing an upload date"
_TOO_YOUNG = ("was filtered by `exclude-newer`", "was published")


def python_ages(lock: Path) -> Finding:
    """Check a requirements file with uv; its setting `exclude-newer` says the age."""
    command = ("pip", "compile", "--universal", "--python-version=3.11", "--no-deps")
    output = ("--generate-hashes", "--no-header", "--no-annotate", str(lock))
    uv = Path(sys.executable).with_name("uv")
    answer = run([uv, *command, *output], env={**os.environ, **_index_of_pip(os.environ)})
    if answer.returncode == 0:
        allowed = set(_HASH.findall(answer.stdout))
        young = {
            pin
            for pin, hashes in locked_files(lock.read_text(encoding="utf-8")).items()
            if hashes - allowed
        }
        return Finding(
            lock,
            _CHECKS,
            [f"{pin} has files that are too young or not in the index" for pin in sorted(young)],
        )
    if _UNDATED not in answer.stderr and any(words in answer.stderr for words in _TOO_YOUNG):
        return Finding(lock, _CHECKS, [first_words(answer.stderr, "was published")])
    if _UNDATED in answer.stderr:
        return Finding(lock, _CHECKS, unchecked="the index does not tell when files were published")
    return Finding(lock, _CHECKS, unchecked=first_words(answer.stderr))


def locked_files(lock: str) -> dict[str, set[str]]:
    """Return the hashes of the files of each `name==version`."""
    files: dict[str, set[str]] = {}
    pin = ""
    for line in lock.splitlines():
        if found := _PIN.match(line):
            pin = found.group(1)
        if pin:
            files.setdefault(pin, set()).update(_HASH.findall(line))
    return files


def _index_of_pip(environ: Mapping[str, str]) -> dict[str, str]:
    """Let uv ask the index that pip asks."""
    pip = [sys.executable, "-m", "pip", "config", "get", "global.index-url"]
    index = environ.get("PIP_INDEX_URL") or run(pip).stdout.strip()
    return {"UV_DEFAULT_INDEX": index} if index else {}


def npm_ages(locks: list[Path], youngest: timedelta, now: datetime) -> Finding:
    """
    Check what package-lock.json files name, all at once: npm takes a second to begin.

    npm never looks at the age of what is locked already, so it is asked for each version anew.
    """
    pins = sorted({pin for lock in locks for pin in npm_pins(lock.read_text(encoding="utf-8"))})
    asked = {f"p{number}": f"npm:{pin}" for number, pin in enumerate(pins)}
    before = (now - youngest).astimezone(UTC).isoformat()
    flags = ["--package-lock-only", "--ignore-scripts", "--no-audit", "--legacy-peer-deps"]
    with TemporaryDirectory() as folder:
        manifest = {"name": "ages", "version": "0.0.0", "dependencies": asked}
        Path(folder, "package.json").write_text(json.dumps(manifest), encoding="utf-8")
        npm = shutil.which("npm") or "npm"
        # Forced, because some packages are for other systems than this one.
        answer = run([npm, "install", "--force", f"--before={before}", *flags], cwd=folder)
    shown = Path("package-lock.json files")
    if "with a date before" in answer.stderr:
        return Finding(shown, _CHECKS, [first_words(answer.stderr, "with a date before")])
    if answer.returncode:
        return Finding(shown, _CHECKS, unchecked=first_words(answer.stderr, "npm error"))
    return Finding(shown, _CHECKS)


def npm_pins(lock: str) -> set[str]:
    """Return `name@version` of each package."""
    packages = json.loads(lock)["packages"]
    return {
        f"{place.rpartition('node_modules/')[2]}@{package['version']}"
        for place, package in packages.items()
        if place and not package.get("link")
    }


def youngest_age(pyproject: str) -> timedelta:
    """Return the age that uv demands, which is written `14 days`."""
    number, _, unit = str(tomllib.loads(pyproject)["tool"]["uv"]["exclude-newer"]).partition(" ")
    if unit != "days":
        raise ValueError(f"exclude-newer of [tool.uv] must be a number of days, not of {unit!r}")
    return timedelta(days=int(number))
