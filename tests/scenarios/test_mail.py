"""A request becomes one mail, whatever ends in between."""

import asyncio

import aiohttp
import pytest

from tests.mail import MailServer
from tests.patience import PATIENCE_SECONDS, until

REQUEST = {"configCode": "pager", "templateCode": "text", "payload": {"text": "Disk 91 % full"}}


@pytest.fixture
async def mail():
    """A mail server that listens."""
    async with MailServer() as server:
        yield server


@pytest.fixture
async def paging(bot, mail):
    """A bot with a sender whose messages are mails; it holds back what may have arrived."""
    address = bot.folder / "address"
    address.write_text(mail.address("ada:right"))
    bot.config = f'[destinations.oncall-mail]\nurl_file = "{address}"\n'
    await bot.start()
    await call(bot, "PUT", "/api/senders/pager", SENDER)
    return bot


SENDER = {"workspace": "oncall-mail", "queue": "email", "ambiguous": "hold"}


async def call(bot, verb, path, body=None):
    """Call the API and return its answer."""
    headers = {"Authorization": f"Bearer {bot.token}"}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.request(verb, f"{bot.url}{path}", json=body) as answer,
    ):
        return await answer.json()


async def send(bot):
    """Ask for a mail and return its correlation id."""
    return (await bot.post("/api/messages/request", REQUEST))["correlationId"]


async def reached(bot, correlation_id, status):
    """Wait until the message has this status and return all that is said of it."""

    async def look():
        found = await call(bot, "GET", f"/api/messages/{correlation_id}")
        return found if found.get("status") == status else None

    return await until(look)


async def test_files_come_with_the_mail(paging, mail):
    """They wait with their message, and are attached to it."""
    files = [{"name": "report.csv", "content": "dealer,rows\nBergmann,12\n"}]
    taken = await paging.post("/api/messages/request", {**REQUEST, "files": files})
    await reached(paging, taken["correlationId"], "SENT")

    (sent,) = mail.mails
    (attached,) = sent.iter_attachments()
    assert ("report.csv", files[0]["content"]) == (
        attached.get_filename(),
        attached.get_content().replace("\r\n", "\n"),
    )


async def test_a_request_becomes_one_mail(paging, mail):
    """
    The mail server is away when the request is taken, and the bot dies. Both come back, and there
    is one mail; nothing that is shown or logged has the password.
    """
    await mail.stop()
    correlation_id = await send(paging)
    await reached(paging, correlation_id, "RETRYING")
    await paging.kill()
    paging.let_the_lease_end()
    await mail.start()
    await paging.start()

    found = await reached(paging, correlation_id, "SENT")

    assert len(mail.mails) == 1
    assert "Disk 91 % full" in mail.bodies()[0]
    assert (found["channel"], found["ts"], found["delivery"]) == ("oncall-mail", None, "confirmed")
    assert "right" not in str(found)
    log = (paging.folder / "bot.log").read_text()
    assert "ada:right" not in log
    assert "ben@example.com" not in log


async def test_a_mail_that_may_have_arrived_is_held(paging, mail):
    """
    The bot dies between the mail and the server's answer: nobody can look it up, so it is not sent
    again until somebody says so.
    """
    mail.lets_go.clear()
    correlation_id = await send(paging)
    await asyncio.wait_for(mail.took.wait(), PATIENCE_SECONDS)
    await paging.kill()
    paging.let_the_lease_end()
    mail.lets_go.set()
    await paging.start()

    found = await reached(paging, correlation_id, "FAILED")
    assert (found["lastError"], found["delivery"], len(mail.mails)) == ("held", "possibly", 1)

    await call(paging, "POST", f"/api/messages/{correlation_id}/replay")
    await reached(paging, correlation_id, "SENT")
    assert ["may be a repeat" in body for body in mail.bodies()] == [False, True]


async def test_an_unknown_destination_is_named(paging):
    """A slip of the pen is answered with the name that was meant."""
    wrong = {**SENDER, "workspace": "oncal-mail"}

    answer = await call(paging, "PUT", "/api/senders/typo", wrong)

    assert (
        answer["details"][0]["field"],
        "oncall-mail" in answer["details"][0]["message"],
    ) == ("workspace", True)
    shown = await call(paging, "GET", "/api/senders/pager")
    assert shown["workspace"] == "oncall-mail"


async def test_a_mail_server_that_hangs_does_not_keep_the_bot(paging, mail):
    """The bot stops in time although a thread is still waiting, and looks again when it is back."""
    mail.lets_go.clear()
    correlation_id = await send(paging)
    await asyncio.wait_for(mail.took.wait(), PATIENCE_SECONDS)

    assert await paging.stop() == 0
    paging.let_the_lease_end()

    mail.lets_go.set()
    await paging.start()
    assert (await reached(paging, correlation_id, "FAILED"))["lastError"] == "held"
