"""An incoming webhook of Slack: the way for notices where there is no server."""

from __future__ import annotations

from opsbell.api import Api
from opsbell.settings import Target, split_address
from opsbell.values.masking import remember

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class WebhookError(Exception):
    """The webhook did not take a post; the text says why and never names the address."""


def post_to_webhook(url: str, content: dict[str, Any], seconds: float) -> None:
    """Post *content* (`text` and `blocks`) within *seconds*; raises WebhookError."""
    remember(url)  # Whoever knows it may post.
    parts = split_address(url)
    if parts is None or not parts[1].strip("/"):
        raise WebhookError("the webhook must look like https://hooks.slack.com/services/…")
    origin, path = parts
    try:
        # Without a token: ours is none of its business.
        answer = Api(Target(origin, "", replays=False)).ask("POST", path, content, seconds)
    except OSError as error:
        raise WebhookError(f"the webhook did not answer: {type(error).__name__}") from error
    if not answer.is_delivered:
        raise WebhookError(f"the webhook refused: {answer.status} {answer.text[:100]}")
