"""What the SDK sends to a collector, and what the bot does without one."""

import asyncio
import hashlib
import sys
from contextlib import suppress

import pytest
from structlog.testing import capture_logs

from bot.errors import ConfigError
from bot.settings import read_settings
from bot.tracing.export import exported_spans
from bot.tracing.spans import link_to, root_span, span
from tests.bot.tracing.collector import Collector
from tests.patience import PATIENCE_SECONDS

CALLER = "0af7651916cd43dd8448eb211c80319c"
PARENT = "b7ad6b7169203331"
SERVER, INTERNAL = 2, 1


def trace_of(key):
    return hashlib.sha256(key.encode()).hexdigest()[:32]


async def sent(work, collector, headers=None):
    """Do the work while its spans are sent to the collector, and wait for them."""

    def in_thread():
        url, patience = f"{collector.url}/", PATIENCE_SECONDS
        with exported_spans(url, headers, "opsbell-test", "1", flush_seconds=patience):
            work()

    await asyncio.to_thread(in_thread)  # The end waits for the collector, which runs here.


async def test_what_belongs_to_one_id_is_one_trace():
    """A request and a later attempt, wherever that is made; parts are below what they belong to."""

    def work():
        with root_span("POST /api/tasks", "ada-1", {}), span("commit"):
            pass
        with root_span("deliver", "ada-1") as attempt:
            attempt.note(revision=3, verdict="delivered")
            with suppress(KeyError), span("chat.update"):
                raise KeyError("ada's secret")
        with span("auth.test"):  # Nothing that anybody follows is under way.
            pass

    async with Collector() as collector:
        await sent(work, collector, "x-key=a%20b, X-More=1=2")

    request, attempt = collector.named("POST /api/tasks"), collector.named("deliver")
    call = collector.named("chat.update")
    assert {one.trace for one in collector.spans} == {trace_of("ada-1")}
    assert (request.kind, request.parent, attempt.kind, attempt.parent) == (
        SERVER,
        "",
        INTERNAL,
        "",
    )
    assert collector.named("commit").parent == request.id
    assert (call.parent, call.failure) == (attempt.id, "KeyError")
    assert b"secret" not in collector.bodies
    assert attempt.facts == {
        "opsbell.correlation_id": "ada-1",
        "opsbell.revision": 3,
        "opsbell.verdict": "delivered",
    }
    assert len(collector.spans) == 4
    assert attempt.service == "opsbell-test"
    assert collector.headers[0]["x-key"] == "a b"
    assert collector.headers[0]["x-more"] == "1=2"


async def test_a_callers_trace_goes_on_and_names_ours():
    """A `traceparent` makes the request a part of it, linked with the trace of the deliveries."""

    def work():
        headers = {"traceparent": f"00-{CALLER}-{PARENT}-01"}
        with root_span("POST /api/slack/update", "ben-2", headers):
            link_to("ada-1")
        with root_span("refused", "ben-2", {"traceparent": "00-0-ff"}):
            link_to("ben-2")

    async with Collector() as collector:
        await sent(work, collector)

    report = collector.named("POST /api/slack/update")
    assert (report.trace, report.parent) == (CALLER, PARENT)
    assert report.links == [
        (trace_of(key), {"opsbell.correlation_id": key}) for key in ("ben-2", "ada-1")
    ]
    assert (collector.named("refused").trace, collector.named("refused").links) == (
        trace_of("ben-2"),
        [],
    )


async def test_a_quiet_span_is_sent_only_if_it_has_something_to_tell():
    """A job that found nothing to do every second would bury everything else."""

    def work():
        with root_span("job idle", "j-1", is_quiet=True) as idle:
            idle.note(looked=True)
        with root_span("job busy", "j-2", is_quiet=True), span("commit"):
            pass
        with root_span("job linked", "j-3", is_quiet=True):
            link_to("ada-1")
        with suppress(KeyError), root_span("job broken", "j-4", is_quiet=True):
            raise KeyError

    async with Collector() as collector:
        await sent(work, collector)

    assert sorted(one.name for one in collector.spans) == [
        "commit",
        "job broken",
        "job busy",
        "job linked",
    ]
    assert collector.named("job broken").failure == "KeyError"
    assert collector.named("commit").parent == collector.named("job busy").id


async def test_an_attempt_is_no_part_of_what_woke_the_lane():
    """A lane that a request has started inherits its context, and outlives it."""

    async def lane():
        with root_span("deliver", "ben-2"):
            pass

    def work():
        async def request():
            with root_span("POST /api/tasks", "ada-1", {}):
                return asyncio.create_task(lane())

        async def serve():
            await (await request())

        asyncio.run(serve())

    async with Collector() as collector:
        await sent(work, collector)

    assert (collector.named("deliver").trace, collector.named("deliver").parent) == (
        trace_of("ben-2"),
        "",
    )


async def test_a_collector_that_refuses_is_told_once():
    """The bot goes on; the log has one line, without what was refused."""

    def work():
        with root_span("deliver", "ada-1"):
            pass

    async with Collector(status=400) as collector:
        with capture_logs() as logs:
            await sent(work, collector)

    assert [one["event"] for one in logs] == ["traces_not_sent"]


async def test_without_an_endpoint_nothing_is_noted(monkeypatch):
    """Neither is a package needed."""
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk", None)
    with exported_spans(None, None, "opsbell", "1"), root_span("deliver", "ada-1") as attempt:
        link_to("ben-2")
        assert not attempt.is_on
        assert span("commit") is attempt


def test_the_packages_that_are_missing_are_named(monkeypatch):
    """Whoever asks for traces is told what to install."""
    monkeypatch.delitem(sys.modules, "bot.tracing.otlp", raising=False)
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)

    with (
        pytest.raises(ConfigError, match="pip install opentelemetry-sdk"),
        exported_spans("http://127.0.0.1:9", None, "opsbell", "1"),
    ):
        pass


@pytest.mark.parametrize("headers", ["hunter2", "=hunter2", "a=1,hunter2", "a b=hunter2", "a=ü"])
def test_headers_that_are_none_are_refused(headers):
    """A key that was entered without its name would not be sent, and is not repeated."""
    with pytest.raises(ConfigError) as refused:
        read_settings({"OTEL_EXPORTER_OTLP_HEADERS": headers}, need_slack=False)

    (problem,) = refused.value.problems
    assert problem.startswith("OTEL_EXPORTER_OTLP_HEADERS: must be name=value")
    assert "hunter2" not in problem
