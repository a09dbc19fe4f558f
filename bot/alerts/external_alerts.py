"""Converts alerts of other systems: Alertmanager's webhook, PagerDuty's events."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlmodel import Session

from bot.alerts.incident_lifecycle import TroubleGroup, TroubleType
from bot.alerts.incident_rows import Records
from bot.alerts.models import AlertTrouble
from bot.alerts.trouble_queries import EXTERNAL, Trouble
from bot.tasks.stored_text import storable

KIND_CHARACTERS = 200
_NOTE_CHARACTERS = 500
_BRIEF_CHARACTERS = 200


@dataclass(frozen=True)
class ExternalReport:
    """
    Another system's report that one thing is wrong, or no longer is.

    *kind* takes the place of the kind of task, *group* names what belongs together, *key* the one
    thing, and *label* says what all of the group have in common, None: what this one says.
    *is_brief* says that `brief_report` made it: group and key are those of its trouble already.
    """

    kind: str
    group: str
    key: str
    summary: str
    is_over: bool
    is_critical: bool = False
    began_at: datetime | None = None
    label: str | None = None
    is_brief: bool = False


def brief_report(report: ExternalReport) -> ExternalReport:
    """
    Return a report whose trouble is the same but for what it says, of which the beginning is left.

    However long the report, this one has at most about 450 characters.
    """
    trouble = trouble_of(report, datetime.max.replace(tzinfo=UTC))
    return replace(
        report,
        kind=trouble.group.task,
        group=trouble.group.fingerprint,
        key=trouble.key,
        summary=trouble.label[:_BRIEF_CHARACTERS],
        label=None,
        is_brief=True,
    )


def trouble_of(report: ExternalReport, now: datetime) -> Trouble:
    """Return the report as a trouble of ours."""
    kind = storable(report.kind)[:KIND_CHARACTERS] or "external"
    summary = storable(report.summary)[:_NOTE_CHARACTERS] or kind
    fingerprint, key = report.group, report.key
    if not report.is_brief:
        key = f"{EXTERNAL}{_short_hash(fingerprint, key)}"
        fingerprint = _short_hash(fingerprint)
    group = TroubleGroup(TroubleType.FAILED, kind, fingerprint)
    began_at = min(report.began_at or now, now)
    label = summary if report.label is None else storable(report.label)[:_NOTE_CHARACTERS]
    return Trouble(group, key, label, began_at, note=summary, is_critical=report.is_critical)


def take_in(
    session: Session,
    tenant: str,
    reports: Sequence[ExternalReport],
    records: Records,
    now: datetime,
) -> list[Trouble]:
    """
    Strike out what is over, and return what is wrong.

    What had been over and is wrong again may be held anew. A report that says since when, and says
    what it said before, is a repetition: it opens nothing that was over or resolved by hand.
    """
    wrong = []
    for report in reports:
        trouble = trouble_of(report, now)
        row = session.get(AlertTrouble, (tenant, trouble.group.type, trouble.key))
        if report.is_over:
            if row is not None and row.moved_on_at is None:
                row.moved_on_at = now
                for left in records.left.values():
                    left.discard(trouble.key)
            continue
        if row is not None and row.moved_on_at is not None:
            if report.began_at is not None and row.began_at == trouble.began_at:
                continue
            session.delete(row)
        wrong.append(trouble)
    session.flush()
    return wrong


def _short_hash(*parts: str) -> str:
    """Return the same 16 digits for the same parts."""
    return hashlib.sha256("\0".join(parts).encode(errors="replace")).hexdigest()[:16]
