"""
JSON Web Tokens: what somebody is, signed.

Slack signs with RS256 and a published key; here it is HS256 with the app's client secret, which
the libraries that check signatures know as well and which needs no key.
"""

import base64
import hashlib
import hmac
import json

from slack_playground.state import Record


def signed_token(claims: Record, secret: str) -> str:
    """Return the claims as a token that bears the signature of `secret`."""
    header = {"alg": "HS256", "typ": "JWT"}
    said = f"{_written(header)}.{_written(claims)}"
    signature = hmac.new(secret.encode(), said.encode(), hashlib.sha256).digest()
    return f"{said}.{_encoded(signature)}"


def _written(value: Record) -> str:
    return _encoded(json.dumps(value).encode())


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
