"""assistant.threads.* and agents.sessions.*: what an agent shows of itself in a thread."""

from slack_playground.conversations import messages
from slack_playground.conversations.direct_messages import other_in
from slack_playground.conversations.statuses import show_status
from slack_playground.errors import SlackError
from slack_playground.requests.arguments import wrong_argument
from slack_playground.state import AgentSession, AssistantThread, Channel, Record
from slack_playground.web_api.call import Call

MOST_LOADING_MESSAGES = 10
MOST_LOADING_TEXT = 50
MOST_PROMPTS = 4
SESSION_STATUSES = ("active", "processing", "suspended", "closed")


def set_status(call: Call) -> Record:
    """Show what the agent is doing; it goes after two minutes, with an empty one, or a reply."""
    channel, thread_ts = _thread(call)
    loading = call.arguments.structure("loading_messages") or []
    if not isinstance(loading, list):
        raise wrong_argument("loading_messages", "must provide an array")
    if len(loading) > MOST_LOADING_MESSAGES:
        raise wrong_argument(
            "loading_messages", f"no more than {MOST_LOADING_MESSAGES} items allowed"
        )
    for position, message in enumerate(loading):
        if not isinstance(message, str):
            raise wrong_argument(f"loading_messages/{position}", "must provide a string")
        if len(message) > MOST_LOADING_TEXT:
            words = f"must be less than {MOST_LOADING_TEXT + 1} characters"
            raise wrong_argument(f"loading_messages/{position}", words)
    text = call.arguments.text("status") or ""
    show_status(call.workspace, channel.id, thread_ts, text, loading)
    return {}


def set_title(call: Call) -> Record:
    channel, thread_ts = _thread(call)
    title = call.arguments.required("title")
    known = call.state.assistant_threads.get((channel.id, thread_ts))
    if known is not None:
        known.title = title
    body = channel.messages[thread_ts].body
    if "assistant_app_thread" in body:
        shown = {**body["assistant_app_thread"], "title": title}
        messages.change(call.workspace, channel, thread_ts, {**body, "assistant_app_thread": shown})
    return {}


def set_suggested_prompts(call: Call) -> Record:
    """Offer a person things to ask; each is a title and the message it stands for."""
    manifest = call.workspace.manifest
    if manifest.is_known and not manifest.is_agent:
        raise SlackError("not_agent_app")
    channel, thread_ts = _thread(call, is_thread_needed=False)
    prompts = call.arguments.structure("prompts")
    if not isinstance(prompts, list) or not 1 <= len(prompts) <= MOST_PROMPTS:
        raise wrong_argument("prompts", f"must provide 1 to {MOST_PROMPTS} items")
    for position, prompt in enumerate(prompts):
        for name in ("title", "message"):
            if not isinstance(prompt, dict) or not isinstance(prompt.get(name), str):
                raise wrong_argument(f"prompts/{position}", f"missing required field: {name}")
    user = other_in(channel, call.actor)
    known = call.state.assistant_threads.setdefault(
        (channel.id, thread_ts), AssistantThread(channel.id, thread_ts, user)
    )
    known.prompts, known.prompts_title = prompts, call.arguments.text("title") or ""
    call.workspace.tell_state()
    return {}


def set_session_status(call: Call) -> Record:
    status = call.arguments.text("status") or ""
    if status not in SESSION_STATUSES:
        raise SlackError("invalid_status")
    session = _session(call, is_new=True)
    session.status = status
    return _session_record(session)


def rename_session(call: Call) -> Record:
    session = _session(call, is_new=False)
    session.title = call.arguments.required("title")
    return _session_record(session)


def _thread(call: Call, *, is_thread_needed: bool = True) -> tuple[Channel, str]:
    channel = call.channel("channel_id")
    thread_ts = call.arguments.text("thread_ts") or ""
    if thread_ts not in channel.messages and (is_thread_needed or thread_ts):
        raise SlackError("invalid_thread_ts")
    return channel, thread_ts


def _session(call: Call, *, is_new: bool) -> AgentSession:
    manifest = call.workspace.manifest
    if manifest.is_known and not manifest.is_agent:
        raise SlackError("feature_disabled")
    channel = call.channel("channel_id")
    thread_ts = call.arguments.text("thread_ts") or ""
    if call.actor not in channel.members:
        raise SlackError("not_authorized")
    if not thread_ts:
        raise SlackError("thread_ts_required")
    key = f"{channel.id} {thread_ts}"
    session = call.state.agent_sessions.get(key)
    if session is None:
        if not is_new:
            raise SlackError("session_not_found")
        if "initiator_user_id" in call.arguments:
            call.user("initiator_user_id")
        title = call.arguments.text("title") or ""
        session = AgentSession(channel.id, thread_ts, title=title)
        call.state.agent_sessions[key] = session
    return session


def _session_record(session: AgentSession) -> Record:
    return {
        "channel_id": session.channel,
        "thread_ts": session.thread_ts,
        "status": session.status,
        "agent_status": session.status,
        "title": session.title,
    }
