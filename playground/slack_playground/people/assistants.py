"""A person talks to an assistant in a thread beside what they look at."""

from slack_playground.conversations import messages
from slack_playground.conversations.direct_messages import open_im
from slack_playground.delivery.message_events import send_event
from slack_playground.people.outcome import Outcome, failed
from slack_playground.people.permissions import hears, is_not_installed
from slack_playground.state import AssistantThread, Channel, Record, User
from slack_playground.workspace import Workspace

TITLE = "New Assistant Thread"


def open_assistant(workspace: Workspace, user: User, beside: Channel | None = None) -> Outcome:
    """Start a thread with the assistant, seen beside a channel; its `thread_ts` is in `answer`."""
    place = None if beside is None else beside.id
    workspace.did("assistant", user, channel=place)
    if is_not_installed(workspace, user):
        return failed("app_not_installed")
    manifest, state = workspace.manifest, workspace.state
    if manifest.is_known and not manifest.has_assistant:
        workspace.refuse(user.id, "This app is no assistant.", "features.assistant_view")
        return failed("assistant_disabled")
    channel = open_im(workspace, user)
    body: Record = {
        "user": state.bot_user_id,
        "bot_id": state.bot_id,
        "app_id": state.app_id,
        "team": state.team_id,
        "subtype": "assistant_app_thread",
        "text": TITLE,
        "assistant_app_thread": {"title": TITLE, "title_blocks": [], "artifacts": []},
    }
    posted = messages.post(workspace, channel, body, author=state.bot_user_id)
    context = _context(workspace, beside)
    thread = AssistantThread(channel.id, posted["ts"], user.id, context)
    state.assistant_threads[channel.id, posted["ts"]] = thread
    _tell(workspace, user, "assistant_thread_started", thread)
    return Outcome(answer={"channel": channel.id, "thread_ts": posted["ts"]})


def look_at(workspace: Workspace, user: User, thread_ts: str, beside: Channel) -> Outcome:
    """Go to another channel with the assistant's thread open."""
    workspace.did("assistant/context", user, channel=beside.id, thread_ts=thread_ts)
    thread = workspace.state.assistant_threads.get((open_im(workspace, user).id, thread_ts))
    if thread is None:
        return failed("thread_not_found")
    thread.context = _context(workspace, beside)
    _tell(workspace, user, "assistant_thread_context_changed", thread)
    return Outcome()


def _context(workspace: Workspace, beside: Channel | None) -> Record:
    if beside is None:
        return {}
    return {"channel_id": beside.id, "team_id": workspace.state.team_id}


def _tell(workspace: Workspace, user: User, kind: str, thread: AssistantThread) -> None:
    if hears(workspace, user, kind) and workspace.has_app:
        about = {
            "user_id": user.id,
            "context": thread.context,
            "channel_id": thread.channel,
            "thread_ts": thread.thread_ts,
        }
        event = {"type": kind, "assistant_thread": about, "event_ts": workspace.next_ts()}
        send_event(workspace, event)
