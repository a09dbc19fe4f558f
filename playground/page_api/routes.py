"""The table of everything under `/_playground/`."""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable

from aiohttp import web

from playground.drawn import draw_inside, draw_message, names_of
from playground.errors import PageError
from playground.page_api import controls, doing, reading
from playground.page_api.request import Fields, read_fields
from playground.state import Record
from playground.workspace import Workspace

# So that a proxy or a browser between does not take silence for an end.
PULSE_SECONDS = 15.0

Handler = Callable[[Fields], Awaitable[Record]]


def add_routes(app: web.Application, workspace: Workspace) -> None:
    gets: dict[str, Handler] = {
        "state": _state,
        "messages": _messages,
        "inspect": _inspect,
        "calls": controls.calls,
        "envelopes": controls.envelopes,
    }
    posts: dict[str, Handler] = {
        "messages": doing.write,
        "command": doing.command,
        "actions": doing.act,
        "options": doing.options,
        "views/submit": doing.submit,
        "views/close": doing.close,
        "home": doing.open_home,
        "shortcuts": doing.shortcut,
        "reset": controls.reset,
        "faults": controls.add_fault,
        "sockets": controls.upset_sockets,
    }
    for name, handler in gets.items():
        app.router.add_get(f"/_playground/{name}", _serving(workspace, handler))
    for name, handler in posts.items():
        app.router.add_post(f"/_playground/{name}", _serving(workspace, handler))
    app.router.add_delete("/_playground/faults", _serving(workspace, controls.clear_faults))
    app.router.add_get("/_playground/events", _streaming(workspace))


def _serving(
    workspace: Workspace, handler: Handler
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def serve(request: web.Request) -> web.StreamResponse:
        try:
            return web.json_response(await handler(await read_fields(workspace, request)))
        except PageError as error:
            return _refusal(error)

    return serve


def _streaming(workspace: Workspace) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def stream(request: web.Request) -> web.StreamResponse:
        try:
            user = (await read_fields(workspace, request)).user()
        except PageError as error:
            return _refusal(error)
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        )
        with workspace.feed.listen(user.id) as listener:
            await response.prepare(request)
            await response.write(b": connected\n\n")
            # A page that was closed is noticed when something is written to it.
            with contextlib.suppress(ConnectionError):
                while not workspace.is_closing.is_set():
                    await response.write(await _next_line(listener.queue))
        return response

    return stream


async def _next_line(queue: "asyncio.Queue[Record]") -> bytes:
    try:
        event = await asyncio.wait_for(queue.get(), PULSE_SECONDS)
    except TimeoutError:
        return b": still here\n\n"
    return b"data: " + json.dumps(event).encode() + b"\n\n"


def _refusal(error: PageError) -> web.Response:
    body = {"ok": False, "error": error.error, "message": error.message}
    return web.json_response(body, status=error.status)


async def _state(fields: Fields) -> Record:
    if fields.optional("user") is None:
        owner = next(user for user in fields.workspace.state.users.values() if not user.is_bot)
        fields.values["user"] = owner.id
    return reading.read_state(fields.workspace, fields.user())


async def _messages(fields: Fields) -> Record:
    return reading.read_messages(
        fields.workspace, fields.channel(), fields.user(), fields.optional("thread_ts")
    )


async def _inspect(fields: Fields) -> Record:
    fields.values.setdefault("user", fields.workspace.state.bot_user_id)
    found = reading.inspect(fields.channel(), fields.text("ts"))
    names = names_of(fields.workspace.state)
    found["message"] = draw_message(found["message"], names)
    found["history"] = draw_inside(found["history"], names)
    return found
