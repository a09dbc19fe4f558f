"""`python -m bot report`: list reports, and run one now, beside a running bot or alone."""

import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Annotated

import typer

from bot.app import TEMPLATES, Opsbell
from bot.cli.events import open_database
from bot.cli.leaderboard import delivered, nobody
from bot.clock import SystemClock
from bot.db import Database
from bot.errors import NotFoundError, UnavailableError
from bot.logs import set_up_logs
from bot.messages.rendering.renderer import Renderer
from bot.process.database_lock import is_locked
from bot.reports.models import Report, ReportRun, RunStatus
from bot.reports.resources import open_sources, report_parts
from bot.reports.service import Reports
from bot.reports.service_types import Actor, ReportPreview
from bot.reports.wiring import ReportLimits, ReportRoom, open_reports
from bot.settings import Settings, environment, read_settings
from bot.workspaces.directory import UnaskedDirectories
from bot.workspaces.models import DEFAULT_TENANT
from bot.workspaces.queries import connected_of

report_commands = typer.Typer(help="Reports: list them, and run one now.", no_args_is_help=True)
_RUN_SECONDS = 600.0
_RUN_POLL_SECONDS = 0.2
#: Whoever has the machine may do everything.
_OPERATOR = Actor(DEFAULT_TENANT, "", "operator", is_admin=True)
_PAGE_OF_REPORTS = 100
_GOOD_ENDS = (RunStatus.COMPLETED, RunStatus.SKIPPED)


@report_commands.command("list")
def list_all_reports() -> None:
    """List all reports: id, next run, owner and name."""
    settings = read_settings(environment(), need_slack=False)
    set_up_logs("warning", settings.log_format)
    with open_database() as database:
        for report in asyncio.run(_all_reports(settings, database)):
            due = f"{report.due_at:%Y-%m-%d %H:%M} UTC" if report.due_at else "paused"
            sys.stdout.write(f"{report.id}  {due:<20}  {report.owner:<12}  {report.name}\n")


@report_commands.command("run")
def run_one_report(
    name: Annotated[str, typer.Argument(help="The name or the id of a report.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the message; store and post nothing.")
    ] = False,
) -> None:
    """Run a report now, whatever its schedule says; exit code 1 if the run fails."""
    settings = read_settings(environment(), need_slack=not dry_run)
    set_up_logs("warning", settings.log_format)
    with open_database() as database:
        if dry_run:
            is_good = _print_preview(asyncio.run(_preview(settings, database, name)))
        else:
            is_good = _print_run(asyncio.run(_run(settings, database, name)))
    if not is_good:
        raise typer.Exit(1)


async def _all_reports(settings: Settings, database: Database) -> Sequence[Report]:
    async with unposted_reports(settings, database) as room:
        found: list[Report] = []
        page, cursor = await room.reports.list(_OPERATOR, limit=_PAGE_OF_REPORTS)
        while page:
            found += page
            if cursor is None:
                break
            page, cursor = await room.reports.list(_OPERATOR, cursor=cursor, limit=_PAGE_OF_REPORTS)
        return found


async def _preview(settings: Settings, database: Database, name: str) -> ReportPreview:
    async with unposted_reports(settings, database) as room:
        report = await room.reports.find(_OPERATOR, name)
        return await room.reports.preview_of(report)


async def _run(settings: Settings, database: Database, name: str) -> ReportRun:
    """Return the ended run, its message delivered: by the bot that runs there, or else by us."""
    if is_locked(database.url):
        async with unposted_reports(settings, database) as room:
            return await _run_and_wait(room.reports, database, name)
    database.close()
    async with Opsbell(settings, is_brief=True) as bot:
        return await _run_and_wait(bot.rooms.reports.reports, bot.rooms.database, name)


async def _run_and_wait(reports: Reports, database: Database, name: str) -> ReportRun:
    report = await reports.find(_OPERATOR, name)
    run = await reports.run(_OPERATOR, report.id)
    end = asyncio.get_running_loop().time() + _RUN_SECONDS
    while run.completed_at is None:
        if asyncio.get_running_loop().time() > end:
            raise UnavailableError(f"The run `{run.id}` has not ended in ten minutes.")
        await asyncio.sleep(_RUN_POLL_SECONDS)
        run = await _run_again(database, run.id)
    if run.message_id is not None:
        await delivered(database, run.message_id)
    return run


async def _run_again(database: Database, run_id: str) -> ReportRun:
    found = await database.read(lambda session: session.get(ReportRun, run_id))
    if found is None:
        raise NotFoundError("The report was deleted meanwhile.")
    return found


@asynccontextmanager
async def unposted_reports(settings: Settings, database: Database) -> AsyncIterator[ReportRoom]:
    """Yield the services of a process that works on no runs and posts nothing."""
    clock = SystemClock()

    async def workspaces_of(tenant: str) -> Sequence[str]:
        return await database.read(lambda session: connected_of(session, tenant))

    async with AsyncExitStack() as stack:
        sources = open_sources(settings, clock)
        stack.callback(sources.close)
        yield open_reports(
            database,
            clock,
            Renderer(TEMPLATES),
            UnaskedDirectories(),
            report_parts(settings, database, clock, sources),
            ReportLimits(concurrent_runs=0),
            workspaces_of=workspaces_of,
            wake=nobody,
        )


def _print_preview(preview: ReportPreview) -> bool:
    """Print the message as people without blocks read it; tell whether nothing is wrong."""
    for problem in preview.problems:
        sys.stderr.write(f"{problem.field}: {problem.message}\n")
    for note in preview.notes:
        sys.stderr.write(f"note: {note}\n")
    if preview.rendered is not None:
        sys.stdout.write(f"{preview.rendered.text}\n")
    return not preview.problems


def _print_run(run: ReportRun) -> bool:
    """Print how a run ended; tell whether it ended well."""
    reason = run.error_message or run.skipped_because
    sys.stdout.write(f"{run.id} {run.status}{f': {reason}' if reason else ''}\n")
    return run.status in _GOOD_ENDS
