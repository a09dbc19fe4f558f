"""Reports: create, change, preview, run, and their history; of the caller alone, or for admins."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from bot.errors import InvalidError
from bot.http.pagination import read_cursor, write_cursor
from bot.http.route_types import Call, Response
from bot.http.schemas import reports as models
from bot.reports.models import Report, ReportResult, ReportRun
from bot.reports.queries import read_place, write_place
from bot.reports.service_types import Actor, RunPost
from bot.sources.result import Cell, ResultTable


async def create_report(call: Call) -> Response:
    """Create a report; it runs from its next due time on."""
    report = await call.services.reports.create(
        await _actor(call), _fields(call.body), report_id=_own_id(call, "r")
    )
    return Response(_shown_report(report), status=201)


async def list_reports(call: Call) -> Response:
    """List the caller's reports; for an admin those of the whole tenant."""
    wanted: models.ReportPageWanted = call.query
    found, cursor = await call.services.reports.list(
        await _actor(call), cursor=_place_of_cursor(wanted.cursor), limit=wanted.limit
    )
    reports = [_shown_report(one) for one in found]
    return Response(models.ReportPage(reports=reports, next_cursor=_cursor(cursor)))


async def show_report(call: Call) -> Response:
    """Show a report."""
    return Response(_shown_report(await _report(call)))


async def change_report(call: Call) -> Response:
    """Change what is given, nested fields too; `null` removes what may be left out."""
    report = await _report(call)
    changed = await call.services.reports.change(await _actor(call), report.id, _fields(call.body))
    return Response(_shown_report(changed))


async def delete_report(call: Call) -> Response:
    """Delete a report with its history; what stands in Slack stays."""
    await call.services.reports.delete(await _actor(call), call.path["report_id"])
    return Response(models.DeletedReport(id=call.path["report_id"]))


async def run_report(call: Call) -> Response:
    """Run it now, whatever its schedule says."""
    run = await call.services.reports.run(
        await _actor(call), call.path["report_id"], run_id=_own_id(call, "x")
    )
    return Response(models.RequestedRun(execution_id=run.id, status=run.status.value), status=202)


async def run_reports(call: Call) -> Response:
    """Run several reports; one message shows how far they are."""
    body: models.RunReports = call.body
    bulk_id, runs = await call.services.reports.run_many(
        await _actor(call), body.report_ids, bulk_id=_own_id(call, "b")
    )
    ids = [run.id for run in runs]
    return Response(models.RequestedRuns(bulk_id=bulk_id, execution_ids=ids), status=202)


async def preview_report(call: Call) -> Response:
    """Say what a report would do, and what is wrong with it; nothing is stored or posted."""
    preview = await call.services.reports.preview(await _actor(call), _fields(call.body))
    rendered = preview.rendered
    return Response(
        models.ShownPreview.model_validate(
            {
                "next_runs": preview.next_runs,
                "notes": preview.notes,
                "sql": preview.sql,
                "message": rendered and {"text": rendered.text, "blocks": rendered.blocks},
                "problems": [vars(one) for one in preview.problems],
            }
        )
    )


async def list_executions(call: Call) -> Response:
    """List a report's runs, the newest first."""
    wanted: models.ReportPageWanted = call.query
    reports, actor = call.services.reports, await _actor(call)
    found, cursor = await reports.runs(
        actor, call.path["report_id"], cursor=_place_of_cursor(wanted.cursor), limit=wanted.limit
    )
    posts = await reports.posts_of(found)
    shown = [_shown_run(one, posts) for one in found]
    return Response({"executions": shown, "next_cursor": _cursor(cursor)})


async def show_execution(call: Call) -> Response:
    """Show a run with everything it found, and where each figure comes from."""
    reports = call.services.reports
    run, found = await reports.execution(await _actor(call), call.path["execution_id"])
    posts = await reports.posts_of([run])
    result = await asyncio.to_thread(_shown_result, found)
    return Response({**_shown_run(run, posts), "result_data": result})


async def list_next_runs(call: Call) -> Response:
    """List the due times ahead, the soonest first."""
    wanted: models.Ahead = call.query
    found = await call.services.reports.next_runs(await _actor(call), hours=wanted.hours)
    shown = [
        {"report_id": report.id, "name": report.name, "due_at": due_at.isoformat()}
        for report, due_at in found
    ]
    return Response({"next_runs": shown})


async def _actor(call: Call) -> Actor:
    caller = call.caller
    try:
        workspace_id = (await call.owner()).workspace_id
    except InvalidError:
        workspace_id = ""  # Needed only to create a report, which is refused then.
    return Actor(caller.tenant, workspace_id, caller.subject, caller.may("admin"))


async def named_report(call: Call, name_or_id: str) -> Report:
    """Return the report that the caller calls so."""
    return await call.services.reports.find(await _actor(call), name_or_id)


async def _report(call: Call) -> Report:
    return await call.services.reports.get(await _actor(call), call.path["report_id"])


def _fields(body: Any) -> Mapping[str, Any]:
    """Return what was sent, in snake_case, and nothing that was not."""
    given: Mapping[str, Any] = body.model_dump(exclude_unset=True)
    return given


def _own_id(call: Call, prefix: str) -> str | None:
    """Return the id for what this call makes, if it may be repeated under its key."""
    return f"{prefix}_{call.new_id.partition('_')[2]}" if call.new_id else None


def _place_of_cursor(cursor: str | None) -> str | None:
    return write_place(*read_cursor(cursor)) if cursor else None


def _cursor(place: str | None) -> str | None:
    return write_cursor(*read_place(place)) if place else None


def _shown_report(report: Report) -> models.ShownReport:
    return models.ShownReport.model_validate(
        {
            **{name: getattr(report, name) for name in _SAME_NAMES},
            "schedule": {**report.schedule, "enabled": report.is_enabled},
            "user_id": report.owner,
            "slack_config": {
                "notification_type": report.notification,
                "slack_channel": report.channel,
                "slack_user_id": report.slack_user,
                "workspace": report.workspace_id,
            },
            "enabled": report.is_enabled,
            "next_run": report.due_at,
            "last_execution": report.last_run_at,
        }
    )


_SAME_NAMES = (
    "id",
    "name",
    "description",
    "query",
    "sql",
    "source",
    "mode",
    "audience",
    "send_if",
    "complete_by",
    "created_at",
    "problem",
)


def _shown_run(run: ReportRun, posts: Mapping[str, RunPost]) -> dict[str, Any]:
    post = posts.get(run.id)
    seconds = None
    if run.started_at is not None and run.completed_at is not None:
        seconds = round((run.completed_at - run.started_at).total_seconds(), 3)
    figures = None
    if run.figures_total is not None:
        figures = {"total": run.figures_total, "traced": run.figures_traced or 0}
    return {
        **{name: getattr(run, name) for name in _SAME_OF_RUNS},
        **{
            name: _iso_time(getattr(run, name)) for name in ("due_at", "started_at", "completed_at")
        },
        "duration_seconds": seconds,
        "figures": figures,
        "cost": {
            "model": run.model,
            "input_tokens": run.input_tokens,
            "output_tokens": run.output_tokens,
            "dollars": None if run.cost is None else f"{run.cost.normalize():f}",
        },
        "slack_message_ts": post.ts if post else None,
        "permalink": post.permalink if post else None,
    }


_SAME_OF_RUNS = (
    "id",
    "report_id",
    "status",
    "trigger",
    "error_code",
    "error_message",
    "skipped_because",
    "requested_by",
    "bulk_id",
)


def _iso_time(at: datetime | None) -> str | None:
    return at.isoformat() if at is not None else None


def _shown_result(found: ReportResult | None) -> dict[str, Any] | None:
    if found is None:
        return None
    table = ResultTable.from_json(found.table)
    return {
        "narrative": found.narrative,
        "figures": found.figures,
        "sql": table.sql,
        "source": table.source,
        "digest": table.digest,
        "columns": found.table["columns"],
        "rows": [[_shown_cell(cell) for cell in row] for row in table.rows],
    }


def _shown_cell(cell: Cell) -> Any:
    """Return a cell so that nothing is lost: JSON's readers make floats of decimal numbers."""
    if cell is None or isinstance(cell, bool | int | float | str):
        return cell
    return str(cell) if isinstance(cell, Decimal) else cell.isoformat()
