"""Compares a folder with the database, says which messages would change, and stores it."""

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from sqlmodel import Session, col, select

from bot.as_code.folder import CodeFolder
from bot.db import Database
from bot.errors import NotFoundError, TemplateError, UnavailableError, WorkerStoppedError
from bot.messages.models import Message, Sender
from bot.messages.rendering.sandbox import stored_context
from bot.messages.requests.sender_settings import NamedSender, Senders
from bot.messages.templates.isolation import Isolation
from bot.messages.templates.store import NewTemplate, Templates

_AUTHOR = "apply"
#: So many of the newest messages are looked through for those of a template, and so many drawn.
_MAX_LOOKED_THROUGH = 20_000
_MAX_DRAWN = 20


class Action(StrEnum):
    """What applying the folder does."""

    CREATE = "create"
    CHANGE = "change"
    NONE = "same"


@dataclass(frozen=True)
class Change:
    """One template or sender; `lines` say what differs, and which messages would look different."""

    action: Action
    kind: str
    code: str
    lines: Sequence[str] = field(default_factory=tuple)


class FolderPlan:
    """What a folder would change for one tenant."""

    def __init__(
        self,
        database: Database,
        templates: Templates,
        senders: Senders,
        isolation: Isolation,
        tenant: str,
    ) -> None:
        self._database = database
        self._templates = templates
        self._senders = senders
        self._isolation = isolation
        self._tenant = tenant

    async def changes(self, folder: CodeFolder) -> list[Change]:
        """Return what would change; raise `InvalidError` for what could not be stored."""
        return [
            *[await self._template_change(one) for one in folder.templates],
            *[await self._sender_change(one) for one in folder.senders],
        ]

    async def apply(self, folder: CodeFolder) -> None:
        """Store what differs; repeating it changes nothing."""
        for new in folder.templates:
            last = await self._last(new.code)
            kept = replace(new, description=last.description if last else None)
            await self._templates.put(self._tenant, kept, by=_AUTHOR)
        for wanted in folder.senders:
            await self._senders.put(self._tenant, wanted, by=_AUTHOR)

    async def _last(self, code: str) -> Any:
        try:
            return await self._templates.get(self._tenant, code)
        except NotFoundError:
            return None

    async def _template_change(self, new: NewTemplate) -> Change:
        await self._isolation.require_storable(self._tenant, new.body, new.schema)
        last = await self._last(new.code)
        if last is None:
            return Change(Action.CREATE, "template", new.code, ("version 1",))
        if (last.body, last.payload_schema) == (new.body, new.schema):
            return Change(Action.NONE, "template", new.code)
        lines = [f"version {last.version} → {last.version + 1}"]
        if last.payload_schema != new.schema:
            lines.append("the schema of its payload changes")
        if last.body != new.body:
            lines += await self._affected(new, last.body)
        return Change(Action.CHANGE, "template", new.code, tuple(lines))

    async def _affected(self, new: NewTemplate, old_body: str) -> list[str]:
        """Return how many of the newest messages would look different, and how the first does."""
        contexts = await self._database.read(
            lambda session: _contexts_of(session, self._tenant, new.code)
        )
        drawn = [
            (await self._drawn(old_body, context), await self._drawn(new.body, context))
            for context in contexts
        ]
        different = [(before, after) for before, after in drawn if before != after]
        lines = [f"{len(different)} of the newest {len(drawn)} messages would look different"]
        if different:
            lines += _text_difference(*different[0])
        return lines

    async def _drawn(self, body: str, context: dict[str, Any]) -> str:
        try:
            rendered = await self._isolation.render(self._tenant, body, stored_context(context))
        except (TemplateError, WorkerStoppedError, UnavailableError) as error:
            return f"cannot be drawn: {error}"
        return f"{rendered.text}\n{rendered.blocks}" if rendered.blocks else rendered.text

    async def _sender_change(self, wanted: NamedSender) -> Change:
        await self._senders.require_place(self._tenant, wanted)
        try:
            known = await self._senders.get(self._tenant, wanted.code)
        except NotFoundError:
            return Change(Action.CREATE, "sender", wanted.code)
        lines = tuple(_sender_difference(known, wanted))
        return Change(Action.CHANGE if lines else Action.NONE, "sender", wanted.code, lines)


def _contexts_of(session: Session, tenant: str, code: str) -> list[dict[str, Any]]:
    newest = (
        select(Message.id)
        .order_by(col(Message.created_at).desc(), col(Message.id).desc())
        .limit(_MAX_LOOKED_THROUGH)
    )
    query = (
        select(Message)
        .where(
            col(Message.id).in_(newest),
            Message.tenant == tenant,
            Message.template == code,
            col(Message.template_id).is_not(None),
        )
        .order_by(col(Message.created_at).desc())
        .limit(_MAX_DRAWN)
    )
    return [{**one.context, "revision": one.revision} for one in session.exec(query)]


def _text_difference(before: str, after: str) -> Iterator[str]:
    for line in difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm=""):
        if not line.startswith(("---", "+++", "@@")):
            yield line[:300]


def _sender_difference(known: Sender, wanted: NamedSender) -> Iterator[str]:
    for name in NamedSender.__dataclass_fields__:
        before, after = getattr(known, name), getattr(wanted, name)
        if before != after:
            yield f"{name}: {before} → {after}"
