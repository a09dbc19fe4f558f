"""
Requests that Slack signs with the app's signing secret.

https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

import hashlib
import hmac
from collections.abc import Mapping

from bot.clock import Clock
from bot.http.errors import unauthorized
from bot.http.security.callback_signatures import TIMESTAMP
from bot.settings import Settings
from bot.tokens import Caller

SIGNATURE_HEADER, _TIME_HEADER = "X-Slack-Signature", "X-Slack-Request-Timestamp"
#: How far a signature's time may be from ours, either way.
_MAX_AGE_SECONDS = 300
#: Slack, before it is known for whom it asks: of no tenant, so it can see nothing.
SLACK_ITSELF = Caller(subject="slack", tenant="", scopes=frozenset())


class SlackSignature:
    """Checks signatures with the signing secret, and their age by the clock it is given."""

    def __init__(self, secret: str, clock: Clock) -> None:
        self._secret = secret.encode()
        self._clock = clock

    def read(self, headers: Mapping[str, str], raw: bytes) -> Caller:
        """Return Slack; refuse a signature that is wrong, or older than five minutes."""
        refusal = self._refusal(
            headers.get(_TIME_HEADER, ""), headers.get(SIGNATURE_HEADER, ""), raw
        )
        if refusal:
            raise unauthorized(f"The signature of Slack is not accepted: {refusal}.")
        return SLACK_ITSELF

    def _refusal(self, timestamp: str, signature: str, raw: bytes) -> str | None:
        if not TIMESTAMP.fullmatch(timestamp):
            return f"{_TIME_HEADER} must be a whole number of seconds"
        if abs(int(timestamp) - self._clock.now().timestamp()) > _MAX_AGE_SECONDS:
            return "it was signed more than five minutes ago, or by another clock"
        signed = hmac.new(self._secret, b"v0:%s:%s" % (timestamp.encode(), raw), hashlib.sha256)
        expected = f"v0={signed.hexdigest()}".encode()
        if not hmac.compare_digest(expected, signature.encode(errors="replace")):
            return "it belongs to another body, time or app; compare SLACK_SIGNING_SECRET"
        return None


def slack_signature_of(settings: Settings, clock: Clock) -> SlackSignature | None:
    """Return what checks Slack's signatures, or None without the secret."""
    secret = settings.slack_signing_secret
    return SlackSignature(secret.get_secret_value(), clock) if secret else None
