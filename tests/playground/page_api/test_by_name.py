"""The control API as a test in any language uses it: names, labels, plain values."""

import asyncio
from typing import Any

import pytest
from slack_playground import Playground

from tests.patience import PATIENCE_SECONDS
from tests.playground.wire import OPS, Api, Caller, actions, button, modal, section


@pytest.fixture
async def message(api: Api) -> str:
    blocks = [section("*Import* failed"), actions(button())]
    return str((await api("chat.postMessage", channel=OPS, text="x", blocks=blocks))["ts"])


async def test_a_button_is_clicked_by_its_label(api: Api, app: Caller, message: str) -> None:
    """People and channels by name; what is not there is said with what is."""
    where = {"user": "ben", "channel": "ops", "ts": message}
    assert await api.page("click", **where, what="Retry") == {"ok": True}
    assert app.payloads[-1]["actions"][0]["action_id"] == "retry"
    missing = await api.page("click", **where, what="Delete")
    assert (missing["error"], "Retry" in missing["message"]) == ("element_not_found", True)


async def test_a_view_is_filled_in_and_submitted(
    playground: Playground, api: Api, app: Caller
) -> None:
    """The top modal, with plain values."""
    trigger = playground.workspace.triggers.issue(playground.state, playground.user("ada").id)
    await api("views.open", trigger_id=trigger, view=modal())
    empty = await api.page("submit", user="ada", values={})
    assert (empty["error"], list(empty["errors"])) == ("validation", ["name"])
    assert (await api.page("submit", user="ada", values={"nope": 1}))[
        "error"
    ] == "element_not_found"
    assert (await api.page("submit", user="ada", values={"name": "Schema"}))["ok"] is True
    values = app.payloads[-1]["view"]["state"]["values"]
    assert values["name"]["typed"]["value"] == "Schema"
    assert (await api.page("submit", user="ada"))["error"] == "view_not_found"


@pytest.mark.parametrize(
    "condition",
    [
        {"contains": "failed"},
        {"matches": r"\*Imp\w+\*"},
        {"count": 2},
        {"contains": "Retry", "count": 1},
    ],
)
async def test_a_wait_ends_when_it_is_so(api: Api, condition: dict[str, Any]) -> None:
    """Text, also in blocks, by word, pattern or number of messages."""
    waiting = asyncio.create_task(
        api.page("wait", user="ada", channel="ops", timeout=PATIENCE_SECONDS, **condition)
    )
    await asyncio.sleep(0.03)
    assert not waiting.done()
    blocks = [section("*Import* failed"), actions(button())]
    await api("chat.postMessage", channel=OPS, text="x", blocks=blocks)
    await api("chat.postMessage", channel=OPS, text="second")
    answer = await waiting
    assert (answer["ok"], bool(answer["messages"])) == (True, True)


async def test_a_wait_for_absence_and_its_end(api: Api, message: str) -> None:
    """`is_gone` waits for none; a timeout says what was seen."""
    asked = {"user": "ada", "channel": "ops", "contains": "failed", "timeout": 0.05}
    late = await api.page("wait", **asked, is_gone=True)
    assert (late["error"], "'x'" in late["message"]) == ("timeout", True)
    await api("chat.delete", channel=OPS, ts=message)
    assert (await api.page("wait", **asked, is_gone=True))["ok"] is True
    assert (await api.page("wait", **asked, matches="("))["error"] in ("timeout", "invalid_pattern")


async def test_messages_come_with_their_history(api: Api, message: str) -> None:
    """`history=1` adds what each said before."""
    await api("chat.update", channel=OPS, ts=message, text="y")
    (read,) = (await api.read("messages", user="ada", channel="ops", history="1"))["messages"]
    assert [one["text"] for one in read["_history"]] == ["x", "y"]


async def test_a_message_is_inspected(playground: Playground, api: Api, app: Caller) -> None:
    """Validation, the calls and envelopes that name it, and what likely caused it."""
    await playground.run_command("ada", "ops", "/ops")
    ts = (await api("chat.postMessage", channel=OPS, text="x", blocks=[actions(button())]))["ts"]
    await api("chat.update", channel=OPS, ts=ts, text="y", blocks=[actions(button())])
    await playground.click("ada", "ops", ts, "Retry")
    found = await api.read("inspect", channel=OPS, ts=ts)
    assert found["validation"] == {"ok": True, "problems": []}
    assert [one["method"] for one in found["calls"]] == ["chat.postMessage", "chat.update"]
    kinds = [one["type"] for one in found["envelopes"]]
    assert kinds == ["events_api", "events_api", "interactive"]
    assert [one["type"] for one in found["causes"]] == ["slash_commands"]
    assert [one["text"] for one in found["history"]] == ["x", "y"]


async def test_traffic_is_one_row(playground: Playground, api: Api, app: Caller) -> None:
    """People, deliveries and calls in the order they happened, from where one left off."""
    start = (await api.read("traffic"))["next"]
    await playground.run_command("ada", "ops", "/ops")
    await api("chat.postMessage", channel=OPS, text="x")
    answer = await api.read("traffic", after=str(start))
    kinds = [one["kind"] for one in answer["entries"]]
    # The last one tells the app of its own message.
    assert kinds == ["action", "delivery", "born", "call", "delivery"]
    assert answer["entries"][1]["outcome"] == "acknowledged"
    assert (await api.read("traffic", after=str(answer["next"])))["entries"] == []


async def test_a_snapshot_is_gone_back_to(playground: Playground, api: Api, message: str) -> None:
    """As often as wanted; timestamps grow on."""
    assert (await api.page("snapshot", name="failed"))["names"] == ["failed"]
    for _ in range(2):
        await api("chat.update", channel=OPS, ts=message, text="changed")
        newer = (await api("chat.postMessage", channel=OPS, text="more"))["ts"]
        assert (await api.page("restore", name="failed"))["ok"] is True
        assert [one["text"] for one in playground.messages("ops")] == ["x"]
        assert (await api("chat.postEphemeral", channel=OPS, user="U0ADA00001", text="z"))[
            "message_ts"
        ] > newer
    assert (await api.page("restore", name="other"))["error"] == "snapshot_not_found"


async def test_a_snapshot_keeps_what_is_to_come(
    playground: Playground, api: Api, clock: Any
) -> None:
    """Scheduled messages come after going back, too."""
    at = int(clock.now()) + 60
    await api("chat.scheduleMessage", channel=OPS, text="later", post_at=at)
    snapshot = playground.snapshot()
    for _ in range(2):
        playground.restore(snapshot)
        clock.advance(61)
        await playground.wait_for(lambda: playground.messages("ops"))
