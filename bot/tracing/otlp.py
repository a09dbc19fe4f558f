"""
Spans of OpenTelemetry's SDK. Loaded only where there is an endpoint to send them to.

A collector that is away costs the bot nothing but the spans: they are sent from a thread, and at
most 2,048 wait for it.
"""

import hashlib
import threading
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self

import structlog
from opentelemetry import context, trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from bot.tracing.spans import TraceSpan

logger = structlog.get_logger(__name__)

_EXPORT_SECONDS = 5.0
_TRACE_BYTES, _SPAN_BYTES = 16, 8
_PREFIX = "opsbell."


class OtlpTracer:
    """Makes spans and sends them; `close` sends what is left."""

    def __init__(
        self, endpoint: str, headers: Mapping[str, str], service: str, version: str
    ) -> None:
        self._ids = _DerivedIds()
        exporter = OTLPSpanExporter(
            f"{endpoint.rstrip('/')}/v1/traces", headers=headers, timeout=_EXPORT_SECONDS
        )
        self._processor = BatchSpanProcessor(_NoticingExporter(exporter))
        provider = TracerProvider(
            id_generator=self._ids,
            resource=Resource.create({"service.name": service, "service.version": version}),
            shutdown_on_exit=False,
        )
        provider.add_span_processor(self._processor)
        self._tracer = provider.get_tracer("opsbell", version)
        self._propagator = TraceContextTextMapPropagator()
        #: The ids of quiet spans that are under way and have no parts yet.
        self._idle: set[int] = set()

    def root(
        self, name: str, key: str, headers: Mapping[str, str] | None, *, is_quiet: bool
    ) -> TraceSpan:
        """Begin the trace of *key*, whatever is under way where this is called."""
        around = self._propagator.extract(headers or {}, context=context.Context())
        is_called = trace.get_current_span(around).get_span_context().is_valid
        self._ids.wanted = _trace_of(key)
        try:
            made = self._tracer.start_span(
                name,
                around,
                trace.SpanKind.INTERNAL if headers is None else trace.SpanKind.SERVER,
                {f"{_PREFIX}correlation_id": key},
                [_link(key)] if is_called else (),
            )
        finally:
            self._ids.wanted = None
        if is_quiet:
            self._idle.add(made.get_span_context().span_id)
        return _OtlpSpan(made, self._idle)

    def part(self, name: str) -> TraceSpan:
        """Begin a span within the one that is under way, if one is."""
        around = trace.get_current_span()
        if not around.is_recording():
            return TraceSpan()
        self._idle.discard(around.get_span_context().span_id)
        return _OtlpSpan(self._tracer.start_span(name), self._idle)

    def link(self, key: str) -> None:
        """Link the span that is under way with the trace of *key*, unless it is in it."""
        current = trace.get_current_span()
        self._idle.discard(current.get_span_context().span_id)
        if current.get_span_context().trace_id != _trace_of(key):
            link = _link(key)
            current.add_link(link.context, link.attributes)

    def close(self, seconds: float) -> None:
        """Send what is left, for so long at most."""
        ending = threading.Thread(target=self._processor.shutdown, daemon=True)
        ending.start()
        ending.join(seconds)


class _OtlpSpan(TraceSpan):
    is_on = True

    def __init__(self, span: trace.Span, idle: set[int]) -> None:
        self._span = span
        self._idle = idle

    def __enter__(self) -> Self:
        self._around = context.attach(trace.set_span_in_context(self._span))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if kind is not None:  # Its words may hold anything.
            self.fail(kind.__name__)
        context.detach(self._around)
        span_id = self._span.get_span_context().span_id
        if span_id in self._idle:
            self._idle.discard(span_id)
            return  # What is never ended is never sent.
        self._span.end()

    def note(self, **facts: str | int | bool) -> None:
        self._span.set_attributes({_PREFIX + name: value for name, value in facts.items()})

    def fail(self, reason: str) -> None:
        self._idle.discard(self._span.get_span_context().span_id)
        self._span.set_status(trace.StatusCode.ERROR, reason)


class _DerivedIds(RandomIdGenerator):
    """Gives a new trace the id that is wanted. Roots are made by the event loop's thread alone."""

    wanted: int | None = None

    def generate_trace_id(self) -> int:
        """Return the wanted id, or a random one."""
        return super().generate_trace_id() if self.wanted is None else self.wanted


class _NoticingExporter(SpanExporter):
    """Says once that spans cannot be sent, and once that they can be again."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter
        self._is_failing = False

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send them; those that cannot be sent are dropped."""
        result = self._exporter.export(spans)
        is_failing = result is not SpanExportResult.SUCCESS
        if is_failing and not self._is_failing:
            logger.warning("traces_not_sent", dropped=len(spans))
        elif self._is_failing and not is_failing:
            logger.info("traces_sent_again")
        self._is_failing = is_failing
        return result

    def shutdown(self) -> None:
        """Give up what is being sent again."""
        self._exporter.shutdown()


def _trace_of(key: str) -> int:
    """Return the id of a correlation id's trace."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:_TRACE_BYTES]) or 1


def _link(key: str) -> trace.Link:
    """Return a link to the trace of a correlation id; which of its spans nobody knows yet."""
    digest = hashlib.sha256(key.encode()).digest()
    span_id = int.from_bytes(digest[_TRACE_BYTES : _TRACE_BYTES + _SPAN_BYTES]) or 1
    place = trace.SpanContext(_trace_of(key), span_id, is_remote=True)
    return trace.Link(place, {f"{_PREFIX}correlation_id": key})
