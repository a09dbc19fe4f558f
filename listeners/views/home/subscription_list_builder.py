"""The answer to `/ops subscriptions`."""

from collections.abc import Sequence
from typing import Any

from bot.subscriptions.models import Subscription
from listeners.views import rich_text_parts
from listeners.word_splitting import as_word


def undo_command(subscription: Subscription) -> str:
    """Return what to type to end it."""
    return f"/ops unsubscribe {as_word(subscription.pattern)}"


def subscribed_to(subscription: Subscription) -> str:
    """Return what the subscriber is told of, in words."""
    return "failures" if subscription.only_failures else "every end"


def build_subscription_list(found: Sequence[Subscription], *, is_personal: bool) -> dict[str, Any]:
    """Return an ephemeral answer with two lines for each: what it is, how to end it."""
    whose = "You have" if is_personal else "This channel has"
    if not found:
        words = f"{whose} no subscriptions. Type e.g. `/ops subscribe nightly-* failures`."
        return {"response_type": "ephemeral", "text": words}
    heading = "Your subscriptions" if is_personal else "Subscriptions of this channel"
    top = rich_text_parts.section(rich_text_parts.text_part(heading, bold=True))
    return {
        "response_type": "ephemeral",
        "text": f"{heading}: {len(found)}",
        "blocks": [rich_text_parts.rich_text(top, *[_subscription_line(one) for one in found])],
    }


def _subscription_line(subscription: Subscription) -> dict[str, Any]:
    return rich_text_parts.section(
        rich_text_parts.text_part(subscription.pattern, 200, bold=True),
        rich_text_parts.text_part(f" · {subscribed_to(subscription)} · since "),
        rich_text_parts.date_part(subscription.created_at, "{date_short_pretty}"),
        rich_text_parts.text_part("\n"),
        rich_text_parts.text_part(undo_command(subscription), 250, code=True),
    )
