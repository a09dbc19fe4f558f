"""
Callbacks signed with CALLBACK_SECRET, as an alternative to a token.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from standardwebhooks import Webhook
from standardwebhooks.webhooks import EmptyWebhookSecretError

from bot.clock import Clock
from bot.errors import ConfigError
from bot.http.errors import unauthorized
from bot.settings import Settings, split_secrets
from bot.tokens import Caller

HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")
#: How far a signature's time may be from ours, either way.
_TOLERANCE_SECONDS = 300
TIMESTAMP = re.compile(r"[0-9]{1,11}")
#: For whom a signature speaks: CALLBACK_SECRET belongs to the workspace of SLACK_BOT_TOKEN.
_SIGNER = Caller(subject="signature", tenant="default", scopes=frozenset({"tasks:write"}))


class Signatures:
    """Checks signatures with the secrets, and their age by the clock it is given."""

    def __init__(self, secrets: Sequence[str], clock: Clock) -> None:
        self._clock = clock
        try:
            self._webhooks = [Webhook(secret) for secret in secrets]
        except (ValueError, EmptyWebhookSecretError) as error:
            raise ConfigError(
                ["CALLBACK_SECRET: must be base64, with or without `whsec_` in front"]
            ) from error

    def read(self, headers: Mapping[str, str], raw: bytes) -> Caller:
        """Return the signer; refuse a signature that is wrong, or older than five minutes."""
        refusal = self._refusal([headers.get(name, "") for name in HEADERS], raw)
        if refusal:
            raise unauthorized(f"The signature is not accepted: {refusal}.")
        return _SIGNER

    def _refusal(self, given: Sequence[str], raw: bytes) -> str | None:
        """
        Return what is wrong with the headers, in the order of `HEADERS`; None if nothing is.

        This is not left to the package, which compares the time with the machine's clock.
        """
        key, timestamp, signatures = given
        if not (key and timestamp and signatures):
            return f"send {', '.join(HEADERS)}"
        if not TIMESTAMP.fullmatch(timestamp):
            return "webhook-timestamp must be a whole number of seconds"
        ahead = int(timestamp) - self._clock.now().timestamp()
        if abs(ahead) > _TOLERANCE_SECONDS:
            side = "in the future" if ahead > 0 else "ago"
            return f"signed {abs(ahead):,.0f} s {side}: compare the clocks of the two machines"
        at = datetime.fromtimestamp(int(timestamp), UTC)
        try:
            expected = [one.sign(key, at, raw.decode()).encode() for one in self._webhooks]
        except UnicodeError:
            return "id and body must be UTF-8"
        each = signatures.encode(errors="replace").split(b" ")
        if not any(hmac.compare_digest(ours, one) for ours in expected for one in each):
            return "it belongs to another body, id, time or secret"
        return None


def delivery_key(headers: Mapping[str, str], raw: bytes) -> str:
    """
    Return what every delivery of one signed event has in common, however often it is signed.

    The body counts as well, for senders that use one id for everything.
    """
    key = headers.get(HEADERS[0], "").encode(errors="surrogateescape")
    return f"webhook.{hashlib.sha256(key + b'.' + raw).hexdigest()}"


def signatures_of(settings: Settings, clock: Clock) -> Signatures | None:
    """Return what checks signatures, or None without a secret; raise `ConfigError` on a bad one."""
    secret = settings.callback_secret
    return Signatures(split_secrets(secret), clock) if secret else None
