"""
Response URLs: five answers in half an hour without a token.

See https://docs.slack.dev/interactivity/handling-user-interaction#message_responses.
"""

import secrets
from dataclasses import dataclass

from slack_playground.errors import SlackError
from slack_playground.timing.clock import Clock

USES = 5
LIFE_SECONDS = 30 * 60.0
KEPT = 10_000


@dataclass(slots=True)
class ResponseUrl:
    """Where an answer goes. `ts` names the message it came from; commands have none."""

    channel: str
    user: str
    expires_at: float
    ts: str | None = None
    is_ephemeral: bool = False
    thread_ts: str | None = None
    uses: int = 0


class ResponseUrls:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._urls: dict[str, ResponseUrl] = {}

    def issue(
        self,
        channel: str,
        user: str,
        *,
        ts: str | None = None,
        is_ephemeral: bool = False,
        thread_ts: str | None = None,
    ) -> str:
        """Return the secret part of a new response URL."""
        if len(self._urls) >= KEPT:
            del self._urls[next(iter(self._urls))]
        secret = secrets.token_hex(12)
        self._urls[secret] = ResponseUrl(
            channel,
            user,
            self._clock.now() + LIFE_SECONDS,
            ts=ts,
            is_ephemeral=is_ephemeral,
            thread_ts=thread_ts,
        )
        return secret

    def use(self, secret: str) -> ResponseUrl:
        """Count one use; raise SlackError when it is worn out, too old or unknown."""
        url = self._urls.get(secret)
        if url is None or self._clock.now() > url.expires_at:
            raise SlackError("expired_url")
        if url.uses >= USES:
            raise SlackError("used_url")
        url.uses += 1
        return url

    def reset(self) -> None:
        self._urls.clear()
