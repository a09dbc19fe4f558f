"""Compares the reports of a folder with the database: which posts, when, where."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlmodel import Session

from bot.as_code.change import Action, Change, text_difference
from bot.as_code.folder import NamedReport
from bot.as_code.origin import Origin
from bot.errors import ConflictError, FieldProblem, ForbiddenError, InvalidError
from bot.reports.drafting.schedule_fields import previewed_runs, schedule_of
from bot.reports.models import Notification, Report
from bot.reports.service import Reports
from bot.reports.service_types import Actor, ReportPlan, ReportPreview

REPORT_FILE = "report"
_NEXT_RUNS = 3
_COLUMN_CHARACTERS = 100
_MAX_PREVIEW_LINES = 20
#: Told by where it is posted, and when.
_POSTING = ("schedule", "is_enabled", "notification", "channel", "slack_user", "workspace_id")


class ReportChanges:
    """
    What the reports of a folder would change for one tenant, which posts in *workspace_id*.

    With figures, their queries are run before and after.
    """

    def __init__(
        self, reports: Reports, origin: Origin, workspace_id: str, *, with_figures: bool = False
    ) -> None:
        self._reports = reports
        self._origin = origin
        self._workspace_id = workspace_id
        self._with_figures = with_figures

    async def change(self, wanted: NamedReport) -> Change:
        """Return what would change; raise `InvalidError` for what could not be stored."""
        actor = self._actor(wanted)
        known_id = self._origin.thing((REPORT_FILE, wanted.code))
        try:
            plan = await self._reports.plan(actor, wanted.fields, report_id=known_id)
        except ForbiddenError as error:
            raise InvalidError(str(error), [FieldProblem("user_id", str(error))]) from error
        seen = plan.seen
        posting = _posting(plan.columns, self._origin)
        if seen is None:
            lines = [posting, *await self._figures(wanted, None)]
            if known_id is not None:
                lines.insert(0, "was deleted since it was applied: it is made again")
            brief = _posting(plan.columns, self._origin, runs=1)
            return self._planned(Action.CREATE, wanted, plan, lines=lines, brief=brief)
        if not plan.differing:
            return self._planned(Action.NONE, wanted, plan)
        by = f"by {seen.owner}, last at {seen.changed_at:%Y-%m-%d %H:%M}"
        lines = [
            *self._origin.notes((REPORT_FILE, wanted.code), seen.id, str(seen.revision), by),
            *_differing_columns(seen, plan.columns, plan.differing),
        ]
        before = _posting({**dict(plan.columns), **_posting_columns(seen)}, self._origin)
        lines += [f"{before} → {posting}" if before != posting else posting]
        if self._with_figures:
            lines += await self._figures(wanted, seen)
        return self._planned(
            Action.CHANGE, wanted, plan, lines=lines, brief=", ".join(plan.differing)
        )

    def _planned(
        self, action: Action, wanted: NamedReport, plan: ReportPlan, **more: object
    ) -> Change:
        origin, seen = self._origin, plan.seen

        def store(session: Session) -> None:
            if action is Action.NONE and seen is not None:
                known = session.get(Report, seen.id)
                if known is None or known.revision != seen.revision:
                    raise ConflictError(f"The report `{wanted.code}` was changed meanwhile.")
            else:
                known = plan.write(session)
            origin.remember(session, (REPORT_FILE, wanted.code), known.id, str(known.revision))

        is_same = action is Action.NONE
        effects: dict[str, Any] = {"report": seen.id} if seen else {}
        if not is_same:
            effects["next_runs"] = _next_run_times(plan.columns, origin)
        return Change(action, REPORT_FILE, wanted.code, store=store, effects=effects, **more)  # type: ignore[arg-type]

    async def _figures(self, wanted: NamedReport, seen: Report | None) -> list[str]:
        """Return what its message would say with today's rows, and what it says now."""
        if not self._with_figures:
            return []
        after = await self._reports.preview(self._actor(wanted), dict(wanted.fields))
        if seen is None:
            return ["with today's rows:", *_indented(_preview_text(after).splitlines())]
        before = await self._reports.preview_of(seen)
        lines = list(text_difference(_preview_text(before), _preview_text(after)))
        return ["with today's rows:", *_indented(lines or ["says the same"])]

    def _actor(self, wanted: NamedReport) -> Actor:
        """Return the owner: whoever may run the command may write for everybody."""
        return Actor(self._origin.tenant, self._workspace_id, wanted.owner, is_admin=True)


def _posting_columns(report: Report) -> dict[str, Any]:
    return {name: getattr(report, name) for name in _POSTING}


def _indented(lines: Sequence[str]) -> list[str]:
    more = len(lines) - _MAX_PREVIEW_LINES
    shown = [f"  {line}" for line in lines[:_MAX_PREVIEW_LINES]]
    return [*shown, f"  and {more} more lines"] if more > 0 else shown


def _preview_text(preview: ReportPreview) -> str:
    problems = [f"{one.field}: {one.message}" for one in preview.problems]
    text = preview.rendered.text if preview.rendered is not None else ""
    return "\n".join([*filter(None, [text]), *preview.notes, *problems])


def _next_run_times(columns: Mapping[str, Any], origin: Origin) -> list[str]:
    if not columns["is_enabled"]:
        return []
    runs = previewed_runs(schedule_of(columns["schedule"]), origin.now)
    return [run.isoformat() for run in runs[:_NEXT_RUNS]]


def _posting(columns: Mapping[str, Any], origin: Origin, runs: int = _NEXT_RUNS) -> str:
    """Return where and when it is posted the next time."""
    kind = columns["notification"]
    to = {
        Notification.CHANNEL: f"posts to {columns['channel']}",
        Notification.DM: f"is sent to {columns['slack_user']}",
        Notification.NONE: "is posted nowhere",
    }[Notification(kind)]
    if not columns["is_enabled"]:
        return f"{to}, paused"
    times = previewed_runs(schedule_of(columns["schedule"]), origin.now)[:runs]
    return f"{to}, next {', '.join(f'{at:%a %d %b %H:%M}' for at in times)} ({_zone(columns)})"


def _zone(columns: Mapping[str, Any]) -> str:
    return str(columns["schedule"].get("timezone", "UTC"))


def _differing_columns(
    seen: Report, columns: Mapping[str, Any], names: Sequence[str]
) -> Iterator[str]:
    """Yield what differs but for what the posting says."""
    for name in names:
        if name not in _POSTING:
            yield f"{name}: {_column_words(getattr(seen, name))} → {_column_words(columns[name])}"


def _column_words(value: object) -> str:
    shown = "not set" if value in (None, "") else " ".join(str(value).split())
    return shown if len(shown) <= _COLUMN_CHARACTERS else f"{shown[: _COLUMN_CHARACTERS - 1]}…"
