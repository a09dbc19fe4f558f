"""A registry of our own, asked by the real clients of registries."""

import json
import shutil
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha512
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.missing import missing
from tests.supply_chain.ages import npm_ages, python_ages, youngest_age

#: Old enough even for a client that does not see that the clock was set ahead.
OLD = timedelta(days=500)
FORTNIGHT = timedelta(days=14)


class Registry(ThreadingHTTPServer):
    """Answers each path with what a test put there."""

    def __init__(self) -> None:
        self.pages: dict[str, tuple[str, Any]] = {}
        super().__init__(("127.0.0.1", 0), _Page)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def publish_python(self, name: str, *files: tuple[str, datetime | None]) -> None:
        """Publish files by the digit that their hash is made of, each at a time or undated."""
        kind = "application/vnd.pypi.simple.v1+json"
        listed = [
            {
                "filename": f"{name}-1.0-py{number}-none-any.whl",
                "url": f"{self.url}/{number}",
                "hashes": {"sha256": digit * 64},
                "yanked": False,
                **({"upload-time": at.isoformat()} if at else {}),
            }
            for number, (digit, at) in enumerate(files)
        ]
        page = {"meta": {"api-version": "1.1"}, "name": name, "files": listed}
        self.pages[f"/simple/{name}/"] = kind, page

    def publish_npm(self, name: str, at: datetime) -> None:
        """Publish version 1.0.0."""
        version = {
            "name": name,
            "version": "1.0.0",
            "dist": {
                "tarball": f"{self.url}/{name}.tgz",
                "integrity": f"sha512-{sha512(b'').hexdigest()}",
            },
        }
        times = {"created": at.isoformat(), "modified": at.isoformat(), "1.0.0": at.isoformat()}
        page = {
            "name": name,
            "dist-tags": {"latest": "1.0.0"},
            "versions": {"1.0.0": version},
            "time": times,
        }
        self.pages[f"/{name}"] = "application/json", page


class _Page(BaseHTTPRequestHandler):
    server: Registry

    def do_GET(self) -> None:
        kind, page = self.server.pages.get(self.path, ("application/json", None))
        body = json.dumps(page).encode()
        self.send_response(404 if page is None else 200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Stay quiet."""


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Registry]:
    """A registry that pip and npm are set to use."""
    with Registry() as served:
        thread = threading.Thread(target=served.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        monkeypatch.setenv("PIP_INDEX_URL", f"{served.url}/simple")
        monkeypatch.setenv("UV_NO_CACHE", "1")
        monkeypatch.setenv("UV_HTTP_RETRIES", "0")
        monkeypatch.setenv("npm_config_registry", served.url)
        monkeypatch.setenv("npm_config_cache", str(tmp_path / "npm"))
        monkeypatch.setenv("npm_config_fetch_retries", "0")
        yield served
        served.shutdown()
        thread.join()


def locked(folder: Path, *digits: str) -> Path:
    """A lock file that names version 1.0 of `kept` with these hashes."""
    lock = folder / "requirements.txt"
    hashes = " ".join(f"--hash=sha256:{digit * 64}" for digit in digits)
    lock.write_text(f"kept==1.0 {hashes}\n", encoding="utf-8")
    return lock


def now() -> datetime:
    return datetime.now(UTC)


@pytest.mark.parametrize(
    ("young", "digits", "problems"),
    [
        ("", "ab", []),
        ("ab", "ab", ["too young"]),
        # Whoever stole an account can add a file to a version of years ago.
        ("b", "ab", ["kept==1.0 has files that are too young or not in the index"]),
        ("b", "a", []),
        ("", "abc", ["kept==1.0 has files that are too young or not in the index"]),
    ],
)
def test_each_locked_file_is_old_enough(registry, tmp_path, young, digits, problems):
    """Each locked file must have been in the index for two weeks; its version says nothing."""
    files = [(digit, now() if digit in young else now() - OLD) for digit in "ab"]
    registry.publish_python("kept", *files)

    finding = python_ages(locked(tmp_path, *digits))

    assert (len(finding.problems), finding.unchecked) == (len(problems), "")
    if digits != young:
        assert list(finding.problems) == problems


def test_an_index_without_times_is_said(registry, tmp_path):
    """An index that does not tell when a file was published leaves the age open; that is said."""
    registry.publish_python("kept", ("a", None))

    finding = python_ages(locked(tmp_path, "a"))

    assert list(finding.problems) == []
    assert finding.unchecked == "the index does not tell when files were published"


def test_a_registry_that_is_away_is_said_without_its_address(registry, tmp_path, monkeypatch):
    """Without a registry the check is left out in one line that names no host."""
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:1/simple")

    finding = python_ages(locked(tmp_path, "a"))

    assert list(finding.problems) == []
    assert finding.unchecked == "error: Failed to fetch: the registry"


@pytest.mark.parametrize(
    ("published", "problems", "unchecked"),
    [
        (OLD, 0, ""),
        (timedelta(0), 1, ""),
        (None, 0, "npm error code E404"),
    ],
)
def test_each_locked_package_of_npm_is_old_enough(
    registry, tmp_path, published, problems, unchecked
):
    """What package-lock.json files pin is looked up; `npm ci` would take it at any age."""
    if not shutil.which("npm"):
        missing("no npm")
    if published is not None:
        registry.publish_npm("kept", now() - published)
    lock = tmp_path / "package-lock.json"
    packages = {"": {}, "node_modules/kept": {"version": "1.0.0"}}
    lock.write_text(json.dumps({"packages": packages}), encoding="utf-8")

    finding = npm_ages([lock], FORTNIGHT, now())

    assert (len(finding.problems), finding.unchecked) == (problems, unchecked)


def test_the_age_is_the_one_that_locking_uses():
    """The age that is checked stands where uv reads it when it locks."""
    assert youngest_age(Path("pyproject.toml").read_text(encoding="utf-8")) == FORTNIGHT
