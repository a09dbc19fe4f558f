"""`python -m bot`: the bot itself, until SIGTERM or Ctrl-C."""

import asyncio
import signal

from bot.app import Opsbell
from bot.logs import set_up_logs
from bot.settings import Settings, environment, read_settings


def run() -> None:
    """Run the bot. SIGTERM and Ctrl-C end it cleanly within ten seconds."""
    settings = read_settings(environment())
    set_up_logs(settings.log_level, settings.log_format)
    asyncio.run(serve(settings))


async def serve(settings: Settings) -> None:
    """Serve until a signal asks to stop; a second one ends at once."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    starting = asyncio.create_task(run_until(settings, stop))
    await starting


async def run_until(settings: Settings, stop: asyncio.Event) -> None:
    """Start, wait for *stop*, and stop."""
    async with Opsbell(settings):
        await stop.wait()
