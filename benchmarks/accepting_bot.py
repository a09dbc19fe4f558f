"""
The request API and a lane in one process, over a bare Slack, with limits off; until SIGTERM.

`python -m benchmarks.accepting_bot DATABASE_URL SLACK_URL` prints its port.
"""

import asyncio
import signal
import sys
from typing import Any

import uvloop
from sqlmodel import Session

from benchmarks.engine import OURS, TENANT, WORKSPACE, quiet
from bot.cli.run import collect_garbage_rarely
from bot.clock import SystemClock
from bot.db import Database
from bot.http.server import HttpServer
from bot.http.services import HttpServices
from bot.messages.delivery.running_lanes import Lanes
from bot.messages.rate_limits.slack_limits import Pacing
from bot.messages.rendering.renderer import Renderer
from bot.messages.requests.sender_settings import Senders
from bot.messages.requests.service import Requests
from bot.messages.templates.isolation import Isolation
from bot.messages.templates.store import Templates
from bot.messages.transports.slack import SlackTransport
from bot.messages.workers.pool import Workers
from bot.settings import Settings
from bot.tasks.creation import Owner
from bot.tokens import Tokens
from bot.workspaces.models import Workspace, WorkspaceToken

SECRET = "a secret that is long enough for HS256"  # noqa: S105 - of a measurement


class Channels:
    """Knows every channel under its own name."""

    async def channel_id(self, _workspace_id: str, channel: str) -> str:
        """Return the channel."""
        return channel


async def owner_of(tenant: str) -> Owner:
    return Owner(tenant, WORKSPACE)


async def workspaces_of(_tenant: str) -> list[str]:
    return [WORKSPACE]


def connect(session: Session) -> None:
    """Let the tenant have the workspace, as the bot does when it starts."""
    now = SystemClock().now()
    workspace = Workspace(
        id=WORKSPACE, tenant=TENANT, name="Bench", url="", bot_user_id="U0BOT", seen_at=now
    )
    session.add(workspace)
    session.add(
        WorkspaceToken(
            workspace_id=WORKSPACE, sealed=None, set_by="ada", set_at=now, connected_at=now
        )
    )


async def serve(database_url: str, slack_url: str) -> None:
    """Accept and deliver until told to stop."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    database, clock, renderer = Database(database_url), SystemClock(), Renderer(OURS)
    await database.write(connect)
    isolation = Isolation(Workers())
    lanes = Lanes(database, renderer, clock, isolation=isolation)
    transport = SlackTransport(slack_url, "xoxb-bench")
    lanes.open(WORKSPACE, transport, Pacing(unlimited=True))
    unused: Any = None  # by the one endpoint that is called
    server = HttpServer(
        HttpServices(
            settings=Settings.model_validate({"port": 0, "jwt_secret": SECRET}),
            database=database,
            clock=clock,
            tasks=unused,
            intake=unused,
            alerts=unused,
            requests=Requests(database, clock, lanes.wake, isolation=isolation),
            users=unused,
            templates=Templates(database, isolation, clock),
            senders=Senders(database, clock),
            channels=Channels(),
            tokens=Tokens(SECRET, clock),
            home=WORKSPACE,
            owner_of=owner_of,
            workspaces_of=workspaces_of,
            connections=unused,
            timeline=unused,
            lanes=lanes.health,
            socket=dict,
            leaderboards=unused,
            reports=unused,
            report_standing=unused,
            case_files=unused,
        )
    )
    await server.start()
    collect_garbage_rarely()  # as the bot does
    sys.stdout.write(f"{server.port}\n")
    sys.stdout.flush()
    await stop.wait()
    await server.stop()
    await lanes.stop()
    transport.close()
    database.close()


if __name__ == "__main__":
    quiet()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(*sys.argv[1:3]))
