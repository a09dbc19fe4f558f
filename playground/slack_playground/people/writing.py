"""A person writes a message."""

import re
import uuid

from slack_playground.conversations import messages
from slack_playground.conversations.rich_text import rich_text_of
from slack_playground.delivery.message_events import channel_kind
from slack_playground.people.mentions import escaped, with_mentions
from slack_playground.people.outcome import Outcome, failed
from slack_playground.people.permissions import hears, is_closed_for_writing
from slack_playground.state import Channel, Record, State, User
from slack_playground.workspace import Workspace

# What is already in Slack's own notation stays; the rest is what a keyboard gives.
_NOTATION = re.compile(r"<(?:[@#!][^<>\s]+|https?://[^<>]+)>")
_URL = re.compile(r"(?<![<|\w])https?://[^\s<>|]+")


def write(
    workspace: Workspace, user: User, channel: Channel, text: str, thread_ts: str | None = None
) -> Outcome:
    """Post what `user` typed; `@ada`, `@Ada` and `#ops` become mentions."""
    workspace.did("messages", user, channel=channel.id, text=text, thread_ts=thread_ts)
    if channel.is_archived:
        return failed("is_archived")
    if channel.is_im and is_closed_for_writing(workspace, user, channel):
        return failed("messages_tab_disabled")
    if not text.strip():
        return failed("no_text")
    body: Record = {
        "user": user.id,
        "team": workspace.state.team_id,
        "client_msg_id": str(uuid.uuid4()),
        **typed_fields(workspace.state, text),
    }
    if thread_ts is not None:
        parent = channel.messages.get(thread_ts)
        if parent is None:
            return failed("thread_not_found")
        body["thread_ts"] = parent.body.get("thread_ts", thread_ts)
        body["parent_user_id"] = parent.body.get("user")
        _pass_over_prompts(workspace, channel, body["thread_ts"])
    posted = messages.post(workspace, channel, body)
    _mind_subscriptions(workspace, user, channel, body["text"])
    return Outcome(answer={"message": posted})


def typed_fields(state: State, text: str) -> Record:
    """Return the text and the rich text that Slack keeps of what somebody typed."""
    written = as_slack_writes(state, text)
    return {"text": written, "blocks": [rich_text_of(written)]}


def _pass_over_prompts(workspace: Workspace, channel: Channel, thread_ts: str) -> None:
    """Take away what an assistant suggested in a thread: the person has said something."""
    known = workspace.state.assistant_threads.get((channel.id, thread_ts))
    if known is not None and known.prompts:
        known.prompts, known.prompts_title = [], ""
        workspace.tell_state()


def _mind_subscriptions(workspace: Workspace, user: User, channel: Channel, text: str) -> None:
    """Tell who speaks to an app that cannot hear it what its manifest lacks."""
    if not workspace.has_app or workspace.state.bot_user_id not in channel.members:
        return
    kind = f"message.{channel_kind(channel)}"
    if workspace.manifest.subscribes(kind):
        return
    if channel.is_im:
        hears(workspace, user, kind)
    elif f"<@{workspace.state.bot_user_id}>" in text:
        hears(workspace, user, "app_mention")


def as_slack_writes(state: State, text: str, *, with_names: bool = False) -> str:
    """
    Return typed text in Slack's notation.

    Mentions become ids, links get brackets, and `&`, `<` and `>` are escaped.
    Slash commands get people `with_names`: `<@U…|ada>`.
    """
    parts: list[str] = []
    end = 0
    for found in _NOTATION.finditer(text):
        typed = _typed(state, text[end : found.start()], with_names=with_names)
        parts += [typed, found.group()]
        end = found.end()
    return "".join([*parts, _typed(state, text[end:], with_names=with_names)])


def _typed(state: State, text: str, *, with_names: bool) -> str:
    parts: list[str] = []
    end = 0
    text = escaped(text)
    for url in _URL.finditer(text):
        words = with_mentions(state, text[end : url.start()], with_names=with_names)
        parts += [words, f"<{url.group()}>"]
        end = url.end()
    return "".join([*parts, with_mentions(state, text[end:], with_names=with_names)])
