"""What is served for reports."""

from bot.http.handlers import reports
from bot.http.route_types import Route
from bot.http.schemas import reports as models

_READ_REPORTS, _WRITE_REPORTS = "reports:read", "reports:write"
_REPORTS = "/api/scheduling/reports"
_ONE_REPORT = f"{_REPORTS}/{{report_id}}"
# fmt: off
REPORT_ROUTES = (
    Route("POST", _REPORTS, reports.create_report, "Create a report", "Reports",
          scope=_WRITE_REPORTS, body=models.CreateReport, answers={201: models.ShownReport}, creates=True),
    Route("GET", _REPORTS, reports.list_reports, "List reports, the oldest first", "Reports",
          scope=_READ_REPORTS, query=models.ReportPageWanted, answers={200: models.ReportPage}),
    Route("POST", f"{_REPORTS}/preview", reports.preview_report, "Say what a report would do", "Reports",
          scope=_WRITE_REPORTS, body=models.PreviewReport, answers={200: models.ShownPreview}),
    Route("POST", f"{_REPORTS}/bulk", reports.run_reports, "Run several reports now", "Reports",
          scope=_WRITE_REPORTS, body=models.RunReports, answers={202: models.RequestedRuns}, creates=True),
    Route("GET", _ONE_REPORT, reports.show_report, "Show a report", "Reports",
          scope=_READ_REPORTS, answers={200: models.ShownReport}),
    Route("PATCH", _ONE_REPORT, reports.change_report, "Change a report", "Reports",
          scope=_WRITE_REPORTS, body=models.ChangeReport, answers={200: models.ShownReport}),
    Route("DELETE", _ONE_REPORT, reports.delete_report, "Delete a report and its history", "Reports",
          scope=_WRITE_REPORTS, answers={200: models.DeletedReport}),
    Route("POST", f"{_ONE_REPORT}/run", reports.run_report, "Run a report now", "Reports",
          scope=_WRITE_REPORTS, body=models.RunReport, answers={202: models.RequestedRun}, creates=True),
    Route("GET", f"{_ONE_REPORT}/executions", reports.list_executions, "List a report's runs, the newest first",
          "Reports", scope=_READ_REPORTS, query=models.ReportPageWanted, answers={200: models.ExecutionPage}),
    Route("GET", "/api/scheduling/executions/{execution_id}", reports.show_execution,
          "Show a run with what it found", "Reports",
          scope=_READ_REPORTS, answers={200: models.ShownExecutionWithResult}),
    Route("GET", "/api/scheduling/next-runs", reports.list_next_runs, "List what runs next, the soonest first",
          "Reports", scope=_READ_REPORTS, query=models.Ahead, answers={200: models.ShownNextRuns}),
)
# fmt: on
