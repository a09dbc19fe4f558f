import pytest

from bot.db import Database
from tests.bot.tasks.room import HandClock, Room, make_room


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def room(database: Database, clock: HandClock) -> Room:
    """The use cases of tasks on a fresh database, SQLite and PostgreSQL."""
    return make_room(database, clock)
