"""The table of everything under `/_playground/`."""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable

from aiohttp import web

from slack_playground.drawn import draw_inside, draw_message, names_of
from slack_playground.emoji import characters, custom_emoji
from slack_playground.errors import PageError
from slack_playground.page_api import by_name, controls, doing, inspection, reading, recording
from slack_playground.page_api.request import Fields, read_fields
from slack_playground.platform import Platform
from slack_playground.state import Record

# So that a proxy or a browser between does not take silence for an end.
PULSE_SECONDS = 15.0

Handler = Callable[[Fields], Awaitable[Record]]


def add_routes(app: web.Application, platform: Platform) -> None:
    for name, handler in GETS.items():
        app.router.add_get(f"/_playground/{name}", _serving(platform, handler))
    for name, handler in POSTS.items():
        app.router.add_post(f"/_playground/{name}", _serving(platform, handler))
    app.router.add_delete("/_playground/faults", _serving(platform, controls.clear_faults))
    app.router.add_delete("/_playground/faults/{id}", _serving(platform, controls.remove_fault))
    app.router.add_get("/_playground/recording", _recording(platform))
    app.router.add_get("/_playground/events", _streaming(platform))


def _serving(
    platform: Platform, handler: Handler
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def serve(request: web.Request) -> web.StreamResponse:
        try:
            return web.json_response(await handler(await read_fields(platform, request)))
        except PageError as error:
            return _refusal(error)

    return serve


def _streaming(platform: Platform) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def stream(request: web.Request) -> web.StreamResponse:
        try:
            fields = await read_fields(platform, request)
            user, workspace = fields.user(), fields.workspace
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
                while not platform.is_closing.is_set():
                    await response.write(await _next_line(listener.queue))
        return response

    return stream


def _recording(platform: Platform) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def record(_: web.Request) -> web.StreamResponse:
        return web.Response(text=recording.write(platform), content_type="application/jsonl")

    return record


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
    channel = fields.channel()
    found = reading.read_messages(
        fields.workspace,
        channel,
        fields.user(),
        fields.optional("thread_ts"),
        fields.optional("before"),
    )
    if fields.flag("history"):
        for body in found["messages"]:
            if body["ts"] in channel.messages:
                body["_history"] = inspection.read_history(channel, body["ts"])["history"]
    return found


async def _emoji(fields: Fields) -> Record:
    custom = custom_emoji(fields.workspace.state.emoji)
    return {"ok": True, "emoji": characters(), "custom": custom}


async def _canvas(fields: Fields) -> Record:
    found = reading.read_canvas(fields.workspace, fields.text("canvas"), fields.user())
    if found is None:
        raise PageError("canvas_not_found", "There is no such canvas.", status=404)
    return found


async def _inspect(fields: Fields) -> Record:
    fields.values.setdefault("user", fields.workspace.state.bot_user_id)
    found = inspection.inspect(fields.workspace, fields.channel(), fields.text("ts"))
    names = names_of(fields.workspace.state)
    found["message"] = draw_message(found["message"], names)
    found["history"] = draw_inside(found["history"], names)
    return found


GETS: dict[str, Handler] = {
    "state": _state,
    "messages": _messages,
    "emoji": _emoji,
    "canvas": _canvas,
    "inspect": _inspect,
    "calls": controls.calls,
    "envelopes": controls.envelopes,
    "traffic": controls.traffic,
    "clock": controls.read_clock,
    "faults": controls.list_faults,
}
POSTS: dict[str, Handler] = {
    **doing.REQUESTS,
    "click": by_name.click,
    "submit": by_name.submit,
    "wait": by_name.wait,
    "reset": controls.reset,
    "snapshot": controls.take_snapshot,
    "restore": controls.restore_snapshot,
    "replay": controls.replay,
    "clock": controls.move_clock,
    "faults": controls.add_fault,
    "sockets": controls.upset_sockets,
    "request_url": controls.set_request_url,
    "install": controls.install_app,
    "uninstall": controls.uninstall_app,
}
