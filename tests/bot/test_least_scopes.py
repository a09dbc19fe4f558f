"""What goes on with the required scopes alone, and what is said where one is missing."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from slack_playground import Playground
from structlog.testing import capture_logs

from bot.clock import SystemClock
from bot.tokens import Tokens
from bot.workspaces.scopes import NEEDED_SCOPES
from tests.bot.test_app import MANIFEST, opsbell
from tests.patience import PATIENT, until

SECRET = "0123456789abcdef0123456789abcdef"


@pytest.fixture
async def playground() -> AsyncIterator[Playground]:
    async with Playground(limits="off", manifest=MANIFEST, **PATIENT) as playground:
        playground.state.scopes = frozenset(NEEDED_SCOPES)
        yield playground


class Caller:
    """Somebody who calls the bot's API."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._url = url

    async def post(self, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        async with self._session.post(f"{self._url}{path}", json=body) as answer:
            return answer.status, await answer.json()

    async def status_of(self, key: str) -> dict[str, Any]:
        async with self._session.get(f"{self._url}/api/messages/{key}") as answer:
            found: dict[str, Any] = await answer.json()
            return found


async def test_the_least_that_works_works(playground: Playground, tmp_path: Path) -> None:
    """Messages, edits, commands go on; what a missing scope is for is refused in words."""
    playground.fail("chat.postMessage", "drop_answer")
    ops = playground.channel("ops").id
    token = Tokens(SECRET, SystemClock()).mint(
        subject="ada", tenant="default", scopes=frozenset({"admin"})
    )
    with capture_logs() as logs:
        async with (
            opsbell(playground, tmp_path) as bot,
            aiohttp.ClientSession(headers={"Authorization": f"Bearer {token}"}) as session,
        ):
            caller = Caller(session, bot.url)
            task = {"task": "import", "taskId": "t_1", "channel": ops, "status": "running"}
            assert (await caller.post("/api/tasks", task))[0] == 201
            await playground.wait_for(lambda: playground.messages("ops"))
            await caller.post("/api/slack/update", {"taskId": "t_1", "status": "completed"})
            await playground.wait_for(lambda: "Completed" in playground.messages("ops")[-1]["text"])

            message = {"templateCode": "text", "payload": {"text": "hello"}}
            by_name = await caller.post("/api/messages/request", {**message, "channel": "#ops"})
            files = [{"name": "a.txt", "content": "rows"}]
            with_file = {**message, "channel": ops, "files": files, "correlationId": "filed"}
            assert (await caller.post("/api/messages/request", with_file))[0] < 300

            async def is_given_up() -> bool:
                (file,) = (await caller.status_of("filed"))["otherMessages"][-1:]
                return "files:write" in str(await caller.status_of(file))

            await until(is_given_up)
            helped = await playground.run_command("ada", "ops", "/ops help")

    (warned,) = [one for one in logs if one["event"] == "scopes_missing"]
    assert len(warned["scopes"]) == 13
    assert by_name[0] == 422
    assert "channels:read" in str(by_name[1])
    assert helped.ok
    assert [one["event"] for one in logs if one["log_level"] in ("error", "critical")] == []
