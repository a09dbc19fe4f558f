"""The tools about reports: what runs next, and what a report said last."""

from dataclasses import replace

from bot.errors import NotFoundError
from bot.http.handlers.reports import (
    list_executions,
    list_next_runs,
    named_report,
    show_execution,
)
from bot.http.mcp.slack_blocks import listed_blocks
from bot.http.mcp.tool import ToolResult
from bot.http.route_types import Call
from bot.http.schemas import mcp as arguments
from bot.http.schemas.reports import Ahead, ReportPageWanted

#: A run that failed or was skipped has nothing to tell.
_RECENT_RUNS = 20
_MAX_TOLD_ROWS = 50


async def next_reports(call: Call, wanted: arguments.NextReportsWanted) -> ToolResult:
    """Return the reports that run within some hours, the soonest first."""
    data = (await list_next_runs(replace(call, query=Ahead(hours=wanted.hours)))).body
    heading = f"{len(data['next_runs'])} runs within {wanted.hours:g} hours"
    lines = [f"{one['due_at']} {one['name']}" for one in data["next_runs"]]
    return ToolResult(data, f"{heading}.", listed_blocks(heading, lines))


async def latest_report(call: Call, wanted: arguments.LatestReportWanted) -> ToolResult:
    """Return the newest completed run of a report: narrative, figures and the first rows."""
    report = await named_report(call, wanted.report)
    path = {"report_id": report.id}
    query = ReportPageWanted(limit=_RECENT_RUNS)
    runs = (await list_executions(replace(call, path=path, query=query))).body["executions"]
    done = next((one for one in runs if one["status"] == "completed"), None)
    if done is None:
        raise NotFoundError(f"Report `{report.name}` has no completed run among its newest.")
    data = (await show_execution(replace(call, path={"execution_id": done["id"]}))).body
    data = {"report": report.name, **data}
    if data["result_data"]:
        rows = data["result_data"]["rows"]
        data["result_data"] = {
            **data["result_data"],
            "rows": rows[:_MAX_TOLD_ROWS],
            "rows_are_cut": len(rows) > _MAX_TOLD_ROWS,
        }
    heading = f"{report.name}, run of {done['completed_at']}"
    link = [done["permalink"]] if done["permalink"] else []
    return ToolResult(data, f"{heading}.", listed_blocks(heading, link))
