"""Sends the spans of this process to an OTLP/HTTP endpoint while it runs, if there is one."""

import contextlib
from collections.abc import Iterator
from urllib.parse import unquote

from bot.errors import ConfigError
from bot.tracing.spans import trace_with

#: What is left at the end may take so long; then the process ends without it.
_FLUSH_SECONDS = 3.0
_PACKAGES = "opentelemetry-sdk opentelemetry-exporter-otlp-proto-http"


@contextlib.contextmanager
def exported_spans(
    endpoint: str | None,
    headers: str | None,
    service: str,
    version: str,
    *,
    flush_seconds: float = _FLUSH_SECONDS,
) -> Iterator[None]:
    """
    Send spans to *endpoint* while entered; without one do nothing and load nothing.

    *headers* are `name=value`, comma separated, values percent-encoded, as in
    https://opentelemetry.io/docs/specs/otel/protocol/exporter/. Raises `ConfigError` if the
    packages are missing, which are installed separately.
    """
    if endpoint is None:
        yield
        return
    try:
        from bot.tracing.otlp import OtlpTracer
    except ImportError:
        problem = f"OTEL_EXPORTER_OTLP_ENDPOINT: needs packages; run: pip install {_PACKAGES}"
        raise ConfigError([problem]) from None
    tracer = OtlpTracer(endpoint, _headers_of(headers or ""), service, version)
    before = trace_with(tracer)
    try:
        yield
    finally:
        trace_with(before)
        tracer.close(flush_seconds)


def _headers_of(text: str) -> dict[str, str]:
    pairs = (one.partition("=") for one in text.split(",") if one.strip())
    return {name.strip().lower(): unquote(value.strip()) for name, _, value in pairs}
