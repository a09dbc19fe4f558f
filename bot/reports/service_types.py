"""Who calls the use cases of reports, and what they are answered."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from bot.errors import FieldProblem
from bot.messages.rendering.renderer import Rendered
from bot.reports.models import Report, ReportRun
from bot.sources.result import ResultTable


@dataclass(frozen=True)
class Actor:
    """Who acts: the subject of a token, or a person in Slack."""

    tenant: str
    workspace_id: str
    id: str
    is_admin: bool = False


@dataclass(frozen=True)
class ReportPreview:
    """What a report would do: its next five runs, and its message from today's rows."""

    next_runs: Sequence[datetime]  # in the report's zone
    notes: Sequence[str]  # `February has no 31st: it runs on the 28th`
    sql: str | None
    rendered: Rendered | None
    problems: Sequence[FieldProblem]


@dataclass(frozen=True)
class ReportPlan:
    """
    What would be stored: of `seen`, or of a new report if that is None.

    `write` raises `ConflictError` if `seen` was changed meanwhile.
    """

    seen: Report | None
    columns: Mapping[str, Any]
    differing: Sequence[str]  # names of columns
    write: Callable[[Session], Report]


@dataclass(frozen=True)
class Recomputed:
    """What the stored query says now."""

    is_unchanged: bool
    digest: str
    differences: Sequence[str]  # for people, the first twenty


@dataclass(frozen=True)
class Answered:
    """The answer to a question about a run, checked like a report."""

    text: str  # mrkdwn, escaped
    total: int
    traced: int
    by: str


@dataclass(frozen=True)
class StoredResult:
    """What a run found and said."""

    run: ReportRun
    table: ResultTable
    narrative: Mapping[str, Any]
    figures: Sequence[Mapping[str, Any]]  # {ref, text, origin, value}


@dataclass(frozen=True)
class RunPost:
    """Where a run stands in Slack."""

    channel: str
    ts: str | None
    permalink: str | None
