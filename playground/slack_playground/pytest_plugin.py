"""
Fixtures for any project's tests; pytest finds them where the package is installed.

They need pytest-asyncio. What a test wants is said by a marker, e.g.
`@pytest.mark.playground(manifest=Path("manifest.json"), limits="off")`.
"""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from slack_playground.playground import Playground
from slack_playground.timing.clock import HandClock

PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "playground(**settings): how the workspace is set up")


@pytest.fixture
def playground_clock() -> HandClock:
    """A clock that stands still; ask for it, and `playground` goes by it."""
    return HandClock()


@pytest.fixture
def playground_settings(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Collect the settings of the markers around a test, the nearest one last."""
    settings: dict[str, Any] = {"limits": "off"}
    for marker in reversed(list(request.node.iter_markers("playground"))):
        settings.update(marker.kwargs)
    if "playground_clock" in request.fixturenames:
        settings["clock"] = request.getfixturevalue("playground_clock")
    return settings


@pytest.fixture
def without_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away proxies: slack_sdk would send even loopback traffic to them."""
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest_asyncio.fixture
async def playground(
    playground_settings: dict[str, Any], without_proxies: None
) -> AsyncIterator[Playground]:
    """A workspace of the test's own, without rate limits unless its marker says otherwise."""
    _ = without_proxies
    async with Playground(**playground_settings) as playground:
        yield playground
