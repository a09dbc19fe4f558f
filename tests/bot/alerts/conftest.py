import pytest

from bot.db import Database
from tests.bot.alerts.room import Room, make_alert_room


@pytest.fixture
def room(database: Database) -> Room:
    """The use cases of alerts on a fresh database, SQLite and PostgreSQL."""
    return make_alert_room(database)
