"""Kinds of tasks that nobody is told of for a while: muted, or in maintenance."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, select

from bot.alerts.models import Silence, SilenceReason

EVERY_KIND = ""


@dataclass(frozen=True)
class Silences:
    """What is silenced for a tenant, and was."""

    rows: Sequence[Silence]
    now: datetime

    def is_silenced(self, kind: str) -> bool:
        """Tell whether nobody is to be told of the kind now."""
        return any(one.until is None or one.until > self.now for one in self._of(kind))

    def silenced_until(self, kind: str) -> datetime | None:
        """Return when the kind's last silence ended, None if it had none."""
        ends = [one.until for one in self._of(kind) if one.until and one.until <= self.now]
        return max(ends, default=None)

    def _of(self, kind: str) -> list[Silence]:
        return [one for one in self.rows if one.task in (EVERY_KIND, kind)]


def read_silences(session: Session, tenant: str, now: datetime) -> Silences:
    """Read the silences of a tenant."""
    query = select(Silence).where(Silence.tenant == tenant)
    return Silences(session.exec(query).all(), now)


def set_silence(
    session: Session,
    tenant: str,
    kind: str,
    reason: SilenceReason,
    *,
    until: datetime | None,
    by: str,
    now: datetime,
) -> Silence:
    """Silence a kind, or every one, until then or for good; what was said before is replaced."""
    row = session.get(Silence, (tenant, kind, reason), with_for_update=True)
    if row is None:
        row = Silence(tenant=tenant, task=kind, reason=reason, by=by, began_at=now)
    row.until, row.by, row.began_at = until, by, now
    session.add(row)
    return row


def end_silence(
    session: Session, tenant: str, kind: str, reason: SilenceReason, now: datetime
) -> bool:
    """End a silence now; False if there is none."""
    row = session.get(Silence, (tenant, kind, reason), with_for_update=True)
    if row is None or (row.until is not None and row.until <= now):
        return False
    row.until = now
    return True
