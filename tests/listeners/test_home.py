"""App Home is published after what somebody did in it."""

from typing import Any

from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient

from bot.tasks.creation import Owner
from listeners.home import HomeRefresh, Homes
from tests.listeners.room import ADA, Room


class CountedHomes(Homes):
    """Counts instead of asking Slack."""

    published = 0

    async def publish(self, *_: Any, **__: Any) -> None:
        self.published += 1


async def test_home_is_published_once_for_a_late_listener(room: Room) -> None:
    """
    One acknowledged an alert after more than three seconds, and Home was published twice.

    Bolt had started the fallback beside it; what ends first has nothing to show.
    """
    homes = CountedHomes(room.services)
    body = {"type": "block_actions", "user": {"id": ADA}, "view": {"type": "home"}}
    request = AsyncBoltRequest(body=body, mode="socket_mode")
    owner = Owner("default", room.owner.workspace_id)
    request.context.update({"homes": homes, "owner": owner, "client": AsyncWebClient()})
    request.context["starts"] = 2

    counts = []
    for _ in ("the fallback", "the late listener"):
        await HomeRefresh().handle(request, None)
        counts.append(homes.published)

    assert counts == [0, 1]
