"""What Slack stores, with the HTML of its text beside it, for the page only."""

from typing import Any

from slack_playground.drawing import Names, draw_markdown, draw_mrkdwn
from slack_playground.state import Record, State


def names_of(state: State) -> Names:
    return Names(
        users={user.id: user.real_name for user in state.users.values()},
        channels={channel.id: channel.name for channel in state.channels.values()},
        usergroups={group.id: group.handle for group in state.usergroups.values()},
    )


def draw_message(body: Record, names: Names) -> Record:
    """Copy a message with `_html` beside its text and in every text object in it."""
    drawn: Record = {**body, "_html": draw_mrkdwn(body.get("text") or "", names)}
    if "root" in body:
        drawn["root"] = draw_message(body["root"], names)
    if "blocks" in body:
        drawn["blocks"] = draw_inside(body["blocks"], names)
    if "attachments" in body:
        drawn["attachments"] = [draw_attachment(one, names) for one in body["attachments"]]
    return drawn


def draw_attachment(attachment: Record, names: Names) -> Record:
    """Copy an attachment with the HTML of its blocks and of the texts that `mrkdwn_in` names."""
    drawn: Record = draw_inside(attachment, names)
    formatted = attachment.get("mrkdwn_in", ["text", "pretext"])
    for name, key in (("text", "_html"), ("pretext", "_pretext_html")):
        if name in formatted and isinstance(attachment.get(name), str):
            drawn[key] = draw_mrkdwn(attachment[name], names)
    if "fields" in formatted:
        for field in drawn.get("fields", []):
            field["_html"] = draw_mrkdwn(str(field.get("value", "")), names)
    return drawn


def draw_inside(value: Any, names: Names) -> Any:
    """Copy blocks with `_html` in every mrkdwn text object and markdown block."""
    if isinstance(value, list):
        return [draw_inside(one, names) for one in value]
    if not isinstance(value, dict):
        return value
    drawn = {key: draw_inside(one, names) for key, one in value.items()}
    text = value.get("text")
    if isinstance(text, str):
        if value.get("type") == "mrkdwn":
            drawn["_html"] = draw_mrkdwn(text, names)
        elif value.get("type") == "markdown":
            drawn["_html"] = draw_markdown(text)
    return drawn
