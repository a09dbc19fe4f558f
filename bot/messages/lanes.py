"""All lanes of this process: open one per workspace, wake them, stop them."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from bot.clock import Clock
from bot.db import Database
from bot.ids import new_id
from bot.messages.delivery import Delivery
from bot.messages.lane import Lane, LaneState
from bot.messages.pacing import Pacing
from bot.messages.rendering import Renderer
from bot.messages.transports.transport import Transport

logger = structlog.get_logger(__name__)

STOP_SECONDS = 8.0


@dataclass(frozen=True)
class LaneHealth:
    """What health says about one lane."""

    workspace_id: str
    state: str
    reason: str


class Lanes:
    """Keeps one lane per workspace running until `stop`."""

    def __init__(
        self,
        database: Database,
        renderer: Renderer,
        clock: Clock,
        *,
        wake_elsewhere: Callable[[str], None] | None = None,
    ) -> None:
        self._wake_elsewhere = wake_elsewhere
        self._database = database
        self._renderer = renderer
        self._clock = clock
        self._owner = new_id("p")
        self._lanes: dict[str, Lane] = {}
        self._running: dict[str, asyncio.Task[None]] = {}

    def open(self, workspace_id: str, transport: Transport, pacing: Pacing | None = None) -> None:
        """Start the workspace's lane; opening it twice is an error of ours."""
        if workspace_id in self._lanes:
            raise ValueError(f"the lane of {workspace_id} is open already")
        delivery = Delivery(transport, self._renderer, self._clock.now, random.SystemRandom())
        lane = Lane(
            workspace_id,
            owner=self._owner,
            database=self._database,
            transport=transport,
            delivery=delivery,
            pacing=pacing or Pacing(),
            clock=self._clock,
        )
        self._lanes[workspace_id] = lane
        self._running[workspace_id] = asyncio.create_task(lane.run(), name=f"lane {workspace_id}")

    def wake(self, workspace_id: str) -> None:
        """Tell a workspace's lane, here or in another process, that something was committed."""
        lane = self._lanes.get(workspace_id)
        if lane is not None:
            lane.wake()
        if self._wake_elsewhere and (lane is None or lane.state is LaneState.ELSEWHERE):
            self._wake_elsewhere(workspace_id)

    def hear(self, workspace_id: str) -> None:
        """Take a wake-up of another process; it goes no further."""
        lane = self._lanes.get(workspace_id)
        if lane is not None:
            lane.wake()

    def health(self) -> list[LaneHealth]:
        """Return how each lane is; a lane whose task has ended is `stopped`."""
        return [
            LaneHealth(
                workspace_id,
                "stopped" if self._running[workspace_id].done() else str(lane.state),
                lane.paused_because,
            )
            for workspace_id, lane in self._lanes.items()
        ]

    async def stop(self) -> None:
        """Claim nothing more, record the last answers, release the leases; within 8 seconds."""
        for lane in self._lanes.values():
            lane.stop()
        if not self._running:
            return
        _, late = await asyncio.wait(self._running.values(), timeout=STOP_SECONDS)
        for task in late:
            # What it was sending stays claimed; the next owner looks it up before posting again.
            logger.warning("lane_stopped_late", task=task.get_name())
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        self._lanes.clear()
        self._running.clear()
