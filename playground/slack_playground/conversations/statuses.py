"""What an assistant shows that it is doing in a thread."""

from slack_playground.state import Status
from slack_playground.workspace import Workspace

# https://docs.slack.dev/reference/methods/assistant.threads.setStatus
STATUS_SECONDS = 120.0


def show_status(
    workspace: Workspace, channel: str, thread_ts: str, text: str, loading: list[str]
) -> None:
    """Show a status for two minutes, or until the app replies; an empty one clears it."""
    clear_status(workspace, channel, thread_ts)
    if text:
        until = workspace.clock.now() + STATUS_SECONDS
        status = workspace.state.statuses[channel, thread_ts] = Status(text, loading, until)
        workspace.tell_status(channel, thread_ts, status)
        workspace.schedule.plan(
            _name(channel, thread_ts), until, lambda: clear_status(workspace, channel, thread_ts)
        )


def clear_status(workspace: Workspace, channel: str, thread_ts: str) -> None:
    if workspace.state.statuses.pop((channel, thread_ts), None) is not None:
        workspace.schedule.cancel(_name(channel, thread_ts))
        workspace.tell_status(channel, thread_ts, Status("", [], workspace.clock.now()))


def _name(channel: str, thread_ts: str) -> str:
    return f"status {channel} {thread_ts}"
