from collections.abc import Callable
from typing import Any

import pytest

from bot.config_file import ConfigFile
from bot.db import Database
from tests.bot.alerts.room import Room, make_alert_room


@pytest.fixture
def room(database: Database) -> Room:
    """The use cases of alerts on a fresh database, SQLite and PostgreSQL."""
    return make_alert_room(database)


@pytest.fixture
def room_with(database: Database) -> Callable[[dict[str, Any]], Room]:
    """Return what makes such a room with a configuration of its own."""
    return lambda config: make_alert_room(database, config=ConfigFile.model_validate(config))
