"""The HTTP and WebSocket server around a workspace."""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import WSCloseCode, web

from slack_playground.app.authorization import add_authorization
from slack_playground.conversations.files import content_type
from slack_playground.conversations.webhooks import post_to_webhook, read_payload
from slack_playground.page_api.routes import add_routes
from slack_playground.people.answers import answer
from slack_playground.pictures import MOST_PIXELS, draw_picture
from slack_playground.platform import Platform
from slack_playground.requests.images import fetch_picture
from slack_playground.requests.serving import Exchange
from slack_playground.state import File
from slack_playground.web_api.dispatch import serve_call
from slack_playground.web_api.files import receive_upload
from slack_playground.workspace import Workspace

PAGE = Path(__file__).parent / "page"
MAX_BODY_BYTES = 64 * 1024 * 1024

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def refuse_strangers(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse what another site's page sends: it must not act as a person here."""
    origin = request.headers.get("Origin")
    if origin is not None and origin.partition("://")[2] != request.host:
        return web.json_response({"ok": False, "error": "forbidden_origin"}, status=403)
    return await handler(request)


def make_app(platform: Platform) -> web.Application:
    app = web.Application(client_max_size=MAX_BODY_BYTES, middlewares=[refuse_strangers])
    routes = _Routes(platform)
    app.router.add_route("*", "/api/{method}", routes.serve_method)
    app.router.add_get("/link/", routes.serve_socket)
    for kind in ("commands", "actions", "app"):
        app.router.add_post(f"/{kind}/{{team}}/{{secret}}", routes.serve_response_url)
    app.router.add_post("/services/{team}/{bot}/{secret}", routes.serve_webhook)
    app.router.add_get("/services/{team}/{bot}/{secret}", routes.serve_webhook)
    add_authorization(app, platform)
    app.router.add_route("*", "/upload/v1/{file}", routes.serve_upload)
    app.router.add_get("/files/{file}", routes.serve_file)
    app.router.add_get("/pictures/{thing}/{pixels:\\d{1,4}}.png", routes.serve_picture)
    if platform.config.images == "fetched":
        app.router.add_get("/pictures", routes.serve_outside_picture)
    app.router.add_get("/archives/{channel}/{message}", routes.serve_permalink)
    app.router.add_get("/docs/{team}/{canvas}", routes.serve_canvas)
    app.router.add_get("/", routes.serve_page)
    if PAGE.is_dir():
        app.router.add_static("/page/", PAGE)
    add_routes(app, platform)
    app.on_shutdown.append(routes.shut_down)
    return app


class _Routes:
    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    async def serve_method(self, request: web.Request) -> web.StreamResponse:
        return await serve_call(self._platform, request.match_info["method"], request)

    async def serve_socket(self, request: web.Request) -> web.StreamResponse:
        sockets = self._platform.sockets
        if not sockets.takes(request.query.get("ticket", "")):
            raise web.HTTPRequestTimeout(text="This ticket opens nothing any more.")
        fault = sockets.next_fault()
        if fault is not None and fault.kind == "refuse":
            raise web.HTTPServiceUnavailable(text="Ordered: no socket for you.")
        # Pings are answered by hand, so that a deaf socket can leave them unanswered.
        ws = web.WebSocketResponse(autoping=False, max_msg_size=MAX_BODY_BYTES)
        await ws.prepare(request)
        self._tell_state()
        try:
            is_short = request.query.get("debug_reconnects") == "true"
            app_id = self._platform.first.state.app_id
            await sockets.serve(ws, app_id, fault, is_short=is_short)
        finally:
            self._tell_state()
        return ws

    async def serve_response_url(self, request: web.Request) -> web.StreamResponse:
        try:
            sent = json.loads(await request.read())
        except ValueError:
            sent = None
        workspace = self._platform.workspaces.get(request.match_info["team"])
        if not isinstance(sent, dict) or workspace is None:
            return web.json_response({"ok": False, "error": "invalid_payload"}, status=400)
        secret = request.match_info["secret"]
        exchange = Exchange(workspace, "response_url", sent, request)
        return await exchange.serve(lambda: answer(workspace, secret, sent))

    async def serve_webhook(self, request: web.Request) -> web.StreamResponse:
        sent = read_payload(await request.read(), request.content_type)
        team, secret = request.match_info["team"], request.match_info["secret"]
        workspace = self._platform.workspaces.get(team)
        if workspace is None:
            return web.Response(status=404, text="no_team")
        noted = sent if isinstance(sent, dict) else {}
        exchange = Exchange(workspace, "webhook", noted, request)
        return await exchange.serve(lambda: post_to_webhook(workspace, secret, sent))

    async def serve_upload(self, request: web.Request) -> web.StreamResponse:
        workspace, file = self._find_file(request)
        if file is None or file.content is not None:
            raise web.HTTPNotFound(text="no such upload")
        content = await _read_upload(request)
        noted = {"file": file.id, "bytes": len(content)}
        exchange = Exchange(workspace, "upload", noted, request)
        return await exchange.serve(lambda: receive_upload(file, content))

    async def serve_file(self, request: web.Request) -> web.StreamResponse:
        _, file = self._find_file(request)
        if file is None or file.content is None:
            raise web.HTTPNotFound(text="no such file")
        # As a download and never as a page: what an app uploads must not run here.
        headers = {
            "Content-Security-Policy": "sandbox",
            "X-Content-Type-Options": "nosniff",
        }
        return web.Response(
            body=file.content, content_type=content_type(file.name), headers=headers
        )

    async def serve_picture(self, request: web.Request) -> web.StreamResponse:
        pixels = min(max(1, int(request.match_info["pixels"])), MOST_PIXELS)
        thing = request.match_info["thing"]
        home = self._platform.home_of(thing)
        user = None if home is None else home.state.users.get(thing)
        if user is not None and user.photo:
            # As a picture whatever it holds: only the beginning was looked at.
            headers = {"Content-Security-Policy": "sandbox", "X-Content-Type-Options": "nosniff"}
            return web.Response(body=user.photo, content_type="image/png", headers=headers)
        picture = draw_picture(thing, pixels)
        return web.Response(body=picture, content_type="image/png")

    async def serve_outside_picture(self, request: web.Request) -> web.StreamResponse:
        """Hand on a picture from elsewhere, so that the page itself asks nobody but this server."""
        found = await fetch_picture(request.query.get("url", ""))
        if found is None:
            raise web.HTTPNotFound(text="no such picture")
        headers = {"Content-Security-Policy": "sandbox", "X-Content-Type-Options": "nosniff"}
        return web.Response(body=found[0], content_type=found[1], headers=headers)

    async def serve_permalink(self, request: web.Request) -> web.StreamResponse:
        channel, message = request.match_info["channel"], request.match_info["message"]
        digits = message.removeprefix("p")
        raise web.HTTPFound(f"/?channel={channel}&ts={digits[:-6]}.{digits[-6:]}")

    async def serve_canvas(self, request: web.Request) -> web.StreamResponse:
        raise web.HTTPFound(f"/?canvas={request.match_info['canvas']}")

    async def serve_page(self, request: web.Request) -> web.StreamResponse:
        page = PAGE / "index.html"
        if not page.is_file():
            return web.Response(text=f"The workspace is up. Its Web API is at {request.url}api/")
        return web.FileResponse(page)

    async def shut_down(self, _: web.Application) -> None:
        self._platform.is_closing.set()
        for workspace in self._platform.workspaces.values():
            workspace.schedule.stop()
            workspace.feed.close()
        await self._platform.events.close()
        await self._platform.sockets.close(WSCloseCode.GOING_AWAY)

    def _find_file(self, request: web.Request) -> tuple[Workspace, File | None]:
        for workspace in self._platform.workspaces.values():
            file = workspace.state.files.get(request.match_info["file"])
            if file is not None:
                return workspace, file
        return self._platform.first, None

    def _tell_state(self) -> None:
        for workspace in self._platform.workspaces.values():
            workspace.tell_state()


async def _read_upload(request: web.Request) -> bytes:
    if request.content_type != "multipart/form-data":
        return await request.read()
    for field in (await request.post()).values():
        if isinstance(field, web.FileField):
            return field.file.read()
    return b""
