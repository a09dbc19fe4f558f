"""What was said in a workspace, as lines to read under a test that failed."""

from collections.abc import Iterator
from datetime import UTC, datetime

from slack_playground.drawing.references import decode
from slack_playground.state import Channel, Record, State
from slack_playground.workspace import Workspace

MOST_MESSAGES = 40
MOST_CALLS = 10
MOST_WORDS = 300


def transcript(workspace: Workspace) -> str:
    """
    Return what stands in each channel, who has a modal open, and which calls were refused.

    Nothing where there is nothing of it.
    """
    state = workspace.state
    sockets = workspace.sockets.count
    lines = [f"{state.team_name}: {sockets} open {'socket' if sockets == 1 else 'sockets'}"]
    for channel in state.channels.values():
        said = list(_said(state, channel))
        if said:
            left_out = len(said) - MOST_MESSAGES
            lines += ["", _name_of(state, channel)]
            lines += [f"  … {left_out} lines before"] if left_out > 0 else []
            lines += said[-MOST_MESSAGES:]
    lines += _open_views(state)
    refused = [
        one for one in workspace.journal.calls if one.answer is None or not one.answer.get("ok")
    ]
    if refused:
        lines += ["", "Refused calls"]
        for call in refused[-MOST_CALLS:]:
            error = "the connection was closed" if call.answer is None else call.answer.get("error")
            lines.append(f"  {call.method}: {error}")
    return "\n".join(lines) if len(lines) > 1 else ""


def _said(state: State, channel: Channel) -> Iterator[str]:
    for ts in channel.timeline:
        body = channel.messages[ts].body
        if body.get("subtype") != "thread_broadcast":
            yield _line(state, body, "  ")
        thread = channel.threads.get(ts)
        for reply in [] if thread is None else thread.replies:
            yield _line(state, channel.messages[reply].body, "    ↳ ")
    for user, seen in channel.ephemerals.items():
        for body in seen.values():
            yield _line(state, body, f"  (only {_person(state, user)}) ")


def _line(state: State, body: Record, indent: str) -> str:
    at = datetime.fromtimestamp(float(body["ts"]), UTC).strftime("%H:%M:%S")
    words = " ".join(decode(body.get("text") or "").split())
    short = words if len(words) <= MOST_WORDS else f"{words[:MOST_WORDS]}…"
    blocks = ", ".join(block["type"] for block in body.get("blocks", []))
    who = body.get("username") or _person(state, body.get("user", ""))
    notes = f" [{blocks}]" if blocks and blocks != "rich_text" else ""
    return f"{indent}{at} {who}: {short}{notes}{' (edited)' if 'edited' in body else ''}"


def _open_views(state: State) -> list[str]:
    lines = [
        f"  {_person(state, user)}: {state.views[view].body['title']['text']}"
        for user, stack in state.modals.items()
        for view in stack
    ]
    return ["", "Open modals", *lines] if lines else []


def _name_of(state: State, channel: Channel) -> str:
    if not channel.is_im:
        return f"#{channel.name}"
    return "Direct message of " + " and ".join(
        sorted(_person(state, member) for member in channel.members)
    )


def _person(state: State, user: str) -> str:
    found = state.users.get(user)
    return found.real_name if found else user
