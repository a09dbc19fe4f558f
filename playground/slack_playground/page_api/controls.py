"""What a test does to the workspace from outside: faults, sockets, the journal, a reset."""

import asyncio
from dataclasses import asdict

from slack_playground import snapshots
from slack_playground.app.installations import Grant, install, uninstall
from slack_playground.errors import PageError
from slack_playground.faults import CALL_KINDS, ENVELOPE, KINDS, OTHER_CALLS, SOCKET, read_fault
from slack_playground.page_api import reading, recording
from slack_playground.page_api.request import Fields
from slack_playground.seed import ALL_SCOPES
from slack_playground.state import Record
from slack_playground.timing.clock import MovableClock
from slack_playground.web_api import METHODS
from slack_playground.workspace import Workspace

_REASONS = {
    "refresh": "refresh_requested",
    "too_many_websockets": "too_many_websockets",
    "link_disabled": "link_disabled",
}
SOCKET_UPSETS = ("disconnect", "warning", *_REASONS, "deaf", "close")
MOST_AHEAD_SECONDS = 10 * 366 * 24 * 3600
# What says where a request goes, not what it asks for.
_ADDRESS = frozenset({"user", "team", "channel"})


async def calls(fields: Fields) -> Record:
    method = fields.optional("method")
    return {
        "calls": [
            asdict(call) for call in fields.workspace.journal.calls if method in (None, call.method)
        ]
    }


async def envelopes(fields: Fields) -> Record:
    kind = fields.optional("type")
    return {
        "envelopes": [
            asdict(envelope)
            for envelope in fields.workspace.journal.envelopes
            if kind in (None, envelope.type)
        ]
    }


async def list_faults(fields: Fields) -> Record:
    """Answer what is ordered and what could be, for a panel to draw."""
    targets = sorted([*METHODS, *OTHER_CALLS])
    return {
        "faults": [fault.as_json() for fault in fields.workspace.faults.standing()],
        "targets": {"calls": ["*", *targets], "others": [SOCKET, ENVELOPE]},
        "kinds": {"calls": list(CALL_KINDS), **{name: list(one) for name, one in KINDS.items()}},
        "sockets": list(SOCKET_UPSETS),
    }


async def add_fault(fields: Fields) -> Record:
    order = {name: value for name, value in fields.values.items() if name not in _ADDRESS}
    fault = fields.workspace.faults.add(read_fault(order))
    fields.workspace.tell_state()
    return {"ok": True, "fault": fault.as_json()}


async def remove_fault(fields: Fields) -> Record:
    """Take a fault back; what it holds goes on, or with `?lost=1` was never read."""
    lost = fields.optional("lost") == "1"
    if not fields.workspace.faults.remove(fields.text("id"), lost=lost):
        raise PageError(
            "fault_not_found", "It is not there, or struck for the last time.", status=404
        )
    fields.workspace.tell_state()
    return {"ok": True}


async def clear_faults(fields: Fields) -> Record:
    fields.workspace.faults.reset()
    fields.workspace.tell_state()
    return {"ok": True}


async def read_clock(fields: Fields) -> Record:
    return reading.read_clock(fields.workspace)


async def move_clock(fields: Fields) -> Record:
    """Jump by `advance_seconds`, or to `set_at` in seconds since 1970; only forward."""
    clock = fields.workspace.clock
    if not isinstance(clock, MovableClock):
        raise PageError("clock_is_fixed", "This clock cannot jump.")
    if "set_at" in fields.values:
        seconds = fields.number("set_at", 0) - clock.now()
    else:
        seconds = fields.number("advance_seconds", 0)
    if not 0 <= seconds < MOST_AHEAD_SECONDS:
        raise PageError("invalid_time", "The clock goes forward, by ten years at most.")
    clock.advance(seconds)
    # What became due happens before the answer, so that a test need not wait for it.
    await asyncio.sleep(0)
    for workspace in fields.workspace.platform.workspaces.values():
        workspace.tell_state()
    return {"ok": True, **reading.read_clock(fields.workspace)}


async def traffic(fields: Fields) -> Record:
    """
    Answer what was said and done since entry `after`, oldest first.

    A delivery whose outcome is "sent" is still open: ask for it again.
    """
    after, limit = int(fields.number("after", 0)), int(fields.number("limit", 500))
    entries = fields.workspace.journal.entries(after)[: max(1, limit)]
    last = entries[-1].number if entries else after
    return {"entries": [recording.as_record(one) for one in entries], "next": last}


async def take_snapshot(fields: Fields) -> Record:
    name = fields.optional("name") or "snapshot"
    platform = fields.workspace.platform
    platform.snapshots[name] = snapshots.take(platform)
    return {"ok": True, "name": name, "names": list(platform.snapshots)}


async def restore_snapshot(fields: Fields) -> Record:
    platform, name = fields.workspace.platform, fields.optional("name") or "snapshot"
    if name not in platform.snapshots:
        raise PageError("snapshot_not_found", f"There is no snapshot {name!r}.", status=404)
    snapshots.restore(platform, platform.snapshots[name])
    return {"ok": True, "name": name}


async def replay(fields: Fields) -> Record:
    """Do a recording again: its lines as the body, or in `lines`."""
    differences = await recording.replay(
        fields.workspace.platform, fields.text("lines"), patience=fields.number("patience", 2.0)
    )
    return {"ok": True, "is_same": not differences, "differences": differences}


async def set_request_url(fields: Fields) -> Record:
    """Send what the app hears over HTTP to `url`, or without one over its sockets again."""
    requests, url = fields.workspace.platform.requests, fields.optional("url")
    requests.url = url
    if url and not await requests.verify(url):
        raise PageError("url_verification_failed", f"{url} did not repeat the challenge.")
    return {"ok": True}


async def uninstall_app(fields: Fields) -> Record:
    uninstall(fields.workspace)
    return {"ok": True}


async def install_app(fields: Fields) -> Record:
    """Install the app with all it declares, without the authorisation page."""
    workspace = fields.workspace
    scopes = workspace.manifest.scopes
    grant = Grant(workspace.state.team_id, "", ALL_SCOPES if scopes is None else scopes, "", 0.0)
    return {"ok": True, "bot_token": install(workspace, grant)}


async def reset(fields: Fields) -> Record:
    fields.workspace.reset()
    return {"ok": True}


async def upset_sockets(fields: Fields) -> Record:
    await upset(fields.workspace, fields.text("kind"), seconds=fields.number("seconds", 0))
    return {"ok": True, "connected": fields.workspace.sockets.count}


async def upset(workspace: Workspace, kind: str, *, seconds: float = 0.0) -> None:
    """
    Do something to every open socket.

    `disconnect` warns and, `seconds` later, asks to reconnect; `warning` only
    warns; `refresh`, `too_many_websockets` and `link_disabled` disconnect for
    that reason; `deaf` leaves them open but dead; `close` closes them without a word.
    """
    sockets = workspace.sockets
    if kind == "disconnect":
        await sockets.refresh(after_seconds=seconds)
    elif kind == "warning":
        await sockets.warn()
    elif kind in _REASONS:
        await sockets.dismiss(_REASONS[kind])
    elif kind == "deaf":
        sockets.deafen()
    elif kind == "close":
        await sockets.close()
    else:
        raise PageError("unknown_kind", f"Sockets know {', '.join(SOCKET_UPSETS)}.")
    await asyncio.sleep(0)
