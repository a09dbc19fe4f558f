"""How many questions one person may ask."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import LimitError
from bot.reports.question_limit import QuestionLimit

NINE = datetime(2026, 11, 28, 9, tzinfo=UTC)


def test_a_person_has_so_many_questions_an_hour():
    """The refusal says when the oldest is an hour ago; refused questions do not count."""
    limit = QuestionLimit(2)
    limit.take("ada", NINE)
    limit.take("ada", NINE + timedelta(minutes=20))
    with pytest.raises(LimitError) as refused:
        limit.take("ada", NINE + timedelta(minutes=45))
    limit.take("ben", NINE + timedelta(minutes=45))
    limit.take("ada", NINE + timedelta(minutes=60))

    assert str(refused.value) == (
        "You have asked 2 questions about reports within the last hour, and more are not taken. "
        "Ask again in 15 minutes."
    )


def test_who_has_not_asked_for_an_hour_is_forgotten():
    """However many people ask, those that could ask again take no memory."""
    limit = QuestionLimit(1)
    for number in range(1_500):
        limit.take(number, NINE)
    limit.take("ada", NINE + timedelta(hours=2))

    assert len(limit._asked) == 1
