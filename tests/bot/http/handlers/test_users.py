"""The endpoint that tells of people who registered."""

import pytest

from bot.settings import Settings
from tests.bot.http.calling import ONE_DATABASE, Client, token_for

ADA = {
    "user_id": 42,
    "email": "ada@example.com",
    "display_name": "Ada",
    "total_users": 1234,
    "environment": "production",
}


@pytest.fixture
def client(client: Client) -> Client:
    """Somebody who may."""
    client.token = token_for("default", "users:write")
    return client


async def test_a_new_user_is_told_of_in_the_default_channel(client, surroundings):
    """Where no users channel is set."""
    reply = await client.post("/api/users/registered", ADA)

    assert reply.status == 201
    assert reply.body == {
        "ok": True,
        "userId": "42",
        "messageId": reply.body["messageId"],
        "channel": "C0DEFAULT",
        "ts": None,
    }
    assert surroundings.woken == ["T1"]


class TestUsersChannel:
    """With SLACK_USERS_CHANNEL."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(update={"slack_users_channel": "#jobs"})

    async def test_it_is_used(self, client):
        """By its name, unless the call names another."""
        own = await client.post("/api/users/registered", ADA)
        other = await client.post("/api/users/registered", {"userId": "7", "channel": "C0OTHER"})

        assert (own.body["channel"], other.body["channel"]) == ("C0JOBS", "C0OTHER")


async def test_the_same_user_is_told_of_once(client):
    """Whatever else is said; in another environment somebody else may have the same id."""
    first = await client.post("/api/users/registered", ADA)
    again = await client.post("/api/users/registered", {**ADA, "total_users": 1235})
    other = await client.post("/api/users/registered", {**ADA, "environment": "staging"})

    assert (first.status, again.status, other.status) == (201, 200, 201)
    assert again.body["messageId"] == first.body["messageId"] != other.body["messageId"]


async def test_another_tenant_needs_a_channel_of_its_own(client):
    """The configured channels are those of the home workspace."""
    cleo = token_for("cleo", "users:write")

    without = await client.post("/api/users/registered", ADA, token=cleo)
    named = await client.post("/api/users/registered", {**ADA, "channel": "C0CLEOS"}, token=cleo)

    assert (without.status, without.body["details"][0]["field"]) == (422, "channel")
    assert (named.status, named.body["channel"]) == (201, "C0CLEOS")


@ONE_DATABASE
@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({}, "userId"),
        ({"user_id": " "}, "user_id"),
        ({"user_id": "1", "total_users": -1}, "total_users"),
        ({"user_id": "1", "total_users": "many"}, "total_users"),
        ({"user_id": "1", "email": ["x"]}, "email"),
        ({"user_id": "1", "mail": "x"}, "mail"),
    ],
)
async def test_what_is_wrong_is_named(client, wrong, field):
    """Nothing is posted."""
    reply = await client.post("/api/users/registered", wrong)

    assert (reply.status, reply.body["details"][0]["field"]) == (422, field)


@ONE_DATABASE
async def test_a_scope_is_needed(client):
    """`users:write`, and no other."""
    reply = await client.post(
        "/api/users/registered", ADA, token=token_for("default", "tasks:write")
    )

    assert reply.status == 403
