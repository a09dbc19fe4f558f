"""Where the files come from that are applied, and what was applied from them before."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session

from bot.applied_files.ledger import FileKey, forget_file, remember_file
from bot.applied_files.models import AppliedFile
from bot.as_code.change import AUTHOR


@dataclass(frozen=True)
class Origin:
    """A tenant's folder, by its name, at the time of applying it."""

    tenant: str
    folder: str
    now: datetime
    applied: Mapping[FileKey, AppliedFile] = field(default_factory=dict)

    def thing(self, key: FileKey) -> str | None:
        """Return what a file was stored as when it was applied the last time."""
        row = self.applied.get(key)
        return row.thing if row is not None else None

    def notes(self, key: FileKey, thing: str, state: str, by: str) -> Iterator[str]:
        """Yield what is to be known of a thing that the file would change: others have had it."""
        row = self.applied.get(key)
        if row is None or row.thing != thing:
            if by.startswith(f"by {AUTHOR} "):  # By a version that did not remember it yet.
                return
            yield f"was not made from a file, but {by}: from now on the file decides"
            return
        if row.folder != self.folder:
            yield f"was applied from the folder `{row.folder}`: from now on this one decides"
        if row.state != state:
            yield f"was changed since it was applied, {by}: the file wins"

    def gone(self, present: set[FileKey]) -> list[AppliedFile]:
        """Return what was applied from files of this folder that are not there any more."""
        mine = (row for row in self.applied.values() if row.folder == self.folder)
        return [row for row in mine if (row.kind, row.code) not in present]

    def elsewhere(self, row: AppliedFile) -> AppliedFile | None:
        """Return the file of another folder that was stored as the same thing, if there is one."""
        same = (
            one for one in self.applied.values() if (one.kind, one.thing) == (row.kind, row.thing)
        )
        return next((one for one in same if one.folder != self.folder), None)

    def remember(self, session: Session, key: FileKey, thing: str, state: str) -> None:
        """Note what a file was stored as."""
        remember_file(session, self.tenant, key, self.folder, thing, state, self.now)

    def forget(self, session: Session, key: FileKey) -> None:
        """Forget a file that is gone."""
        forget_file(session, self.tenant, key)
