"""The command that makes a picture of a channel."""

import asyncio
import os
import sys
from pathlib import Path

import pytest
from slack_playground import Playground

from tests.chromium import chromium_path

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

ROOT = Path(__file__).parents[3]


async def screenshot(playground: Playground, *arguments: str) -> tuple[int | None, bytes]:
    command = ("-m", "slack_playground", "screenshot", "--browser", chromium_path())
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, *command, "--url", playground.page_url, *arguments),
        env={**os.environ, "PYTHONPATH": str(ROOT / "playground")},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    return process.returncode, said


async def test_a_channel_becomes_a_picture(playground: Playground, tmp_path: Path) -> None:
    """A PNG of the asked size; what is not there is said in a line."""
    playground.write("ada", "ops", "Soup is ready")
    file = tmp_path / "ops.png"
    size = ("--width", "640", "--height", "480", "--dark", "--contains", "Soup")
    code, said = await screenshot(playground, "ops", str(file), *size)
    assert code == 0, said
    content = file.read_bytes()
    assert content[:4] == b"\x89PNG"
    assert [int.from_bytes(content[at : at + 4], "big") for at in (16, 20)] == [640, 480]
    code, said = await screenshot(playground, "ops", str(file), "--url", "http://127.0.0.1:9")
    assert (code, said[:42]) == (2, b"There is no playground at http://127.0.0.1")
    code, said = await screenshot(playground, "nowhere", str(file))
    assert (code, said.decode().strip()) == (2, "There is no such channel.")
