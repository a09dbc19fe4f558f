"""Submission of the modals that App Home opens."""

from typing import Any

from slack_bolt.context.ack.async_ack import AsyncAck

from bot.errors import FieldProblem, InvalidError
from bot.subscriptions.models import Preference
from bot.subscriptions.service import Subscriptions
from bot.tasks.creation import Owner
from listeners.views.home import preferences_builder, subscribe_builder
from listeners.views.submitted_values import filled


async def handle_subscribe_submission(
    ack: AsyncAck, view: dict[str, Any], user_id: str, subscriptions: Subscriptions, owner: Owner
) -> None:
    """Tell the person of such ends; again is no change."""
    values = filled(view)
    only_failures = values["which"] == subscribe_builder.FAILURES
    pattern = values["pattern"] or ""
    await subscriptions.subscribe(owner, user_id, pattern, only_failures=only_failures, by=user_id)
    await ack()


async def handle_preferences_submission(
    ack: AsyncAck, view: dict[str, Any], user_id: str, subscriptions: Subscriptions, owner: Owner
) -> None:
    """Remember how the person wants to be told."""
    await subscriptions.prefer(owner, _preference(filled(view), user_id))
    await ack()


def _preference(values: dict[str, str | None], user_id: str) -> Preference:
    start, end = values["quiet_from"], values["quiet_until"]
    if (start is None) != (end is None):
        missing = "quiet_from" if start is None else "quiet_until"
        fix = "give both times, or none for no quiet hours"
        raise InvalidError(f"Quiet hours: {fix}.", [FieldProblem(missing, fix)])
    return Preference(
        tenant="",
        user_id=user_id,
        quiet_hours=f"{start}-{end}" if start else None,
        timezone=values["timezone"] or "UTC",
        is_once_a_day=values["often"] == preferences_builder.ONCE_A_DAY,
    )
