"""Rule: threads, broadcasts, dressed-up messages and reactions look as Slack makes them."""

import pytest
from slack_playground import Playground

from tests.playground.wire import ADA, OPS, Api, Caller


@pytest.mark.parametrize("thread_ts", ["abc", "0", 1602251441.0017, "1602251441"])
async def test_a_thread_is_named_by_a_timestamp(
    playground: Playground, api: Api, thread_ts: object
) -> None:
    """What is no timestamp is refused; as a number it would lose its last digits."""
    answer = await api("chat.postMessage", channel=OPS, text="x", thread_ts=thread_ts)
    assert answer["error"] == "invalid_thread_ts"
    assert "is not a valid thread_ts" in answer["response_metadata"]["messages"][0]
    assert playground.messages(OPS) == []


async def test_a_parent_counts_its_replies(playground: Playground, api: Api) -> None:
    """reply_count, reply_users and latest_reply follow what is said and taken back."""
    ts = playground.write("ada", "ops", "root").answer["message"]["ts"]
    playground.write("ben", "ops", "one", ts)
    hook = playground.webhook("ops")
    async with api.session.post(hook, json={"text": "two", "thread_ts": ts}) as response:
        assert await response.text() == "ok"
    last = (await api("chat.postMessage", channel=OPS, text="three", thread_ts=ts))["ts"]
    state = playground.state
    parent = playground.message("ops", ts)
    assert (parent["reply_count"], parent["latest_reply"]) == (3, last)
    assert parent["reply_users"] == ["U0BEN00002", state.bot_id, state.bot_user_id]
    await api("chat.delete", channel=OPS, ts=last)
    assert playground.message("ops", ts)["reply_count"] == 2


async def test_a_broadcast_shows_its_root(playground: Playground, api: Api) -> None:
    """A reply that is also in the channel tells what it replies to."""
    ts = playground.write("ada", "ops", "root").answer["message"]["ts"]
    sent = {"channel": OPS, "text": "done", "thread_ts": ts, "reply_broadcast": True}
    answer = await api("chat.postMessage", **sent)
    assert answer["message"]["subtype"] == "thread_broadcast"
    assert (answer["message"]["root"]["ts"], answer["message"]["root"]["text"]) == (ts, "root")


async def test_a_deleted_parent_is_told_as_a_change(
    playground: Playground, api: Api, app: Caller
) -> None:
    """A message with replies becomes a tombstone, and the app hears of that."""
    ts = (await api("chat.postMessage", channel=OPS, text="root"))["ts"]
    await api("chat.postMessage", channel=OPS, text="reply", thread_ts=ts)
    await api("chat.delete", channel=OPS, ts=ts)
    await playground.wait_for(lambda: len(app.events("message")) == 3)
    event = app.events("message")[-1]
    assert (event["subtype"], event["message"]["subtype"]) == ("message_changed", "tombstone")


@pytest.mark.parametrize("had_replies", [False, True])
@pytest.mark.parametrize("more", [{}, {"reply_broadcast": True}])
async def test_a_reply_whose_parent_is_gone_stands_in_the_channel(
    playground: Playground, api: Api, had_replies: bool, more: dict[str, bool]
) -> None:
    """It is not refused, whether the parent was deleted or left a tombstone: no `thread_ts`."""
    ts = (await api("chat.postMessage", channel=OPS, text="root"))["ts"]
    if had_replies:
        await api("chat.postMessage", channel=OPS, text="reply", thread_ts=ts)
    await api("chat.delete", channel=OPS, ts=ts)

    answer = await api("chat.postMessage", channel=OPS, text="late", thread_ts=ts, **more)

    assert (answer["ok"], "thread_ts" in answer["message"]) == (True, False)
    assert playground.messages(OPS)[-1]["text"] == "late"


async def test_a_dressed_up_message_is_the_bots(playground: Playground, api: Api) -> None:
    """With a name of its own it is a bot_message of no user, and still the bot's to edit."""
    dress = {"username": "Herald", "icon_emoji": ":tada:"}
    answer = await api("chat.postMessage", channel=OPS, text="x", **dress)
    message = answer["message"]
    assert (message["subtype"], message["username"]) == ("bot_message", "Herald")
    assert message["icons"] == {"emoji": ":tada:"}
    assert "user" not in message
    assert (await api("chat.update", channel=OPS, ts=answer["ts"], text="y"))["ok"] is True
    assert (await api("chat.delete", channel=OPS, ts=answer["ts"]))["ok"] is True


async def test_without_the_scope_the_dress_is_ignored() -> None:
    """chat:write alone posts under the app's own name; Slack says nothing of it."""
    async with Playground(seed={"scopes": ["chat:write"]}) as playground, Api(playground) as api:
        answer = await api("chat.postMessage", channel=OPS, text="x", username="Herald")
        assert "username" not in answer["message"]
        assert answer["message"]["user"] == playground.state.bot_user_id


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"name": "eyes"}, "no_item_specified"),
        ({"name": "eyes", "channel": OPS}, "no_item_specified"),
        ({"name": "eyes", "channel": OPS, "timestamp": "soon"}, "bad_timestamp"),
        ({"name": "no such name", "channel": OPS, "timestamp": "1.000000"}, "invalid_name"),
        ({"name": "eyes", "channel": OPS, "timestamp": "1.000000"}, "message_not_found"),
    ],
)
async def test_a_reaction_names_its_message(
    api: Api, arguments: dict[str, str], error: str
) -> None:
    """What is missing or wrong has the word of reactions.add, for remove as well."""
    for method in ("reactions.add", "reactions.remove"):
        assert (await api(method, **arguments))["error"] == error


async def test_a_message_takes_only_so_many_reactions(playground: Playground, api: Api) -> None:
    """23 kinds by one, 50 kinds in all."""
    ts = playground.write("ada", "ops", "x").answer["message"]["ts"]
    target = {"channel": OPS, "timestamp": ts}
    playground.state.emoji.update({f"e{number}": "https://example.com" for number in range(51)})
    for number in range(23):
        assert (await api("reactions.add", name=f"e{number}", **target))["ok"] is True
    assert (await api("reactions.add", name="e50", **target))["error"] == "too_many_reactions"
    reactions = playground.channel("ops").messages[ts].reactions
    reactions.clear()
    reactions.update({f"e{number}": [ADA] for number in range(50)})
    assert (await api("reactions.add", name="e50", **target))["error"] == "too_many_emoji"
    assert (await api("reactions.add", name="e1", **target))["ok"] is True


async def test_history_counts_pins(api: Api) -> None:
    """pin_count is the channel's; a thread has none."""
    ts = (await api("chat.postMessage", channel=OPS, text="x"))["ts"]
    await api("pins.add", channel=OPS, timestamp=ts)
    assert (await api("conversations.history", channel=OPS))["pin_count"] == 1
    assert "pin_count" not in await api("conversations.replies", channel=OPS, ts=ts)
