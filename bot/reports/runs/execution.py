"""What a run does: fetch the rows, see whether they are sent, and put them into words."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

import structlog

from bot.clock import Clock
from bot.db import Database
from bot.errors import InvalidError, UnavailableError
from bot.reports.analysts.base import Usage
from bot.reports.drafting.questions import Questions
from bot.reports.drafting.schedule_fields import schedule_of
from bot.reports.drafting.send_conditions import parse_condition, why_not
from bot.reports.models import Report, ReportRun
from bot.reports.runs.completion import Findings, RunFailure, previous_result
from bot.reports.runs.presentation import Voice
from bot.scheduling.schedules import next_occurrence
from bot.sources.base import QueryError, Source
from bot.sources.completeness import Completeness
from bot.sources.result import ResultTable

logger = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Skipped:
    """A run whose condition does not hold."""

    reason: str


@dataclass(frozen=True)
class Waiting:
    """A run whose data is not complete yet, and when to look again."""

    until: datetime
    reason: str


#: Tells how complete the data of a report is; None if nothing says what to expect.
MeasureData = Callable[[Report, Source, datetime], Awaitable[Completeness | None]]
#: Tells whether there is anything that `MeasureData` could tell of.
JudgesData = Callable[[Report, Source, datetime], Awaitable[bool]]
_LOOK_AGAIN = timedelta(minutes=15)
_WAIT = timedelta(minutes=5)


class Execution:
    """The steps of a run, without its bookkeeping."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        questions: Questions,
        voice: Voice,
        measure: MeasureData,
    ) -> None:
        self._database = database
        self._clock = clock
        self._questions = questions
        self._voice = voice
        self._measure = measure

    async def work(
        self, report: Report, run: ReportRun, *, is_again: bool = False
    ) -> Findings | Skipped | Waiting:
        """Return what a run found; raise `RunFailure`."""
        now = self._clock.now()
        try:
            # As of the due time: of a report that waits, or is caught up, `yesterday` stays.
            asked = await self._questions.asked_at(report, zone_name(report), run.due_at)
            partly = await self._incomplete(report, run, asked.source, now, is_again=is_again)
            if partly is not None:
                wait = _again_at(report, run, now) if is_again else _wait_until(report, run, now)
                if wait is not None:
                    return Waiting(wait, partly.words)
                if is_again:
                    raise RunFailure("incomplete", "The data did not become complete that day.")
            table = await self._questions.rows(asked)
            reason = _reason_to_skip(report, table)
        except QueryError as error:
            raise RunFailure(error.code, str(error)) from error
        except UnavailableError as error:
            raise RunFailure("unavailable", str(error)) from error
        except InvalidError as error:
            code = "source_gone" if _names_field(error, "source") else "refused"
            raise RunFailure(code, str(error)) from error
        if reason is not None:
            return Skipped(reason)
        return await self._say(report, run, table, partly, now)

    async def _incomplete(
        self, report: Report, run: ReportRun, source: Source, now: datetime, *, is_again: bool
    ) -> Completeness | None:
        """
        Return how much of the data is there if it is not all; judged on the due day alone.

        A report that waits for complete data fails where that cannot be told; no other does.
        """
        if _end_of_day(report, run) <= now:
            return None
        try:
            found = await self._measure(report, source, now)
        except (QueryError, InvalidError) as error:
            if is_again or report.complete_by is not None:
                raise
            logger.warning("completeness_unknown", report=report.id, error=str(error))
            return None
        return found if found is not None and not found.is_whole else None

    async def _say(
        self,
        report: Report,
        run: ReportRun,
        table: ResultTable,
        partly: Completeness | None,
        now: datetime,
    ) -> Findings:
        previous = await self._database.read(
            lambda session: previous_result(session, report.id, run.due_at, run.id)
        )
        before = (
            await asyncio.to_thread(ResultTable.from_json, previous.table) if previous else None
        )
        warnings = [_as_sentence(partly.words)] if partly is not None else []
        said = await self._voice.narrate(report, table, before, warnings)
        shown = await self._voice.show(
            report,
            with_usage(run, said.usage),
            table,
            said,
            warnings,
            _next_run(report, now),
            is_corrected=run.completed_at is not None,
        )
        return Findings(
            rows=await asyncio.to_thread(table.as_json),
            narrative=said.as_json(),
            figures=said.figures,
            total=said.total,
            traced=said.traced,
            usage=said.usage,
            shown=shown,
            expected=asdict(partly) if partly is not None else {},
            look_again_at=_again_at(report, run, now) if partly is not None else None,
        )


def zone_name(report: Report) -> str:
    """Return the name of the zone of a report's schedule."""
    return str(report.schedule.get("timezone") or "UTC")


def with_usage(run: ReportRun, usage: Usage) -> ReportRun:
    """Return the run as it will be with this usage, for its message; the row is left alone."""
    shown = ReportRun(**run.model_dump(warnings=False))
    shown.model = usage.model
    shown.input_tokens = run.input_tokens + usage.input_tokens
    shown.output_tokens = run.output_tokens + usage.output_tokens
    if usage.cost is not None:
        shown.add_cost(usage.cost)
    return shown


def _reason_to_skip(report: Report, table: ResultTable) -> str | None:
    if report.send_if is None:
        return None
    try:
        return why_not(parse_condition(report.send_if), table)
    except ValueError as error:
        raise RunFailure("send_if", f"`send_if` cannot be compared: {error}.") from error


def _wait_until(report: Report, run: ReportRun, now: datetime) -> datetime | None:
    """Return when to look again for data that is waited for; None: it goes out as it is."""
    if report.complete_by is None:
        return None
    daily = schedule_of(
        {"frequency": "daily", "time": report.complete_by, "timezone": zone_name(report)}
    )
    latest = next_occurrence(daily, run.due_at)
    return min(now + _WAIT, latest) if now < latest <= _end_of_day(report, run) else None


def _again_at(report: Report, run: ReportRun, now: datetime) -> datetime | None:
    """Return when to look again whether the data is whole now; None: it is given up."""
    return now + _LOOK_AGAIN if now + _LOOK_AGAIN < _end_of_day(report, run) else None


def _end_of_day(report: Report, run: ReportRun) -> datetime:
    """Return midnight after the due time in the report's zone: then another day is the last."""
    midnight = schedule_of({"frequency": "daily", "time": "00:00", "timezone": zone_name(report)})
    return next_occurrence(midnight, run.due_at)


def _as_sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:].rstrip('.')}."


def _next_run(report: Report, now: datetime) -> datetime | None:
    if not report.is_enabled:
        return None
    try:
        return next_occurrence(schedule_of(report.schedule), now)
    except ValueError:
        return None


def _names_field(error: InvalidError, field: str) -> bool:
    return any(one.field == field for one in error.problems)
