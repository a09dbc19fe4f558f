"""The examples that the README shows, run as they stand."""

import asyncio
import os
import sys
from pathlib import Path

from slack_playground import Playground

EXAMPLES = Path(__file__).parents[2] / "playground" / "examples"


async def test_the_example_in_python(playground: Playground, without_proxies: None) -> None:
    """It reads Slack's address from its environment, and greets."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, EXAMPLES / "greeter.py"), env={**os.environ, **playground.environment}
    )
    try:
        await playground.wait_for_app()
        ts = playground.write("ada", "ops", "hello").answer["message"]["ts"]
        (reply,) = await playground.wait_for(lambda: playground.replies("ops", ts))
        assert reply["text"] == f"Hi <@{playground.user('ada').id}>"
    finally:
        process.kill()
        await process.wait()
