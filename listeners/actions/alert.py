"""The buttons of an alert's message; each carries the alert's id."""

from datetime import timedelta
from typing import Any

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.alerts.service import Alerts
from bot.tasks.creation import Owner
from bot.workspaces.access import Rights
from listeners.actions.case_file import send_case_file
from listeners.permission import require_may_start
from listeners.services import ListenerServices
from listeners.wording import UNTIL_UNMUTED, as_mrkdwn, typed_word

_SNOOZE = timedelta(hours=1)


async def handle_alert_acknowledge_action(
    ack: AsyncAck,
    action: dict[str, Any],
    user_id: str,
    rights: Rights,
    alerts: Alerts,
    owner: Owner,
) -> None:
    """Note who looks after it; the message says so."""
    await rights.require_operator(user_id)
    await alerts.acknowledge(owner.tenant, action["value"], by=user_id)
    await ack()


async def handle_alert_snooze_action(
    ack: AsyncAck,
    action: dict[str, Any],
    user_id: str,
    rights: Rights,
    alerts: Alerts,
    owner: Owner,
) -> None:
    """Keep silent about it for an hour; the message says so."""
    await rights.require_operator(user_id)
    await alerts.snooze(owner.tenant, action["value"], by=user_id, duration=_SNOOZE)
    await ack()


async def handle_alert_mute_action(
    ack: AsyncAck,
    respond: AsyncRespond,
    action: dict[str, Any],
    user_id: str,
    rights: Rights,
    alerts: Alerts,
    owner: Owner,
) -> None:
    """Tell nobody of the kind any more, and say in the channel who wanted that."""
    await rights.require_operator(user_id)
    kind = (await alerts.get(owner.tenant, action["value"])).found.alert.task
    await alerts.mute(owner.tenant, kind, by=user_id, duration=None)
    ending = f"`/ops alert unmute {typed_word(kind)}` ends that."
    sentence = f"<@{user_id}> muted `{kind}` {UNTIL_UNMUTED}; {ending}"
    await respond(as_mrkdwn(sentence), response_type="in_channel", replace_original=False)
    await ack()


async def handle_alert_retry_action(
    ack: AsyncAck, action: dict[str, Any], user_id: str, services: ListenerServices, owner: Owner
) -> None:
    """Run its failed tasks again, a canary first; a message in the thread shows how far it is."""
    found = (await services.alerts.get(owner.tenant, action["value"])).found
    # A storm holds tasks of several kinds, and each kind may have people of its own.
    kinds = {task.task for _, task in found.held if task is not None}
    for kind in sorted(kinds or {found.alert.task}):
        await require_may_start(services, kind, user_id)
    await services.reruns.begin(owner, found.alert.id, by=user_id)
    await ack()


async def handle_alert_more_action(
    ack: AsyncAck,
    respond: AsyncRespond,
    body: dict[str, Any],
    action: dict[str, Any],
    user_id: str,
    client: AsyncWebClient,
    services: ListenerServices,
    owner: Owner,
) -> None:
    """Snooze it until the morning, resolve it or send its case file: the rarer choices."""
    await services.rights.require_operator(user_id)
    choice, _, alert_id = action["selected_option"]["value"].partition(" ")
    if choice == "case_file":
        await ack()
        await send_case_file(respond, body, alert_id, user_id, client, services, owner)
        return
    if choice == "resolve":
        await services.alerts.resolve(owner.tenant, alert_id, by=user_id)
    else:
        await services.alerts.snooze(owner.tenant, alert_id, by=user_id)
    await ack()
