"""Hours in which nobody is told of what can wait until a morning digest."""

from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from bot.scheduling.schedule_parser import parse_time, parse_timezone
from bot.scheduling.schedules import Frequency, Schedule, next_occurrence


@dataclass(frozen=True)
class QuietHours:
    """From *start* to *end* on the wall of *timezone*, perhaps over midnight."""

    start: time
    end: time
    digest_at: time
    timezone: str

    def digest_due_at(self, now: datetime) -> datetime | None:
        """Return when what happens now is told: at the next digest, or None if it need not wait."""
        wall = now.astimezone(ZoneInfo(self.timezone)).time()
        if self.start <= self.end:
            is_quiet = self.start <= wall < self.end
        else:
            is_quiet = wall >= self.start or wall < self.end
        if not is_quiet:
            return None
        return next_occurrence(Schedule(Frequency.DAILY, self.timezone, at=self.digest_at), now)


def parse_quiet_hours(text: str, timezone: str, digest_at: str | None = None) -> QuietHours:
    """
    Return the hours of `22:00-07:00`; the digest comes at their end unless *digest_at* says when.

    Raises `ValueError` with the fix.
    """
    start, dash, end = text.partition("-")
    if not dash:
        raise ValueError("write two times, such as 22:00-07:00")
    first, last = parse_time(start), parse_time(end)
    if first == last:
        raise ValueError("the two times are the same; leave the setting out for no quiet hours")
    digest = parse_time(digest_at) if digest_at is not None else last
    return QuietHours(first, last, digest, parse_timezone(timezone))
