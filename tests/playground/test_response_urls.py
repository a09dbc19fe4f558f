import json
from typing import Any

from slack_playground import HandClock, Playground

from tests.playground.wire import ADA, OPS, Api, Caller, actions, button, section


async def respond(api: Api, url: str, **sent: Any) -> tuple[int, Any]:
    """Send one answer as an app does; return the status and `ok` or the error."""
    async with api.session.post(url, json=sent) as response:
        text = await response.text()
        return response.status, text if text == "ok" else json.loads(text)["error"]


async def click(api: Api, app: Caller, *, ephemeral: bool = False) -> tuple[str, str]:
    """Let Ada click a button; return the message's ts and the response URL."""
    blocks = [actions(button())]
    if ephemeral:
        sent = {"channel": OPS, "user": ADA, "text": "x", "blocks": blocks}
        ts = (await api("chat.postEphemeral", **sent))["message_ts"]
    else:
        ts = (await api("chat.postMessage", channel=OPS, text="x", blocks=blocks))["ts"]
    await api.playground.click("ada", "ops", ts, "Retry")
    return ts, app.payloads[-1]["response_url"]


async def test_an_answer_is_ephemeral_by_default(api: Api, app: Caller) -> None:
    """Without more it is a new message for the person who clicked."""
    _, url = await click(api, app)
    assert await respond(api, url, text="psst") == (200, "ok")
    assert [one["text"] for one in api.playground.ephemerals("ada", "ops")] == ["psst"]
    assert await respond(api, url, text="all", response_type="in_channel") == (200, "ok")
    assert [one["text"] for one in api.playground.messages("ops")] == ["x", "all"]


async def test_the_original_is_replaced_or_deleted(api: Api, app: Caller) -> None:
    """replace_original changes the clicked message, delete_original removes it."""
    ts, url = await click(api, app)
    await respond(api, url, text="new", blocks=[section()], replace_original=True)
    message = api.playground.message("ops", ts)
    assert (message["text"], message["blocks"][0]["type"]) == ("new", "section")
    await respond(api, url, delete_original=True)
    assert api.playground.messages("ops") == []
    assert await respond(api, url, text="y", replace_original=True) == (400, "message_not_found")


async def test_an_ephemeral_original_is_replaced_or_deleted(api: Api, app: Caller) -> None:
    """The same for what one person sees, which chat.update cannot reach."""
    ts, url = await click(api, app, ephemeral=True)
    await respond(api, url, text="new", replace_original=True)
    (shown,) = api.playground.ephemerals("ada", "ops")
    assert (shown["ts"], shown["text"]) == (ts, "new")
    await respond(api, url, delete_original=True)
    assert api.playground.ephemerals("ada", "ops") == []


async def test_a_command_has_no_original(playground: Playground, api: Api, app: Caller) -> None:
    """Answering a command cannot replace anything: it is a new message."""
    await playground.run_command("ada", "ops", "/ops")
    url = app.payloads[-1]["response_url"]
    assert await respond(api, url, text="x", replace_original=True) == (200, "ok")
    assert len(playground.ephemerals("ada", "ops")) == 1


async def test_it_is_good_for_five_answers(api: Api, app: Caller) -> None:
    """The sixth is refused."""
    _, url = await click(api, app)
    answers = [await respond(api, url, text="x") for _ in range(6)]
    assert answers == [(200, "ok")] * 5 + [(404, "used_url")]


async def test_it_is_good_for_half_an_hour(api: Api, app: Caller, clock: HandClock) -> None:
    """Then it has expired."""
    _, url = await click(api, app)
    clock.advance(30 * 60 + 1)
    assert await respond(api, url, text="x") == (404, "expired_url")


async def test_a_broken_answer_is_refused(api: Api, app: Caller) -> None:
    """Nothing to say, or blocks Slack would not take, is an error."""
    _, url = await click(api, app)
    assert await respond(api, url) == (400, "no_text")
    assert await respond(api, url, blocks=[{"type": "nonsense"}]) == (400, "invalid_blocks")


async def test_an_answer_in_a_thread_stays_there(
    playground: Playground, api: Api, app: Caller
) -> None:
    """A click under a reply is answered in its thread."""
    parent = (await api("chat.postMessage", channel=OPS, text="p"))["ts"]
    reply = await api(
        "chat.postMessage",
        channel=OPS,
        text="r",
        thread_ts=parent,
        blocks=[actions(button())],
    )
    await playground.click("ada", "ops", reply["ts"], "Retry")
    await respond(api, app.payloads[-1]["response_url"], text="x", response_type="in_channel")
    assert [one["text"] for one in playground.replies("ops", parent)] == ["r", "x"]
