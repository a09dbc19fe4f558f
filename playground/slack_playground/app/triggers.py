"""Trigger ids: the three seconds in which an app may open a modal."""

import secrets
from dataclasses import dataclass

from slack_playground.errors import SlackError
from slack_playground.state import State
from slack_playground.timing.clock import Clock

# Ids older than this many are forgotten; they answer invalid_trigger_id from then on.
KEPT = 10_000


@dataclass(slots=True)
class Trigger:
    user: str
    view_id: str | None
    expires_at: float
    is_used: bool = False
    # The app's id of the Work Object whose details were asked for.
    entity: str = ""


class Triggers:
    def __init__(self, clock: Clock, seconds: float) -> None:
        self._clock = clock
        self._seconds = seconds
        self._triggers: dict[str, Trigger] = {}

    def issue(
        self, state: State, user: str, view_id: str | None = None, *, entity: str = ""
    ) -> str:
        """Give out a trigger id for what `user` just did, in `view_id` if in a modal."""
        now = self._clock.now()
        trigger_id = f"{int(now * 1000)}.{state.last_number}.{secrets.token_hex(16)}"
        if len(self._triggers) >= KEPT:
            del self._triggers[next(iter(self._triggers))]
        self._triggers[trigger_id] = Trigger(user, view_id, now + self._seconds, entity=entity)
        return trigger_id

    def exchange(self, trigger_id: str) -> Trigger:
        """Use a trigger id, once; raise the SlackError that says why not."""
        trigger = self.find(trigger_id)
        trigger.is_used = True
        return trigger

    def find(self, trigger_id: str) -> Trigger:
        """Return what a trigger id that may be used stands for, and leave it unused."""
        trigger = self._triggers.get(trigger_id)
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.is_used:
            raise SlackError("exchanged_trigger_id")
        if self._clock.now() > trigger.expires_at:
            raise SlackError("expired_trigger_id")
        return trigger

    def reset(self) -> None:
        self._triggers.clear()
