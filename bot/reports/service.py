"""Reports: create, change, preview, run, recompute and ask. What people and programs call."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, delete, select

from bot.clock import Clock
from bot.db import Database
from bot.errors import (
    ConflictError,
    FieldProblem,
    InvalidError,
    NotFoundError,
    UnavailableError,
)
from bot.ids import is_slack_user_id, new_id
from bot.messages.requests.status import permalink
from bot.reports import queries
from bot.reports.display.notices import Notice
from bot.reports.drafting.draft_reading import (
    DraftRequest,
    Drafts,
    ReportDraft,
    fields_of,
    merge_fields,
    refuse_draft,
)
from bot.reports.drafting.questions import AskedSql, Questions
from bot.reports.drafting.schedule_fields import schedule_of
from bot.reports.models import Report, ReportResult, ReportRun
from bot.reports.preview import Previews
from bot.reports.question_limit import QuestionLimit
from bot.reports.recomputation import differences
from bot.reports.runs.bulk import open_progress, runs_of_bulk, show_progress, waiting_bulks
from bot.reports.runs.presentation import Voice
from bot.reports.runs.requested_runs import all_of, request_bulk, request_run, wanted_reports
from bot.reports.service_types import (
    Actor,
    Answered,
    Recomputed,
    ReportPlan,
    ReportPreview,
    RunPost,
    StoredResult,
)
from bot.reports.upcoming_runs import MAX_NEXT_RUNS, soonest
from bot.scheduling.schedules import next_occurrence
from bot.sources.base import QueryError
from bot.sources.result import ResultTable
from bot.workspaces.models import Workspace

__all__ = [
    "Actor",
    "Answered",
    "Recomputed",
    "ReportPreview",
    "Reports",
    "RunPost",
    "StoredResult",
]

MAX_AHEAD_HOURS = 24.0 * 366
_NAME_TAKEN = FieldProblem("name", "you have a report of this name: choose another")
#: Fields whose change moves the next run.
_TIMING = ("schedule", "enabled")


class Reports:
    """
    Use cases. Reports are seen and changed by their owner and by admins.

    Everybody else gets `NotFoundError`. *fields* are those of `POST /api/scheduling/reports`, in
    snake_case; `InvalidError` names each wrong one by its path there (`schedule.time`).
    `start_ready` begins what waits, if this process works on runs at all.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        drafts: Drafts,
        questions: Questions,
        previews: Previews,
        voice: Voice,
        limit: QuestionLimit,
        *,
        start_ready: Callable[[], Awaitable[object]],
        wake: Callable[[str], None],
    ) -> None:
        self._database = database
        self._clock = clock
        self._drafts = drafts
        self._questions = questions
        self._previews = previews
        self._voice = voice
        self._limit = limit
        self._start_ready = start_ready
        self._wake = wake

    async def create(
        self, actor: Actor, fields: Mapping[str, Any], *, report_id: str | None = None
    ) -> Report:
        """Create a report; *report_id* is the id of a call that may be repeated."""
        if report_id is not None:
            again = await self._database.read(lambda session: session.get(Report, report_id))
            if again is not None:
                return again
        draft = await self._drafts.read(_request(actor, fields))
        refuse_draft(draft.problems)
        report = self._new_report(actor, draft, report_id or new_id("r"))
        await self._store(lambda session: _insert(session, report))
        return report

    def _new_report(self, actor: Actor, draft: ReportDraft, report_id: str) -> Report:
        now = self._clock.now()
        return Report(
            id=report_id,
            tenant=actor.tenant,
            **draft.columns(),
            due_at=_first_due_at(draft, now),
            created_at=now,
            changed_at=now,
        )

    async def change(
        self,
        actor: Actor,
        report_id: str,
        fields: Mapping[str, Any],
        *,
        revision: int | None = None,
    ) -> Report:
        """Merge *fields* into the report, nested ones too; `ConflictError` if *revision* is old."""
        seen = await self._report(actor, report_id)
        if revision is not None and revision != seen.revision:
            raise _changed_meanwhile(seen)
        request = DraftRequest(
            actor.tenant,
            actor.id,
            actor.is_admin,
            seen.workspace_id,
            merge_fields(fields_of(seen), fields),
            touched=frozenset(fields),
        )
        draft = await self._drafts.read(request)
        refuse_draft(draft.problems)
        return await self._store(
            lambda session: self._change(session, actor, seen, draft, frozenset(fields))
        )

    async def plan(
        self, actor: Actor, fields: Mapping[str, Any], *, report_id: str | None = None
    ) -> ReportPlan:
        """
        Return what `create` or `change` would store: of the report of this id, else of this name.

        Raises what these would, and stores nothing; `ReportPlan.write` does, in a transaction.
        """
        seen = await self._database.read(
            lambda session: queries.planned_report(session, actor, report_id, fields.get("name"))
        )
        if seen is None:
            draft = await self._drafts.read(_request(actor, fields))
            refuse_draft(draft.problems)
            report = self._new_report(actor, draft, new_id("r"))
            return ReportPlan(None, draft.columns(), (), lambda session: _insert(session, report))
        kept = fields_of(seen)
        touched = frozenset(name for name, value in fields.items() if kept.get(name) != value)
        whole = merge_fields(kept, fields)
        draft = await self._drafts.read(
            DraftRequest(
                actor.tenant, actor.id, actor.is_admin, seen.workspace_id, whole, touched=touched
            )
        )
        refuse_draft(draft.problems)
        columns = draft.columns()
        await self._database.read(lambda session: _require_name_stays_free(session, seen, columns))
        if not touched & {"query", "source"}:
            columns["sql"] = seen.sql
        differing = [name for name, value in columns.items() if getattr(seen, name) != value]
        return ReportPlan(
            seen,
            columns,
            differing,
            lambda session: self._change(session, actor, seen, draft, touched),
        )

    def _change(
        self,
        session: Session,
        actor: Actor,
        seen: Report,
        draft: ReportDraft,
        touched: frozenset[str],
    ) -> Report:
        report = queries.report_of(session, actor, seen.id, hold=True)
        if report.revision != seen.revision:
            raise _changed_meanwhile(report)
        now = self._clock.now()
        columns = draft.columns()
        if not touched & {"query", "source"}:
            del columns["sql"]
        _require_name_stays_free(session, report, columns)
        if not touched.isdisjoint(_TIMING):
            report.due_at = _first_due_at(draft, now)
            report.failures = 0 if draft.is_enabled and not report.is_enabled else report.failures
        for name, value in columns.items():
            setattr(report, name, value)
        _touch(report, now)
        return report

    async def delete(self, actor: Actor, report_id: str) -> None:
        """Delete a report with its history; what stands in Slack stays."""

        def work(session: Session) -> set[str]:
            report = queries.report_of(session, actor, report_id)
            return delete_stored_report(session, report, self._clock.now())

        for workspace_id in await self._database.write(work):
            self._wake(workspace_id)

    async def set_enabled(self, actor: Actor, report_id: str, *, is_enabled: bool) -> Report:
        """Pause or resume a report; missed due times of the pause are not caught up."""

        def work(session: Session) -> Report:
            report = queries.report_of(session, actor, report_id, hold=True)
            if report.is_enabled != is_enabled:
                now = self._clock.now()
                report.is_enabled = is_enabled
                schedule = schedule_of(report.schedule)
                report.due_at = next_occurrence(schedule, now) if is_enabled else None
                report.failures = 0
                _touch(report, now)
            return report

        return await self._database.write(work)

    async def take_over(self, actor: Actor, report_id: str) -> Report:
        """Make the actor the owner of a report whose owner is gone; admins may always."""

        def work(session: Session) -> Report:
            query = select(Report).where(Report.id == report_id, Report.tenant == actor.tenant)
            report = session.exec(query.with_for_update()).one_or_none()
            may = report is not None and (actor.is_admin or report.problem == Notice.OWNER_GONE)
            if report is None or not (may or report.owner == actor.id):
                raise NotFoundError(f"There is no report `{report_id[:60]}` to take over.")
            if report.owner != actor.id:
                _require_free_name(session, report.tenant, actor.id, report.name)
                if report.slack_user == report.owner and is_slack_user_id(actor.id):
                    report.slack_user = actor.id
                report.owner, report.problem = actor.id, None
                _touch(report, self._clock.now())
            return report

        return await self._store(work)

    async def get(self, actor: Actor, report_id: str) -> Report:
        """Return the report of this id."""
        return await self._report(actor, report_id)

    async def find(self, actor: Actor, name_or_id: str) -> Report:
        """Return the report of this id or name; `NotFoundError` with the nearest name."""
        return await self._database.read(
            lambda session: queries.report_named(session, actor, name_or_id)
        )

    async def owner_of(self, actor: Actor, report_id: str) -> str | None:
        """Return whose report it is, to tell whoever saw its message and is refused; else None."""

        def work(session: Session) -> str | None:
            report = session.get(Report, report_id)
            return report.owner if report is not None and report.tenant == actor.tenant else None

        return await self._database.read(work)

    async def list(
        self, actor: Actor, *, cursor: str | None = None, limit: int = 50
    ) -> tuple[Sequence[Report], str | None]:
        """Return a page of reports, the oldest first, and the cursor of the next one."""
        return await self._database.read(
            lambda session: queries.page_of_reports(session, actor, cursor, limit)
        )

    async def preview(self, actor: Actor, fields: Mapping[str, Any]) -> ReportPreview:
        """Say what would happen; wrong fields are problems, not errors. Nothing is stored."""
        return await self._previews.of(_request(actor, fields, need="schedule"))

    async def preview_of(self, report: Report) -> ReportPreview:
        """Say what a stored report would post now. Nothing is stored or posted."""
        return await self._previews.of_report(report)

    async def run(self, actor: Actor, report_id: str, *, run_id: str | None = None) -> ReportRun:
        """Run it now; return the pending run, if the actor's own is pending still that one."""

        def work(session: Session) -> ReportRun:
            report = queries.report_of(session, actor, report_id)
            return request_run(session, actor, report, run_id, self._clock.now())

        run = await self._database.write(work)
        await self._start_ready()
        return run

    async def run_many(
        self, actor: Actor, report_ids: Sequence[str], *, bulk_id: str | None = None
    ) -> tuple[str, Sequence[ReportRun]]:
        """Run several; return the id of the bulk, whose progress is one message."""
        wanted, bulk = wanted_reports(report_ids), bulk_id or new_id("b")

        def work(session: Session) -> tuple[list[ReportRun], str | None]:
            again = runs_of_bulk(session, bulk) if bulk_id else []
            if again:
                return again, None
            reports, now = all_of(session, actor, wanted), self._clock.now()
            runs = request_bulk(session, actor, reports, bulk, now)
            return runs, open_progress(session, bulk, reports, actor.id, now)

        runs, workspace_id = await self._database.write(work)
        if workspace_id is not None:
            self._wake(workspace_id)
        await self._start_ready()
        return bulk, runs

    async def runs(
        self, actor: Actor, report_id: str, *, cursor: str | None = None, limit: int = 50
    ) -> tuple[Sequence[ReportRun], str | None]:
        """Return the history, the newest first."""

        def work(session: Session) -> tuple[Sequence[ReportRun], str | None]:
            report = queries.report_of(session, actor, report_id)
            return queries.page_of_runs(session, report.id, cursor, limit)

        return await self._database.read(work)

    async def execution(
        self, actor: Actor, run_id: str, *, is_reader: bool = False
    ) -> tuple[ReportRun, ReportResult | None]:
        """Return a run and what it found, if it has found anything."""

        def work(session: Session) -> tuple[ReportRun, ReportResult | None]:
            run = queries.run_of(session, actor, run_id, is_reader=is_reader)
            return run, session.get(ReportResult, run.id)

        return await self._database.read(work)

    async def result(self, actor: Actor, run_id: str, *, is_reader: bool = False) -> StoredResult:
        """
        Return what a run found. *is_reader*: the actor saw its message, which shows the rows.

        Raises `ConflictError` if it has found nothing: it failed, was skipped, or goes on.
        """
        run, found = await self.execution(actor, run_id, is_reader=is_reader)
        if found is None:
            raise ConflictError(f"This run has no rows: it is {run.status}.")
        table = await asyncio.to_thread(ResultTable.from_json, found.table)
        return StoredResult(run, table, found.narrative, found.figures)

    async def posts_of(self, runs: Sequence[ReportRun]) -> Mapping[str, RunPost]:
        """Return where the runs stand in Slack, by their ids; those that stand there."""

        def work(session: Session) -> dict[str, RunPost]:
            messages = queries.messages_of(session, runs)
            urls = {
                one: row.url
                for one in {message.workspace_id for message in messages.values()}
                if (row := session.get(Workspace, one))
            }
            return {
                run.id: RunPost(
                    message.channel,
                    message.ts,
                    permalink(urls.get(message.workspace_id, ""), message),
                )
                for run in runs
                if (message := messages.get(run.message_id or "")) and message.ts
            }

        return await self._database.read(work)

    async def next_runs(self, actor: Actor, *, hours: float) -> Sequence[tuple[Report, datetime]]:
        """Return the due times of the next *hours*, the soonest first, at most 500."""
        now = self._clock.now()
        until = now + timedelta(hours=min(hours, MAX_AHEAD_HOURS))

        def work(session: Session) -> list[Report]:
            due = select(Report).where(*queries.visible_to(actor), col(Report.due_at) <= until)
            query = due.order_by(col(Report.due_at), col(Report.id)).limit(MAX_NEXT_RUNS)
            return list(session.exec(query).all())

        return await asyncio.to_thread(soonest, await self._database.read(work), until)

    async def retry(self, actor: Actor, run_id: str) -> ReportRun:
        """Run a failed run's report again."""
        run = await self._database.read(lambda session: queries.run_of(session, actor, run_id))
        return await self.run(actor, run.report_id)

    async def recompute(self, actor: Actor, run_id: str) -> Recomputed:
        """Run the stored query again and compare."""
        stored = await self.result(actor, run_id)
        try:
            source = self._questions.source(stored.table.source, stored.run.tenant)
            sql = await source.check(stored.table.sql)
            after = await self._questions.rows(AskedSql(source, sql))
        except QueryError as error:
            raise UnavailableError(str(error)) from error
        except InvalidError as error:
            problem = f"Its query cannot be run any more: {error}."
            raise InvalidError(problem, error.problems) from error
        found = await asyncio.to_thread(differences, stored.table, after)
        return Recomputed(not found, after.digest, found)

    async def ask(self, actor: Actor, run_id: str, question: str) -> Answered:
        """Answer from the run's rows alone; whoever sees its message may ask, but not too often."""
        if not question.strip():
            raise InvalidError(
                "Ask in words; files are not read.", [FieldProblem("question", "must not be blank")]
            )
        stored = await self.result(actor, run_id, is_reader=True)
        report = await self._database.read(
            lambda session: session.get(Report, stored.run.report_id)
        )
        if report is None:
            raise NotFoundError("This report was deleted.")
        self._limit.take((actor.tenant, actor.workspace_id, actor.id), self._clock.now())
        return await self._voice.answer(report, stored.table, question)

    async def run_of_message(self, workspace_id: str, channel: str, ts: str) -> ReportRun | None:
        """Return the run that a message, or the parent of a thread, tells of."""
        return await self._database.read(
            lambda session: queries.run_of_message(session, workspace_id, channel, ts)
        )

    async def _report(self, actor: Actor, report_id: str) -> Report:
        return await self._database.read(
            lambda session: queries.report_of(session, actor, report_id)
        )

    async def _store(self, work: Callable[[Session], Report]) -> Report:
        """Write; a name that somebody has just taken is a wrong field."""
        try:
            return await self._database.write(work)
        except IntegrityError as error:
            raise InvalidError(f"`name`: {_NAME_TAKEN.message}.", [_NAME_TAKEN]) from error


def delete_stored_report(session: Session, report: Report, now: datetime) -> set[str]:
    """Delete a report with its history; return the workspaces where progress is shown anew."""
    waiting = waiting_bulks(session, report.id)
    # Runs first: whoever ends one holds it before the report.
    runs = select(ReportRun.id).where(ReportRun.report_id == report.id)
    session.exec(delete(ReportResult).where(col(ReportResult.run_id).in_(runs)))
    session.exec(delete(ReportRun).where(col(ReportRun.report_id) == report.id))
    session.exec(delete(Report).where(col(Report.id) == report.id))
    shown = (show_progress(session, bulk, now) for bulk in waiting)
    return {workspace_id for workspace_id in shown if workspace_id is not None}


def _request(actor: Actor, fields: Mapping[str, Any], **more: Any) -> DraftRequest:
    return DraftRequest(actor.tenant, actor.id, actor.is_admin, actor.workspace_id, fields, **more)


def _insert(session: Session, report: Report) -> Report:
    _require_free_name(session, report.tenant, report.owner, report.name)
    session.add(report)
    return report


def _require_name_stays_free(session: Session, report: Report, columns: Mapping[str, Any]) -> None:
    if (report.name, report.owner) != (columns["name"], columns["owner"]):
        _require_free_name(session, report.tenant, columns["owner"], columns["name"])


def _require_free_name(session: Session, tenant: str, owner: str, name: str) -> None:
    query = select(Report.id).where(
        Report.tenant == tenant, Report.owner == owner, Report.name == name
    )
    if session.exec(query).first() is not None:
        raise InvalidError(f"`name`: {_NAME_TAKEN.message}.", [_NAME_TAKEN])


def _touch(report: Report, now: datetime) -> None:
    report.revision += 1
    report.changed_at = now


def _changed_meanwhile(report: Report) -> ConflictError:
    return ConflictError(
        f"Somebody changed `{report.name}` meanwhile (revision {report.revision}): look again."
    )


def _first_due_at(draft: ReportDraft, now: datetime) -> datetime | None:
    if draft.schedule is None or not draft.is_enabled:
        return None
    return next_occurrence(draft.schedule, now)
