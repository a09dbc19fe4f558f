"""Templates and senders: what a tenant's messages look like and how they are delivered."""

import json
from dataclasses import replace
from functools import partial
from typing import Any

from pydantic import TypeAdapter, ValidationError

from bot.errors import FieldProblem, InvalidError
from bot.http.channel_lookup import resolve_recipient
from bot.http.route_types import Call, Response
from bot.http.schemas.message_fields import Code
from bot.http.schemas.templates import (
    Preview,
    PreviewTemplate,
    PutSender,
    PutTemplate,
    ShownSender,
    ShownTemplate,
)
from bot.messages.models import Ambiguous
from bot.messages.requests.sender_settings import NamedSender
from bot.messages.requests.workspace_resolution import workspace_of
from bot.messages.templates.store import NewTemplate

_CODE_PATTERN = TypeAdapter(Code)


async def show_template(call: Call) -> Response:
    """Show the newest version of a template."""
    stored = await call.services.templates.get(call.caller.tenant, call.path["code"])
    return Response(ShownTemplate.of(stored))


async def put_template(call: Call) -> Response:
    """Store a version, unless it is the newest already; refuse one that cannot render a message."""
    body: PutTemplate = call.body
    new = NewTemplate(
        _new_code(call), _source_of(body.body), schema=body.schema_, description=body.description
    )
    stored, is_new = await call.services.templates.put(
        call.caller.tenant, new, by=call.caller.subject
    )
    return Response(ShownTemplate.of(stored), status=201 if is_new else 200)


async def preview_template(call: Call) -> Response:
    """Render a payload without sending anything."""
    body: PreviewTemplate = call.body
    drawn = await call.services.templates.preview(
        call.caller.tenant,
        call.path["code"],
        body.payload,
        None if body.body is None else _source_of(body.body),
    )
    return Response(
        Preview(
            text=drawn.text, blocks=drawn.blocks, overflow=drawn.overflow, warnings=drawn.warnings
        )
    )


async def show_sender(call: Call) -> Response:
    """Show a sender's settings."""
    sender = await call.services.senders.get(call.caller.tenant, call.path["code"])
    return Response(ShownSender.of(sender))


async def put_sender(call: Call) -> Response:
    """Make or replace a sender."""
    body: PutSender = call.body
    named = NamedSender(
        code=_new_code(call),
        workspace_id=body.workspace,
        channel=body.channel,
        queue=body.queue,
        priority=body.priority,
        max_attempts=body.max_attempts,
        allowed_channels=body.allowed_channels,
        ambiguous=Ambiguous(body.ambiguous),
    )
    # First of all: where there are no channels, none is looked up.
    await call.services.senders.place_of(call.caller.tenant, named)
    resolve = partial(
        resolve_recipient, call.services.channels, partial(_workspace_of_new, call, body)
    )
    allowed = named.allowed_channels
    wanted = replace(
        named,
        channel=named.channel and await resolve(named.channel, "channel"),
        allowed_channels=None
        if allowed is None
        else [
            await resolve(channel, f"allowedChannels[{number}]")
            for number, channel in enumerate(allowed)
        ],
    )
    sender, is_new = await call.services.senders.put(
        call.caller.tenant, wanted, by=call.caller.subject
    )
    return Response(ShownSender.of(sender), status=201 if is_new else 200)


async def _workspace_of_new(call: Call, body: PutSender) -> str:
    """Return in which workspace the names of channels are looked up."""
    found = workspace_of(body.workspace, await call.services.workspaces_of(call.caller.tenant))
    if isinstance(found, FieldProblem):
        problem = FieldProblem("workspace", "name one: channels are known by name in it")
        raise InvalidError("Nothing was stored: `workspace` is not clear.", [problem])
    return found


def _new_code(call: Call) -> str:
    """Return the code in the path if it may be given to something new."""
    try:
        return _CODE_PATTERN.validate_python(call.path["code"])
    except ValidationError as error:
        problem = FieldProblem("code", "1 to 100 letters, digits and . _ : -")
        raise InvalidError("The code is not usable.", [problem]) from error


def _source_of(body: str | dict[str, Any] | list[Any]) -> str:
    """Return a template's source, which may be sent as the JSON that it is."""
    return body if isinstance(body, str) else json.dumps(body, indent=1, ensure_ascii=False)
