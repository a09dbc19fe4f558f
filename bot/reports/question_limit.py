"""How many questions about reports one person may ask within an hour."""

import math
from collections.abc import Hashable
from datetime import datetime, timedelta

from bot.errors import LimitError
from bot.messages.rate_limits.limiters import SlidingWindow

_LIMIT_SPAN = timedelta(hours=1)
_MANY_PEOPLE = 1_000


class QuestionLimit:
    """Counts the questions of each person in this process. Pure: the time is passed in."""

    def __init__(self, per_hour: int) -> None:
        self._per_hour = per_hour
        self._asked: dict[Hashable, SlidingWindow] = {}

    def take(self, person: Hashable, now: datetime) -> None:
        """Count a question; raise `LimitError` if there were too many within the last hour."""
        if person not in self._asked and len(self._asked) >= _MANY_PEOPLE:
            self._asked = {
                one: window
                for one, window in self._asked.items()
                if window.left(now) < self._per_hour
            }
        window = self._asked.setdefault(person, SlidingWindow(self._per_hour, _LIMIT_SPAN))
        if not window.is_open(now):
            raise LimitError(_too_many_questions(self._per_hour, window.opens_at(now) - now))
        window.spend(now)


def _too_many_questions(limit: int, wait: timedelta) -> str:
    minutes = max(1, math.ceil(wait.total_seconds() / 60))
    questions = "1 question" if limit == 1 else f"{limit:,} questions"
    return (
        f"You have asked {questions} about reports within the last hour, and more are not taken. "
        f"Ask again in {minutes} minute{'' if minutes == 1 else 's'}."
    )
