"""The demo's bot lives by the workspace's clock, so that a jump there brings the next report."""

import asyncio
from datetime import timedelta

from slack_playground.playground import Playground

from bot.cli.demo.bot import WorkspaceClock
from bot.clock import SystemClock
from tests.patience import until


async def test_the_clock_jumps_with_the_workspace(playground: Playground) -> None:
    """Within a second or two; a small difference is only the time that the answer took."""
    clock = WorkspaceClock()
    url = playground.api_url.replace("/api/", "/_playground/clock")
    following = asyncio.create_task(clock.follow(url))
    assert abs(clock.now() - SystemClock().now()) < timedelta(seconds=3)

    playground.advance(36_000)

    async def has_jumped() -> bool:
        ahead = clock.now() - SystemClock().now()
        return timedelta(hours=9, minutes=59) < ahead < timedelta(hours=10, minutes=1)

    assert await until(has_jumped)
    following.cancel()
