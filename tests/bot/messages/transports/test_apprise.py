"""Sending through Apprise: to a real mail server, and over HTTP to one that answers anything."""

import asyncio
import io
import logging
import re
from dataclasses import replace

import pytest
from aiohttp import web

from bot.errors import NoTransportError
from bot.messages.error_codes import Verdict
from bot.messages.policy import classify
from bot.messages.rendering.renderer import Rendered
from bot.messages.transports.apprise import AppriseTransport
from bot.messages.transports.base import File
from tests.bot.messages.transports.odd import outgoing
from tests.held_port import hold_port, number_of
from tests.mail import MailServer
from tests.patience import PATIENCE_SECONDS, until


def saying(text, blocks=(), overflow=None):
    """Return a message with this rendering."""
    return outgoing(rendered=Rendered(text, list(blocks), overflow))


def verdict(answer):
    """What becomes of a message that was answered so."""
    return classify(answer, is_edit=False)


@pytest.fixture
async def mail():
    """A mail server that listens."""
    async with MailServer() as server:
        yield server


@pytest.fixture
async def http():
    """A server that keeps what it is sent and answers with the status it is told to."""

    class Server:
        status = 200
        port = 0
        seen: list[dict[str, str]]

    server = Server()
    server.seen = []

    async def take(request):
        server.seen.append(await request.json())
        if server.status == 0:
            request.transport.close()
        if server.status == -1:
            await asyncio.sleep(30)
        return web.Response(status=max(server.status, 200))

    app = web.Application()
    app.router.add_post("/{path:hook|message}", take)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.port = runner.addresses[0][1]
    yield server
    await runner.cleanup()


@pytest.fixture
def hook(http):
    """A transport to that server."""
    return hook_to(http)


def hook_to(http, read_seconds=PATIENCE_SECONDS):
    """Return a transport to that server that waits so long for an answer."""
    waits = f"cto={PATIENCE_SECONDS}&rto={read_seconds}"
    return AppriseTransport(f"json://127.0.0.1:{http.port}/hook?{waits}")


async def test_a_message_becomes_one_mail(mail):
    """The first line is the subject; the body reads as in Slack, without its marks and escapes."""
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "*Rows* &lt;7 &amp; more"}}

    answer = await AppriseTransport(mail.address()).post(
        saying("❌ Failed: import\nNo &lt;rows&gt;", [section], overflow="the rest")
    )

    assert (answer.ok, answer.ts) == (True, None)
    (sent,) = mail.mails
    assert (sent["subject"], sent["to"]) == ("❌ Failed: import", "ben@example.com")
    assert "Rows <7 & more\n\nthe rest" in mail.bodies()[0].replace("\r\n", "\n")


async def test_files_are_attached_to_a_mail(mail):
    """Under their names and as what these say they are; the words stand before them."""
    files = [File("Zahlen für Ada.csv", "a,b\n1,ü\n"), File("log", "one\ntwo\n")]
    message = replace(saying("Report"), files=files)

    answer = await AppriseTransport(mail.address()).post(message)

    (sent,) = mail.mails
    found = {
        one.get_filename(): (one.get_content_type(), one.get_payload(decode=True).decode())
        for one in sent.iter_attachments()
    }
    assert (answer.ok, list(answer.warnings)) == (True, [])
    assert "Report" in mail.bodies()[0]
    assert found == {
        "Zahlen für Ada.csv": ("text/csv", "a,b\n1,ü\n"),
        "log": ("text/plain", "one\ntwo\n"),
    }


async def test_a_service_that_takes_no_files_says_what_it_did_not_send(http):
    """The words arrive all the same."""
    message = replace(saying("Report"), files=[File("report.csv", "a,b\n")])

    answer = await AppriseTransport(f"gotify://127.0.0.1:{http.port}/token").post(message)

    assert [seen["message"] for seen in http.seen] == ["Report"]
    assert answer.warnings[0].startswith("Not sent: report.csv, for this service takes no files")


async def test_a_text_that_is_too_long_for_a_service_is_said_to_be_cut(hook, http):
    """What the service takes arrives."""
    answer = await hook.post(saying("a" * 40_000))

    assert answer.ok
    assert 32_000 < len(http.seen[0]["message"]) < 40_000
    assert "was cut to the 32," in answer.warnings[0]


async def test_a_change_is_a_new_mail(mail):
    """What was sent is out of reach."""
    transport = AppriseTransport(mail.address())
    await transport.post(outgoing())
    await transport.edit(outgoing(revision=2))

    assert len(mail.mails) == 2
    assert not (await transport.find(outgoing())).readable


async def test_a_mail_with_a_password(mail):
    """The right one is let in; the wrong one locks us out, and is not tried again at once."""
    right = AppriseTransport(mail.address("ada:right"))
    wrong = AppriseTransport(mail.address("ada:wrong"))

    assert (await right.post(outgoing())).ok
    answer = await wrong.post(outgoing())

    assert (answer.error, verdict(answer)) == ("login_refused", Verdict.LOCKED_OUT)
    assert answer.detail == {"code": 535}
    assert ((await wrong.probe()).error, (await right.probe()).ok) == ("login_refused", True)
    assert len(mail.mails) == 1


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("550 5.7.1 We do not want this", Verdict.FINAL),
        ("451 4.7.1 Come back later", Verdict.TRANSIENT),
        ("530 5.7.0 Who are you?", Verdict.LOCKED_OUT),
        ("421 4.3.2 Going down", Verdict.OUTAGE),
    ],
)
async def test_a_mail_servers_codes(mail, said, meant):
    """4xx is for now, 5xx for good, whatever words come with it."""
    mail.says = said

    answer = await AppriseTransport(mail.address()).post(outgoing())

    assert meant is verdict(answer)
    assert {"code": int(said[:3])} == answer.detail


async def test_an_unknown_recipient_is_final(mail):
    """The address is wrong, and stays so."""
    mail.refused = {"ben@example.com": "550 5.1.1 Nobody of that name"}

    assert Verdict.FINAL is verdict(await AppriseTransport(mail.address()).post(outgoing()))


async def test_some_got_it_and_some_did_not(mail):
    """A second try would reach the first one twice, so there is none."""
    mail.refused = {"cleo@example.com": "550 5.1.1 Nobody of that name"}
    transport = AppriseTransport(mail.address(to="ben@example.com,cleo@example.com"))

    answer = await transport.post(outgoing())

    assert (answer.error, verdict(answer)) == ("partly_sent", Verdict.FINAL)
    assert len(mail.mails) == 1


async def test_a_mail_server_that_is_away(mail):
    """Nothing was sent; the probe says so until it is back."""
    await mail.stop()
    transport = AppriseTransport(mail.address())

    assert (await transport.post(outgoing())).unreachable
    assert not (await transport.probe()).ok
    await mail.start()
    assert (await transport.probe()).ok


async def test_a_mail_server_that_says_nothing(mail):
    """Without a greeting nothing was handed over, and it counts as away."""
    mail.is_mute = True
    transport = AppriseTransport(mail.address(cto="0.5"))

    assert (await transport.post(outgoing())).unreachable


async def test_a_mail_whose_answer_is_lost(mail):
    """It was handed over: nobody knows whether it will arrive."""
    mail.lets_go.clear()

    async def is_lost():  # On a busy machine its time may be over before anything was handed over.
        return (await AppriseTransport(mail.address(cto="0.5")).post(outgoing())).lost

    await until(is_lost)
    await asyncio.wait_for(mail.took.wait(), PATIENCE_SECONDS)
    assert len(mail.mails) == 1


async def test_a_send_that_never_ends_is_given_up(mail):
    """Its thread may hang; the lane goes on, and so does the end of the process."""
    mail.is_mute = True
    transport = AppriseTransport(mail.address(cto="2"), timeout_seconds=0.2)

    assert (await transport.post(outgoing())).lost


async def test_other_services_get_title_and_text(http, hook):
    """What Teams and push services show: plain words, no call for everybody."""
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "&lt;!channel&gt; @everyone"}}

    assert (await hook.post(saying("Lunch", [section]))).ok

    assert (http.seen[0]["title"], http.seen[0]["message"]) == ("Lunch", "< !channel> @ everyone")


@pytest.mark.parametrize(
    ("status", "meant"),
    [
        (400, Verdict.FINAL),
        (401, Verdict.LOCKED_OUT),
        (403, Verdict.LOCKED_OUT),
        (404, Verdict.LOCKED_OUT),
        (408, Verdict.TRANSIENT),
        (413, Verdict.FINAL),
        (429, Verdict.PACED),
        (500, Verdict.AMBIGUOUS),
        (503, Verdict.AMBIGUOUS),
        (0, Verdict.AMBIGUOUS),  # hangs up
        (-1, Verdict.AMBIGUOUS),  # says nothing
    ],
)
async def test_every_status_has_its_meaning(http, status, meant):
    """Statuses and silence mean what they mean everywhere else."""
    http.status = status
    hook = hook_to(http, read_seconds=0.5 if status < 0 else PATIENCE_SECONDS)

    assert meant is verdict(await hook.post(outgoing()))


async def test_a_service_that_is_away():
    """Once a send was refused the probe knows where to knock."""
    with hold_port() as held:
        transport = AppriseTransport(f"json://127.0.0.1:{number_of(held)}/hook")

        assert (await transport.probe()).ok
        assert (await transport.post(outgoing())).unreachable
        assert not (await transport.probe()).ok


@pytest.mark.parametrize("address", ["nonsense://ada", "mailto://", "", "no address"])
async def test_an_address_that_is_none(address):
    """It is refused at once, and not repeated."""
    with pytest.raises(NoTransportError, match=r"^address_not_understood$"):
        AppriseTransport(address)


async def test_nothing_secret_is_logged(mail):
    """What Apprise says of recipients and addresses goes no further."""
    heard = io.StringIO()
    everything = logging.StreamHandler(heard)
    root = logging.getLogger()
    before = root.level
    root.addHandler(everything)
    root.setLevel(logging.DEBUG)
    mail.says = "550 5.7.1 We do not want this"

    await AppriseTransport(mail.address("ada:right")).post(outgoing())

    root.removeHandler(everything)
    root.setLevel(before)
    assert not re.search("mailto:|Loaded|Sending email|Socket Exception", heard.getvalue())
