"""The health of lanes: each one while they are few, counts when there are thousands."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.messages.destinations import is_destination

#: What keeps messages from going out, the worst first; any other state is well.
_AILING = ("stuck", "paused")
#: If this many lanes fail at once, their tenants are not the cause.
_MAX_UNWELL = 5


class LaneState(StrEnum):
    """The state of a lane; shown in health."""

    STARTING = "starting"
    RUNNING = "running"
    ELSEWHERE = "elsewhere"  #: another process holds the lease
    PAUSED = "paused"  #: Slack does not answer, or refuses our token


@dataclass(frozen=True)
class LaneHealth:
    """How one lane is; `reason` says why it is paused or stuck."""

    workspace_id: str
    state: str
    reason: str

    @property
    def is_well(self) -> bool:
        """Tell whether nothing prevents delivery."""
        return self.state not in _AILING


def counts(lanes: Sequence[LaneHealth]) -> dict[str, int]:
    """Return how many lanes are in each state, the most frequent first."""
    return dict(Counter(lane.state for lane in lanes).most_common())


def worst(lanes: Sequence[LaneHealth], limit: int) -> list[LaneHealth]:
    """Return the lanes that need somebody first, *most* of them at the most."""
    rank = {state: number for number, state in enumerate(_AILING)}
    order = sorted(lanes, key=lambda one: (rank.get(one.state, len(rank)), one.workspace_id))
    return order[:limit]


def health_of_each(keys: Iterable[str], lanes: Sequence[LaneHealth]) -> list[LaneHealth]:
    """Return how each of these lanes is; those with nothing to do here are `asleep`."""
    known = {lane.workspace_id: lane for lane in lanes}
    return [known.get(key) or LaneHealth(key, "asleep", "") for key in keys]


def can_deliver(lanes: Sequence[LaneHealth], home: str) -> bool:
    """
    Tell whether this process can deliver messages, as far as its lanes know.

    One tenant's bad token or an unreachable destination is not our fault. If many lanes are failing
    and none is well, it is.
    """
    ailing = [one for one in lanes if not one.is_well and not is_destination(one.workspace_id)]
    if any(lane.workspace_id == home for lane in ailing):
        return False
    return len(ailing) < _MAX_UNWELL or any(lane.is_well for lane in lanes)
