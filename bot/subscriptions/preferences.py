"""When a person is told: at once, after quiet hours, or once a day. Pure."""

from datetime import datetime, time
from zoneinfo import ZoneInfoNotFoundError

from bot.scheduling.quiet_hours import QuietHours, parse_quiet_hours
from bot.scheduling.schedules import Frequency, Schedule, next_occurrence
from bot.subscriptions.models import Preference

#: When the daily digest comes to somebody without quiet hours.
DIGEST_AT = time(9, 0)


def waits_until(preference: Preference | None, now: datetime) -> datetime | None:
    """
    Return when the person is told of what happens now; None: at once.

    That is also the answer when their time zone exists no more: no wish keeps a task from ending.
    """
    try:
        return _waits_until(preference, now) if preference else None
    except (ValueError, ZoneInfoNotFoundError):
        return None


def _waits_until(preference: Preference, now: datetime) -> datetime | None:
    hours = quiet_hours_of(preference)
    if preference.is_once_a_day:
        at = hours.digest_at if hours else DIGEST_AT
        return next_occurrence(Schedule(Frequency.DAILY, preference.timezone, at=at), now)
    return hours.digest_due_at(now) if hours else None


def quiet_hours_of(preference: Preference) -> QuietHours | None:
    """Return the person's quiet hours; the digest comes at their end."""
    if preference.quiet_hours is None:
        return None
    return parse_quiet_hours(preference.quiet_hours, preference.timezone)
