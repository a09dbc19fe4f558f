"""What the tests of subscriptions share."""

import pytest

from bot.db import Database
from tests.bot.subscriptions.room import Room, make_subscription_room


@pytest.fixture
def room(database: Database) -> Room:
    """The use cases of subscriptions on a fresh database."""
    return make_subscription_room(database)
