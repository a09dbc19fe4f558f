"""Turns HTTP responses into Slack responses. Pure."""

from bot.messages.policy import SlackResponse
from bot.sql.fast_json import decoded

#: Longer than Slack ever asks for; a header beyond all sense must not stop us for days.
_MAX_RETRY_AFTER_SECONDS = 3600.0


def read_answer(status: int, retry_after: str | None, body: bytes) -> SlackResponse:
    """Return what Slack said. A body that is no JSON counts as a server's failure."""
    if status == 429:
        return SlackResponse(error="ratelimited", status=status, retry_after=seconds(retry_after))
    try:
        content = decoded(body)
        ok = content["ok"] is True
    except (ValueError, KeyError, TypeError):
        return SlackResponse(status=status if status >= 500 else 502)
    if ok:
        return SlackResponse(
            ok=True,
            ts=content.get("ts"),
            channel=content.get("channel") if isinstance(content.get("channel"), str) else None,
            detail={"body": content},
        )
    detail = {key: content[key] for key in ("errors", "needed", "provided") if key in content}
    error = str(content.get("error", ""))
    paced = seconds(retry_after) if error in ("ratelimited", "rate_limited") else None
    return SlackResponse(error=error, status=status, retry_after=paced, detail=detail)


def seconds(retry_after: str | None) -> float:
    """Return the header's seconds; 1 where it names none that make sense."""
    try:
        named = float(retry_after or 1)
    except ValueError:
        return 1.0
    return min(named, _MAX_RETRY_AFTER_SECONDS) if named >= 0 else 1.0
