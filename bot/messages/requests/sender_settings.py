"""Senders: a tenant's named delivery settings."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from bot.clock import Clock
from bot.db import Database
from bot.errors import FieldProblem, InvalidError, NotFoundError
from bot.messages.destinations import NO_DESTINATIONS, Destinations, is_destination
from bot.messages.models import Sender
from bot.messages.requests.message_request import SenderSettings
from bot.messages.requests.workspace_resolution import workspace_of
from bot.suggestions import did_you_mean
from bot.workspaces.queries import connected_of


@dataclass(frozen=True, kw_only=True)
class NamedSender(SenderSettings):
    """A sender to store; `workspace_id` may be the name of a destination."""

    code: str


class Senders:
    """What people do with a tenant's senders."""

    def __init__(
        self, database: Database, clock: Clock, destinations: Destinations = NO_DESTINATIONS
    ) -> None:
        self._database = database
        self._clock = clock
        self._destinations = destinations

    async def get(self, tenant: str, code: str) -> Sender:
        """Return a sender; raise `NotFoundError`."""
        found = await self._database.read(lambda session: session.get(Sender, (tenant, code)))
        if found is None:
            raise NotFoundError(f"There is no sender `{code}`.")
        return found

    async def workspace(self, tenant: str, code: str) -> str:
        """Return where the sender's messages go; raise `InvalidError` if that is not clear."""

        def work(session: Session) -> str | FieldProblem:
            sender = session.get(Sender, (tenant, code))
            named = sender.workspace_id if sender else None
            if named is not None and is_destination(named):
                return named
            return workspace_of(named, connected_of(session, tenant))

        found = await self._database.read(work)
        if isinstance(found, FieldProblem):
            raise InvalidError(f"`{found.field}`: {found.message}", [found])
        return found

    async def place_of(self, tenant: str, wanted: NamedSender) -> str | None:
        """
        Return the id of its workspace or destination, None if the request decides.

        Raises `InvalidError` unless there is such a place, and it has channels.
        """
        return await self._database.read(
            lambda session: _place_of(session, self._destinations, tenant, wanted)
        )

    async def put(self, tenant: str, wanted: NamedSender, *, by: str) -> tuple[Sender, bool]:
        """Make or replace a sender; return it, and whether it is new; raise `InvalidError`."""
        require_own_channel(wanted)

        def work(session: Session) -> tuple[Sender, bool]:
            place = _place_of(session, self._destinations, tenant, wanted)
            known = session.get(Sender, (tenant, wanted.code), with_for_update=True)
            placed = replace(wanted, workspace_id=place)
            sender = write_sender(session, tenant, known, placed, by, self._clock.now())
            return sender, known is None

        return await self._database.write_unique(work)


def require_own_channel(wanted: NamedSender) -> None:
    """Raise `InvalidError` if a sender could not write to its own channel."""
    if wanted.channel and wanted.channel not in (wanted.allowed_channels or [wanted.channel]):
        fix = "its own `channel` is not among them: add it, or leave `channel` out"
        problem = FieldProblem("allowedChannels", fix)
        raise InvalidError("The sender could not write to its own channel.", [problem])


def write_sender(
    session: Session,
    tenant: str,
    known: Sender | None,
    wanted: NamedSender,
    by: str,
    now: datetime,
) -> Sender:
    """Make the sender, or *known*, as is *wanted*, whose `workspace_id` is an id."""
    sender = known or Sender(tenant=tenant, code=wanted.code, created_by=by, updated_at=now)
    for name in NamedSender.__dataclass_fields__:
        setattr(sender, name, getattr(wanted, name))
    sender.updated_at = now
    session.add(sender)
    return sender


def _place_of(
    session: Session, destinations: Destinations, tenant: str, wanted: NamedSender
) -> str | None:
    """Return the id of the workspace or destination that is meant; raise `InvalidError`."""
    name = wanted.workspace_id
    if name is None:
        return None
    if name in connected_of(session, tenant):
        return name
    destination = destinations.find(tenant, name)
    if destination is None:
        known = did_you_mean(name, destinations.names(tenant))
        fix = f"name a workspace of yours by its id (T…) or a destination of opsbell.toml{known}"
        raise InvalidError(
            f"There is no workspace or destination `{name}`.", [FieldProblem("workspace", fix)]
        )
    if wanted.channel or wanted.allowed_channels:
        field = "channel" if wanted.channel else "allowedChannels"
        fix = "leave it out: a destination is one place"
        raise InvalidError("A destination has no channels.", [FieldProblem(field, fix)])
    return destination.id
