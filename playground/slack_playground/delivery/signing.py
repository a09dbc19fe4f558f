"""
Slack's signature on what it sends over HTTP.

https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

import hmac
from hashlib import sha256

#: Public on purpose: it signs nothing but a playground's requests.
SIGNING_SECRET = "playground-signing-secret"  # noqa: S105


def signed(body: bytes, seconds: int) -> dict[str, str]:
    """Return the two headers that let an app tell who sent `body`, and when."""
    message = b"v0:%d:%s" % (seconds, body)
    signature = hmac.new(SIGNING_SECRET.encode(), message, sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": str(seconds), "X-Slack-Signature": f"v0={signature}"}
