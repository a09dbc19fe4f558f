"""The HTTP server: binds, serves the route table, and finishes open requests when it stops."""

import asyncio
import errno
import logging
import re
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import cast

import structlog
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from bot.errors import ConfigError
from bot.http.connections import ConnectionLimits, OpenConnections, limits_of_system
from bot.http.dispatch import Dispatcher
from bot.http.middleware import CONNECTIONS, METERS, envelope
from bot.http.request_body import MAX_BYTES
from bot.http.route_types import Route
from bot.http.routes import ROUTES
from bot.http.services import HttpServices
from bot.http.wire_protocol import protocol_of

logger = structlog.get_logger(__name__)

_DRAIN_SECONDS = 5.0
#: How long the rest of a body is thrown away, so that the caller still reads why.
_LINGERING_SECONDS = 2.0
_BACKLOG = 512
_NO_HTTP = (HttpProcessingError, web.RequestPayloadError)


class HttpServer:
    """Serves the API from `start` to `stop`. `port` is the bound one, also when 0 was asked for."""

    def __init__(
        self,
        services: HttpServices,
        routes: Sequence[Route] = ROUTES,
        limits: ConnectionLimits | None = None,
    ) -> None:
        self._settings = services.settings
        self.port = services.settings.port
        self.connections = OpenConnections(limits or limits_of_system())
        self._runner = web.AppRunner(
            _application(services, routes, self.connections),
            access_log=None,
            handle_signals=False,
            logger=_wire_log(),
            shutdown_timeout=_DRAIN_SECONDS,
            keepalive_timeout=self.connections.limits.idle_seconds,
            lingering_time=_LINGERING_SECONDS,
            auto_decompress=False,  # Unpacked when it is known who sent it, and bounded.
        )
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen; raise `ConfigError` naming PORT or HOST and the fix if that is not possible."""
        await self._runner.setup()
        protocols = self.connections.guard(
            partial(protocol_of, cast(web.Server, self._runner.server))
        )
        host, port = self._settings.host, self._settings.port
        try:
            loop = asyncio.get_running_loop()
            self._server = await loop.create_server(protocols, host, port, backlog=_BACKLOG)
        except OSError as error:
            await self._runner.cleanup()
            raise ConfigError([self._why_not(error)]) from error
        self.port = self._server.sockets[0].getsockname()[1]
        logger.info("http_listening", host=host, port=self.port)

    async def stop(self) -> None:
        """Take no new connections and finish the requests in flight, for at most 5 seconds."""
        if self._server is not None:
            self._server.close()
        await self._runner.cleanup()
        self.connections.close()

    def _why_not(self, error: OSError) -> str:
        host, port = self._settings.host, self._settings.port
        if error.errno == errno.EADDRINUSE:
            return f"PORT: {port} on {host} is in use: stop what listens there or set another PORT"
        if error.errno == errno.EACCES:
            return f"PORT: {port} is not allowed for this user: set PORT to 1024 or above"
        return f"HOST: cannot listen on {host}, port {port}: {error.strerror or error}"


def _application(
    services: HttpServices, routes: Sequence[Route], connections: OpenConnections
) -> web.Application:
    """Return the aiohttp application of *routes*; raise `ConfigError` on a bad CALLBACK_SECRET."""
    dispatcher = Dispatcher(services, routes, connections)
    app = web.Application(middlewares=[envelope], client_max_size=MAX_BYTES)
    app[CONNECTIONS] = connections
    app[METERS] = services.meters
    at: dict[str, list[Route]] = {}
    for route in sorted(routes, key=lambda route: "{" in route.path):  # The plain ones first.
        at.setdefault(route.path, []).append(route)
    for path, there in at.items():
        # What aiohttp takes for a part of a path by itself is without braces.
        resource = app.router.add_resource(re.sub(r"{(\w+)}", r"{\1:[^/]+}", path))
        for route in there:
            serve = dispatcher.serve(route)
            resource.add_route(route.method, serve, expect_handler=_expect_later)
            if route.method == "GET":
                resource.add_route("HEAD", serve, expect_handler=_expect_later)
        # An address is one thing: no other line of the table that looks like it says what it takes.
        resource.add_route("*", _refuse_method(there), expect_handler=_expect_later)
    app.router.add_route("*", "/{nothing:.*}", _refuse_address, expect_handler=_expect_later)
    return app


def _refuse_method(routes: Sequence[Route]) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Return the handler for methods that none of *routes*, all of one path, has."""
    methods = {route.method for route in routes}
    allowed = methods | ({"HEAD"} if "GET" in methods else set())

    async def refuse(request: web.Request) -> web.Response:
        raise web.HTTPMethodNotAllowed(request.method, sorted(allowed))

    return refuse


async def _refuse_address(_request: web.Request) -> web.Response:
    raise web.HTTPNotFound


async def _expect_later(request: web.Request) -> None:
    """Do not send `100 Continue` before authentication; `read_bytes` sends it when needed."""
    if request.headers["Expect"].lower() != "100-continue":
        raise web.HTTPExpectationFailed(text="The only thing to expect here is 100-continue.")


def _wire_log() -> logging.Logger:
    """Return where aiohttp itself complains, but not about requests that are no HTTP."""
    log = logging.getLogger("bot.http.wire")
    log.addFilter(_is_our_concern)
    return log


def _is_our_concern(record: logging.LogRecord) -> bool:
    # These are answered with 400; the log would repeat what was sent, tokens too.
    return not (record.exc_info and isinstance(record.exc_info[1], _NO_HTTP))
