"""A small real collector: takes OTLP over HTTP and keeps the spans."""

from dataclasses import dataclass

from aiohttp import web
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


@dataclass(frozen=True)
class Seen:
    """A span as it came over the wire; ids are hexadecimal."""

    name: str
    trace: str
    id: str
    parent: str
    kind: int
    facts: dict[str, object]
    links: list[tuple[str, dict[str, object]]]
    failure: str
    service: str


class Collector:
    """Listens on loopback while entered; answers *status* to everything."""

    def __init__(self, status=200):
        self.spans = []
        self.headers = []
        self.bodies = b""
        self.status = status

    async def __aenter__(self):
        app = web.Application()
        app.router.add_post("/v1/traces", self._take)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_error):
        await self._runner.cleanup()

    async def _take(self, request):
        self.headers.append(dict(request.headers))
        body = await request.read()
        self.bodies += body
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            service = _facts(resource.resource.attributes)["service.name"]
            for scope in resource.scope_spans:
                self.spans += [_seen(one, service) for one in scope.spans]
        return web.Response(status=self.status)

    def has(self, name, count):
        """Return what tells whether so many spans of this name have come."""

        async def look():
            return sum(one.name == name for one in self.spans) >= count

        return look

    def named(self, name):
        """Return the one span of this name."""
        (found,) = [one for one in self.spans if one.name == name]
        return found


def _seen(span, service):
    return Seen(
        name=span.name,
        trace=span.trace_id.hex(),
        id=span.span_id.hex(),
        parent=span.parent_span_id.hex(),
        kind=span.kind,
        facts=_facts(span.attributes),
        links=[(one.trace_id.hex(), _facts(one.attributes)) for one in span.links],
        failure=span.status.message,
        service=service,
    )


def _facts(attributes):
    return {one.key: getattr(one.value, str(one.value.WhichOneof("value"))) for one in attributes}
