"""The example in JavaScript and its test, run by Node.js as they stand."""

import asyncio
import os
import shutil
from pathlib import Path

import pytest
from slack_playground import Playground

from tests.patience import PATIENT

pytestmark = pytest.mark.node

EXAMPLES = Path(__file__).parents[3] / "playground" / "examples"


async def test_the_example_in_javascript(javascript_app: Path, without_proxies: None) -> None:
    """`node --test` passes beside a playground."""
    for name in ("greeter.js", "test_greeter.mjs"):
        shutil.copy(EXAMPLES / name, javascript_app)
    async with Playground(limits="off", **PATIENT) as playground:
        process = await asyncio.create_subprocess_exec(
            *("node", "--test", "test_greeter.mjs"),
            cwd=javascript_app,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env={**os.environ, **playground.environment},
        )
        said, _ = await process.communicate()
    assert (process.returncode, b"# pass 1" in said or b"pass 1" in said) == (0, True), said
