"""What other alert rules would have told: for `alerts --what-if` and `apply --dry-run`."""

from collections.abc import Iterator
from datetime import timedelta

from sqlmodel import Session

from bot.alerts.configured_rules import Rules
from bot.alerts.history.journal import base_before, read_entries
from bot.alerts.history.replay import uncollected
from bot.alerts.history.what_if import WhatIf, what_if
from bot.alerts.history.what_if_words import lines_of
from bot.clock import SystemClock
from bot.config_file import ConfigFile
from bot.db import Database
from bot.errors import FieldProblem, InvalidError

DAYS = 7


def replay_lines(
    database: Database, tenant: str, current: ConfigFile, candidate: ConfigFile, days: float
) -> Iterator[str]:
    """Yield what the candidate's rules would have told in the last *days*, a sentence a line."""
    yield from lines_of_replay(compare_rules(database, tenant, current, candidate, days))


def lines_of_replay(found: WhatIf) -> Iterator[str]:
    """Yield a comparison with what it is one of."""
    yield f"alert rules, over the last {found.days:g} days:"
    yield from (f"  {line}" for line in lines_of(found))


def compare_rules(
    database: Database, tenant: str, current: ConfigFile, candidate: ConfigFile, days: float
) -> WhatIf:
    """Replay a tenant's last *days* by two files."""
    now = SystemClock().now()
    since = now - timedelta(days=days)

    def read(session: Session) -> list[tuple[int, dict[str, object], bool]]:
        base = base_before(session, tenant, since)
        return list(read_entries(session, tenant, base - 1)) if base is not None else []

    with uncollected():
        entries = database.snapshot(read)
    return what_if(entries, Rules(current), Rules(candidate), since, now)


def require_days(days: float) -> float:
    """Return the days; raise `InvalidError` for more than are kept."""
    if not 0 < days <= DAYS:
        fix = f"give more than 0 and at most {DAYS}"
        raise InvalidError(f"--days: {fix}.", [FieldProblem("--days", fix)])
    return days
