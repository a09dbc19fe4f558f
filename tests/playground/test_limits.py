import pytest
from slack_playground import HandClock, Playground
from slack_playground.errors import LimitedError
from slack_playground.timing.limits import Limits

from tests.playground.wire import OPS, Api


def make_limits(clock: HandClock) -> Limits:
    return Limits(clock, is_on=True)


def test_a_method_has_its_minute(clock: HandClock) -> None:
    """The 51st call within a minute is refused until the first is a minute old."""
    limits = make_limits(clock)
    for _ in range(50):
        limits.admit("chat.update", 50)
        clock.advance(0.5)
    with pytest.raises(LimitedError) as refused:
        limits.admit("chat.update", 50)
    assert refused.value.retry_after == 35
    limits.admit("chat.delete", 50)
    clock.advance(35)
    limits.admit("chat.update", 50)


def test_a_channel_takes_a_burst_and_then_one_a_second(clock: HandClock) -> None:
    """Five posts at once, then one a second; another channel has its own burst."""
    limits = make_limits(clock)
    for _ in range(5):
        limits.admit_post("C1")
    with pytest.raises(LimitedError) as refused:
        limits.admit_post("C1")
    assert refused.value.retry_after == 1
    limits.admit_post("C2")
    clock.advance(1)
    limits.admit_post("C1")
    with pytest.raises(LimitedError):
        limits.admit_post("C1")


def test_a_workspace_takes_three_hundred_posts_a_minute(clock: HandClock) -> None:
    """Many channels together run into the limit of the workspace."""
    limits = make_limits(clock)
    for number in range(300):
        limits.admit_post(f"C{number}")
    with pytest.raises(LimitedError):
        limits.admit_post("C300")


async def test_a_limited_call_is_told_when_to_come_back(clock: HandClock) -> None:
    """HTTP 429 with a whole number of seconds; after them it works."""
    async with Playground(clock=clock) as playground, Api(playground) as api:
        for _ in range(5):
            assert (await api("chat.postMessage", channel=OPS, text="x"))["ok"]
        response, answer = await api.raw("chat.postMessage", json={"channel": OPS, "text": "x"})
        assert (response.status, response.headers["Retry-After"]) == (429, "1")
        assert answer == {"ok": False, "error": "ratelimited"}
        assert len(playground.messages("ops")) == 5
        clock.advance(1)
        assert (await api("chat.postMessage", channel=OPS, text="x"))["ok"]
