"""The HTTP server: binds, serves the route table, stops without cutting anybody off."""

import errno
import logging
import re
from collections.abc import Sequence

import structlog
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from bot.errors import ConfigError
from bot.http.dispatch import Dispatcher
from bot.http.json_body import MAX_BYTES
from bot.http.middleware import envelope
from bot.http.routes import ROUTES
from bot.http.routing import Route
from bot.http.services import Services

logger = structlog.get_logger(__name__)

STOP_SECONDS = 5.0
NO_HTTP = (HttpProcessingError, web.RequestPayloadError)


class HttpServer:
    """Serves the API from `start` to `stop`. `port` is the bound one, also when 0 was asked for."""

    def __init__(self, services: Services, routes: Sequence[Route] = ROUTES) -> None:
        self._settings = services.settings
        self.port = services.settings.port
        self._runner = web.AppRunner(
            application(services, routes),
            access_log=None,
            handle_signals=False,
            logger=wire_log(),
            shutdown_timeout=STOP_SECONDS,
        )

    async def start(self) -> None:
        """Listen; raise `ConfigError` naming PORT or HOST and the fix if that is not possible."""
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._settings.host, self._settings.port)
        try:
            await site.start()
        except OSError as error:
            await self._runner.cleanup()
            raise ConfigError([self._why_not(error)]) from error
        self.port = self._runner.addresses[0][1]
        logger.info("http_listening", host=self._settings.host, port=self.port)

    async def stop(self) -> None:
        """Take no new connections and finish the requests in flight, for at most 5 seconds."""
        await self._runner.cleanup()

    def _why_not(self, error: OSError) -> str:
        host, port = self._settings.host, self._settings.port
        if error.errno == errno.EADDRINUSE:
            return f"PORT: {port} on {host} is in use: stop what listens there or set another PORT"
        if error.errno == errno.EACCES:
            return f"PORT: {port} is not allowed for this user: set PORT to 1024 or above"
        return f"HOST: cannot listen on {host}, port {port}: {error.strerror or error}"


def application(services: Services, routes: Sequence[Route]) -> web.Application:
    """Return the aiohttp application of *routes*; raise `ConfigError` on a bad CALLBACK_SECRET."""
    dispatcher = Dispatcher(services, routes)
    app = web.Application(middlewares=[envelope], client_max_size=MAX_BYTES)
    for route in routes:
        serve = dispatcher.serve(route)
        # What aiohttp takes for a part of a path by itself is without braces.
        path = re.sub(r"{(\w+)}", r"{\1:[^/]+}", route.path)
        if route.method == "GET":
            app.router.add_get(path, serve)  # HEAD comes with it.
        else:
            app.router.add_route(route.method, path, serve)
    return app


def wire_log() -> logging.Logger:
    """Return where aiohttp itself complains, but not about requests that are no HTTP."""
    log = logging.getLogger("bot.http.wire")
    log.addFilter(is_our_concern)
    return log


def is_our_concern(record: logging.LogRecord) -> bool:
    # These are answered with 400; the log would repeat what was sent, tokens too.
    return not (record.exc_info and isinstance(record.exc_info[1], NO_HTTP))
