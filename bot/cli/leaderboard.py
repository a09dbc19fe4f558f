"""`python -m bot leaderboard NAME`: a board's week as Markdown, as files, as a post."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Annotated

import typer
from sqlmodel import Session

from bot.app import TEMPLATES
from bot.cli.events import open_database
from bot.clock import Clock, SystemClock
from bot.db import Database
from bot.errors import ConfigError, UnavailableError
from bot.leaderboards.files import markdown_of, write_files
from bot.leaderboards.ranking import Ranking
from bot.leaderboards.service import Leaderboards
from bot.leaderboards.wiring import open_leaderboards
from bot.logs import set_up_logs
from bot.messages.error_fixes import fix_for
from bot.messages.models import Message, MessageState
from bot.messages.rate_limits.slack_limits import Pacing
from bot.messages.rendering.renderer import Renderer
from bot.messages.templates.isolation import Isolation
from bot.messages.workers.pool import Workers
from bot.process.database_lock import lock_database
from bot.reports.resources import open_sources
from bot.settings import Settings, environment, read_settings
from bot.telemetry.meters import Meters
from bot.wiring.credentials import destinations_of
from bot.wiring.outward import open_outward, remember_home
from bot.wiring.presence import appear, open_session
from bot.workspaces.directory import Nameless

_DELIVERY_SECONDS = 60.0
_DELIVERY_POLL_SECONDS = 0.1


def leaderboard(
    name: Annotated[str, typer.Argument(help="Such as dealers or scorecard.")],
    post: Annotated[bool, typer.Option("--post", help="Post it, or edit its post.")] = False,
    last: Annotated[
        bool, typer.Option("--last", help="The week that ended on Sunday, not the current one.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option(help="Write the Markdown and the JSON file into this folder.")
    ] = None,
) -> None:
    """Print a leaderboard; beside a running bot and without one."""
    settings = read_settings(environment(), need_slack=post)
    set_up_logs("warning", settings.log_format)
    with open_database() as database:
        ranking = asyncio.run(_rank_board(settings, database, name, post=post, last=last))
    if out is not None:
        try:
            paths = write_files(out, ranking)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise UnavailableError(f"--out: {out} cannot be written to: {reason}.") from error
        sys.stderr.writelines(f"{path}\n" for path in paths)
    sys.stdout.write(markdown_of(ranking))


async def _rank_board(
    settings: Settings, database: Database, name: str, *, post: bool, last: bool
) -> Ranking:
    """Return the ranking; with *post* once it stands in Slack."""
    clock = SystemClock()
    if not post:
        sources = open_sources(settings, clock)
        try:
            boards = open_leaderboards(
                settings,
                database,
                clock,
                Nameless(),
                Renderer(TEMPLATES),
                sources,
                home="",
                wake=nobody,
            )
            return await boards.ranking_of(name, last=last)
        finally:
            await asyncio.to_thread(sources.close)
    async with _poster(settings, database, clock) as boards:
        posted = await boards.post(name, last=last)
        await delivered(database, posted.message_id)
        return await boards.ranking_of(name, last=last)


@asynccontextmanager
async def _poster(
    settings: Settings, database: Database, clock: Clock
) -> AsyncIterator[Leaderboards]:
    """Yield boards whose posts are delivered: by the bot that runs on the database, else by us."""
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(open_session())
        slack = await appear(settings, session)
        renderer = Renderer(TEMPLATES)
        wake: Callable[[str], None] = nobody
        try:
            lock = lock_database(database.url)
        except ConfigError:
            lock = None  # A running bot holds it, and looks every other second for what waits.
        if lock is not None or not database.is_sqlite:
            if lock is not None:
                stack.callback(lock.close)
            await remember_home(database, clock, slack.identity)
            destinations = destinations_of(settings)
            workers = Workers()
            stack.callback(workers.close)
            outward = await open_outward(
                settings,
                database,
                renderer,
                clock,
                session,
                stack,
                destinations,
                Pacing,
                Isolation(workers),
                Meters(),
            )
            wake = outward.lanes.wake
        home = slack.identity.workspace_id
        sources = open_sources(settings, clock)
        stack.callback(sources.close)
        yield open_leaderboards(
            settings, database, clock, slack.directory, renderer, sources, home=home, wake=wake
        )


async def delivered(database: Database, message_id: str) -> None:
    """Wait until a message stands in Slack; raise `UnavailableError` if it does not get there."""
    end = asyncio.get_running_loop().time() + _DELIVERY_SECONDS
    reason = "Slack was not reached in a minute; a running bot goes on trying"

    def look(session: Session) -> Message | None:
        return session.get(Message, message_id)

    while asyncio.get_running_loop().time() < end:
        message = await database.read(look)
        if message is None or message.delivered_revision == message.revision:
            return
        if message.state == MessageState.DEAD:
            reason = f"{message.error}: {fix_for(message.error or '')}"
            break
        await asyncio.sleep(_DELIVERY_POLL_SECONDS)
    raise UnavailableError(f"Not delivered: {reason}")


def nobody(_workspace_id: str) -> None:
    """Wake nobody."""
