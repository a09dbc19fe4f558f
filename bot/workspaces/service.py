"""Workspaces other than that of SLACK_BOT_TOKEN: connect, replace the token, show, disconnect."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlmodel import Session

from bot.clock import Clock
from bot.db import Database, insert_absent, upsert
from bot.errors import (
    FieldProblem,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    NoTransportError,
    UnavailableError,
    UserError,
)
from bot.workspaces.models import Workspace, WorkspaceToken
from bot.workspaces.preflight import ORG_WIDE, Identity
from bot.workspaces.queries import find_connected, find_open
from bot.workspaces.scopes import NEEDED_SCOPES, USEFUL_SCOPES
from bot.workspaces.tokens import Vault

logger = structlog.get_logger(__name__)

#: Without this one nothing can be delivered.
_MUST_HAVE = frozenset({"chat:write"})
_ONE_APP = "install that one there"
_NO_KEY = "Tokens cannot be kept: set TOKEN_ENCRYPTION_KEY and restart."


@dataclass(frozen=True)
class Connection:
    """A workspace that was connected, and what Slack said of its token."""

    workspace: Workspace
    scopes: frozenset[str]
    is_new: bool

    @property
    def missing(self) -> list[str]:
        """The scopes that are missing; none if Slack does not list those that were granted."""
        return missing_scopes(self.scopes)


class WorkspaceConnections:
    """
    The use cases. Tokens leave this class only through `token_of`.

    *identify* asks Slack whose token it is; *reopen* restarts a workspace's lane. *app_id* is the
    app of SLACK_BOT_TOKEN, whose socket hears all workspaces; None if it is not known.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        vault: Vault | None,
        *,
        home_token: str | None,
        identify: Callable[[str], Awaitable[Identity]],
        reopen: Callable[[str], None],
        app_id: str | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._vault = vault
        self._home_token = home_token
        self._identify = identify
        self._reopen = reopen
        self._app_id = app_id

    async def connect(
        self, tenant: str, team_id: str, token: str, *, name: str | None, by: str
    ) -> Connection:
        """
        Connect a workspace, or replace its token.

        Raises `InvalidError` for a token that Slack refuses, that is another team's or app's or
        that cannot post, and `ForbiddenError` for a team that is not the tenant's to connect.
        """
        vault = self.require_vault()
        identity = await self._identify(token)
        self._require_usable(identity, team_id)
        _require_scopes(identity)
        workspace = Workspace(
            id=team_id,
            tenant=tenant,
            name=name or identity.workspace_name,
            url=identity.workspace_url,
            bot_user_id=identity.bot_user_id,
            seen_at=self._clock.now(),
            enterprise_id=identity.enterprise_id,
            scopes=" ".join(sorted(identity.scopes)),
        )
        sealed = vault.seal(token)
        is_new = await self._database.write(lambda session: store(session, workspace, sealed, by))
        self._reopen(team_id)
        return Connection(workspace, identity.scopes, is_new)

    def require_vault(self) -> Vault:
        """Return what encrypts tokens; raise `UnavailableError` without a key."""
        if self._vault is None:
            raise UnavailableError(_NO_KEY)
        return self._vault

    async def look(self, tenant: str, team_id: str) -> Connection:
        """Ask Slack about a workspace's token; raise as `connect` does, or `NotFoundError`."""
        found = await self._database.read(lambda session: find_connected(session, tenant, team_id))
        if found is None:
            raise _unknown_workspace(team_id)
        workspace, kept = found
        try:
            token = self._token(kept)
        except NoTransportError as error:
            raise InvalidError(f"The token cannot be used: {error}. Send it again.") from error
        identity = await self._identify(token)
        self._require_usable(identity, team_id)
        return Connection(workspace, identity.scopes, is_new=False)

    async def disconnect(self, tenant: str, team_id: str) -> None:
        """Delete a workspace's token; its messages wait. Raises `NotFoundError`."""

        def work(session: Session) -> None:
            found = find_connected(session, tenant, team_id)
            if found is None:
                raise _unknown_workspace(team_id)
            if found[1].sealed is None:
                raise ForbiddenError("This workspace's token is SLACK_BOT_TOKEN: change it there.")
            session.delete(found[1])
            found[0].gone_because = None

        await self._database.write(work)
        self._reopen(team_id)

    async def lose(self, team_id: str, because: str, at: datetime) -> bool:
        """
        Delete the token of a workspace that Slack says is not ours since *at*; its messages wait.

        Return False if nothing was deleted: the token is SLACK_BOT_TOKEN, which its lane finds out
        about, or it was sent after *at*, so the app was installed again.
        """

        def work(session: Session) -> bool:
            found = find_open(session, team_id)
            if found is None or found[1].sealed is None or found[1].set_at > at:
                return False
            session.delete(found[1])
            found[0].gone_because = because
            return True

        is_lost = await self._database.write(work)
        if is_lost:
            logger.warning("workspace_lost", workspace=team_id, because=because)
            self._reopen(team_id)
        return is_lost

    async def open_workspace(self, team_id: str) -> tuple[Workspace, str] | None:
        """Return a connected workspace with its token; None for any that cannot be used."""
        found = await self._database.read(lambda session: find_open(session, team_id))
        try:
            return (found[0], self._token(found[1])) if found else None
        except NoTransportError:
            return None

    async def token_of(self, team_id: str) -> str:
        """Return the token that a lane uses; raise `NoTransportError` with the reason."""

        def look(session: Session) -> tuple[Workspace | None, WorkspaceToken | None]:
            return session.get(Workspace, team_id), session.get(WorkspaceToken, team_id)

        workspace, kept = await self._database.read(look)
        if kept is None:
            why = workspace.gone_because if workspace else None
            raise NoTransportError(why or "no_token")
        return self._token(kept)

    def _require_usable(self, identity: Identity, team_id: str) -> None:
        """Raise `InvalidError` for a token of another team, of several, or of another app."""
        if identity.is_org_wide:
            raise _token_refusal("bot_token", ORG_WIDE)
        if identity.workspace_id != team_id:
            raise _token_refusal("team_id", "is not the team of this token")
        if None not in (self._app_id, identity.app_id) and identity.app_id != self._app_id:
            # Its buttons and commands would go to the other app.
            raise _token_refusal(
                "bot_token", f"belongs to another app than {self._app_id}: {_ONE_APP}"
            )

    def _token(self, kept: WorkspaceToken) -> str:
        if kept.sealed is None:
            if self._home_token is None:
                raise NoTransportError("no_token")
            return self._home_token
        if self._vault is None:
            raise NoTransportError("token_encryption_key_is_missing")
        return self._vault.unseal(kept.sealed)


def store(session: Session, workspace: Workspace, sealed: str | None, by: str) -> bool:
    """
    Keep a workspace and its token; return whether it was not connected before.

    *sealed* is None for the workspace of SLACK_BOT_TOKEN. Raises `ForbiddenError` if the team is
    another tenant's, or if its token is in the environment; which one is not told.
    """
    insert_absent(session, workspace)
    known = session.get_one(Workspace, workspace.id, with_for_update=True)
    kept = session.get(WorkspaceToken, workspace.id)
    if known.tenant != workspace.tenant or (sealed and kept and kept.sealed is None):
        raise ForbiddenError("This workspace cannot be connected here: ask who runs Opsbell.")
    upsert(session, workspace)
    at = workspace.seen_at
    upsert(
        session,
        WorkspaceToken(
            workspace_id=workspace.id,
            sealed=sealed,
            set_by=by,
            set_at=at,
            connected_at=kept.connected_at if kept else at,
        ),
    )
    return kept is None


def missing_scopes(granted: frozenset[str]) -> list[str]:
    """Return which of the manifest's scopes were not granted; none if *granted* is unknown."""
    return sorted({*NEEDED_SCOPES, *USEFUL_SCOPES} - granted) if granted else []


def _require_scopes(identity: Identity) -> None:
    if identity.scopes and not identity.scopes >= _MUST_HAVE:
        missing = ", ".join(sorted(_MUST_HAVE))
        raise _token_refusal("bot_token", f"lacks {missing}: add it and install again")


def _token_refusal(field: str, fix: str) -> InvalidError:
    return InvalidError(f"Nothing was stored: `{field}` {fix}.", [FieldProblem(field, fix)])


def _unknown_workspace(team_id: str) -> UserError:
    return NotFoundError(f"There is no workspace `{team_id}`.")
