"""Middleware of every request: correlation id, log line, and a response for any error."""

import re
import time
from collections.abc import Awaitable, Callable

import structlog
from aiohttp import web

from bot.http.aiohttp_response import response_of
from bot.http.connections import OpenConnections
from bot.http.errors import answer_to, internal_error_response
from bot.http.schemas.fields import CORRELATION_ID
from bot.ids import new_id
from bot.redaction import redact
from bot.telemetry.meters import Meters
from bot.tracing.spans import TraceSpan, root_span

logger = structlog.get_logger(__name__)

CORRELATION_HEADER = "X-Correlation-Id"
CORRELATION = web.RequestKey("correlation_id", str)
CONNECTIONS = web.AppKey("connections", OpenConnections)
METERS = web.AppKey("meters", Meters)
#: Callers may make up others, and each would be a series of its own in `/metrics`.
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

#: Asked every few seconds by machines; nobody wants to see that.
_UNTRACED = frozenset({"/healthz", "/readyz", "/metrics"})

_NextHandler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def envelope(request: web.Request, handler: _NextHandler) -> web.StreamResponse:
    """Answer every request in the shape of the contract and note that it was."""
    started = time.perf_counter()
    connections, transport = request.app[CONNECTIONS], request.transport
    connections.begin(transport)
    request[CORRELATION] = correlation_id(request.headers.get(CORRELATION_HEADER))
    with (
        structlog.contextvars.bound_contextvars(correlation_id=request[CORRELATION]),
        _traced_request(request) as span,
    ):
        response = await answered(request, handler)
        response.headers[CORRELATION_HEADER] = request[CORRELATION]
        seconds, route = time.perf_counter() - started, _template_of(request)
        method = request.method if request.method in _METHODS else "(other)"
        if span.is_on:
            span.note(status=response.status)
        request.app[METERS].request_answered(method, route, response.status, seconds)
        logger.debug(
            "http_request",
            method=request.method,
            route=route,
            status=response.status,
            milliseconds=round(seconds * 1000, 1),
            correlation_id=request[CORRELATION],
        )
    connections.end(transport)
    return response


async def answered(request: web.Request, handler: _NextHandler) -> web.StreamResponse:
    try:
        return await handler(request)
    except Exception as error:
        answer = answer_to(error)
        if answer is not None:
            return response_of(answer)
        error_id = new_id("e")
        logger.exception("http_request_failed", error_id=error_id, route=_template_of(request))
        return response_of(internal_error_response(error_id))


def _traced_request(request: web.Request) -> TraceSpan:
    route = _template_of(request)
    if route in _UNTRACED:
        return TraceSpan()
    method = request.method if request.method in _METHODS else "(other)"
    return root_span(f"{method} {route}", request[CORRELATION], request.headers)


def _template_of(request: web.Request) -> str:
    """Return the route's template, never the address itself: that may carry anything."""
    resource = request.match_info.route.resource
    return resource.canonical if resource and resource.canonical != "/{nothing}" else "(none)"


def correlation_id(given: str | None) -> str:
    """Return the caller's id if it is at most 128 printable characters, no secret, or a new one."""
    is_usable = given and re.fullmatch(CORRELATION_ID, given) and redact(given) == given
    return given if given and is_usable else new_id("c")
