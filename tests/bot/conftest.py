"""What the tests of the bot share."""

import logging
from collections.abc import Iterator

import pytest
import structlog


@pytest.fixture
def quiet_again() -> Iterator[None]:
    """Put the loggers back as they were, or later tests would log into this one's closed output."""
    root = logging.getLogger()
    before = root.handlers, root.level
    yield
    root.handlers, level = before
    root.setLevel(level)
    structlog.reset_defaults()
