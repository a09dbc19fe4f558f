"""What the tests of sources share."""

import pytest

from bot.sources.registry import reading_workers


@pytest.fixture(scope="session")
def workers():
    """The processes that read; starting them takes longer than most queries."""
    made = reading_workers()
    yield made
    made.close()
