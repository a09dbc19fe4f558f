"""Callbacks that are signed instead of carrying a token."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr
from standardwebhooks import Webhook

from bot.errors import ConfigError
from bot.http.errors import RefusedError
from bot.http.security.callback_signatures import HEADERS, Signatures
from tests.bot.http.calling import ONE_DATABASE, HandClock, token_for
from tests.bot.http.conftest import CALLBACK_SECRET

pytestmark = ONE_DATABASE

UPDATE = "/api/slack/update"
REPORT = json.dumps({"taskId": "i-1", "status": "failed", "error": "böse"})


def sign(body: str = REPORT, *, secret: str = CALLBACK_SECRET, ago: timedelta = timedelta(0)):
    at = HandClock().now() - ago
    return {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign("msg_1", at, body),
        "Content-Type": "application/json",
    }


async def send(client, headers, body=REPORT):
    return await client.post(UPDATE, token=None, data=body.encode(), headers=headers)


@pytest.fixture
async def running(client):
    await client.post("/api/tasks", {"task": "import", "taskId": "i-1", "status": "running"})


async def test_a_signed_report_is_taken(client, running):
    """
    A signature speaks for the tenant of the bot's own workspace.
    """
    reply = await send(client, sign())

    assert (reply.status, reply.body["outcome"]) == (200, "applied")
    assert (await client.get("/api/tasks/i-1")).body["error"] == "böse"


async def test_one_of_several_signatures_is_enough(client, running):
    """
    While a secret is being changed the sender signs with both.
    """
    headers = sign()
    headers["webhook-signature"] = f"v2,abc v1,AAAA {headers['webhook-signature']}"

    assert (await send(client, headers)).status == 200


#: https://github.com/standard-webhooks/standard-webhooks (its libraries' tests), and
#: https://docs.svix.com/receiving/verifying-payloads/how-manual: secret, id, time, body, signature.
PUBLISHED = [
    (
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "1614265330",
        b'{"test": 2432232314}',
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    ),
    (
        "whsec_plJ3nmyCDGBKInavdOK15jsl",
        "msg_loFOjxBNrRLzqYUf",
        "1731705121",
        b'{"event_type":"ping","data":{"success":true}}',
        "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0=",
    ),
]


@pytest.mark.parametrize("vector", PUBLISHED, ids=["standard-webhooks", "svix"])
def test_the_published_test_vectors_are_accepted(vector, database_url):
    """
    A signature made by anybody else's library counts, to the byte.
    """
    secret, key, at, body, signature = vector
    clock = HandClock()
    clock.at = datetime.fromtimestamp(int(at), UTC)
    headers = dict(zip(HEADERS, (key, at, signature), strict=True))
    signatures = Signatures([secret], clock)

    assert signatures.read(headers, body).scopes == {"tasks:write"}
    with pytest.raises(RefusedError):
        signatures.read(headers, body + b" ")


async def test_a_callback_that_is_sent_again_changes_nothing(client, running):
    """
    Whoever recorded a failure cannot make the next attempt fail, however new the signature is.
    """
    headers = sign()
    await send(client, headers)
    assert (await client.post("/api/tasks/i-1/retry", {})).status == 200
    replayed = await send(client, headers)
    signed_anew = await send(client, sign(ago=timedelta(seconds=-60)))
    other_body = json.dumps({"taskId": "i-1", "status": "running"})
    next_one = await send(client, sign(other_body), other_body)

    again = [
        (one.status, one.body["outcome"], one.body["reason"]) for one in (replayed, signed_anew)
    ]
    assert again == [(200, "ignored", "stale")] * 2
    assert replayed.body["taskId"] == "i-1"
    assert next_one.body["outcome"] == "applied"
    assert (await client.get("/api/tasks/i-1")).body["status"] == "running"


@pytest.mark.parametrize(
    "make_headers",
    [
        lambda: sign(secret="whsec_" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldY"),
        lambda: sign(ago=timedelta(seconds=301)),
        lambda: sign(ago=timedelta(seconds=-301)),
        lambda: sign("{}"),
        lambda: sign(f"{REPORT} "),
        lambda: sign(REPORT.replace(" ", "")),
        lambda: {**sign(), "webhook-id": "msg_2"},
        lambda: {**sign(), "webhook-timestamp": "nan"},
        lambda: {**sign(), "webhook-timestamp": "soon"},
        lambda: {**sign(), "webhook-timestamp": "-1"},
        lambda: {**sign(), "webhook-timestamp": "1e400"},
        lambda: {**sign(), "webhook-timestamp": "9" * 5000},
        lambda: {**sign(), "webhook-timestamp": f"{sign()['webhook-timestamp']}.5"},
        lambda: {**sign(), "webhook-timestamp": f"+{sign()['webhook-timestamp']}"},
        lambda: {**sign(), "webhook-id": "\udcff"},
        lambda: {**sign(), "webhook-signature": "v1"},
        lambda: {**sign(), "webhook-signature": "v1,a,b"},
        lambda: {**sign(), "webhook-signature": "v1,é"},
        lambda: {**sign(), "webhook-signature": "v1,a"},
        lambda: {"webhook-id": "msg_1", "Content-Type": "application/json"},
    ],
)
async def test_a_bad_signature_is_refused(client, running, make_headers):
    """
    Foreign, old, early, of another body or another id, and malformed: all the same.
    """
    reply = await send(client, make_headers())

    assert (reply.status, reply.body["error"]) == (401, "unauthorized")
    assert (await client.get("/api/tasks/i-1")).body["status"] == "running"


@pytest.mark.parametrize("seconds", [-300, -3, 3, 300])
async def test_clocks_may_differ_by_five_minutes(client, running, seconds):
    """
    The sender's clock may be ahead or behind, and five minutes are still accepted.
    """
    reply = await send(client, sign(ago=timedelta(seconds=seconds)))

    assert reply.status == 200


@pytest.mark.parametrize(
    ("ago", "message"),
    [(3540, "signed 3,540 s ago: compare"), (-3540, "signed 3,540 s in the future: compare")],
)
async def test_a_clock_that_is_wrong_is_named(client, running, ago, message):
    """
    The refusal says by how much the clocks differ.
    """
    reply = await send(client, sign(ago=timedelta(seconds=ago)))

    assert reply.status == 401
    assert message in reply.body["message"]


async def test_a_body_that_is_no_text_has_no_signature(client, running):
    """
    Bytes that are not UTF-8 are refused like any other wrong signature.
    """
    reply = await client.post(UPDATE, token=None, data=b"\xff\xfe", headers=sign())

    assert reply.status == 401


async def test_a_signature_opens_nothing_but_the_callback(client, running):
    """
    Other endpoints want a token, however well the request is signed.
    """
    reply = await client.post("/api/tasks/i-1/cancel", token=None, headers=sign(""))

    assert reply.status == 401


async def test_a_token_beside_a_signature_decides(client, running):
    """
    A request with both is judged by its token.
    """
    reply = await client.post(UPDATE, token=token_for("cleo"), data=REPORT.encode(), headers=sign())

    assert reply.status == 404


@pytest.mark.parametrize("secret", ["whsec_", "whsec_a", ""])
def test_a_secret_that_is_no_base64_stops_the_start(secret, database_url):
    """
    The problem names the variable and not its value.
    """
    with pytest.raises(ConfigError, match="CALLBACK_SECRET"):
        Signatures([CALLBACK_SECRET, secret], HandClock())


class TestWhileTheSecretIsChanged:
    """With the new one and the old one."""

    NEW = f"whsec_{base64.b64encode(b'n' * 24).decode()}"

    @pytest.fixture
    def settings(self, settings):
        both = SecretStr(f"{self.NEW}, {CALLBACK_SECRET}")
        return settings.model_copy(update={"callback_secret": both})

    async def test_both_are_taken_and_no_other(self, client, running):
        """Whoever has not changed yet goes on."""
        other = f"whsec_{base64.b64encode(b'o' * 24).decode()}"
        for secret, status in ((self.NEW, 200), (CALLBACK_SECRET, 200), (other, 401)):
            assert (await send(client, sign(secret=secret))).status == status
