"""Rule: timestamps are `seconds.micros`, unique, and grow across the workspace."""

import asyncio
import re

from slack_playground import Playground

from tests.playground.wire import ADA, GENERAL, OPS, Api


async def test_no_two_messages_share_a_timestamp(api: Api) -> None:
    """Even with a clock that stands still, in many channels at once."""
    posts = [api("chat.postMessage", channel=(OPS, GENERAL)[n % 2], text="x") for n in range(40)]
    stamps = [answer["ts"] for answer in await asyncio.gather(*posts)]
    ephemeral = await api("chat.postEphemeral", channel=OPS, user=ADA, text="x")
    stamps.append(ephemeral["message_ts"])
    assert len(set(stamps)) == 41
    assert all(re.fullmatch(r"\d{10}\.\d{6}", ts) for ts in stamps)


async def test_later_messages_have_later_timestamps(playground: Playground, api: Api) -> None:
    """The order of text is the order of time."""
    posts = [(await api("chat.postMessage", channel=OPS, text=str(n)))["ts"] for n in range(5)]
    assert posts == sorted(posts)
    assert [one["ts"] for one in playground.messages("ops")] == posts
