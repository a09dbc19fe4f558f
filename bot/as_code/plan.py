"""Compares a folder with what is stored, and stores what differs: all of it, or nothing."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.exc import IntegrityError, OperationalError
from sqlmodel import Session

from bot.as_code.change import Change
from bot.as_code.folder import CodeFolder, FolderProblems
from bot.as_code.gone_files import GoneFiles, files_of_reports
from bot.as_code.reports import REPORT_FILE, ReportChanges
from bot.as_code.senders import SenderPlan
from bot.as_code.settings import SettingsSwap
from bot.as_code.templates import TemplatePlan
from bot.db import Database
from bot.errors import ConflictError, InvalidError, UnavailableError

RUN_AGAIN = "Nothing was applied: run the command again to see what differs now."


@dataclass(frozen=True)
class FolderPlan:
    """What a folder would change for one tenant."""

    database: Database
    templates: TemplatePlan
    senders: SenderPlan
    reports: ReportChanges
    gone: GoneFiles

    async def changes(self, folder: CodeFolder, problems: FolderProblems) -> list[Change]:
        """
        Return what would change, the same things first; *problems* take what cannot be stored.

        Raises what a source or a worker raises that does not answer.
        """
        finding = _ChangeFinding(problems)
        await finding.all_of(folder.templates, "templates/{}.json", self.templates.change)
        await finding.all_of(folder.senders, "senders/{}.toml", self.senders.change)
        await finding.all_of(folder.reports, "reports/{}.toml", self.reports.change)
        self._refuse_shared_reports(finding.found, problems)
        moved = files_of_reports(finding.found)
        gone = await self.database.read(lambda session: self.gone.changes(session, moved))
        return [*finding.found, *gone]

    def _refuse_shared_reports(self, found: Iterable[Change], problems: FolderProblems) -> None:
        """Note two files of one report: one renames it, the other is new and has its old name."""
        first: dict[str, str] = {}
        for change in found:
            report = change.effects.get("report") if change.kind == REPORT_FILE else None
            if report is None:
                continue
            other = first.setdefault(report, change.code)
            if other == change.code:
                continue
            is_known = self.gone.origin.thing((REPORT_FILE, other)) == report
            new, known = (change.code, other) if is_known else (other, change.code)
            fix = f"reports/{known}.toml is stored as this report: apply it without this file first"
            problems.note(f"reports/{new}.toml", fix, "name")


@dataclass
class _ChangeFinding:
    problems: FolderProblems
    found: list[Change] = field(default_factory=list)

    async def all_of(
        self,
        wanted: Iterable[Any],
        place: str,
        change: Callable[[Any], Awaitable[Change]],
    ) -> None:
        for one in wanted:
            try:
                self.found.append(await change(one))
            except InvalidError as error:
                self.problems.take(place.format(one.code), error)


def apply_changes(
    database: Database, changes: Sequence[Change], settings: SettingsSwap | None
) -> None:
    """
    Store the changes in one transaction, with the settings file as its last step.

    Raises `ConflictError` if something is no longer as it was compared; then nothing is stored.
    """

    def work(session: Session) -> None:
        for change in changes:
            change.store(session)
        session.flush()
        if settings is not None:
            settings.replace()

    try:
        database.transact(work)
    except IntegrityError as error:
        _put_back(settings)
        raise ConflictError(f"Somebody applied the same at this moment. {RUN_AGAIN}") from error
    except OperationalError as error:
        _put_back(settings)
        reason = str(error.orig).strip().partition("\n")[0]
        raise UnavailableError(f"The database did not take it: {reason}. {RUN_AGAIN}") from error
    except ConflictError as error:
        _put_back(settings)
        raise ConflictError(f"{error} {RUN_AGAIN}") from error
    except BaseException:
        _put_back(settings)
        raise


def _put_back(settings: SettingsSwap | None) -> None:
    if settings is not None:
        settings.put_back()
