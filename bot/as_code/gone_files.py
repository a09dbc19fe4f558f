"""What becomes of what was applied from files that are not there any more."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from bot.applied_files.models import AppliedFile
from bot.as_code.change import Action, Change
from bot.as_code.folder import CodeFolder
from bot.as_code.origin import Origin
from bot.as_code.reports import REPORT_FILE
from bot.as_code.senders import SENDER_FILE, sender_traffic
from bot.as_code.templates import TEMPLATE_FILE
from bot.errors import ConflictError
from bot.messages.models import Sender
from bot.messages.templates.store import newest
from bot.reports.models import Report
from bot.reports.service import delete_stored_report

_PRUNE = "its file is gone; `--prune` would delete it"
_STAYS = "its file is gone; templates stay, because messages are rendered with them"


@dataclass(frozen=True)
class GoneFiles:
    """
    Decides about each file that is gone, in a read of the database.

    Without pruning all stays, and is told of each time. With it reports and senders are deleted;
    templates stay, and are told of no more.
    """

    origin: Origin
    folder: CodeFolder
    is_pruned: bool

    def changes(self, session: Session, moved: Mapping[str, str]) -> list[Change]:
        """Return what becomes of each; *moved* has the files of reports by their ids."""
        present = {(TEMPLATE_FILE, one.code) for one in self.folder.templates}
        present |= {(SENDER_FILE, one.code) for one in self.folder.senders}
        present |= {(REPORT_FILE, one.code) for one in self.folder.reports}
        return [self._change(session, row, moved) for row in self.origin.gone(present)]

    def _change(self, session: Session, row: AppliedFile, moved: Mapping[str, str]) -> Change:
        if row.kind == REPORT_FILE:
            return self._report(session, row, moved)
        if row.kind == SENDER_FILE:
            return self._sender(session, row)
        stored = newest(session, self.origin.tenant, row.code)
        alike = [one.code for one in self.folder.templates if stored and one.body == stored.body]
        renamed = [f"{alike[0]} is the same: who names {row.code} still gets it"] if alike else []
        return self._kept(row, [_STAYS, *renamed], is_forgotten=self.is_pruned)

    def _kept(self, row: AppliedFile, lines: Sequence[str], *, is_forgotten: bool) -> Change:
        def store(session: Session) -> None:
            if is_forgotten:
                self.origin.forget(session, (row.kind, row.code))

        return Change(Action.KEEP, row.kind, row.code, lines, store=store)

    def _report(self, session: Session, row: AppliedFile, moved: Mapping[str, str]) -> Change:
        report = session.get(Report, row.thing)
        if report is None or report.tenant != self.origin.tenant:
            return self._kept(row, ["its file is gone, and so is it"], is_forgotten=True)
        if row.thing in moved:
            return self._kept(row, [f"is {moved[row.thing]} now"], is_forgotten=True)
        other = self.origin.elsewhere(row)
        if other is not None:
            now = f"is {other.code} of the folder `{other.folder}` now"
            return self._kept(row, [now], is_forgotten=True)
        if not self.is_pruned:
            return self._kept(row, [f"“{report.name}”: {_PRUNE}"], is_forgotten=False)
        revision = report.revision

        def store(session: Session) -> None:
            known = session.get(Report, row.thing, with_for_update=True)
            if known is not None and known.revision != revision:
                raise ConflictError(f"The report `{row.code}` was changed meanwhile.")
            if known is not None:
                delete_stored_report(session, known, self.origin.now)
            self.origin.forget(session, (row.kind, row.code))

        lines = [f"“{report.name}” of {report.owner} goes with its history; posts stay in Slack"]
        return Change(Action.DELETE, REPORT_FILE, row.code, lines, lines, "deleted", store=store)

    def _sender(self, session: Session, row: AppliedFile) -> Change:
        sender = session.get(Sender, (self.origin.tenant, row.code))
        if sender is None:
            return self._kept(row, ["its file is gone, and so is it"], is_forgotten=True)
        if not self.is_pruned:
            return self._kept(row, [_PRUNE], is_forgotten=False)
        seen_at = sender.updated_at
        traffic = sender_traffic(session, self.origin.tenant, row.code, self.origin.now)
        count = sum(traffic.sent.values())
        warnings = [f"requests like {count:,} of the last 7 days would be refused"] if count else []

        def store(session: Session) -> None:
            known = session.get(Sender, (self.origin.tenant, row.code), with_for_update=True)
            if known is not None and known.updated_at != seen_at:
                raise ConflictError(f"The sender `{row.code}` was changed meanwhile.")
            if known is not None:
                session.delete(known)
            self.origin.forget(session, (row.kind, row.code))

        lines = ["what it has accepted is still sent"]
        effects = {"refused": dict(traffic.sent)}
        return Change(
            *(Action.DELETE, SENDER_FILE, row.code, lines, warnings, "deleted", effects),
            store=store,
        )


def files_of_reports(changes: Collection[Change]) -> dict[str, str]:
    """Return the files of reports by the ids of those that are stored."""
    known = (one for one in changes if one.kind == REPORT_FILE)
    return {one.effects["report"]: one.code for one in known if "report" in one.effects}
