"""`python -m bot`: the bot itself, until SIGTERM or Ctrl-C."""

import asyncio
import gc
import os
import signal
from collections.abc import Coroutine
from typing import Any

import uvloop

from bot.app import Opsbell
from bot.clock import Clock
from bot.logs import set_up_logs
from bot.outgoing.proxies import hide_from_sdk
from bot.process.secure_process import hide_memory
from bot.settings import Settings, environment, read_settings
from bot.telemetry.meters import opsbell_version
from bot.tracing.export import exported_spans

#: Ten times Python's default; a message leaves a few dozen objects behind.
_GC_THRESHOLD = 10_000


def serve_until_stopped(
    clock: Clock | None = None, beside: Coroutine[Any, Any, None] | None = None
) -> None:
    """Run the bot, perhaps by another clock, and a coroutine beside it until it has stopped."""
    hide_memory()
    settings = read_settings(environment())
    set_up_logs(settings.log_level, settings.log_format)
    hide_from_sdk(os.environ, [settings.slack_api_url], settings.proxies)
    # Twice the messages a second for the same processor: docs/decisions/0009-uvloop-and-a-wire.md
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve_beside(settings, clock, beside))


def run() -> None:
    """Run the bot. SIGTERM and Ctrl-C end it cleanly within ten seconds."""
    serve_until_stopped()


async def _serve_beside(
    settings: Settings, clock: Clock | None, beside: Coroutine[Any, Any, None] | None
) -> None:
    running = asyncio.create_task(beside) if beside else None
    headers = settings.otel_exporter_otlp_headers
    try:
        with exported_spans(
            settings.otel_exporter_otlp_endpoint,
            headers.get_secret_value() if headers else None,
            settings.otel_service_name,
            opsbell_version(),
        ):
            await serve(settings, clock)
    finally:
        if running:
            running.cancel()


async def serve(settings: Settings, clock: Clock | None = None) -> None:
    """Start the bot, serve until a signal asks to stop, and stop it; a start can be stopped too."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    bot = Opsbell(settings, clock=clock)
    starting = asyncio.create_task(bot.start(), name="start")
    stopping = asyncio.create_task(stop.wait(), name="wait for a signal")
    await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
    if not starting.done():
        starting.cancel()
        await asyncio.wait({starting})
        return
    await starting
    collect_garbage_rarely()
    await stopping
    await bot.stop()


def collect_garbage_rarely() -> None:
    """
    Collect garbage rarely, and only among objects that are made from now on.

    Call it when the process has started: the objects that exist by then stay until the end, and
    scanning them again and again takes a sixth of the processor time of a message.
    https://docs.python.org/3/library/gc.html#gc.freeze
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_GC_THRESHOLD, 20, 20)
