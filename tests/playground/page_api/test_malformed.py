"""Whatever is sent to the control API, it answers with a word and never breaks."""

import itertools
from typing import Any

import pytest
from slack_playground import Playground
from slack_playground.page_api.routes import GETS, POSTS

from tests.playground.wire import ADA, OPS, Api, actions, button, modal

ODD: list[Any] = [None, "", "x", -1, 1e999, True, [], [[]], {}, {"a": {"b": 1}}, "\x00", "9" * 400]
FIELDS = [
    "user",
    "channel",
    "ts",
    "view_id",
    "what",
    "chosen",
    "values",
    "text",
    "thread_ts",
    "container",
    "action",
    "state",
    "name",
    "kind",
    "method",
    "seconds",
    "count",
    "probability",
    "seed",
    "status",
    "error",
    "retry_after",
    "contains",
    "matches",
    "timeout",
    "team",
    "advance_seconds",
    "set_at",
    "lines",
    "patience",
    "block_id",
    "action_id",
    "value",
    "callback_id",
    "tab",
    "content",
    "all",
]


@pytest.mark.parametrize("route", sorted(POSTS))
async def test_no_field_breaks_a_request(playground: Playground, api: Api, route: str) -> None:
    """Each field in turn is of a wrong type or makes no sense."""
    posted = await api("chat.postMessage", channel=OPS, blocks=[actions(button())], text="x")
    workspace = playground.workspace
    trigger = workspace.triggers.issue(workspace.state, ADA)
    view = (await api("views.open", trigger_id=trigger, view=modal()))["view"]["id"]
    base = {
        "user": "ada",
        "channel": "ops",
        "ts": posted["ts"],
        "view_id": view,
        "what": "Retry",
        "text": "/x",
        "name": "eyes",
        "content": "eA==",
        "timeout": 0,
        "patience": 0,
        "kind": "error",
        "method": "auth.test",
        "lines": "",
        "callback_id": "x",
        "block_id": "acts",
        "action_id": "retry",
        "container": {"type": "message", "channel": OPS, "ts": posted["ts"]},
        "action": {"block_id": "acts", "action_id": "retry"},
    }
    url = f"{playground.page_url}_playground/{route}"
    for field, odd in itertools.product(FIELDS, ODD):
        async with api.session.post(url, json={**base, field: odd}) as response:
            said = f"{route} {field}={odd!r}"
            assert response.status < 500, said
            assert response.content_type == "application/json", said
            await response.json()
        playground.heal()


@pytest.mark.parametrize("route", sorted(POSTS))
@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'"x"', b"\xff"])
async def test_a_body_that_is_no_object_is_refused(
    playground: Playground, api: Api, route: str, body: bytes
) -> None:
    """What is no JSON object has its own refusal; an empty body asks for nothing."""
    url = f"{playground.page_url}_playground/{route}"
    async with api.session.post(url, data=body) as response:
        answer = await response.json()
        assert response.status < 500
        if body:
            assert (response.status, answer["ok"]) == (400, False)


@pytest.mark.parametrize("route", sorted(GETS))
async def test_no_query_breaks_a_question(playground: Playground, api: Api, route: str) -> None:
    """GETs too answer with a word for everything."""
    url = f"{playground.page_url}_playground/{route}"
    for field in ("user", "channel", "ts", "thread_ts", "before", "after", "limit", "team"):
        for odd in ("", "x", "-1", "1e999", "nan", "\x00", "9" * 400):
            query = {"user": "ada", "channel": "ops", "ts": "1.000000", field: odd}
            async with api.session.get(url, params=query) as response:
                assert response.status < 500, f"{route} {field}={odd!r}"
                await response.json()
