"""What stands in for sources and analysts until they are merged."""

from datetime import datetime

from bot.errors import FieldProblem, InvalidError
from bot.reports.analysts.base import PlannedSql
from bot.reports.models import Report
from bot.reports.runs.execution import Completeness
from bot.reports.standin import StandInVoice
from bot.reports.wiring import ReportParts
from bot.settings import Settings
from bot.sources.base import Source


class NoSources:
    """No source is there yet."""

    def get(self, name: str | None) -> Source:
        raise InvalidError(f"There is no source `{name}`.", [FieldProblem("source", "unknown")])


async def plan_nothing(question: str, source: Source, timezone: str, now: datetime) -> PlannedSql:
    return PlannedSql(None, "write SQL")


async def measure_nothing(report: Report, source: Source, sql: str, now: datetime) -> Completeness:
    return Completeness(is_whole=True)


def report_parts(settings: Settings) -> ReportParts:
    return ReportParts(NoSources(), plan_nothing, StandInVoice(), measure_nothing)
