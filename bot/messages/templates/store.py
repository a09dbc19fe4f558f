"""Stored templates of tenants. A version never changes."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import Session, SQLModel, col, select

from bot.clock import Clock
from bot.db import Database
from bot.errors import InvalidError, NotFoundError
from bot.messages.models import StoredTemplate
from bot.messages.rendering.renderer import Rendered
from bot.messages.templates.isolation import Isolation
from bot.messages.templates.schema_keywords import SOMETHING
from bot.sql.statements import Statement

#: What can be sent before anybody has stored a template; a tenant may store another `text`.
_PLAIN = StoredTemplate(
    id="tpl_text",
    tenant="",
    code="text",
    version=0,
    body='{"text": "{{ text }}", '
    '"blocks": [{"type": "section", "text": {"type": "plain_text", "text": "{{ text }}"}}]}',
    payload_schema={
        "type": "object",
        "required": ["text"],
        "properties": {"text": {"type": "string", "minLength": 1, "pattern": SOMETHING}},
    },
    description="A text as it is.",
    created_by="Opsbell",
    created_at=datetime(2026, 1, 1, tzinfo=UTC),
)

#: How many bodies a lane remembers.
_MAX_SOURCES = 500


@dataclass(frozen=True)
class NewTemplate:
    """A version to be stored."""

    code: str
    body: str
    schema: dict[str, Any] | None = None
    description: str | None = None


@dataclass(frozen=True)
class TemplateVersion:
    """The version of a template that a request uses; `schema` is JSON."""

    name: str
    id: str
    schema: str | None = None
    is_ours: bool = False  # no tenant wrote it


class Templates:
    """What people do with a tenant's templates."""

    def __init__(self, database: Database, isolation: Isolation, clock: Clock) -> None:
        self._database = database
        self._isolation = isolation
        self._clock = clock

    async def get(self, tenant: str, code: str) -> StoredTemplate:
        """Return the newest version; raise `NotFoundError`."""
        found = await self._database.read(lambda session: newest(session, tenant, code))
        if found is None:
            raise NotFoundError(f"There is no template `{code}`.")
        return found

    async def put(self, tenant: str, new: NewTemplate, *, by: str) -> tuple[StoredTemplate, bool]:
        """
        Store a version and return it with True; the same content again: the one there is, False.

        Raises `InvalidError` naming line and reason when it cannot render a message.
        """
        await self._isolation.require_storable(tenant, new.body, new.schema)

        def work(session: Session) -> tuple[StoredTemplate, bool]:
            last = newest(session, tenant, new.code)
            if last is not None and _is_same(last, new):
                return last, False
            return add_version(session, tenant, last, new, by, self._clock.now()), True

        return await self._database.write_unique(work)

    async def preview(
        self, tenant: str, code: str, payload: dict[str, Any], body: str | None = None
    ) -> Rendered:
        """Render *payload* with the newest version, or with *body*; raise `InvalidError`."""
        if body is None:
            stored = await self.get(tenant, code)
            await self._require_fitting(tenant, stored, payload)
            body = stored.body
        return await self._isolation.preview(tenant, body, payload)

    async def _require_fitting(
        self, tenant: str, stored: StoredTemplate, payload: dict[str, Any]
    ) -> None:
        schema = _schema_text(stored)
        if schema is None:
            return
        (problems,) = await self._isolation.payload_problems(tenant, schema, [payload])
        if problems:
            raise InvalidError("The payload does not fit the template.", problems)


def add_version(
    session: Session,
    tenant: str,
    last: StoredTemplate | None,
    new: NewTemplate,
    by: str,
    now: datetime,
) -> StoredTemplate:
    """Store the version after *last*, the newest one; it is known to be storable."""
    version = StoredTemplate(
        tenant=tenant,
        code=new.code,
        version=last.version + 1 if last else 1,
        body=new.body,
        payload_schema=new.schema,
        description=new.description,
        created_by=by,
        created_at=now,
    )
    session.add(version)
    return version


def _is_same(last: StoredTemplate, new: NewTemplate) -> bool:
    stored = (last.body, last.payload_schema, last.description)
    return stored == (new.body, new.schema, new.description)


def _schema_text(stored: StoredTemplate) -> str | None:
    """Return the schema as JSON, always the same for the same schema; None without one."""
    schema = stored.payload_schema
    return json.dumps(schema, sort_keys=True) if schema else None


class TemplateSources:
    """The bodies of versions of templates, each read once: versions never change."""

    def __init__(self) -> None:
        self._known = {_PLAIN.id: _PLAIN.body}

    def of(self, session: Session, ids: Collection[str]) -> Mapping[str, str]:
        """Return the bodies of these versions by id."""
        unknown = [one for one in ids if one not in self._known]
        if unknown:
            if len(self._known) > _MAX_SOURCES:
                self._known = {_PLAIN.id: _PLAIN.body}
                unknown = [one for one in ids if one != _PLAIN.id]
            query = select(StoredTemplate.id, StoredTemplate.body)
            self._known |= dict(
                session.exec(query.where(col(StoredTemplate.id).in_(unknown))).all()
            )
        return self._known


_STORED = SQLModel.metadata.tables["stored_template"]
_NEWEST = Statement(
    select(_STORED.c.code, _STORED.c.id, _STORED.c.payload_schema)
    .where(_STORED.c.tenant == bindparam("of_tenant"), _STORED.c.code == bindparam("called"))
    .order_by(_STORED.c.version.desc())
    .limit(1)
)


def newest_version(session: Session, tenant: str, code: str) -> TemplateVersion | None:
    """Return what requests need of the newest version of a tenant's template."""
    rows = _NEWEST.rows(session, of_tenant=tenant, called=code)
    if not rows and code == _PLAIN.code:
        rows = [_PLAIN]
    if not rows:
        return None
    row = rows[0]
    return TemplateVersion(row.code, row.id, _schema_text(row), is_ours=row.id == _PLAIN.id)


def newest(session: Session, tenant: str, code: str) -> StoredTemplate | None:
    """Return the newest version of a tenant's template; `text` is there for everybody."""
    query = (
        select(StoredTemplate)
        .where(StoredTemplate.tenant == tenant, StoredTemplate.code == code)
        .order_by(col(StoredTemplate.version).desc())
        .limit(1)
    )
    return session.exec(query).first() or (_PLAIN if code == _PLAIN.code else None)
