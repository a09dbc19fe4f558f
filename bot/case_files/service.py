"""Case files over HTTP and in Slack; `python -m bot bundle` writes them on the bot's machine."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from sqlmodel import Session

from bot.case_files.archive import Draw, build_archive
from bot.case_files.evidence import collect
from bot.clock import Clock
from bot.db import Database
from bot.errors import ConflictError
from bot.messages import outbox
from bot.messages.delivery.content import FILE
from bot.messages.models import Rank
from bot.messages.transports.base import File
from bot.settings import Settings
from bot.tasks.creation import Owner
from bot.workspaces.models import DEFAULT_TENANT

#: A larger file would weigh on the database that the messages are kept in.
_MAX_SENT_BYTES = 4_000_000
_SENT = "case_files/sent"


@dataclass(frozen=True)
class CaseFile:
    """The zip; `kind` is `task`, `alert` or `message`, `key` the id by which it was asked for."""

    kind: str
    key: str
    content: bytes


class CaseFiles:
    """Builds the case files of a tenant, one at a time: each is a lot of work."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        settings: Settings,
        draw: Draw,
        wake: Callable[[str], None],
        version: str,
    ) -> None:
        self._database = database
        self._clock = clock
        self._settings = settings
        self._draw = draw
        self._wake = wake
        self._version = version
        self._turn = asyncio.Semaphore()

    async def build(self, tenant: str, key: str) -> CaseFile:
        """
        Return the case file of a task, an alert or a message of *tenant*.

        Raises `NotFoundError`, or `ConflictError` if the id is that of several tasks. The settings
        are in it for the tenant that they belong to.
        """
        async with self._turn:
            evidence = await self._database.read(lambda session: collect(session, key, tenant))
            settings = self._settings if tenant == DEFAULT_TENANT else None
            now = self._clock.now()
            content = await build_archive(evidence, settings, self._draw, now, self._version)
        return CaseFile(evidence.kind, evidence.key, content)

    async def send(self, owner: Owner, key: str, user_id: str) -> None:
        """
        Send the case file to a person in a direct message; the zip is in its thread.

        Raises what `build` raises, and `ConflictError` for one that is too large for a message.
        """
        case = await self.build(owner.tenant, key)
        if len(case.content) > _MAX_SENT_BYTES:
            raise ConflictError(
                "This case file is too large for a message; on the bot's machine "
                f"`python -m bot bundle {case.key}` writes it."
            )
        place = outbox.Place(owner.workspace_id, owner.tenant, user_id)
        content = outbox.Content(_SENT, {"kind": case.kind, "key": case.key})
        file = File.of_bytes(file_name(case), case.content)
        now = self._clock.now()

        def work(session: Session) -> None:
            parent = outbox.put(
                session, place, content, now=now, rank=Rank.URGENT, requested_by=user_id
            )
            session.flush()
            outbox.reply(
                session, parent, outbox.Content(FILE, file.as_context()), now=now, rank=Rank.URGENT
            )

        await self._database.write(work)
        self._wake(owner.workspace_id)


def file_name(case: CaseFile) -> str:
    """Return `case-t_1.zip`: what of the id is harmless in a header and a file system."""
    plain = "".join(
        one if (one.isascii() and one.isalnum()) or one in "._-" else "-" for one in case.key
    )
    return f"case-{plain[:80]}.zip"
