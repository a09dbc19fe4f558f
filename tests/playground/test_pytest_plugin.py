"""The fixtures as another project uses them: in a pytest of its own."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
TESTS = """
import pytest
from slack_playground import HandClock, Playground

async def test_a_workspace_is_there(playground: Playground) -> None:
    assert playground.messages("ops") == []
    assert playground.config.limits == "off"

@pytest.mark.playground(limits="slack", ack_seconds=0.5)
async def test_a_marker_sets_it_up(playground: Playground) -> None:
    assert (playground.config.limits, playground.config.ack_seconds) == ("slack", 0.5)

async def test_the_clock_stands_still(playground, playground_clock: HandClock) -> None:
    before = playground.workspace.clock.now()
    playground_clock.advance(60)
    assert playground.workspace.clock.now() == before + 60
"""


IMPORTS = """
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

"""


def run_pytest(folder: Path, tests: str) -> str:
    (folder / "conftest.py").write_text('pytest_plugins = ["slack_playground.pytest_plugin"]\n')
    (folder / "test_it.py").write_text(tests)
    settings = ("-o", "asyncio_mode=auto", "-o", "asyncio_default_fixture_loop_scope=function")
    quiet = ("-q", "--strict-markers", "-p", "no:cacheprovider")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *quiet, *settings, "--rootdir", folder, folder],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT / "playground")},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


def test_another_project_uses_the_fixtures(tmp_path: Path) -> None:
    """One line in its conftest gives it `playground`, set up by markers."""
    assert "3 passed" in run_pytest(tmp_path, TESTS)


def test_the_first_test_of_the_readme_passes(tmp_path: Path) -> None:
    """What the README shows is run as it stands there."""
    readme = (ROOT / "playground" / "README.md").read_text(encoding="utf-8")
    sample = readme.split("## A first test")[1].split("```python\n")[1].split("```")[0]
    assert "1 passed" in run_pytest(tmp_path, IMPORTS + sample)
