"""Looks at the database, beside a running bot or alone, and changes nothing in it."""

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col

from bot import schema
from bot.clock import Clock
from bot.db import Database, driver_url
from bot.doctor.findings import Finding
from bot.doctor.slack import clock_finding
from bot.errors import ConfigError, NoTransportError
from bot.process.database_lock import is_locked
from bot.settings import Settings
from bot.workspaces.models import Workspace, WorkspaceToken
from bot.workspaces.tokens import Vault, split_keys

_FEWEST_FREE_BYTES = 500_000_000
_MOST_DATABASE_SKEW_SECONDS = 5
#: Pool and overflow of one process, with the connection that listens.
_CONNECTIONS_OF_A_PROCESS = 13
_MAX_TOKENS = 1_000


def open_existing(settings: Settings) -> tuple[Database | None, list[Finding]]:
    """Return the database if it is there and its schema is current, and what was found."""
    url = driver_url(settings.database_url)
    is_file = url.get_backend_name() == "sqlite" and bool(url.database)
    if is_file and not Path(str(url.database)).exists():
        folder = Path(str(url.database)).absolute().parent
        if folder.is_dir():
            return None, [
                Finding.note("database", f"{url.database} will be made at the first start")
            ]
        return None, [
            Finding.problem(
                "database",
                f"DATABASE_URL: the folder {folder} does not exist",
                f"mkdir -p {folder}",
            )
        ]
    database = Database(settings.database_url)
    try:
        database.check()
    except ConfigError as error:
        return None, list(_unusable(database, error))
    except (SQLAlchemyError, sqlite3.Error, OSError) as error:
        database.close()
        reason = str(getattr(error, "orig", error)).strip().partition("\n")[0]
        return None, [
            Finding.problem(
                "database", f"DATABASE_URL: {reason}", "restore a backup, or correct DATABASE_URL"
            )
        ]
    kind = database.url.get_backend_name()
    return database, [
        Finding.ok("database", f"{kind} answers, schema {schema.newest_revision()} is current")
    ]


def _unusable(database: Database, error: ConfigError) -> Iterator[Finding]:
    (sentence,) = error.problems
    is_old = "`python -m bot migrate`" in sentence
    served = is_locked(database.url) if is_old else False
    database.close()
    if is_old and database.is_sqlite and not served:
        yield Finding.note("database", "the schema is not current; the next start migrates it")
    elif is_old:
        yield Finding.problem(
            "database",
            "the schema is not current",
            "make a backup, stop the bot, run `python -m bot migrate`, start it",
        )
    else:
        yield Finding.problem(
            "database", sentence, "start the database server, or correct host, user and password"
        )


def database_findings(database: Database, settings: Settings, clock: Clock) -> Iterator[Finding]:
    """Yield room, time, stored tokens, and settings of workspaces that are not there."""
    if database.is_sqlite:
        yield from _free_space(Path(str(database.url.database)))
    else:
        yield from database.snapshot(lambda session: list(_of_server(session, clock)))
    yield from database.snapshot(lambda session: list(_stored_tokens(session, settings)))
    yield from database.snapshot(lambda session: list(_idle_sections(session, settings)))


def _idle_sections(session: Session, settings: Settings) -> Iterator[Finding]:
    """Yield sections of workspaces that were never connected: a wrong id leaves one open to all."""
    for workspace_id in sorted(settings.config.workspaces):
        if session.get(Workspace, workspace_id) is None:
            yield Finding.problem(
                "access",
                f"[workspaces.{workspace_id}]: no such workspace was ever connected",
                "correct the id, or connect the workspace",
            )


def _free_space(path: Path) -> Iterator[Finding]:
    try:
        free = shutil.disk_usage(path).free
    except OSError:
        return
    if free < _FEWEST_FREE_BYTES:
        yield Finding.problem(
            "database",
            f"the disk of {path} has only {free / 1e6:,.0f} MB left",
            "make room, or keep less: [retention] days in opsbell.toml",
        )


def _of_server(session: Session, clock: Clock) -> Iterator[Finding]:
    told = session.execute(select(func.clock_timestamp())).scalar_one()
    yield clock_finding("the database's", told, clock.now(), _MOST_DATABASE_SKEW_SECONDS)
    most = int(session.execute(text("SHOW max_connections")).scalar_one())
    used = session.execute(text("SELECT count(*) FROM pg_stat_activity")).scalar_one()
    if most - used < _CONNECTIONS_OF_A_PROCESS:
        yield Finding.problem(
            "database",
            f"{used} of {most} connections are taken; a process of the bot takes up to "
            f"{_CONNECTIONS_OF_A_PROCESS}",
            "raise max_connections in postgresql.conf, or put a pooler in front",
        )


def _stored_tokens(session: Session, settings: Settings) -> Iterator[Finding]:
    """Yield the connected workspaces whose tokens no key decrypts."""
    query = select(col(WorkspaceToken.workspace_id), col(WorkspaceToken.sealed)).where(
        col(WorkspaceToken.sealed).is_not(None)
    )
    stored = session.execute(query.limit(_MAX_TOKENS)).all()
    if not stored:
        return
    if settings.token_encryption_key is None:
        yield Finding.problem(
            "tokens",
            f"{len(stored)} workspaces are connected, and TOKEN_ENCRYPTION_KEY is missing",
            "set the key they were connected with",
        )
        return
    vault = Vault(split_keys(settings.token_encryption_key.get_secret_value()))
    lost = [one.workspace_id for one in stored if not _is_readable(vault, str(one.sealed))]
    if lost:
        yield Finding.problem(
            "tokens",
            f"no key of TOKEN_ENCRYPTION_KEY decrypts the tokens of {', '.join(lost[:5])}"
            + (f" and {len(lost) - 5} more" if len(lost) > 5 else ""),
            "put the former key behind the new one (`new,old`), or connect them again",
        )
    else:
        yield Finding.ok(
            "tokens", f"the tokens of {len(stored)} connected workspaces can be decrypted"
        )


def _is_readable(vault: Vault, sealed: str) -> bool:
    try:
        vault.unseal(sealed)
    except NoTransportError:
        return False
    return True
