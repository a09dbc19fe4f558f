"""`python -m bot alerts`: one check now, beside a running bot or alone."""

import asyncio
import json
import sys
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import aiohttp
import typer

from bot.alerts.announcer import AlertAnnouncer
from bot.alerts.check_result_message import check_context, post_report
from bot.alerts.check_run import Checked, CheckOptions
from bot.alerts.configured_rules import Rules
from bot.alerts.service import Alerts
from bot.alerts.tables.reader import TableReader
from bot.alerts.watch import CheckResult, check_result
from bot.app import TEMPLATES, Opsbell
from bot.cli.what_if import DAYS, replay_lines, require_days
from bot.clock import SystemClock
from bot.db import Database
from bot.errors import ConfigError, FieldProblem, InvalidError, UnavailableError
from bot.logs import set_up_logs
from bot.messages.rendering.renderer import Rendered, Renderer
from bot.outgoing.limited_reading import read_json
from bot.outgoing.web_addresses import require_web_address
from bot.process.database_lock import is_locked
from bot.redaction import redact
from bot.reports.resources import open_sources
from bot.settings import Settings, environment, read_settings
from bot.tasks.creation import NewTask
from bot.tasks.display import Links
from bot.tasks.models import TaskStatus
from bot.wiring.credentials import api_tokens
from bot.workspaces.models import DEFAULT_TENANT

_ASK_BOT_SECONDS = 30
_NO_CHANNEL = "no SLACK_BOT_TOKEN and no SLACK_WEBHOOK: found, and told nobody"
_TEST_KIND = "alerts_test"
_TEST_WORDS = f"✅ Completed {_TEST_KIND}: a test of `python -m bot alerts --test-creation`"


@dataclass(frozen=True)
class _WantedCheck:
    """What the command line asks for."""

    options: CheckOptions
    webhook_url: str | None = None
    test_creation: bool = False

    @property
    def body(self) -> dict[str, object]:
        """Return the same as a request to `POST /api/alerts/check`."""
        timeout = self.options.timeout
        return {
            "timeout_minutes": timeout / timedelta(minutes=1) if timeout else None,
            "failed_only": not self.options.stuck,
            "stuck_only": not self.options.failed,
            "dry_run": self.options.dry_run,
        }


def alerts(
    timeout: Annotated[
        float | None, typer.Option(help="Minutes after which a silent task is stuck.")
    ] = None,
    failed_only: Annotated[bool, typer.Option("--failed-only")] = False,
    stuck_only: Annotated[bool, typer.Option("--stuck-only")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tell nobody.")] = False,
    webhook_url: Annotated[
        str | None, typer.Option(help="Send all that is found there, told before or not.")
    ] = None,
    test_creation: Annotated[
        bool, typer.Option("--test-creation", help="Announce a task, to see that it arrives.")
    ] = False,
    what_if: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Say what the rules of an opsbell.toml would have told."),
    ] = None,
    days: Annotated[float, typer.Option(help="For --what-if: how far back, at most 7.")] = DAYS,
    tenant: Annotated[str, typer.Option(help="For --what-if: whose alerts.")] = DEFAULT_TENANT,
) -> None:
    """Check once for failed and stuck tasks, tell of them, and print the result as JSON."""
    if what_if is not None:
        _print_replay(what_if, require_days(days), tenant)
        return
    options = _options_of(timeout, failed=not stuck_only, stuck=not failed_only, dry_run=dry_run)
    _require_webhook(webhook_url)
    settings = read_settings(environment(), need_slack=False)
    set_up_logs("warning", settings.log_format)
    result = asyncio.run(
        _check_by_itself(settings, _WantedCheck(options, webhook_url, test_creation))
    )
    sys.stdout.write(json.dumps(asdict(result)) + "\n")
    if _has_failed(result, options):
        raise typer.Exit(1)


def _print_replay(candidate: Path, days: float, tenant: str) -> None:
    """Print what other rules would have told; beside a running bot, too."""
    settings = read_settings(environment(), need_slack=False)
    named = {**environment(), "OPSBELL_CONFIG": str(candidate)}
    config = read_settings(named, need_slack=False).config
    database = Database(settings.database_url)
    try:
        database.check()
        for line in replay_lines(database, tenant, settings.config, config, days):
            sys.stdout.write(f"{redact(line)}\n")
    finally:
        database.close()


def _options_of(timeout: float | None, *, failed: bool, stuck: bool, dry_run: bool) -> CheckOptions:
    """Return the options; raise `InvalidError` for those that cannot be meant."""
    if not failed and not stuck:
        fix = "give one of --failed-only and --stuck-only, or neither"
        raise InvalidError(f"{fix[0].upper()}{fix[1:]}.", [FieldProblem("--stuck-only", fix)])
    if timeout is not None and not 0 < timeout <= 60 * 24 * 366:
        fix = "give more than 0 and at most a year of minutes"
        raise InvalidError(f"--timeout: {fix}.", [FieldProblem("--timeout", fix)])
    length = timedelta(minutes=timeout) if timeout is not None else None
    return CheckOptions(length, failed, stuck, dry_run, is_asked=True)


def _require_webhook(url: str | None) -> None:
    """Raise `InvalidError` for an address that no check could be sent to."""
    try:
        require_web_address(url or "http://localhost")
    except ValueError as error:
        raise InvalidError(
            f"--webhook-url: {error}.", [FieldProblem("--webhook-url", str(error))]
        ) from error


async def _check_by_itself(settings: Settings, wanted: _WantedCheck) -> CheckResult:
    """Check in whichever way the settings and the running bot allow."""
    if wanted.webhook_url is not None and not wanted.options.dry_run:
        return await _tell_webhook(settings, wanted, wanted.webhook_url)
    database = Database(settings.database_url)
    is_served = is_locked(database.url)
    database.close()
    if is_served:
        return await _ask_bot(settings, wanted)
    has_tokens = settings.slack_bot_token is not None and settings.slack_app_token is not None
    if not has_tokens and settings.webhook is None:
        sys.stderr.write(f"warning: {_NO_CHANNEL}\n")
        checked = await _look_for_trouble(settings, wanted.options)
        return check_result(checked, set(), _NO_CHANNEL)
    async with Opsbell(settings, is_brief=True) as bot:
        if wanted.test_creation:
            await _announce_test(bot, settings)
        return await bot.rooms.alerts.watch.check_now(DEFAULT_TENANT, wanted.options)


async def _ask_bot(settings: Settings, wanted: _WantedCheck) -> CheckResult:
    """Let the bot that holds the database check; raise `UnavailableError` if it does not answer."""
    tokens = api_tokens(settings, SystemClock())
    if tokens is None:
        raise ConfigError(["JWT_SECRET: is missing; the running bot is asked through its API"])
    scopes = frozenset({"alerts:write", "tasks:write"})
    token = tokens.mint(subject="alerts", tenant=DEFAULT_TENANT, scopes=scopes, days=1)
    headers = {"Authorization": f"Bearer {token}"}
    address = f"http://{settings.host}:{settings.port}"
    limit = aiohttp.ClientTimeout(total=_ASK_BOT_SECONDS)
    async with aiohttp.ClientSession(headers=headers, timeout=limit, trust_env=False) as session:
        try:
            if wanted.test_creation:
                body: dict[str, object] = {"task": _TEST_KIND, "status": "completed"}
                await ask(session, f"{address}/api/tasks", body)
            answer = await ask(session, f"{address}/api/alerts/check", wanted.body)
            return CheckResult(**answer)
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise UnavailableError(
                f"A bot holds the database and does not answer at {address}: {error}."
            ) from error


async def ask(session: aiohttp.ClientSession, url: str, body: dict[str, object]) -> dict[str, Any]:
    """Return what the bot answers; raise `UnavailableError` with its words if it refuses."""
    async with session.post(url, json=body, allow_redirects=False) as response:
        answer = await read_json(response)
        if response.status >= 400:
            raise UnavailableError(f"The running bot refused: {answer.get('message')}")
        return dict(answer)


async def _look_for_trouble(settings: Settings, options: CheckOptions) -> Checked:
    """Return what is in trouble, and change nothing."""
    rules, links = Rules(settings.config), Links(settings.config, settings.grafana_url)
    sources = open_sources(settings, SystemClock())
    tables = TableReader(settings.config.alerts.tables, sources.get)
    database = Database(settings.database_url)
    try:
        database.check()
        announcer = AlertAnnouncer(rules, links)
        checks = Alerts(database, announcer, rules, SystemClock(), wake=lambda _workspace: None)
        await tables.refresh_soon()
        dry = CheckOptions(
            options.timeout,
            options.failed,
            options.stuck,
            True,
            is_asked=True,
            tables=tables.take(DEFAULT_TENANT),
            table_runs=tables.runs(DEFAULT_TENANT),
        )
        return await checks.check(DEFAULT_TENANT, None, dry)
    finally:
        database.close()
        sources.close()


async def _tell_webhook(settings: Settings, wanted: _WantedCheck, url: str) -> CheckResult:
    """Send all that is found to a webhook, told before or not, after a test if one is wanted."""
    proxy = settings.proxies.for_url(url)
    error = None
    if wanted.test_creation:
        error = await post_report(url, Rendered(_TEST_WORDS, [], None), proxy)
    checked = await _look_for_trouble(settings, wanted.options)
    failed, stuck = len(checked.failed), len(checked.stuck)
    if not failed and not stuck:
        return CheckResult(0, 0, False, False, error)
    links = Links(settings.config, settings.grafana_url)
    now = SystemClock().now()
    context = check_context(checked, now, links.log_url)
    report = Renderer(TEMPLATES).render("alerts/report", context)
    error = await post_report(url, report, proxy)
    is_told = error is None
    return CheckResult(failed, stuck, bool(failed) and is_told, bool(stuck) and is_told, error)


async def _announce_test(bot: Opsbell, settings: Settings) -> None:
    """Announce a task that is over at once, and wait until it stands in Slack."""
    owner = await bot.rooms.owners.of_tenant(DEFAULT_TENANT)
    channel = settings.slack_default_channel
    if channel is None:
        raise ConfigError(["SLACK_DEFAULT_CHANNEL: is missing; the test task has no channel"])
    channel_id = await bot.rooms.slack.directory.channel_id(channel)
    new = NewTask(_TEST_KIND, channel_id, status=TaskStatus.COMPLETED, created_by="alerts")
    task, _ = await bot.rooms.tasks.tasks.create(owner, new)
    wanted = {task.message_id} if task.message_id else set()
    await bot.rooms.alerts.watch.await_arrival(wanted)


def _has_failed(result: CheckResult, options: CheckOptions) -> bool:
    """Tell whether something was found and could not be told, though there was a way to."""
    return not options.dry_run and result.error not in (None, _NO_CHANNEL)
