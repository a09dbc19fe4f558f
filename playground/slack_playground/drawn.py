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
    for key in ("blocks", "attachments"):
        if key in body:
            drawn[key] = draw_inside(body[key], names)
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
