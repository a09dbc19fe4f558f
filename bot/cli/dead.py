"""`python -m bot dead …`: dead letters on the command line."""

import sys

import typer
from sqlmodel import Session

from bot.cli.events import open_database
from bot.clock import SystemClock
from bot.errors import ConflictError, NotFoundError
from bot.messages.dead_letters.replay import replay as replay_message
from bot.messages.error_fixes import fix_for
from bot.messages.requests import queries

_MAX_DEAD = 100

dead_commands = typer.Typer(help="Messages that were given up.", no_args_is_help=True)


@dead_commands.command(name="list")
def print_dead() -> None:
    """Print the newest 100 dead letters: id, when, where, why, and what to do."""
    with open_database() as database:
        found = database.snapshot(lambda session: queries.all_dead(session, _MAX_DEAD))
    for one in found:
        at = (one.dead_at or one.created_at).isoformat(timespec="seconds")
        place = f"{one.workspace_id}/{one.channel}"
        error = one.error or ""
        sys.stdout.write(f"{one.id}  {at}  {place}  {error}: {fix_for(error)}\n")
    if not found:
        sys.stdout.write("No dead letters: nothing was given up.\n")


@dead_commands.command(name="replay")
def replay_dead(message_id: str) -> None:
    """Try a dead letter again; a running bot takes it up within seconds."""

    def work(session: Session) -> None:
        found = queries.of_any_tenant(session, message_id)
        if not found:
            raise NotFoundError(f"There is no message `{message_id}`.")
        if len(found) > 1:
            ids = ", ".join(one.id for one in found)
            raise ConflictError(f"{len(found)} messages carry `{message_id}`: say which: {ids}.")
        replay_message(session, found[0], by="the command line", now=SystemClock().now())

    with open_database() as database:
        database.transact(work)
    sys.stdout.write(f"{message_id} will be tried again.\n")
