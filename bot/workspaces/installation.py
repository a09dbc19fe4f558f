"""
Installing by OAuth: an invitation names the tenant, a browser carries it to Slack and back.

The invitation is a secret link for one installation within an hour. The browser keeps it in a
cookie together with a nonce; what Slack gives back as `state` is the hash of that cookie, so an
answer from Slack is taken only in the browser that asked for it, and for ten minutes.
"""

import hashlib
import hmac
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Field, Session, SQLModel, col, delete

from bot.clock import Clock
from bot.db import Database
from bot.errors import InvalidError, UnavailableError, UserError
from bot.workspaces.oauth import Grant, OAuthApp
from bot.workspaces.service import Connection, WorkspaceConnections

INVITED_FOR = timedelta(hours=1)
STATE_VALID_FOR = timedelta(minutes=10)
_SECRET_BYTES = 32
_NO_APP = "Workspaces cannot install the app: set SLACK_CLIENT_ID and SLACK_CLIENT_SECRET, restart."
_NO_INVITATION = (
    "This link is not valid: it was used, is older than an hour, or is incomplete. "
    "Ask whoever runs Opsbell for a new one."
)
_OTHER_BROWSER = (
    "This answer of Slack's does not belong to this browser, or took longer than ten minutes: "
    "open the link that you were given again."
)


class Invitation(SQLModel, table=True):
    """That somebody may connect one workspace to a tenant; the secret itself is not stored."""

    secret_hash: str = Field(primary_key=True)
    tenant: str
    invited_by: str
    expires_at: datetime = Field(index=True)


@dataclass(frozen=True)
class Departure:
    """Where a browser is sent, and the cookie with which it comes back."""

    url: str
    cookie: str


class Installations:
    """The use cases; *app* is None while no client id and secret are set."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        connections: WorkspaceConnections,
        app: Callable[[], OAuthApp | None],
        exchange: Callable[[OAuthApp, str], Awaitable[Grant]],
    ) -> None:
        self._database = database
        self._clock = clock
        self._connections = connections
        self._app = app
        self._exchange = exchange

    async def invite(self, tenant: str, *, by: str) -> tuple[str, datetime]:
        """
        Return the secret link of a new invitation, and when it expires.

        Raises `UnavailableError` if the installation would fail for want of a setting.
        """
        app = self._require_app()
        self._connections.require_vault()
        secret, now = secrets.token_urlsafe(_SECRET_BYTES), self._clock.now()
        expires_at = now + INVITED_FOR

        def work(session: Session) -> None:
            session.exec(delete(Invitation).where(col(Invitation.expires_at) <= now))
            session.add(
                Invitation(
                    secret_hash=_hashed(secret), tenant=tenant, invited_by=by, expires_at=expires_at
                )
            )

        await self._database.write(work)
        return app.install_url(secret), expires_at

    async def begin(self, secret: str) -> Departure:
        """Return the way to Slack; raise `InvalidError` for an invitation that is not valid."""
        app, now = self._require_app(), self._clock.now()
        invitation = await self._database.read(
            lambda session: session.get(Invitation, _hashed(secret))
        )
        if invitation is None or invitation.expires_at <= now:
            raise InvalidError(_NO_INVITATION)
        cookie = f"{int(now.timestamp())}.{secrets.token_hex(_SECRET_BYTES)}.{secret}"
        return Departure(app.authorize_url(_hashed(cookie)), cookie)

    async def finish(self, code: str, state: str, cookie: str) -> Connection:
        """
        Exchange the code and connect the workspace for the tenant of the invitation.

        Raises `InvalidError` and `ForbiddenError` with what to do; the invitation stays valid then.
        """
        app = self._require_app()
        invitation = await self._take(self._secret_in(cookie, state))
        try:
            grant = await self._exchange(app, code)
            return await self._connections.connect(
                invitation.tenant,
                grant.team_id,
                grant.token.get_secret_value(),
                name=grant.team_name,
                by=f"{grant.installed_by} (invited by {invitation.invited_by})",
            )
        except UserError:
            await self._database.write(lambda session: session.add(invitation))
            raise

    def _secret_in(self, cookie: str, state: str) -> str:
        """Return the invitation's secret; raise `InvalidError` if another browser asked for it."""
        at, _, rest = cookie.partition(".")
        age = self._clock.now().timestamp() - int(at) if at.isdecimal() and len(at) < 12 else -1
        is_ours = hmac.compare_digest(_hashed(cookie).encode(), state.encode(errors="replace"))
        if not is_ours or not 0 <= age <= STATE_VALID_FOR.total_seconds():
            raise InvalidError(_OTHER_BROWSER)
        return rest.partition(".")[2]

    async def _take(self, secret: str) -> Invitation:
        """Use an invitation up: of two simultaneous answers of Slack's one connects."""
        now = self._clock.now()

        def work(session: Session) -> Invitation | None:
            found = session.get(Invitation, _hashed(secret))
            if found is None or found.expires_at <= now:
                return None
            taken = Invitation(**found.model_dump())
            session.expunge(found)
            gone = delete(Invitation).where(col(Invitation.secret_hash) == taken.secret_hash)
            return taken if session.exec(gone).rowcount else None

        invitation = await self._database.write(work)
        if invitation is None:
            raise InvalidError(_NO_INVITATION)
        return invitation

    def _require_app(self) -> OAuthApp:
        app = self._app()
        if app is None:
            raise UnavailableError(_NO_APP)
        return app


def _hashed(secret: str) -> str:
    # Bytes of a header that are no UTF-8 arrive as surrogates, which cannot be encoded strictly.
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()
