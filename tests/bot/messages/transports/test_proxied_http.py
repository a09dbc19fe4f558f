"""Slack behind a proxy: posts, uploads, webhooks and sockets go through it, or straight."""

import asyncio
import ssl
import subprocess

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.messages.error_codes import Verdict
from bot.messages.policy import SlackResponse, classify
from bot.messages.transports.base import File
from bot.messages.transports.proxied_http import ProxiedConnection, open_connection, wait_closed
from bot.messages.transports.slack import SlackTransport
from bot.messages.transports.webhook import WebhookTransport
from bot.outgoing.proxies import Proxies
from tests.held_port import hold_port, number_of
from tests.http_proxy import HttpProxy


@pytest.fixture
async def proxy():
    """A proxy that takes everything."""
    async with HttpProxy() as proxy:
        yield proxy


@pytest.fixture
async def through(playground):
    """Return a function that makes a transport to the playground with these proxies."""
    made = []

    def make(proxies):
        made.append(SlackTransport(playground.api_url, playground.bot_token, proxies=proxies))
        return made[-1]

    yield make
    for transport in made:
        transport.close()
    await wait_closed()


async def test_posts_and_edits_go_through_the_proxy(proxy, through, playground, ours):
    """They arrive as if there were none, over and over on one pool."""
    slack = through(Proxies(http=proxy.url))

    ts = (await slack.post(ours())).ts
    await slack.edit(ours(ts=ts, revision=2))
    assert (await slack.probe()).ok

    (message,) = playground.messages("ops")
    assert message["metadata"]["event_payload"]["revision"] == 2
    assert [line.split(" ")[1].rsplit("/", 1)[-1] for line in proxy.seen] == [
        *("chat.postMessage", "chat.update", "auth.test")
    ]


async def test_uploads_go_through_the_proxy(proxy, through, playground, ours):
    """The bytes as well, to whatever address Slack names."""
    slack = through(Proxies(http=proxy.url))
    ts = (await slack.post(ours())).ts

    answer = await slack.post(ours(message_id="m_2", thread_ts=ts, file=File("a.txt", "hello")))

    assert answer.ok
    assert playground.replies("ops", ts)[0]["files"][0]["name"] == "a.txt"
    assert any("/upload/v1/" in line for line in proxy.seen)


async def test_webhooks_go_through_the_proxy(proxy, playground, ours):
    """Also the question whether somebody is there."""
    hook = WebhookTransport(playground.webhook("ops"), proxies=Proxies(http=proxy.url))

    posted, probed = await hook.post(ours()), await hook.probe()
    hook.close()
    await wait_closed()

    assert (posted.ok, probed.ok) == (True, True)
    assert [line.split(" ")[0] for line in proxy.seen] == ["POST", "GET"]


async def test_what_no_proxy_names_goes_straight(proxy, through, ours):
    """A playground on loopback needs no proxy."""
    slack = through(Proxies(http=proxy.url, excepted="127.0.0.0/8"))

    assert (await slack.post(ours())).ok
    assert proxy.seen == []


async def test_a_proxy_that_wants_a_password_gets_it(through, ours):
    """It stands in the proxy's address."""
    async with HttpProxy(login="ada:secret") as proxy:
        assert (await through(Proxies(http=proxy.url)).post(ours())).ok


@pytest.mark.parametrize(
    "settings", [{"login": "ada:secret"}, {"refuses": 407}], ids=["no password", "never content"]
)
async def test_a_proxy_that_wants_to_know_us_keeps_messages_waiting(
    through, playground, ours, settings
):
    """Nothing has reached Slack: the lane pauses, and nothing dies or is doubted."""
    async with HttpProxy(**settings) as proxy:
        bare = proxy.url.replace("ada:secret@", "")
        answer = await through(Proxies(http=bare)).post(ours())

    assert SlackResponse(unreachable=True) == answer
    assert playground.messages("ops") == []


async def test_a_proxy_that_is_away_keeps_messages_waiting(through, ours):
    """Where nobody listens nothing was sent."""
    with hold_port() as held:
        slack = through(Proxies(http=f"http://127.0.0.1:{number_of(held)}"))

        assert SlackResponse(unreachable=True) == await slack.post(ours())


async def test_an_answer_that_is_lost_behind_a_proxy_is_looked_for(
    proxy, through, playground, ours
):
    """The post may have arrived: it is not repeated by itself."""
    playground.fail("chat.postMessage", "drop_answer")

    answer = await through(Proxies(http=proxy.url)).post(ours())

    assert classify(answer, is_edit=False) is Verdict.AMBIGUOUS
    assert len(playground.messages("ops")) == 1


async def test_the_sdk_goes_through_the_proxy(proxy, playground):
    """It is told of it, and not left to the environment."""
    client = AsyncWebClient(
        token=playground.bot_token,
        base_url=playground.api_url,
        proxy=Proxies(http=proxy.url).for_url(playground.api_url),
    )

    assert (await client.auth_test())["ok"]
    assert len(proxy.seen) == 1


@pytest.fixture
def unsigned(tmp_path):
    """A certificate that nobody signed."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subject = ["-subj", "/CN=127.0.0.1", "-days", "36500"]
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", *subject]
    subprocess.run([*made, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    return context


@pytest.fixture
async def encrypted(odd, unsigned):
    """The port of a server that speaks TLS with it."""
    server = await asyncio.start_server(odd.answer, "127.0.0.1", 0, ssl=unsigned)
    yield server.sockets[0].getsockname()[1]
    server.close()


async def test_what_is_encrypted_is_tunnelled(proxy, encrypted):
    """The proxy is asked for a tunnel and sees nothing; a certificate nobody signed is refused."""
    slack = SlackTransport(
        f"https://127.0.0.1:{encrypted}/api/", "xoxb-1-ada", proxies=Proxies(proxy.url)
    )

    answer = await slack.probe()
    slack.close()
    await wait_closed()

    assert (answer, proxy.seen) == (
        SlackResponse(unreachable=True),
        [f"CONNECT 127.0.0.1:{encrypted} HTTP/1.1"],
    )


@pytest.mark.parametrize("status", [403, 407, 502])
async def test_a_tunnel_that_is_refused_reaches_nobody(encrypted, status):
    """Whatever the proxy's reason: nothing was sent to Slack."""
    async with HttpProxy(refuses=status) as proxy:
        slack = SlackTransport(
            f"https://127.0.0.1:{encrypted}/api/", "xoxb-1-ada", proxies=Proxies(proxy.url)
        )
        answer = await slack.probe()
        slack.close()
        await wait_closed()

    assert SlackResponse(unreachable=True) == answer


def test_without_a_proxy_our_own_connections_are_used():
    """They are much faster."""
    assert not isinstance(open_connection("https://slack.com/api/", {}), ProxiedConnection)
