"""What the workspaces remember, kept aside to come back to."""

import copy
from typing import Any

from slack_playground.conversations.scheduling import plan_again
from slack_playground.platform import Platform, Snapshot
from slack_playground.state import State


def take(platform: Platform) -> Snapshot:
    return Snapshot(
        {team: _copy(workspace.state) for team, workspace in platform.workspaces.items()}
    )


def restore(platform: Platform, snapshot: Snapshot) -> None:
    """Go back; the snapshot stays good for going back again. Timestamps still only grow."""
    for team, state in snapshot.states.items():
        workspace = platform.workspaces[team]
        newest = workspace.state.last_ts
        workspace.state = _copy(state)
        workspace.state.last_ts = max(newest, state.last_ts)
        plan_again(workspace)
        workspace.tell_state()


def _copy(state: State) -> State:
    # Bodies are replaced and never changed, so copies may share them; most of a state is bodies.
    shared: dict[int, Any] = {}
    for channel in state.channels.values():
        for message in channel.messages.values():
            shared[id(message.body)] = message.body
            shared.update((id(one), one) for one in message.history)
    return copy.deepcopy(state, shared)
