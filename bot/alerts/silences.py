"""Silences: kinds of tasks that are muted or in maintenance for a while."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase

from sqlmodel import Session, select

from bot.alerts.models import Silence, SilenceReason
from bot.config_file import is_pattern

EVERY_KIND = ""


@dataclass(frozen=True)
class Silences:
    """The present and past silences of a tenant; a kind may be a pattern as in `nightly-*`."""

    rows: Sequence[Silence]
    now: datetime

    def is_silenced(self, kind: str) -> bool:
        """Tell whether the kind is silenced now."""
        return any(_is_active(one, self.now) for one in self._of(kind))

    def silenced_until(self, kind: str) -> datetime | None:
        """Return when the kind's last silence ended, None if it had none."""
        ends = [one.until for one in self._of(kind) if one.until and one.until <= self.now]
        return max(ends, default=None)

    def mute_of(self, kind: str) -> Silence | None:
        """Return what mutes the kind now; None if nothing does, also in maintenance."""
        muting = (one for one in self._of(kind) if one.reason == SilenceReason.MUTED)
        return next((one for one in muting if _is_active(one, self.now)), None)

    def active(self) -> list[Silence]:
        """Return those that have not ended: maintenance first, then by kind."""
        active = [one for one in self.rows if _is_active(one, self.now)]
        return sorted(active, key=lambda one: (one.reason, one.task))

    def _of(self, kind: str) -> list[Silence]:
        return [one for one in self.rows if covers(one.task, kind)] if self.rows else []


def covers(silenced: str, kind: str) -> bool:
    """Tell whether a silence of *silenced*, a kind, a pattern or every one, is one of *kind*."""
    return silenced in (EVERY_KIND, kind) or (is_pattern(silenced) and fnmatchcase(kind, silenced))


def _is_active(silence: Silence, now: datetime) -> bool:
    return silence.until is None or silence.until > now


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
    """Silence a kind, or every one, until a time or for good; replaces an earlier silence."""
    row = session.get(Silence, (tenant, kind, reason), with_for_update=True)
    if row is None:
        row = Silence(tenant=tenant, task=kind, reason=reason, by=by, began_at=now)
    row.until, row.by, row.began_at = until, by, now
    session.add(row)
    return row


def end_silence(
    session: Session, tenant: str, kind: str, reason: SilenceReason, now: datetime
) -> Silence | None:
    """End a silence now, and return it; None if there is none."""
    row = session.get(Silence, (tenant, kind, reason), with_for_update=True)
    if row is None or (row.until is not None and row.until <= now):
        return None
    row.until = now
    return row
