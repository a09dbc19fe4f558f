"""Events the bot answers to."""

from slack_bolt.async_app import AsyncApp

from listeners.strays import ANYTHING, handle_stray_event


def register(app: AsyncApp) -> None:
    """Take every event: one that nobody takes would be repeated by Slack three times."""
    app.event(ANYTHING)(handle_stray_event)
