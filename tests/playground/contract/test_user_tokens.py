"""Rule: with a user token the app acts as that person, with that person's rights and no others."""

from typing import Any

import pytest
from slack_playground import HandClock, Playground

from tests.playground.test_workspaces import CLIENT, decide
from tests.playground.wire import ADA, BEN, BOARD, BOT, CLEO, OPS, Api, Caller, modal, section


@pytest.fixture
def ada(playground: Playground, api: Api) -> Any:
    """The Web API as Ada's token calls it."""

    async def call(method: str, **arguments: Any) -> Any:
        return (await api.raw(method, token=playground.user_token, json=arguments))[1]

    return call


async def test_auth_test_names_the_person(ada: Any) -> None:
    """user_id is the person's, and there is no bot_id by which Bolt would take it for a bot."""
    answer = await ada("auth.test")
    assert (answer["user_id"], answer["user"]) == (ADA, "ada")
    assert "bot_id" not in answer


async def test_it_writes_and_edits_as_the_person(
    playground: Playground, api: Api, ada: Any
) -> None:
    """The message is Ada's, made by the app; the bot cannot edit it and she not the bot's."""
    answer = await ada("chat.postMessage", channel=OPS, text="x")
    message = answer["message"]
    assert (message["user"], message["bot_id"]) == (ADA, playground.state.bot_id)
    target = {"channel": OPS, "ts": answer["ts"]}
    assert (await api("chat.update", **target, text="y"))["error"] == "cant_update_message"
    assert (await ada("chat.update", **target, text="y"))["ok"] is True
    of_bot = await api("chat.postMessage", channel=OPS, text="x")
    refused = await ada("chat.delete", channel=OPS, ts=of_bot["ts"])
    assert refused["error"] == "cant_delete_message"


async def test_it_sees_what_the_person_sees(api: Api, ada: Any) -> None:
    """Ada is on the board, where the bot is not."""
    assert (await ada("chat.postMessage", channel=BOARD, text="x"))["ok"] is True
    assert len((await ada("conversations.history", channel=BOARD))["messages"]) == 1
    refused = await api("conversations.history", channel=BOARD)
    assert refused["error"] == "channel_not_found"
    listed = await ada("conversations.list", types="private_channel")
    assert [one["id"] for one in listed["channels"]] == [BOARD]


async def test_it_reacts_and_opens_as_the_person(
    playground: Playground, api: Api, ada: Any
) -> None:
    """A reaction counts as Ada's; her direct message with Ben has no bot in it."""
    ts = (await api("chat.postMessage", channel=OPS, text="x"))["ts"]
    target = {"channel": OPS, "timestamp": ts, "name": "eyes"}
    assert (await ada("reactions.add", **target))["ok"] is True
    assert (await api("reactions.add", **target))["ok"] is True
    assert playground.message("ops", ts)["reactions"][0]["users"] == [ADA, BOT]
    opened = (await ada("conversations.open", users=BEN))["channel"]["id"]
    assert playground.channel(opened).members == {ADA, BEN}
    (shown,) = [
        one for one in (await api.read("state", user=BEN))["channels"] if one["id"] == opened
    ]
    assert (shown["name"], shown["user"]) == ("Ada", ADA)


@pytest.mark.parametrize(
    ("method", "arguments"),
    [
        ("views.publish", {"user_id": ADA, "view": {"type": "home", "blocks": [section()]}}),
        ("views.open", {"trigger_id": "1", "view": modal()}),
        ("chat.startStream", {"channel": OPS, "thread_ts": "1.000000"}),
        ("apps.connections.open", {}),
    ],
)
async def test_some_methods_are_the_bots_alone(
    ada: Any, method: str, arguments: dict[str, Any]
) -> None:
    """Views, streams and sockets are not a person's."""
    assert (await ada(method, **arguments))["error"] == "not_allowed_token_type"


async def test_it_has_scopes_of_its_own() -> None:
    """The manifest's user scopes count, not the bot's; without any there is no such token."""
    manifest: dict[str, Any] = {
        "display_information": {"name": "x"},
        "oauth_config": {"scopes": {"bot": ["users:read"], "user": ["chat:write"]}},
    }
    async with Playground(manifest=manifest, limits="off") as playground, Api(playground) as api:
        response, answer = await api.raw("users.list", token=playground.user_token)
        assert (answer["error"], answer["provided"]) == ("missing_scope", "chat:write")
        assert response.headers["x-oauth-scopes"] == "chat:write"
        sent = {"channel": OPS, "text": "x"}
        _, posted = await api.raw("chat.postMessage", token=playground.user_token, json=sent)
        assert posted["ok"] is True
    del manifest["oauth_config"]["scopes"]["user"]
    async with Playground(manifest=manifest, limits="off") as playground, Api(playground) as api:
        _, answer = await api.raw("auth.test", token="xoxp-playground-ada")
        assert answer["error"] == "invalid_auth"


async def test_a_person_makes_channels_with_scopes_of_people() -> None:
    """Where the bot needs channels:manage, a person needs channels:write."""
    for scope, error in (("channels:write", None), ("channels:manage", "missing_scope")):
        manifest = {
            "display_information": {"name": "x"},
            "oauth_config": {"scopes": {"user": [scope]}},
        }
        async with Playground(manifest=manifest) as playground, Api(playground) as api:
            _, answer = await api.raw(
                "conversations.create", token=playground.user_token, json={"name": "new"}
            )
        assert answer.get("error") == error


async def test_oauth_gives_it_to_who_asks(playground: Playground, api: Api) -> None:
    """`user_scope` brings authed_user.access_token, with these scopes and of this person."""
    asked = {"user_scope": "chat:write,users:read", "user": "cleo"}
    code = (await decide(api, "allow", **asked))["code"]
    _, answer = await api.raw("oauth.v2.access", token=None, data={**CLIENT, "code": code})
    authed = answer["authed_user"]
    assert (authed["id"], authed["token_type"]) == ("U1CLEO0003", "user")
    assert authed["scope"] == "chat:write,users:read"
    assert authed["access_token"].startswith("xoxp-")
    _, who = await api.raw("auth.test", token=authed["access_token"])
    assert (who["user_id"], who["team_id"]) == ("U1CLEO0003", "T0ANNEX002")
    assert answer["access_token"].startswith("xoxb-")


async def test_revoking_it_leaves_the_app_in_place(
    playground: Playground, api: Api, ada: Any, app: Caller
) -> None:
    """tokens_revoked names the person; the bot's token goes on working."""
    token = playground.user_token
    assert (await ada("auth.revoke"))["revoked"] is True
    await playground.wait_for(lambda: app.events("tokens_revoked"))
    assert app.events("tokens_revoked")[0]["tokens"] == {"oauth": [ADA], "bot": []}
    _, answer = await api.raw("auth.test", token=token)
    assert answer["error"] == "token_revoked"
    assert (await api("auth.test"))["ok"] is True


ROTATING: dict[str, Any] = {
    "display_information": {"name": "x"},
    "oauth_config": {
        "scopes": {"bot": ["chat:write", "commands"], "user": ["chat:write"]},
        "redirect_urls": ["http://127.0.0.1"],
    },
    "settings": {"token_rotation_enabled": True},
}


async def access(api: Api, **form: str) -> Any:
    return (await api.raw("oauth.v2.access", token=None, data={**CLIENT, **form}))[1]


async def test_tokens_expire_and_are_refreshed() -> None:
    """
    After twelve hours a token answers token_expired; its refresh token brings a new one, once.

    https://docs.slack.dev/authentication/using-token-rotation
    """
    clock = HandClock()
    async with Playground(manifest=ROTATING, clock=clock) as playground, Api(playground) as api:
        code = (await decide(api, "allow", user_scope="chat:write"))["code"]
        first = await access(api, code=code)
        assert first["expires_in"] == first["authed_user"]["expires_in"] == 43_200
        assert first["access_token"].startswith("xoxe.xoxb-")
        assert first["authed_user"]["access_token"].startswith("xoxe.xoxp-")
        clock.advance(43_201)
        for token in (first["access_token"], first["authed_user"]["access_token"]):
            assert (await api.raw("auth.test", token=token))[1]["error"] == "token_expired"
        refresh = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
        second = await access(api, **refresh)
        assert second["token_type"] == "bot"
        assert second["refresh_token"] != first["refresh_token"]
        assert (await api.raw("auth.test", token=second["access_token"]))[1]["ok"] is True
        assert (await access(api, **refresh))["error"] == "invalid_refresh_token"
        of_user = await access(
            api, grant_type="refresh_token", refresh_token=first["authed_user"]["refresh_token"]
        )
        assert of_user["token_type"] == "user"
        _, who = await api.raw("auth.test", token=of_user["access_token"])
        assert who["user_id"] == "U1ADA00001"


async def test_a_lasting_token_is_exchanged_once() -> None:
    """oauth.v2.exchange turns a token from before rotation into one that expires."""
    async with Playground(manifest=ROTATING) as playground, Api(playground) as api:
        sent = {**CLIENT, "token": playground.bot_token}
        _, answer = await api.raw("oauth.v2.exchange", token=None, data=sent)
        assert (answer["expires_in"], answer["token_type"]) == (43_200, "bot")
        assert (await api.raw("auth.test", token=answer["access_token"]))[1]["ok"] is True
        _, again = await api.raw("oauth.v2.exchange", token=None, data=sent)
        assert again["error"] == "token_already_exchanged"
        strange = {**CLIENT, "token": "xoxb-stranger"}
        _, refused = await api.raw("oauth.v2.exchange", token=None, data=strange)
        assert refused["error"] == "invalid_token"


async def test_without_rotation_nothing_is_exchanged(playground: Playground, api: Api) -> None:
    """An app that did not turn rotation on keeps its tokens."""
    sent = {**CLIENT, "token": playground.bot_token}
    _, answer = await api.raw("oauth.v2.exchange", token=None, data=sent)
    assert answer["error"] == "token_rotation_not_enabled"


async def test_presence_is_who_has_a_page_open(playground: Playground, api: Api, ada: Any) -> None:
    """A person with an open page is active unless set away; a bot is until it says otherwise."""
    assert (await api("users.getPresence", user=CLEO))["presence"] == "away"
    with playground.workspace.feed.listen(ADA):
        assert (await api("users.getPresence", user=ADA))["presence"] == "active"
        own = await ada("users.getPresence")
        assert (own["presence"], own["online"], own["connection_count"]) == ("active", True, 1)
        assert (await ada("users.setPresence", presence="away"))["ok"] is True
        assert (await ada("users.getPresence"))["manual_away"] is True
        assert (await api("users.getPresence", user=ADA))["presence"] == "away"
    assert (await api("users.setPresence", presence="gone"))["error"] == "invalid_presence"
    assert (await api("users.getPresence", user=BOT))["presence"] == "active"
    await api("users.setPresence", presence="away")
    assert (await api("users.getPresence", user=BOT))["presence"] == "away"
    assert (await api("users.getPresence", user="U404"))["error"] == "user_not_found"
