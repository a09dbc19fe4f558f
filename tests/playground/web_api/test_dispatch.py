from typing import Any

import aiohttp
import pytest
from slack_playground import Playground

from tests.playground.wire import OPS, Api


@pytest.mark.parametrize(
    "how",
    [
        {"json": {"channel": OPS, "text": "x", "blocks": []}},
        {"data": {"channel": OPS, "text": "x", "blocks": "[]"}},
        {"params": {"channel": OPS, "text": "x"}},
        {"params": {"channel": OPS}, "json": {"text": "x"}},
    ],
    ids=["json", "form", "query", "both"],
)
async def test_arguments_come_in_any_form(api: Api, how: dict[str, Any]) -> None:
    """JSON, form and query say the same thing to every method."""
    _, answer = await api.raw("chat.postMessage", **how)
    assert answer["message"]["text"] == "x"


async def test_arguments_come_as_multipart(api: Api) -> None:
    """A multipart form is a form."""
    form = aiohttp.FormData({"channel": OPS, "text": "x"}, default_to_multipart=True)
    _, answer = await api.raw("chat.postMessage", data=form)
    assert answer["message"]["text"] == "x"


async def test_the_token_may_be_an_argument(playground: Playground, api: Api) -> None:
    """`token` works beside the header, and is not kept in the log."""
    sent = {"token": playground.bot_token, "channel": OPS, "text": "x"}
    _, answer = await api.raw("chat.postMessage", token=None, data=sent)
    assert answer["ok"] is True
    assert "token" not in playground.calls("chat.postMessage")[-1].arguments


async def test_tokens_are_checked(playground: Playground, api: Api) -> None:
    """No token, a strange one and one of the wrong kind each have their error."""
    for token, method, error in (
        (None, "auth.test", "not_authed"),
        ("xoxb-wrong", "auth.test", "invalid_auth"),
        (playground.app_token, "auth.test", "not_allowed_token_type"),
        (playground.bot_token, "apps.connections.open", "not_allowed_token_type"),
    ):
        _, answer = await api.raw(method, token=token)
        assert answer == {"ok": False, "error": error}


async def test_a_revoked_token_is_told_so() -> None:
    """A seed can hold a token that was revoked."""
    seed = {"tokens": {"xoxb-old": "revoked", "xoxb-new": "bot", "xapp-new": "app"}}
    async with Playground(seed=seed) as playground, Api(playground, "xoxb-old") as api:
        assert (await api("auth.test"))["error"] == "token_revoked"
        assert playground.bot_token == "xoxb-new"


async def test_scopes_are_enforced() -> None:
    """A missing scope is named, with what the app has instead."""
    async with Playground(seed={"scopes": ["chat:write"]}) as playground, Api(playground) as api:
        response, answer = await api.raw("users.list")
    assert answer == {
        "ok": False,
        "error": "missing_scope",
        "needed": "users:read",
        "provided": "chat:write",
    }
    assert response.headers["x-oauth-scopes"] == "chat:write"
    assert response.headers["x-accepted-oauth-scopes"] == "users:read"
    assert response.headers["x-slack-req-id"]


@pytest.mark.parametrize(
    ("method", "words"),
    [
        ("channels.list", "conversations.list or users.conversations"),
        ("im.open", "conversations.open"),
        ("files.upload", None),
        ("workflows.stepCompleted", None),
    ],
)
async def test_a_retired_method_is_called_deprecated(
    playground: Playground, api: Api, method: str, words: str | None
) -> None:
    """Whoever calls it, with what to use instead where Slack says so; it is not counted."""
    for token in ("", None):
        _, answer = await api.raw(method, token=token)
        assert answer["error"] == "method_deprecated"
        said = "".join(answer.get("response_metadata", {}).get("messages", []))
        assert (f"Please use {words} instead." in said) is (words is not None)
    assert playground.state.unsupported == {}


async def test_an_unknown_method_is_counted(playground: Playground, api: Api) -> None:
    """What the playground does not serve is listed, so that nobody takes it for a bug."""
    assert (await api("admin.users.list"))["error"] == "unknown_method"
    assert (await api.read("state"))["unsupported"] == ["admin.users.list"]


async def test_a_broken_body_is_refused(api: Api) -> None:
    """JSON that is none, or no object, has Slack's own errors."""
    headers = {"Content-Type": "application/json"}
    for body, error in ((b"{", "invalid_json"), (b"[]", "json_not_object")):
        async with api.session.post(
            f"{api.playground.api_url}api.test", data=body, headers=headers
        ) as response:
            assert (await response.json())["error"] == error


async def test_a_missing_argument_is_named(api: Api) -> None:
    """invalid_arguments says which."""
    answer = await api("chat.postMessage", text="x")
    assert answer["error"] == "invalid_arguments"
    assert "channel" in answer["response_metadata"]["messages"][0]


async def test_auth_test_knows_the_bot(playground: Playground, api: Api) -> None:
    """auth.test tells the ids by which Bolt recognises the bot's own messages."""
    answer = await api("auth.test")
    state = playground.state
    assert (answer["user_id"], answer["bot_id"]) == (state.bot_user_id, state.bot_id)
    assert (answer["team_id"], answer["team"]) == (state.team_id, "Playground")


async def test_every_call_is_logged(playground: Playground, api: Api) -> None:
    """The journal keeps arguments, answer and time of each call."""
    answer = await api("chat.postMessage", channel=OPS, text="x")
    (call,) = playground.calls("chat.postMessage")
    assert call.arguments == {"channel": OPS, "text": "x"}
    assert call.answer == answer
    assert (await api.read("calls", method="chat.postMessage"))["calls"][0]["answer"] == answer


async def test_another_site_cannot_act_here(api: Api) -> None:
    """A page of another origin is refused, whatever it sends."""
    url = f"{api.playground.page_url}_playground/reset"
    for origin in ("https://example.com", "null", "http://["):
        async with api.session.post(url, headers={"Origin": origin}) as response:
            assert response.status == 403
    own = api.playground.page_url.rstrip("/")
    async with api.session.post(url, headers={"Origin": own}) as response:
        assert response.status == 200
