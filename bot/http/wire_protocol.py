"""The protocol of one connection, which answers what is no HTTP as it answers everything else."""

import structlog
from aiohttp import web

from bot.http.aiohttp_response import response_of
from bot.http.errors import internal_error_response, refused
from bot.ids import new_id

logger = structlog.get_logger(__name__)


class WireProtocol(web.RequestHandler):
    """aiohttp's own answer would repeat what was sent, and name the server and its version."""

    __slots__ = ()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what could not be read, or what failed outside the handlers, and hang up."""
        super().handle_error(request, status, exc, message)  # Logs it; raises if it is too late.
        if status < 500:
            answer = refused(
                status,
                "bad_request",
                "This is not a valid HTTP request, or its headers are too large.",
            )
        else:
            error_id = new_id("e")
            logger.error("http_connection_failed", error_id=error_id, exc_info=exc)
            answer = internal_error_response(error_id)
        response = response_of(answer)
        response.force_close()
        return response


def protocol_of(server: web.Server) -> WireProtocol:
    """Return a protocol with the settings that aiohttp gives its own for this server."""
    return WireProtocol(server, loop=server._loop, **server._kwargs)
