"""Requests that Slack signs: good for five minutes, one body and one app."""

import pytest
from slack_sdk.signature import SignatureVerifier

from bot.errors import UserError
from bot.http.security.slack_signature import SLACK_ITSELF, SlackSignature
from tests.bot.http.calling import ONE_DATABASE, HandClock

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
BODY = b'{"a": "\xc3\xa9"}'


def signed(at: int, body: bytes = BODY, secret: str = SECRET) -> dict[str, str]:
    """Return the headers that Slack's own package would check."""
    signature = SignatureVerifier(secret).generate_signature(timestamp=str(at), body=body)
    return {"X-Slack-Request-Timestamp": str(at), "X-Slack-Signature": signature or ""}


NOW = int(HandClock().now().timestamp())


@pytest.mark.parametrize("at", [NOW, NOW - 300, NOW + 300])
def test_what_slack_signs_is_taken(at):
    """By itself it may see nothing: it is of no tenant."""
    caller = SlackSignature(SECRET, HandClock()).read(signed(at), BODY)

    assert caller is SLACK_ITSELF
    assert (caller.tenant, caller.scopes) == ("", frozenset())


@ONE_DATABASE
async def test_without_the_secret_nothing_is_taken(client):
    """As if there were no signature."""
    ping = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
    reply = await client.post("/mcp", ping, token=None, headers=signed(NOW, b"{}"))

    assert (reply.status, reply.body["message"][:12]) == (401, "Send a token")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        signed(NOW - 301),
        signed(NOW + 301),
        signed(NOW, b"{}"),
        signed(NOW, secret=SECRET[::-1]),
        signed(NOW) | {"X-Slack-Request-Timestamp": f"{NOW - 1}"},
        signed(NOW) | {"X-Slack-Request-Timestamp": f"{NOW}.0"},
        signed(NOW) | {"X-Slack-Request-Timestamp": "٣" * 10},
        signed(NOW) | {"X-Slack-Signature": ""},
        signed(NOW) | {"X-Slack-Signature": signed(NOW)["X-Slack-Signature"][3:]},
        signed(NOW) | {"X-Slack-Signature": "v0=\udc80"},
    ],
)
def test_anything_else_is_refused(headers):
    """Another body, app or time, a replay, half a signature, or none."""
    with pytest.raises(UserError, match="The signature of Slack is not accepted"):
        SlackSignature(SECRET, HandClock()).read(headers, BODY)
