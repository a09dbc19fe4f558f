"""
`/ops alert …` and `/ops maintenance …`.

What changes an alert shows in its message; what silences a kind is said in the channel.
"""

from bot.alerts.queries import AlertsWanted
from bot.alerts.service import AlertWithTasks
from bot.errors import ConflictError, NotFoundError
from listeners.commands.command_request import Asked, CommandReply
from listeners.views.alert_list_builder import build_alert_list
from listeners.wording import UNTIL_UNMUTED, as_mrkdwn, typed_word, worded_duration

_MAX_LISTED_ALERTS = 15
_ALERT_ID_PREFIX = "a_"


async def command_list_alerts(asked: Asked) -> CommandReply:
    """Return the latest alerts that are not resolved, and what is muted."""
    found = await _unresolved(asked)
    silences = await asked.services.alerts.silences(asked.owner.tenant)
    shown = found[:_MAX_LISTED_ALERTS]
    return build_alert_list(shown, silences, workspace_url=asked.workspace_url)


async def command_acknowledge(asked: Asked) -> CommandReply:
    """Note that the asker looks after it."""
    await asked.services.rights.require_operator(asked.user_id)
    alert_id = await _named_alert(asked)
    await asked.services.alerts.acknowledge(asked.owner.tenant, alert_id, by=asked.user_id)
    return _ephemeral(f"Acknowledged `{alert_id}`.")


async def command_snooze(asked: Asked) -> CommandReply:
    """Keep silent about it for a while, or until the morning."""
    await asked.services.rights.require_operator(asked.user_id)
    alert_id, duration = await _named_alert(asked), asked.request.values.get("duration")
    await asked.services.alerts.snooze(
        asked.owner.tenant, alert_id, by=asked.user_id, duration=duration
    )
    return _ephemeral(f"Snoozed `{alert_id}`.")


async def command_resolve(asked: Asked) -> CommandReply:
    """Close it for what it holds."""
    await asked.services.rights.require_operator(asked.user_id)
    alert_id = await _named_alert(asked)
    await asked.services.alerts.resolve(asked.owner.tenant, alert_id, by=asked.user_id)
    return _ephemeral(f"Resolved `{alert_id}`.")


async def _named_alert(asked: Asked) -> str:
    """
    Return the id of the alert that the asker names by its id, or by its kind of task.

    Raises `ConflictError` if several alerts about the kind are not resolved, and `NotFoundError`.
    """
    name = asked.request.values["id"]
    found = [one.found.alert for one in await _unresolved(asked, name)]
    if not found and name.startswith(_ALERT_ID_PREFIX):
        return str(name)
    if not found:
        raise NotFoundError(
            f"There is no open alert about `{name}`; `/ops alert list` shows those there are."
        )
    if len(found) > 1:
        ids = ", ".join(f"`{alert.id}` ({alert.type})" for alert in found)
        raise ConflictError(f"Several alerts are about `{name}`, name one by its id: {ids}.")
    return found[0].id


async def _unresolved(asked: Asked, kind: str | None = None) -> list[AlertWithTasks]:
    """Return the latest alerts that are not resolved, the open ones first."""
    return [
        one
        for state in ("open", "acknowledged", "snoozed")
        for one in await asked.services.alerts.list(
            asked.owner.tenant, AlertsWanted(state=state, task=kind, limit=_MAX_LISTED_ALERTS)
        )
    ]


async def mute_kind(asked: Asked) -> CommandReply:
    """Tell nobody of a kind, for a while or until somebody unmutes it."""
    await asked.services.rights.require_operator(asked.user_id)
    kind, duration = asked.request.values["kind"], asked.request.values.get("duration")
    await asked.services.alerts.mute(asked.owner.tenant, kind, by=asked.user_id, duration=duration)
    until = f"for {worded_duration(duration)}" if duration is not None else UNTIL_UNMUTED
    ending = f"`/ops alert unmute {typed_word(kind)}` ends that."
    return public(f"<@{asked.user_id}> muted `{kind}` {until}; {ending}")


async def unmute_kind(asked: Asked) -> CommandReply:
    """Tell of a kind again."""
    await asked.services.rights.require_operator(asked.user_id)
    kind = asked.request.values["kind"]
    if not await asked.services.alerts.unmute(asked.owner.tenant, kind):
        raise NotFoundError(f"`{kind}` is not muted.")
    return public(f"<@{asked.user_id}> unmuted `{kind}`.")


async def switch_maintenance(asked: Asked) -> CommandReply:
    """Tell nobody of a kind, or of any, while work is done; or end that early."""
    await asked.services.rights.require_operator(asked.user_id)
    values = asked.request.values
    kind, duration = values.get("kind"), values["duration"]
    if duration == "off":
        return await _end_maintenance(asked, kind)
    await asked.services.alerts.maintain(
        asked.owner.tenant, kind, by=asked.user_id, duration=duration
    )
    return public(
        f"<@{asked.user_id}> started maintenance of {_maintained(kind)}: "
        f"no alerts for {worded_duration(duration)}."
    )


async def _end_maintenance(asked: Asked, kind: str | None) -> CommandReply:
    if not await asked.services.alerts.end_maintenance(asked.owner.tenant, kind):
        raise NotFoundError(f"There is no maintenance of {_maintained(kind)}.")
    return public(f"<@{asked.user_id}> ended the maintenance of {_maintained(kind)}.")


def _maintained(kind: str | None) -> str:
    return f"`{kind}`" if kind else "all kinds of tasks"


def _ephemeral(sentence: str) -> CommandReply:
    """Return what only the asker sees."""
    return {"response_type": "ephemeral", "text": as_mrkdwn(sentence)}


def public(sentence: str) -> CommandReply:
    """Return what the channel sees: shared state has changed."""
    return {"response_type": "in_channel", "text": as_mrkdwn(sentence)}
