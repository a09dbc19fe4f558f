"""
Fixtures for any project's tests; pytest finds them where the package is installed.

What a test wants is said by a marker, e.g.
`@pytest.mark.playground(manifest=Path("manifest.json"), limits="off")`.
An `async def` test gets a `Playground`, for which it needs pytest-asyncio; any other one gets a
`SyncPlayground`, beside which blocking apps and clients work. A test that fails says what stood
in the workspace.
"""

import inspect
from collections.abc import AsyncIterator, Generator, Iterator
from typing import Any

import pytest

from slack_playground.playground import Playground
from slack_playground.synchronous import SyncPlayground
from slack_playground.timing.clock import HandClock
from slack_playground.transcript import transcript

try:
    import pytest_asyncio
except ImportError:
    # An environment without it has its other tests, which must not mind this plugin.
    pytest_asyncio = None  # type: ignore[assignment]

PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "playground(**settings): how the workspace is set up")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Write under a failed test what was said in its workspaces."""
    report = yield
    found = getattr(item, "funcargs", {}).get("playground")
    if call.when == "call" and report.failed and isinstance(found, (Playground, SyncPlayground)):
        for workspace in found.platform.workspaces.values():
            if said := transcript(workspace):
                report.sections.append(("Slack playground", said))
    return report


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


@pytest.fixture
def playground(
    request: pytest.FixtureRequest, playground_settings: dict[str, Any], without_proxies: None
) -> Iterator[Playground | SyncPlayground]:
    """A workspace of the test's own, without rate limits unless its marker says otherwise."""
    _ = without_proxies
    if inspect.iscoroutinefunction(request.function):
        if pytest_asyncio is None:
            pytest.fail(
                "An async test needs pytest-asyncio: pip install 'slack-playground[pytest]'"
            )
        yield request.getfixturevalue("_async_playground")
    else:
        with SyncPlayground(**playground_settings) as playground:
            yield playground


if pytest_asyncio is not None:

    @pytest_asyncio.fixture
    async def _async_playground(playground_settings: dict[str, Any]) -> AsyncIterator[Playground]:
        async with Playground(**playground_settings) as playground:
            yield playground
