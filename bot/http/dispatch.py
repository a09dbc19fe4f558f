"""From an aiohttp request to a handler's call and back, the same way for every route."""

from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from typing import Any

from aiohttp import web

from bot.errors import FieldProblem, InvalidError
from bot.http import idempotency
from bot.http.call import NOBODY, Answer, Call
from bot.http.correlation import HEADER
from bot.http.idempotency import Idempotency, key_of
from bot.http.json_body import clean_text, read_bytes, read_csv, read_list, read_object
from bot.http.middleware import CORRELATION
from bot.http.refusal import RefusedError
from bot.http.responses import response_of
from bot.http.routing import Access, Route
from bot.http.schemas.base import bind, bind_all
from bot.http.security.auth import Authority, require
from bot.http.security.rate_limit import BUSY_BURST, BUSY_PER_SECOND, RateLimit
from bot.http.security.signatures import signatures_of
from bot.http.services import Services
from bot.tokens import Caller


class Dispatcher:
    """Checks who calls, what is sent and how often, then calls the route's handler."""

    def __init__(self, services: Services, routes: Sequence[Route]) -> None:
        self._services = services
        self._routes = tuple(routes)
        self._authority = Authority(
            services.tokens, signatures_of(services.settings, services.clock)
        )
        self._rate = RateLimit()
        self._busy_rate = RateLimit(BUSY_PER_SECOND, BUSY_BURST)
        self._idempotency = Idempotency(services.database, services.clock)

    def serve(self, route: Route) -> Callable[[web.Request], Awaitable[web.Response]]:
        """Return what aiohttp calls for *route*."""

        async def serve_route(request: web.Request) -> web.Response:
            return response_of(await self._answer(request, route))

        return serve_route

    async def _answer(self, request: web.Request, route: Route) -> Answer:
        path = {name: clean_text(value) for name, value in request.match_info.items()}
        caller, raw = await self._admit(request, route)
        require(caller, route, path)
        fields = fields_of(route, raw, request)
        call = Call(
            services=self._services,
            routes=self._routes,
            correlation_id=request[CORRELATION],
            is_named=request.headers.get(HEADER) == request[CORRELATION],
            caller=caller,
            path=path,
            query=bind(route.query, query_of(request)) if route.query else None,
            body=body_of(route, fields),
        )
        header = request.headers.get(idempotency.HEADER)
        if not route.creates or header is None:
            return await route.handler(call)
        # Not the path: the same is served at two addresses.
        asked = f"{route.handler.__name__} {sorted(request.match_info.items())}"
        key = key_of(caller.tenant, header, route.method, asked, fields)
        return await self._idempotency.once(
            key, lambda made: route.handler(call.making(made.id, is_again=made.is_again))
        )

    async def _admit(self, request: web.Request, route: Route) -> tuple[Caller, bytes]:
        """Return who calls and what was sent; nobody's body is read before they are known."""
        if route.access is Access.PUBLIC:
            return NOBODY, b""
        try:
            if self._authority.takes_signature(route, request.headers):
                raw = await read_bytes(request)
                caller = self._authority.read_signature(request.headers, raw)
                self._count(self._rate, caller.subject)
                return caller, raw
            caller = self._authority.read_token(route, request.headers)
        except RefusedError:
            self._count(
                self._rate, f"address {request.remote}"
            )  # Guessing tokens has a limit, too.
            raise
        rate = self._busy_rate if route.is_busy else self._rate
        self._count(rate, (caller.tenant, caller.subject, caller.task_id))
        return caller, await read_bytes(request) if route.body else b""

    def _count(self, rate: RateLimit, caller: Hashable) -> None:
        wait = rate.take(caller, self._services.clock.now())
        if wait:
            seconds = str(max(1, round(wait + 0.5)))
            raise RefusedError(
                429, "rate_limited", f"Wait {seconds} s, then go on.", {"Retry-After": seconds}
            )


def fields_of(route: Route, raw: bytes, request: web.Request) -> Any:
    """Return what was sent, as JSON says it; of CSV the text."""
    if not route.body:
        return {}
    if route.takes_csv and request.content_type == "text/csv":
        return read_csv(raw, request.charset)
    read = read_list if route.most_items else read_object
    return read(raw, request.content_type, request.charset)


def body_of(route: Route, fields: Any) -> Any:
    """Return what was sent as the route's model, or as a list of them."""
    if not route.body:
        return None
    if isinstance(fields, str):
        return fields
    if route.most_items:
        return bind_all(route.body, fields, route.most_items)
    return bind(route.body, fields)


def query_of(request: web.Request) -> Mapping[str, Any]:
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
