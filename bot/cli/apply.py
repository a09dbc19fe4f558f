"""`python -m bot apply`: settings, templates, senders and reports from files."""

import asyncio
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import typer

from bot.alerts.configured_rules import Rules
from bot.alerts.history.recorder import rules_digest
from bot.as_code.folder import CodeFolder, read_folder
from bot.as_code.plan import Action, Change, FolderPlan
from bot.as_code.reports import ReportPlan
from bot.as_code.settings import replace_settings, settings_change
from bot.cli.events import open_database
from bot.cli.report import unposted_reports
from bot.cli.what_if import DAYS, replay_lines
from bot.clock import SystemClock
from bot.config_file import ConfigFile
from bot.db import Database
from bot.messages.requests.sender_settings import Senders
from bot.messages.templates.isolation import Isolation
from bot.messages.templates.store import Templates
from bot.messages.workers.pool import Workers
from bot.redaction import redact
from bot.settings import Settings, environment, read_settings
from bot.wiring.credentials import destinations_of
from bot.workspaces.models import DEFAULT_TENANT
from bot.workspaces.queries import connected_of


def apply_folder(
    folder: Annotated[
        Path,
        typer.Argument(metavar="DIR", help="With opsbell.toml, templates/, senders/, reports/."),
    ],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")
    ] = False,
    tenant: Annotated[str, typer.Option(help="Whose they are.")] = DEFAULT_TENANT,
) -> None:
    """Store the files of a folder; nothing is stored if one of them is wrong."""
    wanted = read_folder(folder)
    with open_database() as database:
        changes = asyncio.run(_change(database, wanted, tenant, dry_run=dry_run))
    done = "would be " if dry_run else ""
    for change in changes:
        if change.action is not Action.NONE:
            lines = "".join(f"\n    {redact(line)}" for line in change.lines)
            sys.stdout.write(f"{change.action} {change.kind} {change.code}{lines}\n")
    counted = sum(change.action is not Action.NONE for change in changes)
    sys.stdout.write(f"{counted} of {len(changes)} {done}changed.\n")


async def _change(
    database: Database, wanted: CodeFolder, tenant: str, *, dry_run: bool
) -> list[Change]:
    settings = read_settings(environment(), need_slack=False)
    candidate = _candidate(wanted.settings)
    destinations = destinations_of(settings)
    workers, clock = Workers(), SystemClock()
    try:
        isolation = Isolation(workers)
        templates = Templates(database, isolation, clock)
        senders = Senders(database, clock, destinations)
        plan = FolderPlan(database, templates, senders, isolation, tenant)
        connected = await database.read(lambda session: connected_of(session, tenant))
        async with unposted_reports(settings, database) as room:
            reports = ReportPlan(room.reports, tenant, connected[0] if connected else "")
            changes = await plan.changes(wanted) + await reports.changes(wanted.reports)
            if candidate is not None:
                changes += [_settings_change(database, tenant, settings, candidate, dry_run)]
            if not dry_run:
                await plan.apply(wanted)
                await reports.apply(wanted.reports)
                if candidate is not None and changes[-1].action is not Action.NONE:
                    replace_settings(candidate.path, settings.config_path)
        return changes
    finally:
        workers.close()


@dataclass(frozen=True)
class _Candidate:
    """An `opsbell.toml` with which the bot would start."""

    path: Path
    config: ConfigFile


def _candidate(path: Path | None) -> _Candidate | None:
    """Return what a file says; raise `ConfigError` if the bot would not start with it."""
    if path is None:
        return None
    read = read_settings({**environment(), "OPSBELL_CONFIG": str(path)}, need_slack=False)
    return _Candidate(path, read.config)


def _settings_change(
    database: Database, tenant: str, settings: Settings, candidate: _Candidate, dry_run: bool
) -> Change:
    config = settings.config
    change = settings_change(candidate.path, candidate.config, settings.config_path, config)
    if not dry_run or rules_digest(Rules(config)) == rules_digest(Rules(candidate.config)):
        return change
    lines = replay_lines(database, tenant, config, candidate.config, DAYS)
    return replace(change, lines=(*change.lines, *lines))
