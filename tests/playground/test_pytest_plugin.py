"""The fixtures as another project uses them: in a pytest of its own."""

import os
import re
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


BLOCKING = """
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_playground import SyncPlayground
from slack_sdk import WebClient

def test_a_blocking_app(playground: SyncPlayground) -> None:
    app = App(client=WebClient(token=playground.bot_token, base_url=playground.api_url))

    @app.command("/menu")
    def show(ack, say):
        ack("Soup")
        say("Menu shown")

    handler = SocketModeHandler(app, playground.app_token)
    handler.connect()
    playground.wait_for_app()
    assert playground.run_command("ada", "ops", "/menu").ok
    (message,) = playground.wait_for(lambda: playground.messages("ops"))
    assert playground.elsewhere("annex").messages("field") == []
    playground.write("ben", "ops", "*thanks* & bye", thread_ts=message["ts"])
    handler.close()
    assert message["text"] == "Menu"
"""
REPORT = """
#ops
  00:00:00 Sample: Menu shown
    ↳ 00:00:00 Ben: *thanks* & bye
  (only Ada) 00:00:00 Sample: Soup
"""

IMPORTS = """
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk import WebClient
from slack_sdk.web.async_client import AsyncWebClient

"""


def run_pytest(folder: Path, tests: str, *, before: str = "") -> str:
    plugin = 'pytest_plugins = ["slack_playground.pytest_plugin"]\n'
    (folder / "conftest.py").write_text(f"{before}\n{plugin}")
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


def test_a_blocking_app_works_beside_it_and_a_failure_tells_what_was_said(tmp_path: Path) -> None:
    """A plain test has the workspace in a thread, also without pytest-asyncio."""
    without = "import sys\nsys.modules['pytest_asyncio'] = None"
    said = run_pytest(tmp_path, BLOCKING, before=without)
    assert "assert 'Menu shown' == 'Menu'" in said
    report = said.split("Slack playground ---")[1].split("\n", 1)[1]
    assert REPORT in re.sub(r"\d\d:\d\d:\d\d", "00:00:00", report)


def test_the_first_tests_of_the_readme_pass(tmp_path: Path) -> None:
    """What the README shows is run as it stands there, with `async` and without."""
    readme = (ROOT / "playground" / "README.md").read_text(encoding="utf-8")
    first, second = readme.split("## A first test")[1].split("```python\n")[1:3]
    samples = first.split("```")[0] + second.split("```")[0]
    assert "2 passed" in run_pytest(tmp_path, IMPORTS + samples)
