"""Rule: a request's body, its charset and its token are taken only as Slack takes them."""

import json
from typing import Any

import pytest
from slack_playground import Playground

from tests.playground.wire import OPS, Api

SAID = {"channel": OPS, "text": "x"}
JSON = json.dumps(SAID).encode()
FORM = f"channel={OPS}&text=x".encode()


async def send(
    api: Api, kind: str | None, body: bytes, *, query: str = "", with_token: bool = True
) -> Any:
    """POST a body as it is, under this content type."""
    headers = {"Authorization": f"Bearer {api.token}"} if with_token else {}
    if kind is not None:
        headers["Content-Type"] = kind
    async with api.session.post(
        f"{api.playground.api_url}chat.postMessage{query}",
        data=body,
        headers=headers,
        skip_auto_headers=["Content-Type"],
    ) as response:
        assert response.headers["x-slack-req-id"]
        return await response.json()


@pytest.mark.parametrize(
    ("kind", "body", "error"),
    [
        (None, FORM, "missing_post_type"),
        ("application/xml", b"<x/>", "invalid_post_type"),
        ("application/octet-stream", FORM, "invalid_post_type"),
        ("application/json; charset=klingon", JSON, "invalid_charset"),
        ("application/json", b"{", "invalid_json"),
        ("application/json", b"[]", "json_not_object"),
        ("multipart/form-data", b"x", "invalid_form_data"),
        ("multipart/form-data; boundary=here", b"x", "invalid_form_data"),
        ("application/x-www-form-urlencoded", FORM + b"&a%20b=1", "invalid_arg_name"),
        ("application/x-www-form-urlencoded", FORM + b"&users[]=1", "invalid_array_arg"),
        ("application/json; charset=utf-8", b'{"a-b": 1}', "invalid_arg_name"),
    ],
)
async def test_a_body_that_cannot_be_read_is_refused(
    playground: Playground, api: Api, kind: str | None, body: bytes, error: str
) -> None:
    """Each fault of the form has its own word, stands in the journal and posts nothing."""
    assert (await send(api, kind, body))["error"] == error
    assert playground.messages(OPS) == []
    (call,) = playground.calls("chat.postMessage")
    assert call.answer is not None
    assert call.answer["error"] == error


@pytest.mark.parametrize(
    ("kind", "body", "warning"),
    [
        ("application/json", JSON, "missing_charset"),
        ("application/json; charset=utf-8", JSON, None),
        ("application/x-www-form-urlencoded", FORM, None),
        ("application/x-www-form-urlencoded; charset=utf-8", FORM, "superfluous_charset"),
    ],
)
async def test_a_charset_is_wanted_for_json_alone(
    api: Api, kind: str, body: bytes, warning: str | None
) -> None:
    """The call works, with a warning at two places of the answer."""
    answer = await send(api, kind, body)
    assert answer["ok"] is True
    assert answer.get("warning") == warning
    warnings = None if warning is None else {"warnings": [warning]}
    assert answer.get("response_metadata") == warnings


async def test_a_warning_stands_beside_an_error(api: Api) -> None:
    """A refused call is warned as well, and keeps its own messages."""
    answer = await send(api, "application/json", b"{}")
    assert (answer["error"], answer["warning"]) == ("invalid_arguments", "missing_charset")
    assert sorted(answer["response_metadata"]) == ["messages", "warnings"]


async def test_other_words_than_utf_8_are_read(playground: Playground, api: Api) -> None:
    """ISO-8859-1 is the one other charset that Slack names."""
    body = json.dumps({**SAID, "text": "später"}, ensure_ascii=False).encode("latin-1")
    await send(api, "application/json; charset=iso-8859-1", body)
    assert playground.messages(OPS)[-1]["text"] == "später"


@pytest.mark.parametrize(
    ("kind", "body", "query"),
    [
        ("application/json; charset=utf-8", b'{"token": "%s"}', ""),
        ("application/x-www-form-urlencoded", b"", "?token=%s"),
    ],
    ids=["json", "query"],
)
async def test_a_token_stands_in_the_header_or_a_form(
    api: Api, kind: str, body: bytes, query: str
) -> None:
    """
    A token inside JSON or an address is none.

    https://docs.slack.dev/changelog/2020-11-no-more-tokens-in-querystrings-for-newly-created-apps
    """
    body, query = body.replace(b"%s", api.token.encode()), query.replace("%s", api.token)
    answer = await send(api, kind, body, query=query, with_token=False)
    assert answer["error"] == "not_authed"
    assert (await send(api, "application/x-www-form-urlencoded", FORM))["ok"] is True


async def test_scopes_are_told_to_who_holds_a_token(api: Api) -> None:
    """Without a token that is known here, the headers say nothing of the app's scopes."""
    for token in (None, "xoxb-stranger"):
        response, _ = await api.raw("chat.postMessage", token=token, json=SAID)
        assert "x-oauth-scopes" not in response.headers


@pytest.mark.parametrize("limit", [float("inf"), float("nan"), "1e400", [], {}])
async def test_a_number_that_is_none_is_refused(api: Api, limit: Any) -> None:
    """What cannot be counted is an argument that is wrong, not a crash."""
    answer = await api("conversations.history", channel=OPS, limit=limit)
    assert answer["error"] == "invalid_arguments"


async def test_a_made_up_cursor_leads_nowhere(api: Api) -> None:
    """A cursor that Slack did not give out is refused, also one that counts below zero."""
    for cursor in ("%%%", "bmV4dDotNQ==", "bmV4dDp4"):
        for method in ("conversations.history", "conversations.members"):
            answer = await api(method, channel=OPS, cursor=cursor)
            assert answer["error"] == "invalid_cursor", (method, cursor)
