"""Templates that tenants have stored: versions, which are never changed."""

import asyncio
import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ParamSpec, TypeVar

from sqlalchemy import bindparam
from sqlmodel import Session, SQLModel, col, select

from bot.clock import Clock
from bot.db import Database
from bot.errors import FieldProblem, InvalidError, NotFoundError, TemplateError
from bot.messages.delivery.content import stored_context
from bot.messages.models import StoredTemplate
from bot.messages.rendering.renderer import Rendered, Renderer
from bot.messages.requests.message_request import Drawing
from bot.messages.templates.block_placement import invalid_places
from bot.messages.templates.payload_schema import SOMETHING, payload_problems, schema_problems
from bot.messages.templates.sample_payloads import samples_of
from bot.sql.statements import Statement

P = ParamSpec("P")
R = TypeVar("R")
#: What can be sent before anybody has stored a template; a tenant may store another `text`.
PLAIN = StoredTemplate(
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
MOST_SOURCES = 500


@dataclass(frozen=True)
class NewTemplate:
    """A version to be stored."""

    code: str
    body: str
    schema: dict[str, Any] | None = None
    description: str | None = None


class Templates:
    """What people do with a tenant's templates."""

    def __init__(self, database: Database, renderer: Renderer, clock: Clock) -> None:
        self._database = database
        self._renderer = renderer
        self._clock = clock
        self._drawing = asyncio.Lock()

    async def get(self, tenant: str, code: str) -> StoredTemplate:
        """Return the newest version; raise `NotFoundError`."""
        found = await self._database.read(lambda session: newest(session, tenant, code))
        if found is None:
            raise NotFoundError(f"There is no template `{code}`.")
        return found

    async def put(self, tenant: str, new: NewTemplate, *, by: str) -> tuple[StoredTemplate, bool]:
        """
        Store a version and return it with True; the same content again: the one there is, False.

        Raises `InvalidError` naming line and reason when it cannot draw a message.
        """
        await self._aside(self._require_drawable, new)

        def work(session: Session) -> tuple[StoredTemplate, bool]:
            last = newest(session, tenant, new.code)
            if last is not None and is_same(last, new):
                return last, False
            version = StoredTemplate(
                tenant=tenant,
                code=new.code,
                version=last.version + 1 if last else 1,
                body=new.body,
                payload_schema=new.schema,
                description=new.description,
                created_by=by,
                created_at=self._clock.now(),
            )
            session.add(version)
            return version, True

        return await self._database.write_unique(work)

    async def preview(
        self, tenant: str, code: str, payload: dict[str, Any], body: str | None = None
    ) -> Rendered:
        """Draw *payload* with the newest version, or with *body*; raise `InvalidError`."""
        if body is not None:
            return await self._aside(self._draw, body, payload)
        stored = await self.get(tenant, code)
        problems = payload_problems(payload, schema_text(stored))
        if problems:
            raise InvalidError("The payload does not fit the template.", problems)
        return await self._aside(self._draw, stored.body, payload)

    async def _aside(self, draw: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Draw in a thread, one at a time: a template may take its time, nobody else's."""
        async with self._drawing:
            return await asyncio.to_thread(draw, *args, **kwargs)

    def _require_drawable(self, new: NewTemplate) -> None:
        problems = schema_problems(new.schema or {})
        if problems:
            raise InvalidError("The schema cannot be used; nothing was stored.", problems)
        refusals = []
        for sample in samples_of(new.body, new.schema):
            try:
                self._draw(new.body, sample)
            except InvalidError as error:
                refusals.append(error)
            else:
                return
        raise refusals[0]

    def _draw(self, body: str, payload: dict[str, Any]) -> Rendered:
        try:
            drawn = self._renderer.render_source(body, stored_context(payload))
        except TemplateError as error:
            problem = FieldProblem("body", str(error))
            raise InvalidError(f"The template cannot be drawn: {error}.", [problem]) from error
        problems = [FieldProblem("body", one) for one in invalid_places(drawn.blocks)]
        if problems:
            raise InvalidError(f"Slack would refuse this: {problems[0].message}.", problems)
        return drawn


def is_same(last: StoredTemplate, new: NewTemplate) -> bool:
    stored = (last.body, last.payload_schema, last.description)
    return stored == (new.body, new.schema, new.description)


def schema_text(stored: StoredTemplate) -> str | None:
    """Return the schema as JSON, always the same for the same schema; None without one."""
    schema = stored.payload_schema
    return json.dumps(schema, sort_keys=True) if schema else None


class Sources:
    """The bodies of versions of templates, each read once: versions never change."""

    def __init__(self) -> None:
        self._known = {PLAIN.id: PLAIN.body}

    def of(self, session: Session, ids: Collection[str]) -> Mapping[str, str]:
        """Return the bodies of these versions by id."""
        unknown = [one for one in ids if one not in self._known]
        if unknown:
            if len(self._known) > MOST_SOURCES:
                self._known = {PLAIN.id: PLAIN.body}
                unknown = [one for one in ids if one != PLAIN.id]
            query = select(StoredTemplate.id, StoredTemplate.body)
            self._known |= dict(
                session.exec(query.where(col(StoredTemplate.id).in_(unknown))).all()
            )
        return self._known


STORED = SQLModel.metadata.tables["stored_template"]
NEWEST = Statement(
    select(STORED.c.code, STORED.c.id, STORED.c.payload_schema)
    .where(STORED.c.tenant == bindparam("of_tenant"), STORED.c.code == bindparam("called"))
    .order_by(STORED.c.version.desc())
    .limit(1)
)


def newest_drawing(session: Session, tenant: str, code: str) -> Drawing | None:
    """Return what orders need of the newest version of a tenant's template."""
    rows = NEWEST.rows(session, of_tenant=tenant, called=code)
    if not rows and code == PLAIN.code:
        rows = [PLAIN]
    return Drawing(rows[0].code, rows[0].id, schema_text(rows[0])) if rows else None


def newest(session: Session, tenant: str, code: str) -> StoredTemplate | None:
    """Return the newest version of a tenant's template; `text` is there for everybody."""
    query = (
        select(StoredTemplate)
        .where(StoredTemplate.tenant == tenant, StoredTemplate.code == code)
        .order_by(col(StoredTemplate.version).desc())
        .limit(1)
    )
    return session.exec(query).first() or (PLAIN if code == PLAIN.code else None)
