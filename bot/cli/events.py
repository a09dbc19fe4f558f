"""`python -m bot events …`: the history of messages, and whether it matches their rows."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from sqlmodel import Session

from bot.clock import SystemClock
from bot.db import Database
from bot.errors import NotFoundError
from bot.messages.history.rebuild import Comparison, count, rebuild, verify_next
from bot.messages.history.timeline import events_of
from bot.messages.requests import queries
from bot.settings import Settings, environment, read_settings

_MAX_LISTED = 20

event_commands = typer.Typer(help="What happened to messages.", no_args_is_help=True)


@event_commands.command(name="show")
def show(correlation_id: str) -> None:
    """Print every event of the messages of a correlation id, as JSON lines."""
    with open_database() as database:
        lines = database.snapshot(lambda session: list(_event_lines(session, correlation_id)))
    for line in lines:
        sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")


def _event_lines(session: Session, key: str) -> Iterator[dict[str, object]]:
    found = queries.of_any_tenant(session, key)
    if not found:
        raise NotFoundError(f"There is no message `{key}`.")
    for message in found:
        for event in events_of(session, message.id):
            yield {"message": message.id, "tenant": message.tenant, **event}


@event_commands.command(name="rebuild")
def rebuild_rows(
    only_verify: Annotated[
        bool, typer.Option("--verify", help="Compare and change nothing.")
    ] = False,
) -> None:
    """Make the rows of messages again from their events; stop the bot before you do."""
    with open_database() as database:
        limit = database.snapshot(count)
        with typer.progressbar(
            length=limit, file=sys.stderr, hidden=not sys.stderr.isatty()
        ) as bar:
            verdict = (
                _compare_all(database, bar.update)
                if only_verify
                else database.transact(
                    lambda session: rebuild(session, SystemClock().now(), bar.update)
                )
            )
    _print_verdict(verdict, "differs" if only_verify else "was mended")
    if verdict.silent or (only_verify and not verdict.is_clean):
        raise typer.Exit(1)


def _compare_all(database: Database, progress: Callable[[int], None]) -> Comparison:
    """Compare every message with its events, in short reads: a running bot goes on writing."""
    verdict = Comparison()
    last: str | None = ""
    while last is not None:
        checked, after = verdict.checked, last
        last = database.snapshot(
            lambda session, after=after: verify_next(_snapshot_of(session), after, verdict)  # type: ignore[misc]
        )
        progress(verdict.checked - checked)
    return verdict


def _print_verdict(verdict: Comparison, word: str) -> None:
    """Print what was found, at most 20 lines of each kind."""
    write = sys.stdout.write
    for key, columns in [*verdict.differing.items()][:_MAX_LISTED]:
        write(f"{key} {word}: {', '.join(columns)}\n")
    for key in verdict.lost[:_MAX_LISTED]:
        write(f"{key} {word}: it had events and no row\n")
    for key in verdict.silent[:_MAX_LISTED]:
        write(f"{key} has no event that says how it began: it stays as it is\n")
    wrong = len(verdict.differing) + len(verdict.lost) + len(verdict.silent)
    write(f"{verdict.checked} messages compared with their events, {wrong} not the same.\n")


def _snapshot_of(session: Session) -> Session:
    """Make a PostgreSQL transaction see one moment, as SQLite's do; a running bot may write on."""
    if session.get_bind().dialect.name == "postgresql":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    return session


@contextmanager
def open_database(settings: Settings | None = None) -> Iterator[Database]:
    """Open the settings' database, if its schema is current."""
    database = Database((settings or read_settings(environment(), need_slack=False)).database_url)
    try:
        database.check()
        yield database
    finally:
        database.close()
