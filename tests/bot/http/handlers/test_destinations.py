"""Senders that write to a place outside any workspace."""

import pytest
from sqlmodel import select

from bot.messages.delivery.health import LaneHealth
from bot.messages.models import Message, Sender
from tests.bot.http.calling import ONE_DATABASE, token_for

MAIL = {"workspace": "oncall-mail", "queue": "email"}
REQUEST = {"configCode": "pager", "templateCode": "text", "payload": {"text": "Disk full"}}


@pytest.fixture
async def shop(client):
    """A caller who may send and make senders."""
    client.token = token_for("default", "messages:write", "templates:write")
    return client


async def row_of(database):
    """Return the one message there is."""
    return await database.read(lambda session: session.exec(select(Message)).one())


async def test_a_sender_may_name_an_outlet(shop, database):
    """Its messages go to the outlet's own lane; people see the name they gave, and no address."""
    put = await shop.call("PUT", "/api/senders/pager", MAIL)
    assert 202 == (await shop.post("/api/messages/request", REQUEST)).status

    message = await row_of(database)
    assert (201, "oncall-mail") == (put.status, put.body["workspace"])
    assert ("to:oncall-mail", "oncall-mail") == (message.workspace_id, message.channel)
    assert ("email", 5, 5) == (message.queue, message.priority, message.max_attempts)
    assert "mailto" not in str(put.body)


@ONE_DATABASE
@pytest.mark.parametrize(
    ("wanted", "field", "said"),
    [
        ({"workspace": "oncal-mail"}, "workspace", "did you mean `oncall-mail`"),
        ({"workspace": "cleos-hook"}, "workspace", "known: oncall-mail"),
        ({"workspace": "to:oncall-mail"}, "workspace", "oncall-mail"),
        ({"workspace": "T2"}, "workspace", "by its id (T"),
        ({**MAIL, "channel": "C0JOBS"}, "channel", "one place"),
        ({**MAIL, "channel": "#ops"}, "channel", "one place"),
        ({"workspace": "oncal-mail", "channel": "#ops"}, "workspace", "did you mean"),
        (
            {"channel": "C0JOBS", "allowedChannels": ["C0OPS00002"]},
            "allowedChannels",
            "its own `channel` is not among them",
        ),
        ({**MAIL, "allowedChannels": ["C0JOBS"]}, "allowedChannels", "one place"),
    ],
)
async def test_a_sender_that_cannot_be(shop, wanted, field, said):
    """What is unknown, another tenant's, or has channels, is refused with the field."""
    reply = await shop.call("PUT", "/api/senders/pager", wanted)

    assert 422 == reply.status
    assert field == reply.body["details"][0]["field"]
    assert said in reply.body["details"][0]["message"]


@ONE_DATABASE
@pytest.mark.parametrize(
    ("more", "field"),
    [({"channel": "C0JOBS"}, "channel"), ({"threadTs": "1700000000.000100"}, "threadTs")],
)
async def test_a_request_names_no_channel_and_no_thread_there(shop, more, field):
    """An outlet is one place, and a mail answers nothing."""
    await shop.call("PUT", "/api/senders/pager", MAIL)

    reply = await shop.post("/api/messages/request", {**REQUEST, **more})

    assert (422, field) == (reply.status, reply.body["details"][0]["field"])


@ONE_DATABASE
@pytest.mark.parametrize("gone", ["to:oncall", "to:cleos-hook"])
async def test_an_outlet_that_was_taken_away(shop, database, gone):
    """A sender that still names it, or one of another tenant, delivers nothing (P8)."""
    await shop.call("PUT", "/api/senders/pager", MAIL)

    def work(session):
        session.get_one(Sender, ("default", "pager")).workspace_id = gone

    await database.write(work)
    reply = await shop.post("/api/messages/request", REQUEST)

    assert (422, "configCode") == (reply.status, reply.body["details"][0]["field"])


@ONE_DATABASE
async def test_health_shows_a_tenants_own_outlets(client, surroundings):
    """Ada sees why her mails wait; of Cleo's hook she hears nothing (P8)."""
    surroundings.lanes = [
        LaneHealth("to:oncall-mail", "paused", "login_refused"),
        LaneHealth("to:cleos-hook", "running", ""),
    ]
    client.token = token_for("default", "messages:read")

    health = (await client.get("/api/health")).body

    shown = {lane["workspaceId"]: lane["reason"] for lane in health["lanes"]}
    assert "login_refused" == shown["to:oncall-mail"]
    assert "to:cleos-hook" not in shown
    assert (await client.get("/readyz")).body["lanes"]


@ONE_DATABASE
@pytest.mark.parametrize("channel", ["#ops", "C0JOBS"])
async def test_a_channel_named_to_a_destination_is_refused(shop, channel):
    """By name as by id; a name was once answered with 503 and a word about tokens."""
    await shop.call("PUT", "/api/senders/pager", MAIL)
    reply = await shop.post("/api/messages/request", {**REQUEST, "channel": channel})

    assert (422, "channel") == (reply.status, reply.body["details"][0]["field"])
    assert "one place" in reply.body["message"]
