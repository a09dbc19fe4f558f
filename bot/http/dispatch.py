"""Passes an aiohttp request to its handler and sends the response, the same way for every route."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from aiohttp import web

from bot.clock import SteadyClock
from bot.errors import FieldProblem, InvalidError
from bot.http import idempotency
from bot.http.aiohttp_response import response_of
from bot.http.connections import OpenConnections
from bot.http.errors import RefusedError
from bot.http.idempotency import Idempotency, key_of
from bot.http.middleware import CORRELATION, CORRELATION_HEADER
from bot.http.request_body import clean_text, read_bytes, read_csv, read_list, read_object
from bot.http.route_types import NOBODY, Access, Call, Response, Route
from bot.http.schemas.base import bind, bind_all
from bot.http.security.auth import Authority, require
from bot.http.security.callback_signatures import delivery_key, signatures_of
from bot.http.security.concurrency import Concurrency
from bot.http.security.rate_limit import (
    BULK_LIMIT_FACTOR,
    TRIES_BURST,
    TRIES_PER_SECOND,
    RateLimit,
)
from bot.http.security.slack_signature import slack_signature_of
from bot.http.security.webhook_verification import has_valid_secret
from bot.http.services import HttpServices
from bot.redaction import redact
from bot.tokens import Caller

#: A body up to this size is read in a moment.
_SMALL_BYTES = 32 * 1024
#: For whom the secret of a webhook speaks: opsbell.toml belongs to the home workspace.
_WEBHOOK_CALLER = Caller(subject="webhook", tenant="default", scopes=frozenset({"tasks:write"}))


class Dispatcher:
    """
    Authenticates the caller, validates the request, applies rate limits and calls the handler.
    """

    def __init__(
        self, services: HttpServices, routes: Sequence[Route], connections: OpenConnections
    ) -> None:
        self._services = services
        self._connections = connections
        self._routes = tuple(routes)
        self._authority = Authority(
            services.tokens,
            signatures_of(services.settings, services.clock),
            services.oidc,
            slack_signature_of(services.settings, services.clock),
        )
        http = services.settings.config.http
        self._rate = RateLimit(http.requests_per_second, http.burst)
        self._busy_rate = RateLimit(
            http.requests_per_second * BULK_LIMIT_FACTOR, http.burst * BULK_LIMIT_FACTOR
        )
        # Half of the connections is left to others.
        self._concurrency = Concurrency(
            http.concurrent_requests, connections.limits.connections // 2
        )
        self._tries = RateLimit(TRIES_PER_SECOND, TRIES_BURST)
        # If the clock was set back: otherwise no bucket would refill until it has caught up.
        self._clock = SteadyClock(services.clock)
        self._idempotency = Idempotency(services.database, services.clock)

    def serve(self, route: Route) -> Callable[[web.Request], Awaitable[web.Response]]:
        """Return what aiohttp calls for *route*."""

        async def serve_route(request: web.Request) -> web.Response:
            # Names may be stored and repeated in responses, secrets must not.
            path = {name: redact(clean_text(value)) for name, value in request.match_info.items()}
            caller, raw = await self._admit(request, route)
            if caller is NOBODY:  # The connections of strangers are few.
                return await self._answer(request, route, path, caller, b"")
            async with self._concurrency.turn(_bucket_of(caller)):
                if raw is None:
                    raw = await read_bytes(request) if route.body else b""
                return await self._answer(request, route, path, caller, raw)

        return serve_route

    async def _answer(
        self,
        request: web.Request,
        route: Route,
        path: Mapping[str, str],
        caller: Caller,
        raw: bytes,
    ) -> web.Response:
        async with asyncio.timeout(self._connections.limits.answer_seconds):
            return response_of(await self._respond(request, route, path, caller, raw))

    async def _respond(
        self,
        request: web.Request,
        route: Route,
        path: Mapping[str, str],
        caller: Caller,
        raw: bytes,
    ) -> Response:
        if len(raw) > _SMALL_BYTES:  # Reading it would hold up everybody else.
            fields, body = await asyncio.to_thread(_read_body, route, raw, request)
        else:
            fields, body = _read_body(route, raw, request)
        self._leave_room(route, caller, body)
        call = Call(
            services=self._services,
            routes=self._routes,
            correlation_id=request[CORRELATION],
            is_named=request.headers.get(CORRELATION_HEADER) == request[CORRELATION],
            caller=caller,
            path=path,
            query=bind(route.query, _query_of(request)) if route.query else None,
            body=body,
            headers=request.headers,
        )
        header = request.headers.get(idempotency.HEADER)
        if self._authority.takes_signature(route, request.headers):
            call = replace(call, new_id=delivery_key(request.headers, raw))
        if not route.creates or header is None:
            return await route.handler(call)
        # Not the path: the same is served at two addresses.
        asked = f"{route.handler.__name__} {sorted(request.match_info.items())}"
        key = key_of(caller.tenant, header, route.method, asked, fields)
        return await self._idempotency.once(
            key, lambda made: route.handler(call.making(made.id, is_again=made.is_again))
        )

    async def _admit(self, request: web.Request, route: Route) -> tuple[Caller, bytes | None]:
        """Return the caller, and the body if that is what the caller is known by."""
        if route.access is Access.PUBLIC:
            return NOBODY, None
        if route.access is Access.WEBHOOK:
            raw = await self._read_own_secret(request)
            if raw is not None:
                return _WEBHOOK_CALLER, raw
        try:
            if self._authority.takes_signature(route, request.headers):
                return await self._admit_signed(request, route)
            caller = await self._authority.read_token(route, request.headers)
        except RefusedError:
            # Guessing tokens has a limit, too.
            self._count(self._tries, request.remote)
            raise
        self._connections.trust(request.transport)
        self._count(self._busy_rate if route.is_busy else self._rate, _bucket_of(caller))
        require(caller, route)
        return caller, None

    async def _read_own_secret(self, request: web.Request) -> bytes | None:
        """Return the body if it was sent with the secret of its webhook, which covers the body."""
        webhooks = self._services.settings.config.webhooks
        mapping = webhooks.get(request.match_info.get("webhook", ""))
        secret = mapping.read_secret() if mapping else None
        if secret is None:
            return None
        raw = await read_bytes(request)
        if not has_valid_secret(secret, request.headers, raw):
            return None
        self._connections.trust(request.transport)
        self._count(self._rate, _bucket_of(_WEBHOOK_CALLER))
        return raw

    async def _admit_signed(self, request: web.Request, route: Route) -> tuple[Caller, bytes]:
        """Do the same for a signature, which can be checked with the body only."""
        raw = await read_bytes(request)
        caller = self._authority.read_signature(route, request.headers, raw)
        self._connections.trust(request.transport)
        self._count(self._rate, _bucket_of(caller))
        return caller, raw

    def _leave_room(self, route: Route, caller: Caller, body: Any) -> None:
        """
        Refuse progress from a caller close to the rate limit, because a final state may follow.
        """
        if route.is_urgent and not route.is_urgent(body):
            _refuse_for(self._rate.keep_reserve(_bucket_of(caller)))

    def _count(self, rate: RateLimit, caller: Hashable) -> None:
        _refuse_for(rate.take(caller, self._clock.now()))


def _refuse_for(wait: float) -> None:
    """Refuse a request that could be taken in *wait* seconds; 0 is no reason."""
    if wait:
        seconds = str(max(1, round(wait + 0.5)))
        raise RefusedError(
            429, "rate_limited", f"Wait {seconds} s, then go on.", {"Retry-After": seconds}
        )


def _bucket_of(caller: Caller) -> Hashable:
    return caller.tenant, caller.subject, caller.task_id


def _read_body(route: Route, raw: bytes, request: web.Request) -> tuple[Any, Any]:
    """Return what was sent as JSON says it, and as the route's model."""
    fields = _fields_of(route, raw, request)
    return fields, _body_of(route, fields)


def _fields_of(route: Route, raw: bytes, request: web.Request) -> Any:
    """Return what was sent, as JSON says it; of CSV the text."""
    if not route.body:
        return {}
    if route.takes_csv and request.content_type == "text/csv":
        return read_csv(raw, request.charset)
    read = read_list if route.max_items else read_object
    return read(raw, request.content_type, request.charset)


def _body_of(route: Route, fields: Any) -> Any:
    """Return what was sent as the route's model, or as a list of them."""
    if not route.body:
        return None
    if isinstance(fields, str):
        return fields
    if route.max_items:
        return bind_all(route.body, fields, route.max_items)
    return bind(route.body, fields)


def _query_of(request: web.Request) -> Mapping[str, Any]:
    """Return the query's values by name; an empty one says nothing. Refuses a name given twice."""
    query: dict[str, Any] = {}
    for name, value in request.query.items():
        if name in query:
            raise InvalidError(
                f"`{clean_text(name)}` is given twice.",
                [FieldProblem(clean_text(name), "give one")],
            )
        query[clean_text(name)] = clean_text(value) or None
    return query
