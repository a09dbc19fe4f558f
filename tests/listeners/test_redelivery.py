"""The second delivery of one thing."""

from slack_bolt.request.async_request import AsyncBoltRequest

from bot.tasks.queries import Filter
from listeners.redelivery import REDELIVERY_SECONDS, SeenDeliveries, seen_key
from tests.listeners.payloads import click
from tests.listeners.room import ADA, OPS, Room


class HandTime:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_a_key_is_repeated_within_ten_minutes_only() -> None:
    """Slack's last repetition comes after five; later the same key is a new thing."""
    time = HandTime()
    seen = SeenDeliveries(time)
    assert not seen.is_repeated("Ev1")
    time.seconds = REDELIVERY_SECONDS - 1
    assert seen.is_repeated("Ev1")
    time.seconds = REDELIVERY_SECONDS
    assert not seen.is_repeated("Ev1")


def test_memory_is_bounded() -> None:
    """A flood forgets the oldest instead of growing without end."""
    seen = SeenDeliveries(HandTime(), limit=3)
    for number in range(100):
        assert not seen.is_repeated(str(number))
    assert seen.is_repeated("99")
    assert not seen.is_repeated("0")


def test_what_cannot_be_told_apart_is_never_dropped() -> None:
    """Without event and trigger there is nothing to compare."""
    assert seen_key({"type": "view_closed"}) is None
    assert seen_key({"event_id": "Ev1", "trigger_id": "1.2"}) == "Ev1"


async def test_a_command_delivered_twice_is_done_once(room: Room) -> None:
    """The repetition is acknowledged with nothing."""
    issued = click("x", "x", playground=room.playground)
    body = {
        "command": "/ops",
        "text": "task run schema_fix",
        "team_id": room.playground.state.team_id,
        "team_domain": "playground",
        "channel_id": OPS,
        "user_id": ADA,
        "trigger_id": issued["trigger_id"],
        "response_url": issued["response_url"],
    }
    answers = [
        await room.app.async_dispatch(AsyncBoltRequest(body=dict(body), mode="socket_mode"))
        for _ in range(2)
    ]
    assert [(one.status, bool(one.body)) for one in answers] == [(200, True), (200, False)]
    assert len(await room.services.tasks.list(room.owner, Filter())) == 1
