"""Events on their way to the app, again and again until one is acknowledged."""

import asyncio
import secrets

from slack_playground.delivery.deliveries import Deliveries
from slack_playground.errors import PageError
from slack_playground.state import Record, State
from slack_playground.timing.allowance import EventAllowance
from slack_playground.timing.waits import Waits

# Contexts of events older than this many are forgotten.
KEPT_CONTEXTS = 10_000


class Events:
    """
    Delivers events in the background.

    An event nobody acknowledges is sent again after each of `delays` with the
    same event_id. Events that found no socket therefore arrive as retries.
    """

    def __init__(
        self,
        deliveries: Deliveries,
        delays: tuple[float, ...],
        waits: Waits,
        *,
        most_an_hour: int | None = None,
    ) -> None:
        self._deliveries = deliveries
        self._delays = delays
        self._waits = waits
        self._allowances: dict[str, EventAllowance] = {}
        self._most_an_hour = most_an_hour
        self._tasks: set[asyncio.Task[None]] = set()
        self._contexts: dict[str, list[Record]] = {}

    def send(self, state: State, event: Record, *, at: float) -> None:
        """
        Start delivering one event; the caller has checked the subscription.

        Of too many in an hour the app only hears that there were too many, once a minute.
        """
        if self._most_an_hour is not None:
            allowance = self._allowances.setdefault(
                state.team_id, EventAllowance(self._most_an_hour)
            )
            if not allowance.admits(at):
                if allowance.is_to_be_told(at):
                    self._start(_rate_limited(state, at))
                return
        body = _event_callback(state, event, at)
        if len(self._contexts) >= KEPT_CONTEXTS:
            del self._contexts[next(iter(self._contexts))]
        self._contexts[body["event_context"]] = body["authorizations"]
        self._start(body)

    def _start(self, body: Record) -> None:
        task = asyncio.get_running_loop().create_task(self._deliver(body))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def authorizations_of(self, event_context: str) -> list[Record] | None:
        """Return the installations that an event was for, None for an event nobody remembers."""
        return self._contexts.get(event_context)

    def reset(self) -> None:
        self._contexts.clear()
        self._allowances.clear()
        for task in self._tasks:
            task.cancel()

    async def close(self) -> None:
        self.reset()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _deliver(self, body: Record) -> None:
        late, reason = 0.0, ""
        for attempt, delay in enumerate((None, *self._delays)):
            if delay is not None:
                # What a jump of the clock went too far counts for the next wait.
                late = await self._waits.sleep(delay - late)
            try:
                delivery = await self._deliveries.deliver(
                    "events_api", body, takes_answer=False, retry=(attempt, reason)
                )
            except PageError:
                return  # A reset: the workspace knows nothing of it any more.
            if delivery.outcome == "acknowledged" or delivery.reason is None:
                return
            reason = delivery.reason


def _rate_limited(state: State, at: float) -> Record:
    return {
        "token": "playground",
        "type": "app_rate_limited",
        "team_id": state.team_id,
        "minute_rate_limited": int(at) // 60 * 60,
        "api_app_id": state.app_id,
    }


def _event_callback(state: State, event: Record, at: float) -> Record:
    return {
        "token": "playground",
        "team_id": state.team_id,
        "context_team_id": state.team_id,
        "context_enterprise_id": None,
        "api_app_id": state.app_id,
        "event": event,
        "type": "event_callback",
        "event_id": f"Ev{secrets.token_hex(5).upper()}",
        "event_time": int(at),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": state.team_id,
                "user_id": state.bot_user_id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
        "event_context": f"4-{secrets.token_hex(12)}",
    }
