"""When a person is told."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.subscriptions.models import Preference
from bot.subscriptions.preferences import waits_until
from tests.bot.tasks.room import ADA

SUMMER_NIGHT = datetime(2026, 7, 1, 21, 0, tzinfo=UTC)  # 23:00 in Berlin


@pytest.mark.parametrize(
    ("wishes", "told_at"),
    [
        ({}, None),
        ({"quiet_hours": "22:00-07:00"}, None),
        (
            {"quiet_hours": "22:00-07:00", "timezone": "Europe/Berlin"},
            datetime(2026, 7, 2, 5, 0, tzinfo=UTC),
        ),
        ({"is_once_a_day": True}, datetime(2026, 7, 2, 9, 0, tzinfo=UTC)),
        (
            {"is_once_a_day": True, "quiet_hours": "08:00-10:30"},
            datetime(2026, 7, 2, 10, 30, tzinfo=UTC),
        ),
        ({"is_once_a_day": True, "timezone": "Gone/Nowhere"}, None),
        ({"quiet_hours": "broken", "timezone": "UTC"}, None),
    ],
)
def test_a_person_is_told_when_they_prefer(
    wishes: dict[str, Any], told_at: datetime | None
) -> None:
    """On their own wall; a wish that cannot be read any more is none, and keeps nothing back."""
    preference = Preference(tenant="default", user_id=ADA, **wishes)
    assert waits_until(preference, SUMMER_NIGHT) == told_at


def test_who_prefers_nothing_is_told_at_once() -> None:
    """Also at night."""
    assert waits_until(None, SUMMER_NIGHT) is None
