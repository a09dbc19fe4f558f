"""Events that the bot handles."""

from slack_bolt.async_app import AsyncApp

from listeners.events.channels import CHANNEL_EVENTS, handle_channel_event, handle_member_left_event
from listeners.events.home import handle_app_home_opened_event
from listeners.events.installation import (
    handle_app_uninstalled_event,
    handle_tokens_revoked_event,
)
from listeners.events.report import handle_app_mention_event, handle_direct_message_event
from listeners.fallback import ANYTHING, handle_unknown_event


def register(app: AsyncApp) -> None:
    """Handle every event: Slack retries one that is not acknowledged three times."""
    for name in CHANNEL_EVENTS:
        app.event(name)(handle_channel_event)
    app.event("member_left_channel")(handle_member_left_event)
    app.event("app_home_opened")(handle_app_home_opened_event)
    app.event("app_uninstalled")(handle_app_uninstalled_event)
    app.event("tokens_revoked")(handle_tokens_revoked_event)
    app.event("app_mention")(handle_app_mention_event)
    app.event("message")(handle_direct_message_event)
    app.event(ANYTHING)(handle_unknown_event)
