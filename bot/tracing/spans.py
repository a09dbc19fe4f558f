"""
Spans, for whoever does something: they note nothing, and cost next to nothing, until `trace_with`.

A request begins a trace, and so does each attempt to deliver a message. Both derive its id from the
correlation id, so that one trace has them all, whichever process makes the attempt and whenever:
nothing about traces is stored. Why: docs/decisions/0023-traces-by-correlation-id.md
"""

from collections.abc import Mapping
from types import TracebackType
from typing import Protocol, Self


class TraceSpan:
    """What takes a while, as a context manager; this one notes nothing."""

    #: Whether what is noted is kept; look here before you compute it.
    is_on = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End it; an exception that passes is noted by its class."""

    def note(self, **facts: str | int | bool) -> None:
        """Add facts: ids and codes, never what a person wrote."""

    def fail(self, reason: str) -> None:
        """Mark it as failed; *reason* is a code."""


class Tracer(Protocol):
    """Makes spans."""

    def root(
        self, name: str, key: str, headers: Mapping[str, str] | None, *, is_quiet: bool
    ) -> TraceSpan:
        """Return a span that begins a trace, see `root_span`."""
        ...

    def part(self, name: str) -> TraceSpan:
        """Return a span within the one that is under way, see `span`."""
        ...

    def link(self, key: str) -> None:
        """Name the trace of another key in the span that is under way."""
        ...


_OFF = TraceSpan()
_tracer: Tracer | None = None


def trace_with(tracer: Tracer | None) -> Tracer | None:
    """Let *tracer* make the spans of this process from now on; return the one before."""
    global _tracer
    before, _tracer = _tracer, tracer
    return before


def root_span(
    name: str, key: str, headers: Mapping[str, str] | None = None, *, is_quiet: bool = False
) -> TraceSpan:
    """
    Return a span that begins the trace of *key*, a correlation id.

    It is part of the caller's trace instead if *headers* name one (W3C `traceparent`), and then
    names that of *key* as a link. One that *is_quiet* is forgotten unless it fails or has parts:
    most of what ticks finds nothing to do.
    """
    return _tracer.root(name, key, headers, is_quiet=is_quiet) if _tracer else _OFF


def span(name: str) -> TraceSpan:
    """Return a span within the one that is under way here; outside of any nothing is noted."""
    return _tracer.part(name) if _tracer else _OFF


def link_to(key: str) -> None:
    """Say that what is under way here belongs to the trace of *key* as well."""
    if _tracer:
        _tracer.link(key)
