"""People react to messages, and the app hears of it."""

from slack_playground import Playground

from tests.playground.wire import ADA, BEN, BOT, OPS, RANDOM, Api, Caller


async def test_the_app_hears_of_reactions(playground: Playground, api: Api, app: Caller) -> None:
    """Given and taken back, with whose message it was; its own too."""
    ts = (await api("chat.postMessage", channel=OPS, text="x"))["ts"]
    assert playground.react("ada", "ops", ts, "eyes").ok
    assert playground.react("ben", "ops", ts, ":eyes:").ok
    assert playground.react("ada", "ops", ts, "eyes", is_removed=True).ok
    await api("reactions.add", channel=OPS, timestamp=ts, name="tada")
    await playground.wait_for(lambda: len(app.events("reaction_added")) == 3)
    first = min(app.events("reaction_added"), key=lambda event: str(event["event_ts"]))
    assert first == {
        "type": "reaction_added",
        "user": ADA,
        "reaction": "eyes",
        "item": {"type": "message", "channel": OPS, "ts": ts},
        "item_user": BOT,
        "event_ts": first["event_ts"],
    }
    await playground.wait_for(lambda: app.events("reaction_removed"))
    answer = await api("reactions.get", channel=OPS, timestamp=ts)
    assert answer["message"]["reactions"] == [
        {"name": "eyes", "users": [BEN], "count": 1},
        {"name": "tada", "users": [BOT], "count": 1},
    ]


async def test_what_cannot_be_given_is_said(playground: Playground) -> None:
    """Twice, back without having it, no name, no such message."""
    ts = playground.write("ada", "ops", "x").answer["message"]["ts"]
    assert playground.react("ben", "ops", ts, "eyes").ok
    assert playground.react("ben", "ops", ts, "eyes").error == "already_reacted"
    assert playground.react("ada", "ops", ts, "eyes", is_removed=True).error == "no_reaction"
    assert playground.react("ada", "ops", ts, "no name").error == "invalid_name"


async def test_where_the_bot_is_not_it_hears_nothing(
    playground: Playground, api: Api, app: Caller
) -> None:
    """A reaction in a channel without the bot is nobody else's business."""
    ts = playground.write("ada", RANDOM, "x").answer["message"]["ts"]
    there = playground.write("ada", OPS, "x").answer["message"]["ts"]
    playground.react("ada", RANDOM, ts, "eyes")
    playground.react("ada", OPS, there, "eyes")
    await playground.wait_for(lambda: app.events("reaction_added"))
    assert [event["item"]["channel"] for event in app.events("reaction_added")] == [OPS]


async def test_the_control_api_reacts(playground: Playground, api: Api) -> None:
    """`POST reactions` gives, with `remove` takes back, and answers 404 for no message."""
    ts = playground.write("ada", "ops", "x").answer["message"]["ts"]
    sent = {"user": "ben", "channel": "ops", "ts": ts, "name": "eyes"}
    assert await api.page("reactions", **sent) == {"ok": True}
    assert await api.page("reactions", **sent) == {"ok": False, "error": "already_reacted"}
    assert await api.page("reactions", **sent, remove=True) == {"ok": True}
    assert "reactions" not in playground.message("ops", ts)
    missing = await api.page("reactions", **{**sent, "ts": "1.000000"})
    assert missing["error"] == "message_not_found"
