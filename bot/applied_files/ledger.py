"""Reads and writes what was applied from files, in the caller's transaction."""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session, select

from bot.applied_files.models import AppliedFile

#: Kind and code of a file.
FileKey = tuple[str, str]


def applied_files(session: Session, tenant: str) -> Mapping[FileKey, AppliedFile]:
    """Return all that was applied for a tenant."""
    rows = session.exec(select(AppliedFile).where(AppliedFile.tenant == tenant))
    return {(row.kind, row.code): row for row in rows}


def remember_file(
    session: Session, tenant: str, key: FileKey, folder: str, thing: str, state: str, now: datetime
) -> None:
    """Note what a file was stored as; if that is known already, nothing is written."""
    kind, code = key
    row = session.get(AppliedFile, (tenant, kind, code))
    if row is None:
        row = AppliedFile(
            tenant=tenant, kind=kind, code=code, folder="", thing="", state="", applied_at=now
        )
    if (row.folder, row.thing, row.state) != (folder, thing, state):
        row.folder, row.thing, row.state, row.applied_at = folder, thing, state, now
        session.add(row)


def forget_file(session: Session, tenant: str, key: FileKey) -> None:
    """Forget a file that is gone."""
    row = session.get(AppliedFile, (tenant, *key))
    if row is not None:
        session.delete(row)
