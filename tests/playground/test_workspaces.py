"""One app in several workspaces: installing, tokens of their own, leaving."""

import base64
import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from slack_playground import HandClock, Playground
from slack_playground.state import Token

from tests.playground.wire import OPS, Api, Caller

BACK = "http://127.0.0.1:1/slack/oauth_redirect"
CLIENT = {"client_id": Playground.client_id, "client_secret": Playground.client_secret}
ANNEX, GENERAL_THERE = "T0ANNEX002", "C1GENERAL1"


async def decide(api: Api, decision: str, **fields: str) -> dict[str, str]:
    """Go through the authorisation page; return what the app is told at its redirect."""
    asked = {"client_id": CLIENT["client_id"], "scope": "chat:write,commands", "state": "s1"}
    asked["redirect_uri"] = BACK
    async with api.session.get(api.playground.authorize_url, params=asked) as response:
        page = await response.text()
    assert all(word in page for word in ("Allow", "Cancel", "chat:write", "Annex"))
    form = {**asked, "workspace": ANNEX, "decision": decision, **fields}
    async with api.session.post(
        api.playground.authorize_url, data=form, allow_redirects=False
    ) as response:
        target = urlsplit(response.headers["Location"])
    assert target.path == "/slack/oauth_redirect"
    return {name: values[0] for name, values in parse_qs(target.query).items()}


async def install(api: Api) -> Any:
    code = (await decide(api, "allow"))["code"]
    _, answer = await api.raw("oauth.v2.access", token=None, data={**CLIENT, "code": code})
    return answer


async def test_an_app_is_installed(playground: Playground, api: Api) -> None:
    """Allow, code, token: the token is good in that workspace and its scopes are those granted."""
    assert (await decide(api, "allow"))["state"] == "s1"
    answer = await install(api)
    assert (answer["team"]["id"], answer["token_type"]) == (ANNEX, "bot")
    assert answer["scope"] == "chat:write,commands"
    token = answer["access_token"]
    _, who = await api.raw("auth.test", token=token)
    assert (who["team_id"], who["user_id"]) == (ANNEX, answer["bot_user_id"])
    _, refused = await api.raw("users.list", token=token)
    assert refused["error"] == "missing_scope"
    _, elsewhere = await api.raw(
        "chat.postMessage", token=token, json={"channel": OPS, "text": "x"}
    )
    assert elsewhere["error"] == "channel_not_found"


async def test_a_person_may_say_no(api: Api) -> None:
    """Cancel leads back with access_denied and the state."""
    assert await decide(api, "cancel") == {"error": "access_denied", "state": "s1"}


async def test_a_code_works_once_and_soon(api: Api, clock: HandClock) -> None:
    """Twice, late, made up, with another address or a wrong secret it is refused."""
    code = (await decide(api, "allow"))["code"]
    for fields, error in (
        ({"client_secret": "x"}, "bad_client_secret"),
        ({"client_id": "x"}, "invalid_client_id"),
        ({"redirect_uri": "http://127.0.0.1:1/other"}, "bad_redirect_uri"),
        ({"code": "x"}, "invalid_code"),
        ({}, None),
        ({}, "code_already_used"),
    ):
        sent = {**CLIENT, "code": code, **fields}
        _, answer = await api.raw("oauth.v2.access", token=None, data=sent)
        assert answer.get("error") == error
    code = (await decide(api, "allow"))["code"]
    clock.advance(601)
    _, answer = await api.raw("oauth.v2.access", token=None, data={**CLIENT, "code": code})
    assert answer["error"] == "invalid_code"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"client_id": "x"}, "invalid_client_id"),
        ({"scope": ""}, "invalid_scope"),
        ({"scope": "admin"}, "invalid_scope: admin"),
        ({"user_scope": "search:read"}, "invalid_user_scope"),
        ({"redirect_uri": "http://127.0.0.1:2/evil"}, "bad_redirect_uri"),
        ({"redirect_uri": "javascript:alert(1)"}, "bad_redirect_uri"),
    ],
)
async def test_a_wrong_request_shows_no_button(fields: dict[str, str], said: str) -> None:
    """What the manifest does not declare can be asked of nobody."""
    manifest = {
        "display_information": {"name": "X"},
        "oauth_config": {"scopes": {"bot": ["chat:write"]}, "redirect_urls": [BACK]},
    }
    asked = {"client_id": CLIENT["client_id"], "scope": "chat:write", "redirect_uri": BACK}
    async with Playground(manifest=manifest) as playground, Api(playground) as api:
        address = playground.authorize_url
        async with api.session.get(address, params={**asked, **fields}) as response:
            page = await response.text()
    assert (response.status, said in page, "Allow" in page) == (400, True, False)


async def test_payloads_name_their_workspace(playground: Playground, api: Api, app: Caller) -> None:
    """One socket hears of every workspace in which the app is installed, and of no other."""
    annex = playground.elsewhere("annex")
    assert (await annex.run_command("ada", "general", "/ops")).error == "app_not_installed"
    token = (await install(api))["access_token"]
    _, joined = await api.raw("chat.postMessage", token=token, json={"channel": "general"})
    assert joined["error"] == "not_in_channel"
    assert (await annex.run_command("ada", "general", "/ops")).ok
    payload = app.payloads[-1]
    assert (payload["team_id"], payload["team_domain"]) == (ANNEX, "annex")
    assert payload["response_url"].startswith(f"{playground.page_url}commands/{ANNEX}/")
    async with api.session.post(payload["response_url"], json={"text": "hi"}) as response:
        assert response.status == 200
    assert [one["text"] for one in annex.ephemerals("ada", "general")] == ["hi"]
    assert playground.ephemerals("ada", "general") == []


async def test_a_token_is_revoked(playground: Playground, api: Api, app: Caller) -> None:
    """auth.revoke tells the app, and with the last token the app is gone."""
    token = (await install(api))["access_token"]
    _, tried = await api.raw("auth.revoke", token=token, json={"test": True})
    assert tried["revoked"] is False
    _, revoked = await api.raw("auth.revoke", token=token)
    assert revoked["revoked"] is True
    _, after = await api.raw("auth.test", token=token)
    assert after["error"] == "token_revoked"
    await playground.wait_for(lambda: app.events("app_uninstalled"))
    assert app.events("tokens_revoked")[0]["tokens"]["bot"] == ["U0ANNEX002"]
    assert playground.elsewhere(ANNEX).state.is_installed is False


async def test_the_page_sees_all_workspaces(playground: Playground, api: Api) -> None:
    """`team`, or a person of that workspace, chooses it; the state lists all."""
    state = await api.read("state", team="annex")
    assert [one["domain"] for one in state["workspaces"]] == ["playground", "annex"]
    assert [one["is_installed"] for one in state["workspaces"]] == [True, False]
    assert state["workspace"]["id"] == ANNEX
    by_user = await api.read("state", user="U1CLEO0003")
    assert {one["name"] for one in by_user["channels"]} == {"general", "field"}
    assert (await api.read("state", team="moon"))["error"] == "team_not_found"
    installed = await api.page("install", team="annex")
    _, who = await api.raw("auth.test", token=installed["bot_token"])
    assert who["team"] == "Annex"
    assert (await api.page("uninstall", team="annex"))["ok"] is True
    _, gone = await api.raw("auth.test", token=installed["bot_token"])
    assert gone["error"] == "token_revoked"


async def test_a_seed_names_its_own_workspaces() -> None:
    """`workspaces` are seeds of their own; ids they do not give follow from the team's."""
    seed = {"workspaces": [{"team": {"id": "T0NORTH001", "name": "North", "domain": "north"}}]}
    async with Playground(seed=seed) as playground:
        assert playground.elsewhere("north").state.bot_user_id == "U0NORTH001"
        with pytest.raises(LookupError, match="annex"):
            playground.elsewhere("annex")


async def test_a_person_signs_in(playground: Playground, api: Api) -> None:
    """With a code, for a token and a signed word of who they are; the nonce comes back in it."""
    address = f"{playground.page_url}openid/connect/authorize"
    asked = {
        "client_id": CLIENT["client_id"],
        "response_type": "code",
        "scope": "openid email",
        "redirect_uri": BACK,
        "nonce": "n1",
        "state": "s1",
    }
    for wrong in ({"response_type": "token"}, {"scope": "email"}, {"client_id": "x"}):
        async with api.session.get(address, params={**asked, **wrong}) as response:
            assert response.status == 400
    form = {**asked, "workspace": playground.state.team_id, "user": "ben", "decision": "allow"}
    async with api.session.post(address, data=form, allow_redirects=False) as response:
        code = parse_qs(urlsplit(response.headers["Location"]).query)["code"][0]
    sent = {**CLIENT, "code": code, "redirect_uri": BACK}
    _, answer = await api.raw("openid.connect.token", token=None, data=sent)
    claims = json.loads(base64.urlsafe_b64decode(answer["id_token"].split(".")[1] + "=="))
    expected = ("U0BEN00002", "ben@example.com", "n1", CLIENT["client_id"])
    assert tuple(claims[name] for name in ("sub", "email", "nonce", "aud")) == expected
    _, who = await api.raw("openid.connect.userInfo", token=answer["access_token"])
    assert (who["sub"], who["email"], "name" in who) == ("U0BEN00002", "ben@example.com", False)
    _, again = await api.raw("openid.connect.token", token=None, data=sent)
    assert again["error"] == "code_already_used"


async def test_who_signs_in_is_a_person(playground: Playground, api: Api) -> None:
    """The refresh token of a bot stands for nobody, and stays good for the bot."""
    playground.state.refresh_tokens["xoxe-1-bot"] = Token("bot", scopes=frozenset({"chat:write"}))
    sent = {**CLIENT, "grant_type": "refresh_token", "refresh_token": "xoxe-1-bot"}
    _, answer = await api.raw("openid.connect.token", token=None, data=sent)
    assert answer["error"] == "invalid_refresh_token"
    _, refreshed = await api.raw("oauth.v2.access", token=None, data=sent)
    assert refreshed["token_type"] == "bot"


async def test_a_manifest_is_changed(playground: Playground, api: Api) -> None:
    """The app lives by the new one at once; apps that were made by one are kept apart."""
    manifest = {
        "display_information": {"name": "Cook"},
        "features": {
            "bot_user": {"display_name": "Cook"},
            "slash_commands": [{"command": "/cook", "description": "Cooks"}],
        },
        "oauth_config": {"scopes": {"bot": ["commands"]}},
    }
    async with Api(playground, playground.config_token) as config:
        own = {"app_id": playground.state.app_id}
        made = await config("apps.manifest.create", manifest=manifest)
        assert (await config("apps.manifest.export", app_id=made["app_id"]))["manifest"] == manifest
        changed = await config("apps.manifest.update", **own, manifest=manifest)
        assert changed["permissions_updated"] is True
        assert (await config("apps.manifest.export", **own))["manifest"] == manifest
        assert (await playground.run_command("ada", "ops", "/ops")).error == "unknown_command"
        assert (await config("apps.manifest.delete", app_id=made["app_id"]))["ok"] is True
        gone = await config("apps.manifest.export", app_id=made["app_id"])
        assert gone["error"] == "invalid_app_id"
        playground.reset()
        assert (await playground.run_command("ada", "ops", "/ops")).error == "dispatch_failed"


async def test_a_configuration_token_is_rotated(playground: Playground, api: Api) -> None:
    """The refresh token is good once, the new one for twelve hours."""
    first = {"refresh_token": "xoxe-playground-config"}
    _, answer = await api.raw("tooling.tokens.rotate", token=None, json=first)
    assert answer["exp"] - answer["iat"] == 43_200
    async with Api(playground, answer["token"]) as config:
        manifest = {"display_information": {"name": "x"}}
        assert (await config("apps.manifest.validate", manifest=manifest))["ok"] is True
    _, again = await api.raw("tooling.tokens.rotate", token=None, json=first)
    assert again["error"] == "invalid_refresh_token"


async def test_an_event_knows_whom_it_was_for(
    playground: Playground, api: Api, app: Caller
) -> None:
    """By its context, which the app-level token opens."""
    playground.write("ada", "ops", "hi")
    await playground.wait_for(lambda: app.payloads)
    context = app.payloads[0]["event_context"]
    async with Api(playground, playground.app_token) as level:
        found = await level("apps.event.authorizations.list", event_context=context)
        assert found["authorizations"] == app.payloads[0]["authorizations"]
        other = await level("apps.event.authorizations.list", event_context="4-x")
    assert other["error"] == "invalid_event_context"
