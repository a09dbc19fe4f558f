"""The expected duration of each kind of task, cached between checks."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlmodel import Session

from bot.alerts.analysis.expected_duration import ExpectedDuration
from bot.alerts.trouble_queries import expected_duration

#: A history of two hundred runs changes little in that time.
_CACHE_TTL = timedelta(minutes=10)
#: So many kinds are asked for in one check, so that none takes long; the next check asks for more.
_MAX_LOOKUPS_PER_CHECK = 5
_UNKNOWN = ExpectedDuration(runs=0)


@dataclass
class Expectations:
    """Expected durations of every tenant; a kind that was never looked up has no limit."""

    _known: dict[tuple[str, str], tuple[datetime, ExpectedDuration]] = field(default_factory=dict)

    def of(self, session: Session, tenant: str, now: datetime) -> "_TenantLookup":
        """Return what answers for a tenant's kinds in one check."""
        return _TenantLookup(self._known, session, tenant, now)


@dataclass
class _TenantLookup:
    """Answers from memory, and learns a few kinds that it does not remember, or not any more."""

    known: dict[tuple[str, str], tuple[datetime, ExpectedDuration]]
    session: Session
    tenant: str
    now: datetime
    learnt: int = 0

    def __call__(self, kind: str) -> ExpectedDuration:
        learnt_at, expected = self.known.get((self.tenant, kind), (None, _UNKNOWN))
        is_new = learnt_at is not None and timedelta(0) <= self.now - learnt_at < _CACHE_TTL
        if not is_new and self.learnt < _MAX_LOOKUPS_PER_CHECK:
            self.learnt += 1
            expected = expected_duration(self.session, self.tenant, kind)
            self.known[self.tenant, kind] = (self.now, expected)
        return expected
