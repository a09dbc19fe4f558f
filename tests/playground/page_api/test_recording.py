"""A recording is done again with another bot, and what went differently is told."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from slack_playground import Playground

from tests.patience import PATIENCE_SECONDS, PATIENT
from tests.playground.wire import OPS, Api, Caller, actions, button, connect, modal


@asynccontextmanager
async def bot(word: str) -> AsyncIterator[tuple[Playground, Api, Caller]]:
    """A workspace with a bot: a command opens a modal, its submission posts, a click edits."""
    async with (
        Playground(limits="off", **PATIENT) as playground,
        Api(playground) as api,
        connect(api) as app,
    ):
        app.does = lambda payload: react(api, word, payload)
        yield playground, api, app


async def react(api: Api, word: str, payload: dict[str, Any]) -> None:
    if "command" in payload:
        await api("views.open", trigger_id=payload["trigger_id"], view=modal())
    elif payload["type"] == "view_submission":
        name = payload["view"]["state"]["values"]["name"]["typed"]["value"]
        await api("chat.postMessage", channel=OPS, text=name, blocks=[actions(button())])
    elif payload["type"] == "block_actions":
        ts = payload["container"]["message_ts"]
        await api("chat.update", channel=OPS, ts=ts, text=word)


async def live(playground: Playground) -> None:
    await playground.run_command("ada", "ops", "/ops new")
    (view,) = await playground.wait_for(lambda: playground.views("ada"))
    await playground.submit("ada", view["id"], {"name": "Schema"})
    (message,) = await playground.wait_for(lambda: playground.messages("ops"))
    await playground.click("ben", "ops", message["ts"], "Retry")
    await playground.wait_for(lambda: playground.messages("ops")[0]["text"] != "Schema")


async def test_the_same_bot_does_the_same() -> None:
    """Ids of views and messages differ, and are matched."""
    async with bot("retried") as (playground, _, _):
        await live(playground)
        lines = playground.recording()
    kinds = [json.loads(line)["kind"] for line in lines.splitlines()]
    assert {"action", "call", "delivery", "born"} == set(kinds)
    async with bot("retried") as (playground, _, _):
        assert await playground.replay(lines, patience=PATIENCE_SECONDS) == []
        assert playground.messages("ops")[0]["text"] == "retried"


async def test_another_bot_is_told_apart() -> None:
    """The step, what was expected and what came, over HTTP as well."""
    async with bot("retried") as (playground, api, _):
        await live(playground)
        async with api.session.get(f"{playground.page_url}_playground/recording") as response:
            assert response.content_type == "application/jsonl"
            lines = await response.text()
    async with bot("broken") as (playground, api, _):
        answer = await api.page("replay", lines=lines, patience=PATIENCE_SECONDS)
        (difference,) = answer["differences"]
        assert (answer["is_same"], difference["step"]) == (False, 3)
        assert difference["request"] == "actions"
        assert difference["expected"][0]["arguments"]["text"] == "retried"
        assert difference["got"][0]["arguments"]["text"] == "broken"
        headers = {"Content-Type": "application/jsonl"}
        address = f"{playground.page_url}_playground/replay"
        async with api.session.post(address, data=b"{no", headers=headers) as response:
            assert (await response.json())["error"] == "invalid_recording"
