from typing import Any

from slack_playground import HandClock, Playground

from tests.playground.wire import ARCHIVE, GENERAL, OPS, Api, section

NOW = 1_800_000_000


async def schedule(api: Api, seconds: int = 60, **fields: Any) -> Any:
    sent = {"channel": OPS, "text": "later", "post_at": NOW + seconds, **fields}
    return await api("chat.scheduleMessage", **sent)


async def test_a_message_comes_when_its_time_has_come(
    playground: Playground, api: Api, clock: HandClock
) -> None:
    """Not before; with its blocks and a timestamp of then."""
    answer = await schedule(api, blocks=[section()])
    assert answer["scheduled_message_id"].startswith("Q")
    clock.advance(59)
    assert playground.messages("ops") == []
    clock.advance(1)
    (message,) = await playground.wait_for(lambda: playground.messages("ops"))
    assert (message["text"], message["ts"][:10]) == ("later", str(NOW + 60))
    assert message["blocks"][0]["block_id"]
    assert (await api("chat.scheduledMessages.list"))["scheduled_messages"] == []


async def test_what_is_to_come_is_listed(api: Api) -> None:
    """The soonest first, page by page, by channel."""
    for seconds, channel in ((300, OPS), (60, OPS), (120, GENERAL)):
        await schedule(api, seconds, channel=channel)
    first = await api("chat.scheduledMessages.list", limit=2)
    assert [one["post_at"] - NOW for one in first["scheduled_messages"]] == [60, 120]
    cursor = first["response_metadata"]["next_cursor"]
    second = await api("chat.scheduledMessages.list", cursor=cursor)
    assert [one["post_at"] - NOW for one in second["scheduled_messages"]] == [300]
    only = await api("chat.scheduledMessages.list", channel=GENERAL)
    assert [one["channel_id"] for one in only["scheduled_messages"]] == [GENERAL]


async def test_it_can_be_taken_back(playground: Playground, api: Api, clock: HandClock) -> None:
    """Once; then the id means nothing any more."""
    scheduled_id = (await schedule(api))["scheduled_message_id"]
    named = {"channel": OPS, "scheduled_message_id": scheduled_id}
    assert (await api("chat.deleteScheduledMessage", **named))["ok"] is True
    again = await api("chat.deleteScheduledMessage", **named)
    assert again["error"] == "invalid_scheduled_message_id"
    clock.advance(120)
    await api("auth.test")
    assert playground.messages("ops") == []


async def test_times_that_slack_refuses(api: Api) -> None:
    """The past, more than 120 days ahead, and what is no time at all."""
    assert (await schedule(api, 0))["error"] == "time_in_past"
    assert (await schedule(api, 120 * 86400 + 1))["error"] == "time_too_far"
    assert (await schedule(api, post_at="tomorrow"))["error"] == "invalid_time"
    assert (await schedule(api, channel=ARCHIVE))["error"] == "is_archived"


async def test_thirty_in_five_minutes_are_the_most(api: Api) -> None:
    """Per channel."""
    answers = [await schedule(api, 60 + number) for number in range(31)]
    assert [one.get("error") for one in answers] == [None] * 30 + ["restricted_too_many"]
    assert (await schedule(api, channel=GENERAL))["ok"] is True


async def test_metadata_makes_it_vanish(playground: Playground, api: Api, clock: HandClock) -> None:
    """The bug that Slack documents: taken, listed, and never posted."""
    metadata = {"event_type": "task", "event_payload": {"id": "1"}}
    assert (await schedule(api, metadata=metadata))["ok"] is True
    clock.advance(61)
    await playground.wait_for(lambda: playground.state.refused)
    assert playground.messages("ops") == []
    assert (await api("chat.scheduledMessages.list"))["scheduled_messages"] == []
