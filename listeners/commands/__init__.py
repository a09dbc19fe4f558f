"""The slash commands: `/ops <area> <verb> …`, and short cuts for an area of it."""

from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from bot.redaction import redact
from bot.tasks.creation import Owner
from listeners.commands import about, delivery, task
from listeners.commands.asked import Asked, Handler
from listeners.commands.grammar import PREFIX, SHORT_CUTS
from listeners.commands.parser import parse
from listeners.fallback import ANYTHING, handle_unknown_command
from listeners.services import Services

#: (area, verb) of the grammar -> who answers.
HANDLERS: Mapping[tuple[str, str], Handler] = {
    ("task", "run"): task.run_task,
    ("task", "list"): task.list_tasks,
    ("task", "show"): task.show_task,
    ("task", "retry"): task.retry_task,
    ("task", "cancel"): task.cancel_task,
    ("delivery", "show"): delivery.show_delivery,
    ("delivery", "replay"): delivery.replay_delivery,
    ("delivery", "dead"): delivery.list_dead,
    ("why", ""): delivery.show_why,
    ("health", ""): about.show_health,
    ("help", ""): about.show_help,
}


def register(app: AsyncApp) -> None:
    """Take `/ops`, its short cuts, and whatever command is left."""
    for name in (PREFIX, *SHORT_CUTS):
        app.command(name)(handle_ops_command)
    app.command(ANYTHING)(handle_unknown_command)


async def handle_ops_command(
    ack: AsyncAck,
    command: dict[str, Any],
    services: Services,
    owner: Owner,
    client: AsyncWebClient,
) -> None:
    """Do what the line asks for and answer the asker."""
    request = parse(redact(command.get("text") or ""), SHORT_CUTS.get(command["command"], ""))
    asked = Asked(
        request,
        user_id=command["user_id"],
        channel_id=command["channel_id"],
        workspace_url=services.workspace_url or f"https://{command['team_domain']}.slack.com/",
        owner=owner,
        services=services,
        client=client,
    )
    answer = await HANDLERS[request.area, request.verb](asked)
    # Last on purpose: an error raised right after ack() makes Bolt drop the ack.
    await ack(answer)
