"""Whether an event comes from the system that `[webhooks.<name>] secret` belongs to."""

import base64
import hashlib
import hmac
from collections.abc import Mapping

#: Where systems put a secret, or what they made of it and the body.
_SECRET_HEADERS = (
    "Authorization",  # dbt Cloud: the hexadecimal HMAC; others: Bearer and the secret
    "X-Opsbell-Secret",
    "X-Hub-Signature-256",
    "X-Trigger-Signature-HmacSha256",
)


def has_valid_secret(secret: str, headers: Mapping[str, str], raw: bytes) -> bool:
    """Tell whether a header is the secret, or the HMAC-SHA256 of the body with it."""
    key = secret.encode()
    digest = hmac.new(key, raw, hashlib.sha256).digest()
    accepted = (key, digest.hex().encode(), base64.b64encode(digest))
    given = [_without_scheme(headers.get(name, "")) for name in _SECRET_HEADERS]
    return any(hmac.compare_digest(one, other) for one in given if one for other in accepted)


def _without_scheme(value: str) -> bytes:
    for prefix in ("Bearer ", "bearer ", "sha256="):
        value = value.removeprefix(prefix)
    return value.strip().encode(errors="replace")
