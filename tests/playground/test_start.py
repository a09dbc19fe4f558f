import asyncio
import json
import os
import signal
import socket
import sys
from pathlib import Path

import aiohttp
import pytest
from slack_playground import Playground, PlaygroundConfig
from slack_playground.errors import SeedError

from tests.playground.wire import Api

ROOT = Path(__file__).parents[2]


async def run(*arguments: str, cwd: Path = ROOT) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "slack_playground", *arguments),
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT / "playground")},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def test_it_runs_alone_and_stops_when_told(tmp_path: Path) -> None:
    """The command prints the page's address and what an app needs; SIGTERM ends it cleanly."""
    process = await run("--port", "0", cwd=tmp_path)
    assert process.stdout is not None
    address = (await process.stdout.readline()).decode().split()[-1]
    async with aiohttp.ClientSession() as session, session.get(f"{address}api/api.test") as answer:
        assert await answer.json() == {"ok": True, "args": {}}
    process.send_signal(signal.SIGTERM)
    rest, errors = await process.communicate()
    assert b"SLACK_BOT_TOKEN=xoxb-playground-bot" in rest
    assert (process.returncode, errors) == (0, b"")


async def test_a_manifest_beside_it_is_only_named(tmp_path: Path) -> None:
    """It counts when it is given, and not because it lies there."""
    manifest = {"display_information": {"name": "Bell"}, "features": {}}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    for arguments, name in ((["--manifest", "manifest.json"], "Bell"), ([], "Sample")):
        process = await run("--port", "0", *arguments, cwd=tmp_path)
        assert process.stdout is not None
        address = (await process.stdout.readline()).decode().split()[-1]
        url = f"{address}_playground/state"
        async with aiohttp.ClientSession() as session, session.get(url) as answer:
            assert (await answer.json())["app"]["name"] == name
        process.terminate()
        rest, _ = await process.communicate()
        assert (b"--manifest manifest.json" in rest) is (not arguments)


async def test_a_manifest_that_slack_would_refuse_is_told(tmp_path: Path) -> None:
    """It is taken, and each of its faults is named."""
    manifest = {
        "display_information": {"name": "Bell"},
        "features": {"slash_commands": [{"command": "bell"}]},
    }
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    process = await run("--port", "0", "--manifest", "manifest.json", cwd=tmp_path)
    assert process.stdout is not None
    await process.stdout.readuntil(b"SLACK_SIGNING_SECRET")
    process.terminate()
    rest, _ = await process.communicate()
    assert b"Slack would refuse this manifest:" in rest
    assert b"/features/slash_commands/0/command: must start with /" in rest


async def test_what_cannot_be_listened_on_is_said_in_a_line() -> None:
    """A taken port says what to do; no port at all is a usage error."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        process = await run("--port", port)
        _, errors = await process.communicate()
    expected = f"Port {port} is taken. Choose another with --port; 0 picks a free one.\n"
    assert (process.returncode, errors.decode()) == (2, expected)
    process = await run("--port", "70000")
    _, errors = await process.communicate()
    assert (process.returncode, b"is not a port" in errors) == (2, True)


async def test_a_broken_seed_is_a_usage_error(tmp_path: Path) -> None:
    """It says which file and does not start."""
    seed = tmp_path / "seed.json"
    seed.write_text("{")
    process = await run("--seed", str(seed))
    _, errors = await process.communicate()
    assert process.returncode == 2
    assert str(seed).encode() in errors


async def test_a_seed_replaces_people_and_channels() -> None:
    """Lists in the seed replace the standing ones, and so do tokens."""
    seed = {
        "team": {"id": "T0OTHER001", "name": "Other"},
        "users": [{"id": "U0ADA00009", "name": "ada", "real_name": "Ada", "is_owner": True}],
        "channels": [{"id": "C0ONLY0001", "name": "only", "members": ["U0ADA00009"]}],
        "tokens": {"xoxb-mine": "bot", "xapp-mine": "app"},
    }
    async with Playground(PlaygroundConfig(seed=seed)) as playground, Api(playground) as api:
        assert playground.bot_token == "xoxb-mine"
        assert (await api("auth.test"))["team_id"] == "T0OTHER001"
        assert playground.user("ada").id == "U0ADA00009"
        assert set(playground.state.channels) == {"C0ONLY0001"}


@pytest.mark.parametrize(
    "settings",
    [
        {"seed": {"users": [{"id": "U1", "nickname": "x"}]}},
        {"seed": {"channels": [{"name": "x"}]}},
        {"manifest": {"features": {}}},
        {"manifest": Path("nowhere.json")},
    ],
)
def test_what_does_not_fit_is_refused(settings: dict[str, object]) -> None:
    """A seed or manifest with a mistake does not half work."""
    with pytest.raises(SeedError):
        Playground(PlaygroundConfig(**settings))  # type: ignore[arg-type]


async def test_the_version_is_printed() -> None:
    """Also where the package is only on the path."""
    process = await run("--version")
    said, _ = await process.communicate()
    assert (process.returncode, said.decode().split()[0]) == (0, "slack-playground")
