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


async def test_a_sender_may_name_a_destination(shop, database):
    """Its messages go to the destination's lane; people see the name they gave, no address."""
    put = await shop.call("PUT", "/api/senders/pager", MAIL)
    assert (await shop.post("/api/messages/request", REQUEST)).status == 202

    message = await row_of(database)
    assert (put.status, put.body["workspace"]) == (201, "oncall-mail")
    assert (message.workspace_id, message.channel) == ("to:oncall-mail", "oncall-mail")
    assert (message.queue, message.priority, message.max_attempts) == ("email", 5, 5)
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

    assert reply.status == 422
    assert field == reply.body["details"][0]["field"]
    assert said in reply.body["details"][0]["message"]


@ONE_DATABASE
@pytest.mark.parametrize(
    ("more", "field"),
    [({"channel": "C0JOBS"}, "channel"), ({"threadTs": "1700000000.000100"}, "threadTs")],
)
async def test_a_request_names_no_channel_and_no_thread_there(shop, more, field):
    """A destination is one place, and a mail answers nothing."""
    await shop.call("PUT", "/api/senders/pager", MAIL)

    reply = await shop.post("/api/messages/request", {**REQUEST, **more})

    assert (422, field) == (reply.status, reply.body["details"][0]["field"])


@ONE_DATABASE
@pytest.mark.parametrize("gone", ["to:oncall", "to:cleos-hook"])
async def test_an_destination_that_was_taken_away(shop, database, gone):
    """A sender that still names it, or one of another tenant, delivers nothing (P8)."""
    await shop.call("PUT", "/api/senders/pager", MAIL)

    def work(session):
        session.get_one(Sender, ("default", "pager")).workspace_id = gone

    await database.write(work)
    reply = await shop.post("/api/messages/request", REQUEST)

    assert (reply.status, reply.body["details"][0]["field"]) == (422, "configCode")


@ONE_DATABASE
async def test_health_shows_a_tenants_own_destinations(client, surroundings):
    """Ada sees why her mails wait; of Cleo's hook she hears nothing (P8)."""
    surroundings.lanes = [
        LaneHealth("to:oncall-mail", "paused", "login_refused"),
        LaneHealth("to:cleos-hook", "running", ""),
    ]
    client.token = token_for("default", "messages:read")

    health = (await client.get("/api/health")).body

    shown = {lane["workspaceId"]: lane["reason"] for lane in health["lanes"]}
    assert shown["to:oncall-mail"] == "login_refused"
    assert "to:cleos-hook" not in shown
    assert (await client.get("/readyz")).body["lanes"]


@ONE_DATABASE
@pytest.mark.parametrize("channel", ["#ops", "C0JOBS"])
async def test_a_channel_named_to_a_destination_is_refused(shop, channel):
    """By name as by id; a name was once answered with 503 and a word about tokens."""
    await shop.call("PUT", "/api/senders/pager", MAIL)
    reply = await shop.post("/api/messages/request", {**REQUEST, "channel": channel})

    assert (reply.status, reply.body["details"][0]["field"]) == (422, "channel")
    assert "one place" in reply.body["message"]
