"""Queries for the workspaces of a tenant. One without a token is not connected."""

from sqlalchemy import bindparam, func, select
from sqlmodel import Session, col

from bot.sql.statements import Statement
from bot.workspaces.models import Workspace, WorkspaceToken

_CONNECTED = Statement(
    select(col(Workspace.id))
    .join(WorkspaceToken, col(WorkspaceToken.workspace_id) == col(Workspace.id))
    .where(col(Workspace.tenant) == bindparam("of_tenant"))
    .order_by(col(WorkspaceToken.connected_at), col(Workspace.id))
)


def connected_of(session: Session, tenant: str) -> list[str]:
    """Return the tenant's connected workspaces, the one it connected first in front."""
    return [row.id for row in _CONNECTED.rows(session, of_tenant=tenant)]


def tenants_of(session: Session) -> list[str]:
    """Return every tenant that has a workspace here, or had one."""
    return sorted(session.execute(select(col(Workspace.tenant)).distinct()).scalars())


def find_connected(
    session: Session, tenant: str, workspace_id: str
) -> tuple[Workspace, WorkspaceToken] | None:
    """Return a workspace of the tenant's with its token; None for any other."""
    workspace = session.get(Workspace, workspace_id)
    token = session.get(WorkspaceToken, workspace_id)
    if workspace is None or token is None or workspace.tenant != tenant:
        return None
    return workspace, token


def find_open(session: Session, workspace_id: str) -> tuple[Workspace, WorkspaceToken] | None:
    """Return a connected workspace, whoever's it is, with its token."""
    workspace = session.get(Workspace, workspace_id)
    token = session.get(WorkspaceToken, workspace_id)
    return (workspace, token) if workspace is not None and token is not None else None


def connected_of_enterprise(session: Session, enterprise_id: str) -> list[str]:
    """Return an organisation's connected workspaces, the one connected first in front."""
    query = (
        select(col(Workspace.id))
        .join(WorkspaceToken, col(WorkspaceToken.workspace_id) == col(Workspace.id))
        .where(col(Workspace.enterprise_id) == enterprise_id)
        .order_by(col(WorkspaceToken.connected_at), col(Workspace.id))
    )
    return list(session.execute(query).scalars())


def count_workspaces(session: Session) -> int:
    """Return how many workspaces are connected, or were."""
    return int(session.execute(select(func.count()).select_from(Workspace)).scalar_one())
