"""Events the bot answers to."""

from slack_bolt.async_app import AsyncApp

from listeners.events.channels import EVENTS, handle_channel_event, handle_member_left_event
from listeners.strays import ANYTHING, handle_stray_event


def register(app: AsyncApp) -> None:
    """Take every event: one that nobody takes would be repeated by Slack three times."""
    for name in EVENTS:
        app.event(name)(handle_channel_event)
    app.event("member_left_channel")(handle_member_left_event)
    app.event(ANYTHING)(handle_stray_event)
