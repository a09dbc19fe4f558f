"""
Callbacks signed with CALLBACK_SECRET, as an alternative to a token.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from collections.abc import Mapping

from standardwebhooks import Webhook, WebhookVerificationError
from standardwebhooks.webhooks import EmptyWebhookSecretError

from bot.errors import ConfigError
from bot.http.errors import unauthorized
from bot.settings import Settings
from bot.tokens import Caller

HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")
#: For whom a signature speaks: CALLBACK_SECRET belongs to the workspace of SLACK_BOT_TOKEN.
SIGNER = Caller(subject="signature", tenant="default", scopes=frozenset({"tasks:write"}))


class Signatures:
    """Checks signatures with one secret."""

    def __init__(self, secret: str) -> None:
        try:
            self._webhook = Webhook(secret)
        except (ValueError, EmptyWebhookSecretError) as error:
            raise ConfigError(
                ["CALLBACK_SECRET: must be base64, with or without `whsec_` in front"]
            ) from error

    def read(self, headers: Mapping[str, str], raw: bytes) -> Caller:
        """Return who signed; refuse a signature that is wrong, or older than five minutes."""
        given = {name: headers.get(name, "") for name in HEADERS}
        try:
            self._webhook.verify(raw, given, json_parse=False)
        except WebhookVerificationError as error:
            raise unauthorized(f"The signature is not accepted: {error}.") from error
        except ValueError as error:  # The package splits and decodes what it is given as it is.
            raise unauthorized("The signature is not accepted: it is malformed.") from error
        return SIGNER


def signatures_of(settings: Settings) -> Signatures | None:
    """Return what checks signatures, or None without a secret; raise `ConfigError` on a bad one."""
    secret = settings.callback_secret
    return Signatures(secret.get_secret_value()) if secret else None
