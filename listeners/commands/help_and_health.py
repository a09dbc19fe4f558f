"""`/ops help` and `/ops health`."""

from listeners.commands.command_request import Asked, CommandReply
from listeners.commands.help import help_text
from listeners.views.health_builder import build_health
from listeners.wording import as_mrkdwn


async def show_help(asked: Asked) -> CommandReply:
    """Return the help, only to the asker."""
    text = help_text(asked.request.values.get("area"))
    return {"response_type": "ephemeral", "text": as_mrkdwn(text)}


async def tell_health(asked: Asked) -> CommandReply:
    """Return the bot's health, only to the asker."""
    tables = asked.services.alerts.table_states(asked.owner.tenant)
    return build_health(asked.services.health(), tables)
