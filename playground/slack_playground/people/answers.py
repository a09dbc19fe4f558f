"""What the app says through an acknowledgement or a response URL."""

from slack_playground.app.response_urls import ResponseUrl
from slack_playground.conversations import messages
from slack_playground.conversations.content import Content, read_content
from slack_playground.errors import SlackError
from slack_playground.requests.serving import Answer
from slack_playground.state import Channel, Record
from slack_playground.workspace import Workspace


def answer(workspace: Workspace, secret: str, sent: Record) -> Answer:
    """Use a response URL once; Slack answers the word `ok`, or what was wrong in JSON."""
    try:
        say(workspace, workspace.response_urls.use(secret), sent)
    except SlackError as error:
        status = 404 if error.error in ("expired_url", "used_url") else 400
        return Answer({"ok": False, "error": error.error, **error.details}, status)
    return Answer({"ok": True}, text="ok")


def say(workspace: Workspace, url: ResponseUrl, sent: Record) -> None:
    """
    Do what one message sent to a response URL asks for.

    It is ephemeral unless it says `in_channel`. Only an answer to a click can
    replace or delete the message it came from; raises SlackError otherwise.
    """
    channel = workspace.state.channels.get(url.channel)
    if channel is None:
        raise SlackError("channel_not_found")
    if channel.is_archived:
        raise SlackError("is_archived")
    if sent.get("delete_original") and url.ts is not None:
        _delete(workspace, channel, url, url.ts)
        return
    content = read_content(sent)
    if content.is_empty:
        raise SlackError("no_text")
    if sent.get("replace_original") and url.ts is not None:
        _replace(workspace, channel, url, url.ts, content)
        return
    body = {**_author(workspace), **content.stored()}
    thread_ts = sent.get("thread_ts") or url.thread_ts
    if isinstance(thread_ts, str) and thread_ts:
        body["thread_ts"] = thread_ts
    if sent.get("response_type") == "in_channel":
        messages.post(workspace, channel, body)
    else:
        messages.post_ephemeral(workspace, channel, url.user, body)


def _delete(workspace: Workspace, channel: Channel, url: ResponseUrl, ts: str) -> None:
    if url.is_ephemeral:
        messages.remove_ephemeral(workspace, channel, url.user, ts)
    elif ts in channel.messages:
        messages.remove(workspace, channel, ts)


def _replace(
    workspace: Workspace, channel: Channel, url: ResponseUrl, ts: str, content: Content
) -> None:
    stored = content.stored()
    if url.is_ephemeral:
        body = {**_author(workspace), **stored}
        messages.change_ephemeral(workspace, channel, url.user, ts, body)
        return
    standing = channel.messages.get(ts)
    if standing is None:
        raise SlackError("message_not_found")
    kept = {
        name: value
        for name, value in standing.body.items()
        if name not in ("blocks", "attachments", "text")
    }
    messages.change(workspace, channel, ts, {**kept, **stored})


def _author(workspace: Workspace) -> Record:
    state = workspace.state
    return {
        "user": state.bot_user_id,
        "bot_id": state.bot_id,
        "app_id": state.app_id,
        "team": state.team_id,
    }
