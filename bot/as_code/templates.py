"""Compares the templates of a folder with the database."""

from dataclasses import replace

from sqlmodel import Session

from bot.as_code.change import AUTHOR, Action, Change
from bot.as_code.origin import Origin
from bot.as_code.template_messages import TemplateMessages
from bot.db import Database
from bot.errors import ConflictError
from bot.messages.models import StoredTemplate
from bot.messages.templates.isolation import Isolation
from bot.messages.templates.store import NewTemplate, add_version, newest

TEMPLATE_FILE = "template"


class TemplatePlan:
    """What the templates of a folder would change for one tenant."""

    def __init__(self, database: Database, isolation: Isolation, origin: Origin) -> None:
        self._database = database
        self._isolation = isolation
        self._origin = origin
        self._messages = TemplateMessages(database, isolation, origin.tenant)

    async def change(self, wanted: NewTemplate) -> Change:
        """Return what would change; raise `InvalidError` for what could not be stored."""
        tenant = self._origin.tenant
        sample = await self._isolation.require_storable(tenant, wanted.body, wanted.schema)
        last = await self._database.read(lambda session: newest(session, tenant, wanted.code))
        new = replace(wanted, description=last.description if last else None)
        if last is None:
            lines = ["version 1", *await self._messages.sample(new, sample)]
            return self._planned(Action.CREATE, new, None, lines=lines, brief="new")
        if (last.body, last.payload_schema) == (new.body, new.schema):
            return self._planned(Action.NONE, new, last)
        lines = [f"version {last.version} → {last.version + 1}"]
        state, by = str(last.version), f"by {last.created_by} at {last.created_at:%Y-%m-%d %H:%M}"
        lines += self._origin.notes((TEMPLATE_FILE, new.code), new.code, state, by)
        if last.payload_schema != new.schema:
            lines.append("the schema of its payload changes")
        found = await self._messages.compare(last, new, sample)
        return self._planned(
            Action.CHANGE,
            new,
            last,
            lines=[*lines, *found.lines],
            warnings=found.warnings,
            brief=f"{found.different} of {found.looked_at} messages look different"
            if found.looked_at
            else "no messages yet",
            effects={"looked_at": found.looked_at, "different": found.different},
        )

    def _planned(
        self, action: Action, new: NewTemplate, last: StoredTemplate | None, **more: object
    ) -> Change:
        origin = self._origin

        def store(session: Session) -> None:
            known = newest(session, origin.tenant, new.code)
            if (known.id if known else None) != (last.id if last else None):
                raise ConflictError(f"The template `{new.code}` was changed meanwhile.")
            if action is not Action.NONE:
                known = add_version(session, origin.tenant, last, new, AUTHOR, origin.now)
            state = str(known.version) if known else ""
            origin.remember(session, (TEMPLATE_FILE, new.code), new.code, state)

        return Change(action, TEMPLATE_FILE, new.code, store=store, **more)  # type: ignore[arg-type]
