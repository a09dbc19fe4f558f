"""Senders: a tenant's named delivery settings."""

from dataclasses import dataclass

from sqlmodel import Session

from bot.clock import Clock
from bot.db import Database
from bot.errors import FieldProblem, InvalidError, NotFoundError
from bot.messages.models import Ambiguous, Sender
from bot.messages.policy import DEFAULT_QUEUE
from bot.workspaces.models import Workspace


@dataclass(frozen=True)
class SenderSettings:
    """What a sender is to be."""

    code: str
    workspace_id: str | None = None
    channel: str | None = None
    queue: str = DEFAULT_QUEUE
    priority: int | None = None
    max_attempts: int | None = None
    allowed_channels: list[str] | None = None
    ambiguous: Ambiguous = Ambiguous.RESEND


class Senders:
    """What people do with a tenant's senders."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def get(self, tenant: str, code: str) -> Sender:
        """Return a sender; raise `NotFoundError`."""
        found = await self._database.read(lambda session: session.get(Sender, (tenant, code)))
        if found is None:
            raise NotFoundError(f"There is no sender `{code}`.")
        return found

    async def put(self, tenant: str, wanted: SenderSettings, *, by: str) -> tuple[Sender, bool]:
        """Make or replace a sender; return it, and whether it is new."""

        def work(session: Session) -> tuple[Sender, bool]:
            require_workspace(session, tenant, wanted.workspace_id)
            known = session.get(Sender, (tenant, wanted.code), with_for_update=True)
            sender = known or Sender(
                tenant=tenant, code=wanted.code, created_by=by, updated_at=self._clock.now()
            )
            for name in SenderSettings.__dataclass_fields__:
                setattr(sender, name, getattr(wanted, name))
            sender.updated_at = self._clock.now()
            session.add(sender)
            return sender, known is None

        return await self._database.write(work)


def require_workspace(session: Session, tenant: str, workspace_id: str | None) -> None:
    if workspace_id is None:
        return
    workspace = session.get(Workspace, workspace_id)
    if workspace is None or workspace.tenant != tenant:
        fix = "name a workspace of yours by its id (T…)"
        raise InvalidError("There is no such workspace.", [FieldProblem("workspace", fix)])
