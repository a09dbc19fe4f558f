"""`python -m bot apply`: settings, templates, senders and reports from files."""

import asyncio
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlmodel import Session

from bot.alerts.configured_rules import Rules
from bot.alerts.history.recorder import rules_digest
from bot.alerts.history.what_if import WhatIf
from bot.alerts.history.what_if_words import figures_of, summary_of
from bot.applied_files.ledger import applied_files
from bot.as_code.change import Action, Change
from bot.as_code.folder import SETTINGS_FILE, CodeFolder, FolderProblems, read_folder
from bot.as_code.gone_files import GoneFiles
from bot.as_code.origin import Origin
from bot.as_code.outcome import FolderOutcome, refusal_json
from bot.as_code.plan import RUN_AGAIN, FolderPlan, apply_changes
from bot.as_code.reports import ReportChanges
from bot.as_code.senders import SenderPlan
from bot.as_code.settings import SettingsSwap, secrets_in, settings_lines
from bot.as_code.settings_effects import SettingsEffects
from bot.as_code.templates import TemplatePlan
from bot.cli.events import open_database
from bot.cli.report import unposted_reports
from bot.cli.what_if import DAYS, compare_rules, lines_of_replay
from bot.clock import SystemClock
from bot.config_file import ConfigFile
from bot.db import Database
from bot.errors import (
    ConfigError,
    ConflictError,
    FieldProblem,
    InvalidError,
    UnavailableError,
    UserError,
)
from bot.messages.requests.sender_settings import Senders
from bot.messages.templates.isolation import Isolation
from bot.messages.workers.pool import Workers
from bot.settings import Settings, environment, read_settings
from bot.suggestions import did_you_mean
from bot.wiring.credentials import destinations_of
from bot.workspaces.models import DEFAULT_TENANT
from bot.workspaces.queries import connected_of, tenants_of

_RESTART_NOTE = "takes effect once the bot is restarted"
_WRONG, _FAILED = 2, 1


@dataclass(frozen=True)
class _Options:
    tenant: str
    folder: str
    is_dry: bool
    is_pruned: bool
    with_figures: bool


def apply_folder(
    folder: Annotated[
        Path,
        typer.Argument(metavar="DIR", help="With opsbell.toml, templates/, senders/, reports/."),
    ],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")
    ] = False,
    tenant: Annotated[str, typer.Option(help="Whose they are.")] = DEFAULT_TENANT,
    prune: Annotated[
        bool, typer.Option("--prune", help="Delete senders and reports whose file is gone.")
    ] = False,
    name: Annotated[
        str, typer.Option("--name", help="What this folder is called, if there are several.")
    ] = "main",
    figures: Annotated[
        bool, typer.Option("--figures", help="Run the queries of changed reports, and compare.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit with 3 on changes, 4 on warnings.")
    ] = False,
) -> None:
    """Store the files of a folder; nothing is stored if one of them is wrong."""
    options = _Options(tenant, name, dry_run, prune, figures)
    try:
        outcome = _read_and_apply(folder, options)
    except (UserError, ConfigError) as error:
        if not as_json:
            raise
        code = _FAILED if not isinstance(error, InvalidError | ConfigError) else _WRONG
        _print_json(_refusal_answer(error, options, code))
        raise typer.Exit(code) from error
    if as_json:
        _print_json(outcome.json(tenant))
    else:
        sys.stdout.write(outcome.text())
    if exit_code and outcome.exit_code:
        raise typer.Exit(outcome.exit_code)


def _print_json(found: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(found, indent=2) + "\n")


def _refusal_answer(
    error: UserError | ConfigError, options: _Options, code: int
) -> Mapping[str, Any]:
    if isinstance(error, ConfigError):
        problems: Sequence[FieldProblem] = [FieldProblem("", one) for one in error.problems]
    else:
        problems = error.problems if isinstance(error, InvalidError) else ()
    found = refusal_json(options.tenant, problems, is_dry=options.is_dry, exit_code=code)
    return found if problems else {**found, "summary": str(error)}


def _read_and_apply(path: Path, options: _Options) -> FolderOutcome:
    """Compare, and unless it is a dry run store what differs."""
    problems = FolderProblems()
    folder = read_folder(path, problems)
    candidate = _candidate_bytes(folder.settings)
    settings = _both_settings(folder.settings, problems)
    if _candidate_bytes(folder.settings) != candidate:
        raise ConflictError(f"{folder.settings} was changed meanwhile. {RUN_AGAIN}")
    with open_database(settings.in_force) as database:
        database.snapshot(lambda session: _require_tenant(session, options.tenant))
        changes = asyncio.run(
            _planned_changes(database, folder, settings.wanted, options, problems)
        )
        problems.refuse()
        swap = None
        if candidate is not None:
            swap = SettingsSwap(candidate, settings.in_force.config_path)
            changes.append(_settings_change(database, options.tenant, swap, settings))
        if not options.is_dry:
            apply_changes(database, changes, swap)
    return FolderOutcome(changes, options.is_dry)


def _candidate_bytes(path: Path | None) -> bytes | None:
    """Return what is put in force: the same that was checked, whatever becomes of the file."""
    try:
        return path.read_bytes() if path is not None else None
    except OSError as error:
        raise UnavailableError(f"{path} cannot be read: {error}") from error


@dataclass(frozen=True)
class _BothSettings:
    """The settings in force and those with the folder's file; `unread` is what is wrong now."""

    in_force: Settings
    wanted: Settings
    unread: str | None = None


def _both_settings(path: Path | None, problems: FolderProblems) -> _BothSettings:
    """
    Read the settings; *problems* take why the bot would not start with the folder's file.

    A file in force with which it does not start now can be replaced by a better one.
    """
    try:
        in_force = read_settings(environment(), need_slack=False)
    except ConfigError as error:
        if path is None:
            raise
        wanted = read_settings({**environment(), "OPSBELL_CONFIG": str(path)}, need_slack=False)
        nothing = {"config": ConfigFile(), "opsbell_config": environment().get("OPSBELL_CONFIG")}
        return _BothSettings(wanted.model_copy(update=nothing), wanted, error.problems[0])
    if path is None:
        return _BothSettings(in_force, in_force)
    try:
        wanted = read_settings({**environment(), "OPSBELL_CONFIG": str(path)}, need_slack=False)
    except ConfigError as error:
        for problem in error.problems:
            problems.note(SETTINGS_FILE, problem.removeprefix(f"{path}: "))
        wanted = in_force
    return _BothSettings(in_force, wanted)


def _require_tenant(session: Session, tenant: str) -> None:
    """Raise `InvalidError` for a tenant that has no workspace: it is hardly the one meant."""
    known = tenants_of(session)
    if tenant not in (*known, DEFAULT_TENANT):
        fix = f"no workspace is of `{tenant}`{did_you_mean(tenant, known)}"
        raise InvalidError(f"--tenant: {fix}.", [FieldProblem("--tenant", fix)])


async def _planned_changes(
    database: Database,
    folder: CodeFolder,
    settings: Settings,
    options: _Options,
    problems: FolderProblems,
) -> list[Change]:
    """Return what differs, by the settings that will be in force together with it."""
    tenant, clock, workers = options.tenant, SystemClock(), Workers()
    applied = await database.read(lambda session: applied_files(session, tenant))
    origin = Origin(tenant, options.folder, clock.now(), applied)
    isolation = Isolation(workers)
    try:
        connected = await database.read(lambda session: connected_of(session, tenant))
        async with unposted_reports(settings, database) as room:
            plan = FolderPlan(
                database,
                TemplatePlan(database, isolation, origin),
                SenderPlan(database, Senders(database, clock, destinations_of(settings)), origin),
                ReportChanges(
                    room.reports,
                    origin,
                    connected[0] if connected else "",
                    with_figures=options.with_figures,
                ),
                GoneFiles(origin, folder, options.is_pruned),
            )
            return await plan.changes(folder, problems)
    finally:
        workers.close()


def _settings_change(
    database: Database, tenant: str, swap: SettingsSwap, settings: _BothSettings
) -> Change:
    if swap.is_same:
        return Change(Action.NONE, "settings", SETTINGS_FILE)
    before, after = settings.in_force.config, settings.wanted.config
    lines = settings_lines(before, after)
    now = SystemClock().now()

    def effects(session: Session) -> tuple[list[str], list[str]]:
        found = SettingsEffects(session, tenant, before, after, now)
        return list(found.lines()), list(found.warnings())

    told, warnings = database.snapshot(effects)
    change = Change(
        Action.CREATE if swap.is_new else Action.CHANGE,
        "settings",
        SETTINGS_FILE,
        (*_notes_on_files(settings), *lines, *told, _RESTART_NOTE),
        warnings,
        f"{len(lines)} keys" if len(lines) != 1 else "1 key",
    )
    if _decides_the_same(before, after):
        return change
    return _with_replay(change, compare_rules(database, tenant, before, after, DAYS))


def _notes_on_files(settings: _BothSettings) -> Iterator[str]:
    if settings.unread is not None:
        yield f"the file in force cannot be read: {settings.unread}"
    secrets = ", ".join(secrets_in(settings.wanted.config))
    if secrets:
        yield f"holds secrets: {secrets}; `url_file`, `secret_file` keep them out of it"


def _decides_the_same(before: ConfigFile, after: ConfigFile) -> bool:
    same_rules = rules_digest(Rules(before)) == rules_digest(Rules(after))
    return same_rules and before.alerts.routes == after.alerts.routes


def _with_replay(change: Change, found: WhatIf) -> Change:
    """Add what the last seven days would have been by the new rules."""
    if found.candidate.began_at is None:
        return replace(change, lines=(*change.lines, *lines_of_replay(found)))
    figures = figures_of(found)
    muted = figures["criticals_muted"]
    warnings = [f"alert rules: {len(muted)} critical would have been muted"] if muted else []
    return replace(
        change,
        lines=(*change.lines, *lines_of_replay(found)),
        warnings=(*change.warnings, *warnings),
        brief=f"{change.brief}, alerts {summary_of(found)}",
        effects={**change.effects, "alerts": figures},
    )
