"""Rule: Slack stores blocks completed, and everyone sees the stored ones."""

from slack_playground import Playground

from tests.playground.wire import OPS, Api, Caller, actions, modal, plain, section, trigger

BARE = [
    section(),
    {"type": "header", "text": plain("Report")},
    {"type": "actions", "elements": [{"type": "button", "text": plain("Go")}]},
]


async def test_blocks_are_completed(playground: Playground, api: Api) -> None:
    """Ids, `emoji` and `verbatim` are added in the answer, in history and in the channel."""
    answer = await api("chat.postMessage", channel=OPS, text="x", blocks=BARE)
    stored = answer["message"]["blocks"]
    assert all(block["block_id"] for block in stored)
    assert stored[0]["text"]["verbatim"] is False
    assert stored[1]["text"]["emoji"] is True
    assert stored[2]["elements"][0]["action_id"]
    history = await api("conversations.history", channel=OPS)
    assert history["messages"][0]["blocks"] == stored == playground.messages("ops")[0]["blocks"]


async def test_what_was_sent_is_kept(api: Api) -> None:
    """An id that the app gave stays the app's."""
    answer = await api(
        "chat.postMessage",
        channel=OPS,
        text="x",
        blocks=[
            actions({"type": "button", "text": plain("Go"), "action_id": "go"}, block_id="mine")
        ],
    )
    (block,) = answer["message"]["blocks"]
    assert (block["block_id"], block["elements"][0]["action_id"]) == ("mine", "go")


async def test_a_click_carries_the_stored_message(
    playground: Playground, api: Api, app: Caller
) -> None:
    """The app gets back what Slack stored, not what the app sent."""
    answer = await api("chat.postMessage", channel=OPS, text="x", blocks=BARE)
    await playground.click("ada", "ops", answer["ts"], "Go")
    assert app.payloads[-1]["message"]["blocks"] == answer["message"]["blocks"]


async def test_the_frame_of_a_view_is_completed(
    playground: Playground, api: Api, app: Caller
) -> None:
    """Title and buttons are plain text like any other, and come back with `emoji`."""
    view = modal(close={"type": "plain_text", "text": "No", "emoji": False})
    answer = await api("views.open", trigger_id=await trigger(playground, app), view=view)
    assert answer["view"]["title"] == {"type": "plain_text", "text": "Form", "emoji": True}
    assert answer["view"]["submit"]["emoji"] is True
    assert answer["view"]["close"]["emoji"] is False
