"""The answer to `/ops health`."""

from collections.abc import Mapping
from typing import Any

from bot.messages.destinations import is_destination, shown_name
from listeners.views import rich_text_parts

MAX_SHOWN_LANES = 20
_SENTENCE_CHARACTERS = 300
_STATES = {
    "running": "delivering messages",
    "elsewhere": "another process delivers its messages",
    "starting": "starting",
    "asleep": "nothing to deliver",
}
_BUS_STATES = {"broken": "not connected", "elsewhere": "another process does it"}
#: Less is normal.
_NOTED_LAG_SECONDS = 10


def build_health(health: dict[str, Any], task_tables: Mapping[str, str]) -> dict[str, Any]:
    """
    Return an ephemeral answer: a sentence on the connection, each workspace, table and direction.

    *task_tables* holds what is known of each table of tasks of another system: `ok`, or a problem.
    """
    sentences = [socket_sentence(health["socket"])]
    lanes = health["lanes"]
    sentences += [lane_sentence(lane) for lane in lanes[:MAX_SHOWN_LANES]]
    if len(lanes) > MAX_SHOWN_LANES:
        sentences.append(f"and {len(lanes) - MAX_SHOWN_LANES} more workspaces")
    sentences += [f"Task table {name}: {state}" for name, state in task_tables.items()]
    sentences += [bus_sentence(name, one) for name, one in (health.get("bus") or {}).items()]
    parts = [
        rich_text_parts.text_part(f"\n• {sentence}", _SENTENCE_CHARACTERS) for sentence in sentences
    ]
    heading = rich_text_parts.section(rich_text_parts.text_part("Health", bold=True), *parts)
    return {
        "response_type": "ephemeral",
        "text": f"Health: {'; '.join(sentences)}"[:_SENTENCE_CHARACTERS],
        "blocks": [rich_text_parts.rich_text(heading)],
    }


def socket_sentence(socket: dict[str, Any]) -> str:
    """Say whether Slack can reach us, and how often we had to reconnect."""
    times = socket.get("replaced", 0)
    count = "once" if times == 1 else f"{times} times"
    renewed = f", reconnected {count} since the start" if times else ""
    if socket["connected"]:
        return f"Slack: connected{renewed}"
    return f"Slack: not connected for {socket['silent_seconds'] or 0:.0f} s{renewed}"


def lane_sentence(lane: dict[str, str]) -> str:
    """Say whether the messages of a workspace or destination are being delivered."""
    state = _STATES.get(lane["state"], f"{lane['state']}, not delivering")
    reason = f" ({lane['reason']})" if lane["reason"] else ""
    place = "Destination" if is_destination(lane["workspace_id"]) else "Workspace"
    return f"{place} {shown_name(lane['workspace_id'])}: {state}{reason}"


def bus_sentence(direction: str, shown: Mapping[str, Any]) -> str:
    """Say whether a direction of the event bus works, and what was not taken."""
    state = _BUS_STATES.get(shown["state"], str(shown["state"]))
    reason = f" ({shown['reason']})" if shown["reason"] else ""
    counts = [f"{shown[name]:,} {name}" for name in ("rejected", "refused") if shown.get(name)]
    if (lag := shown.get("lagSeconds") or 0) >= _NOTED_LAG_SECONDS:
        counts.append(f"the oldest event waits for {lag:,.0f} s")
    told = f", {', '.join(counts)}" if counts else ""
    return f"Event bus, {direction}: {state}{reason}{told}"
