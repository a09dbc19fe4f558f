"""Bolt for JavaScript over HTTP: the challenge, Slack's signature, events and commands."""

import asyncio
import os
import shutil
from pathlib import Path

import pytest
from slack_playground import Playground

from tests.patience import PATIENT

pytestmark = pytest.mark.node

APP = Path(__file__).parent / "http_app.js"


async def test_an_app_without_a_socket(javascript_app: Path, without_proxies: None) -> None:
    """A mention is answered in its thread, a command at once."""
    shutil.copy(APP, javascript_app)
    async with Playground(limits="off", **PATIENT) as playground:
        process = await asyncio.create_subprocess_exec(
            *("node", APP.name),
            cwd=javascript_app,
            stdout=asyncio.subprocess.PIPE,
            env={**os.environ, **playground.environment},
        )
        assert process.stdout is not None
        # Bolt itself may say something before.
        port = ""
        while not port.isdigit():
            port = (await process.stdout.readline()).decode().strip()
        assert await playground.use_request_url(f"http://127.0.0.1:{port}/slack/events")
        ts = playground.write("ada", "ops", "@sample").answer["message"]["ts"]
        (reply,) = await playground.wait_for(lambda: playground.replies("ops", ts))
        assert reply["text"] == "Yes?"
        assert (await playground.run_command("ada", "ops", "/menu")).ok
        assert playground.ephemerals("ada", "ops")[-1]["text"] == "Soup"
        process.kill()
        await process.wait()
