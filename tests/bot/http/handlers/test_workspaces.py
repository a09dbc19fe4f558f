"""Workspaces over HTTP: a token goes in and never comes out, and tenants do not meet."""

import logging

import pytest
from sqlmodel import select

from bot.config_sections.workspaces import WorkspaceSettings
from bot.messages.models import Message
from bot.workspaces.models import Workspace, WorkspaceToken
from tests.bot.http.calling import ONE_DATABASE, token_for

PATH = "/api/scheduling/slack/workspace"
TEST = "/api/scheduling/slack/test"
MAY = ("workspaces:write", "messages:write", "messages:read", "templates:write")


@pytest.fixture
def ada(client):
    """Ada may connect workspaces for the tenant `default`."""
    client.token = token_for("default", *MAY)
    return client


CLEO = token_for("cleo", *MAY, subject="cleo")


def body(team_id, token, name="Field office"):
    return {"team_id": team_id, "team_name": name, "bot_token": token}


async def test_a_workspace_is_connected_and_looked_at(ada, surroundings, database):
    """Its token is asked about at Slack, stored encrypted, and its lane begins anew."""
    token = surroundings.slack.give("T3")

    made = await ada.post(PATH, body("T3", token))
    looked = await ada.get(f"{TEST}/T3")

    assert (made.status, made.body["teamId"], made.body["teamName"]) == (201, "T3", "Field office")
    assert (looked.status, looked.body["ok"]) == (200, True)
    assert "channels:history" in looked.body["missingScopes"]
    assert surroundings.reopened == ["T3"]
    kept = database.transact(lambda session: session.get_one(WorkspaceToken, "T3"))
    assert token not in f"{made.text}{looked.text}{kept.sealed}"


async def test_a_token_is_replaced(ada, surroundings, database):
    """The same team again is no new workspace, and what was kept before is gone."""
    await ada.post(PATH, body("T3", surroundings.slack.give("T3")))
    before = database.transact(lambda session: session.get_one(WorkspaceToken, "T3"))

    again = await ada.post(PATH, body("T3", surroundings.slack.give("T3", 2)))

    after = database.transact(lambda session: session.get_one(WorkspaceToken, "T3"))
    assert (200, before.connected_at) == (again.status, after.connected_at)
    assert before.sealed != after.sealed
    assert surroundings.reopened == ["T3", "T3"]


@ONE_DATABASE
async def test_a_token_of_another_team_is_refused(ada, surroundings):
    """The team that is named and the team of the token must be the same."""
    reply = await ada.post(PATH, body("T3", surroundings.slack.give("T4")))

    assert (reply.status, reply.body["details"][0]["field"]) == (422, "team_id")
    assert surroundings.reopened == []


@ONE_DATABASE
@pytest.mark.parametrize("token", ["xoxb-nobody-knows-this", "xoxp-of-a-person", "short", 7])
async def test_a_bad_token_is_refused_and_not_repeated(ada, token, caplog):
    """Neither the answer nor the log shows what was sent."""
    with caplog.at_level(logging.DEBUG):
        reply = await ada.post(PATH, body("T3", token))

    assert reply.status == 422
    assert reply.body["details"][0]["field"] in ("bot_token", "botToken")
    assert token == 7 or token not in reply.text + caplog.text


@ONE_DATABASE
async def test_a_token_of_another_app_or_of_an_organisation_is_refused(ada, surroundings):
    """Nobody would hear the other app's buttons, and an organisation is no workspace."""
    slack = surroundings.slack
    token = slack.give("T3")
    slack.app_id = "A0OTHERAPP"
    other = await ada.post(PATH, body("T3", token))
    slack.app_id, slack.is_org_wide = None, True
    org_wide = await ada.post(PATH, body("T3", token))
    slack.is_org_wide = False  # Without users:read nobody knows the app.
    unknown = await ada.post(PATH, body("T3", token))

    assert [one.status for one in (other, org_wide, unknown)] == [422, 422, 201]
    assert "another app than A0OPSBELL1" in other.body["message"]
    assert "whole organisation" in org_wide.body["message"]


@ONE_DATABASE
async def test_a_token_that_cannot_post_is_refused(ada, surroundings):
    """Without chat:write nothing could ever be delivered."""
    surroundings.slack.scopes = frozenset({"channels:read"})

    reply = await ada.post(PATH, body("T3", surroundings.slack.give("T3")))

    assert (reply.status, "chat:write" in reply.body["message"]) == (422, True)


async def test_another_tenants_team_is_refused_without_telling(ada, surroundings, database):
    """Cleo cannot take Ada's team, nor learn whose it is; the home team is nobody's to take."""
    await ada.post(PATH, body("T3", surroundings.slack.give("T3")))

    refused = await ada.post(PATH, body("T3", surroundings.slack.give("T3", 2)), token=CLEO)
    home = await ada.post(PATH, body("T1", surroundings.slack.give("T1")), token=CLEO)
    looked = await ada.get(f"{TEST}/T3", token=CLEO)
    gone = await ada.call("DELETE", f"{PATH}/T3", token=CLEO)
    nowhere = await ada.get(f"{TEST}/T9", token=CLEO)

    assert (403, refused.body) == (home.status, home.body | {"message": refused.body["message"]})
    assert (looked.status, gone.status, nowhere.status) == (404, 404, 404)
    assert looked.text.replace("T3", "T9") == nowhere.text
    assert "default" not in refused.text
    kept = database.transact(lambda session: session.get_one(Workspace, "T3"))
    assert kept.tenant == "default"


async def test_a_workspace_is_disconnected(ada, surroundings, database):
    """Its token is forgotten and its lane told; the team stays the tenant's all the same."""
    await ada.post(PATH, body("T3", surroundings.slack.give("T3")))

    gone = await ada.call("DELETE", f"{PATH}/T3")
    taken = await ada.post(PATH, body("T3", surroundings.slack.give("T3")), token=CLEO)

    assert (gone.status, taken.status) == (200, 403)
    assert None is database.transact(lambda session: session.get(WorkspaceToken, "T3"))
    assert surroundings.reopened == ["T3", "T3"]
    assert (await ada.get(f"{TEST}/T3")).status == 404


@ONE_DATABASE
async def test_the_scope_is_needed(client):
    """A token for messages connects nothing."""
    client.token = token_for("default", "messages:write")

    assert (await client.post(PATH, body("T3", "xoxb-something"))).status == 403
    assert (await client.get(f"{TEST}/T1")).status == 403


async def test_a_message_goes_to_the_senders_workspace_else_the_only_one(
    ada, surroundings, database
):
    """With several workspaces the sender must name one; a stranger's cannot be named."""
    await ada.call("PUT", "/api/templates/note", {"body": '{"text": "hi"}'})
    order = {"channel": "C0OPS", "templateCode": "note"}
    only = await ada.post("/api/messages/request", order)
    await ada.post(PATH, body("T3", surroundings.slack.give("T3")))
    sender = {"workspace": "T3"}
    assert (await ada.call("PUT", "/api/senders/field", sender)).status == 201
    strange = await ada.call("PUT", "/api/senders/mine", {"workspace": "T2"})

    unclear = await ada.post("/api/messages/request", order)
    named = await ada.post("/api/messages/request", {**order, "configCode": "field"})

    assert (only.status, unclear.status, named.status, strange.status) == (202, 422, 202, 422)
    assert unclear.body["details"][0]["field"] == "configCode"
    rows = database.transact(lambda session: session.exec(select(Message)).all())
    assert sorted(row.workspace_id for row in rows) == ["T1", "T3"]
    assert surroundings.woken == ["T1", "T3"]


async def test_a_sender_of_a_disconnected_workspace_accepts_nothing(ada, surroundings):
    """What could not be delivered is refused when it is asked for, with the reason."""
    await ada.call("PUT", "/api/templates/note", {"body": '{"text": "hi"}'})
    await ada.post(PATH, body("T3", surroundings.slack.give("T3")))
    await ada.call("PUT", "/api/senders/field", {"workspace": "T3"})
    await ada.call("DELETE", f"{PATH}/T3")

    order = {"channel": "C0OPS", "templateCode": "note", "configCode": "field"}
    reply = await ada.post("/api/messages/request", order)

    assert (reply.status, "not connected" in reply.body["message"]) == (422, True)


async def test_names_of_channels_are_those_of_the_own_workspace(ada):
    """`#jobs` of the home workspace means nothing to Cleo, and so do its default channels."""
    await ada.call("PUT", "/api/templates/note", {"body": '{"text": "hi"}'}, token=CLEO)
    order = {"channel": "#jobs", "templateCode": "note"}
    may = token_for("cleo", "tasks:write", subject="cleo")

    message = await ada.post("/api/messages/request", order, token=CLEO)
    task = await ada.post("/api/tasks", {"task": "import"}, token=may)

    assert (message.status, task.status) == (422, 422)
    assert [one.body["details"][0]["field"] for one in (message, task)] == ["channel", "channel"]


@ONE_DATABASE
async def test_a_workspace_has_a_channel_of_its_own(services, ada):
    """What names no channel goes there: tasks, messages, new users."""
    cleo = token_for("cleo", "admin")
    own = {"T2": WorkspaceSettings(channel="C0CLEO0001")}
    config = services.settings.config.model_copy(update={"workspaces": own})
    object.__setattr__(services.settings, "config", config)
    sent = {"templateCode": "text", "payload": {"text": "hi"}, "correlationId": "one"}

    task = await ada.post("/api/tasks", {"task": "import"}, token=cleo)
    user = await ada.post("/api/users/registered", {"userId": 1}, token=cleo)
    message = await ada.post("/api/messages/request", sent, token=cleo)
    shown = await ada.get("/api/messages/one", token=cleo)

    assert (task.status, user.status, message.status) == (201, 201, 202)
    channels = [one.body["channel"] for one in (task, user, shown)]
    assert channels == ["C0CLEO0001"] * 3
