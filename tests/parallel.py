"""Which tests begin first when several workers share them, and which stay together."""

from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

TESTS = Path(__file__).parent
#: What shares one browser, one `npm ci`, or brokers that take seconds to start, is one worker's.
TOGETHER = ("tests/playground/page/", "tests/playground/javascript/", "tests/bot/event_bus/")


class ByTest(LoadScopeScheduling):  # type: ignore[misc]  # it has no types
    """Hands out test by test, in the order in which they were found, but for what is together."""

    def _split_scope(self, nodeid: str) -> str:
        return next((room for room in TOGETHER if nodeid.startswith(room)), nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByTest:
    return ByTest(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long, so that nobody is left alone with it at the end."""
    for item in items:
        if item.path.is_relative_to(TESTS / "scenarios"):
            item.add_marker(pytest.mark.long)
    items.sort(key=lambda item: item.get_closest_marker("long") is None)
