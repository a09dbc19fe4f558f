"""Workspaces and tokens for tests: a Slack that knows some tokens, and rows that are connected."""

from datetime import UTC, datetime

from cryptography.fernet import Fernet

from bot.clock import Clock
from bot.db import Database
from bot.errors import FieldProblem, InvalidError
from bot.workspaces.models import Workspace
from bot.workspaces.preflight import Identity
from bot.workspaces.service import WorkspaceConnections, store
from bot.workspaces.tokens import Vault

HOME_TOKEN = "xoxb-home-token"
KEY = Fernet.generate_key().decode()
APP_ID = "A0OPSBELL1"
SCOPES = frozenset({"chat:write", "channels:read"})
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


class KnownTokens:
    """Knows whose tokens are whose, as Slack does."""

    def __init__(self) -> None:
        self.teams: dict[str, str] = {HOME_TOKEN: "T1"}
        self.scopes = SCOPES
        self.app_id: str | None = APP_ID
        self.is_org_wide = False

    def give(self, team_id: str, number: int = 1) -> str:
        """Return a new token of a team."""
        token = f"xoxb-{team_id.lower()}-{number}"
        self.teams[token] = team_id
        return token

    async def identify(self, token: str) -> Identity:
        if token not in self.teams:
            why = "Slack does not know this token (invalid_auth)"
            raise InvalidError(why, [FieldProblem("bot_token", why)])
        team_id = self.teams[token]
        url = f"https://{team_id.lower()}.example.com/"
        return Identity(
            *(team_id, f"Team {team_id}", url, "U0BOT", self.scopes),
            app_id=self.app_id,
            is_org_wide=self.is_org_wide,
        )


def workspace(team_id: str, tenant: str, at: datetime = NOW) -> Workspace:
    """Return a workspace as it is stored."""
    return Workspace(
        id=team_id, tenant=tenant, name=team_id, url="", bot_user_id="U0BOT", seen_at=at
    )


def connect(database: Database, team_id: str, tenant: str, at: datetime = NOW) -> None:
    """Let a tenant have a workspace, the token of which nobody asks for."""
    row = workspace(team_id, tenant, at)
    database.transact(lambda session: store(session, row, None, "test"))


def make_connections(
    database: Database, clock: Clock, slack: KnownTokens, reopened: list[str], key: str | None = KEY
) -> WorkspaceConnections:
    """Return the use cases on a Slack that knows some tokens."""
    return WorkspaceConnections(
        database,
        clock,
        Vault([key]) if key else None,
        home_token=HOME_TOKEN,
        identify=slack.identify,
        reopen=reopened.append,
        app_id=APP_ID,
    )
