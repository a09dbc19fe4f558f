"""The slash commands: `/ops <area> <verb> …`, and shortcuts to its areas."""

from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from bot.redaction import redact
from bot.tasks.creation import Owner
from listeners.commands import (
    alert,
    delivery,
    help_and_health,
    leaderboard,
    report,
    subscription,
    task,
)
from listeners.commands.command_request import Asked, Handler
from listeners.commands.grammar import COMMAND, SHORT_CUTS
from listeners.commands.parser import parse
from listeners.fallback import ANYTHING, handle_unknown_command
from listeners.interactions import note_interaction
from listeners.services import ListenerServices

#: (area, verb) of the grammar -> who answers.
HANDLERS: Mapping[tuple[str, str], Handler] = {
    ("task", "run"): task.command_run,
    ("task", "list"): task.command_list,
    ("task", "show"): task.command_show,
    ("task", "retry"): task.command_retry,
    ("task", "cancel"): task.command_cancel,
    ("task", "board"): task.command_board,
    ("alert", "list"): alert.command_list_alerts,
    ("alert", "acknowledge"): alert.command_acknowledge,
    ("alert", "snooze"): alert.command_snooze,
    ("alert", "resolve"): alert.command_resolve,
    ("alert", "mute"): alert.mute_kind,
    ("alert", "unmute"): alert.unmute_kind,
    ("maintenance", ""): alert.switch_maintenance,
    ("subscribe", ""): subscription.subscribe,
    ("unsubscribe", ""): subscription.unsubscribe,
    ("subscriptions", ""): subscription.list_subscriptions,
    ("delivery", "show"): delivery.show_delivery,
    ("delivery", "replay"): delivery.replay_delivery,
    ("delivery", "dead"): delivery.list_dead,
    ("leaderboard", ""): leaderboard.show_or_post_leaderboard,
    ("report", "new"): report.command_new_report,
    ("report", "list"): report.command_list_reports,
    ("report", "show"): report.command_show_report,
    ("report", "run"): report.command_run_report,
    ("report", "pause"): report.command_pause_report,
    ("report", "resume"): report.command_resume_report,
    ("report", "delete"): report.command_delete_report,
    ("report", "next"): report.command_next_reports,
    ("why", ""): delivery.show_why,
    ("health", ""): help_and_health.tell_health,
    ("help", ""): help_and_health.show_help,
}


def register(app: AsyncApp) -> None:
    """Handle `/ops`, its shortcuts, and any other command."""
    for name in (COMMAND, *SHORT_CUTS):
        app.command(name)(_handle_ops_command)
    app.command(ANYTHING)(handle_unknown_command)


async def _handle_ops_command(
    ack: AsyncAck,
    command: dict[str, Any],
    services: ListenerServices,
    owner: Owner,
    client: AsyncWebClient,
) -> None:
    """Run the command and answer the person."""
    request = parse(redact(command.get("text") or ""), SHORT_CUTS.get(command["command"], ""))
    asked = Asked(
        request,
        user_id=command["user_id"],
        channel_id=command["channel_id"],
        workspace_url=services.workspace_url or f"https://{command['team_domain']}.slack.com/",
        owner=owner,
        services=services,
        client=client,
        trigger_id=command.get("trigger_id") or "",
    )
    note_interaction(verb=f"{request.area} {request.verb}".rstrip())
    answer = await HANDLERS[request.area, request.verb](asked)
    # Last on purpose: an error raised right after ack() makes Bolt drop the ack.
    await ack(answer)
