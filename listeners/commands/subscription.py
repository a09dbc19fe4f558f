"""
`/ops subscribe`, `/ops unsubscribe` and `/ops subscriptions`.

Said in a channel they are about the channel, in a direct message about the person.
"""

from bot.subscriptions.service import SubscribeOutcome
from listeners.commands.command_request import Asked, CommandReply
from listeners.membership import require_membership
from listeners.views.home.subscription_list_builder import build_subscription_list, undo_command
from listeners.wording import as_mrkdwn

_DIRECT_MESSAGE = "D"


async def subscribe(asked: Asked) -> CommandReply:
    """Tell the channel, or the person, when such tasks end."""
    only_failures = asked.request.values.get("which") is not None
    pattern = asked.request.values["pattern"]
    if not _is_personal(asked):
        refusal = "Nothing was changed"
        name = asked.services.bot_name
        await require_membership(asked.client, asked.channel_id, name, refusal=refusal)
    made, outcome = await asked.services.subscriptions.subscribe(
        asked.owner, _subscriber(asked), pattern, only_failures=only_failures, by=asked.user_id
    )
    what = f"{'failures' if made.only_failures else 'every end'} of `{made.pattern}`"
    undo = f"`{undo_command(made)}` ends that."
    if outcome is SubscribeOutcome.ALREADY:
        here = "You are" if _is_personal(asked) else "This channel is"
        return _said_subscription(
            asked, f"{here} already subscribed to {what}; {undo}", is_change=False
        )
    if _is_personal(asked):
        return _said_subscription(
            asked, f"You are now subscribed to {what}; {undo}", is_change=True
        )
    return _said_subscription(
        asked, f"<@{asked.user_id}> subscribed this channel to {what}; {undo}"
    )


async def unsubscribe(asked: Asked) -> CommandReply:
    """Tell the channel, or the person, no more."""
    only_failures = asked.request.values.get("which") is not None
    ended = await asked.services.subscriptions.unsubscribe(
        asked.owner,
        _subscriber(asked),
        asked.request.values["pattern"],
        only_failures=only_failures,
    )
    if _is_personal(asked):
        return _said_subscription(asked, f"You are no longer subscribed to `{ended.pattern}`.")
    return _said_subscription(
        asked, f"<@{asked.user_id}> unsubscribed this channel from `{ended.pattern}`."
    )


async def list_subscriptions(asked: Asked) -> CommandReply:
    """Return the subscriptions of the channel or person, each with the command that ends it."""
    found = await asked.services.subscriptions.list(asked.owner, _subscriber(asked))
    return build_subscription_list(found, is_personal=_is_personal(asked))


def _is_personal(asked: Asked) -> bool:
    return asked.channel_id.startswith(_DIRECT_MESSAGE)


def _subscriber(asked: Asked) -> str:
    # A direct message with somebody else is no place for us: the person is told in ours.
    return asked.user_id if _is_personal(asked) else asked.channel_id


def _said_subscription(asked: Asked, sentence: str, *, is_change: bool = True) -> CommandReply:
    """Return what the channel sees when shared state has changed, else only the asker."""
    is_shared = is_change and not _is_personal(asked)
    kind = "in_channel" if is_shared else "ephemeral"
    return {"response_type": kind, "text": as_mrkdwn(sentence)}
