"""Rule: every method takes its arguments as JSON, as a form and in the query."""

import json
from typing import Any

import pytest
from slack_playground import Playground
from slack_playground.web_api import METHODS
from slack_playground.web_api.call import Takes

from tests.playground.contract.specimens import REFUSED, calls, freshen
from tests.playground.wire import Api


def as_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "1" if value else "0"
    return json.dumps(value)


def ways_to_send(arguments: dict[str, Any]) -> list[dict[str, Any]]:
    texts = {name: as_text(value) for name, value in arguments.items()}
    return [{"json": arguments}, {"data": texts}, {"params": texts}]


def token_for(playground: Playground, method: str) -> str:
    tokens = {
        Takes.APP: playground.app_token,
        Takes.CONFIG: playground.config_token,
        Takes.PERSON: playground.user_token,
    }
    return tokens.get(METHODS[method].takes, playground.bot_token)


@pytest.mark.parametrize("method", sorted(METHODS))
async def test_a_method_takes_arguments_in_any_form(
    method: str, playground: Playground, api: Api
) -> None:
    """JSON, form and query bring the same answer."""
    answers = []
    for number in range(3):
        fresh = await freshen(playground, api)
        how = ways_to_send(calls(fresh)[method])[number]
        _, answer = await api.raw(method, token=token_for(playground, method), **how)
        answers.append((answer["ok"], answer.get("error"), sorted(answer)))
    assert answers[0][:2] == (method not in REFUSED, REFUSED.get(method)), answers[0]
    assert answers[0] == answers[1] == answers[2]


@pytest.mark.parametrize("method", sorted(METHODS))
async def test_an_argument_nobody_knows_is_ignored(
    method: str, playground: Playground, api: Api
) -> None:
    """SDKs add `team_id` and newer fields to every call; Slack reads over them."""
    fresh = await freshen(playground, api)
    sent = {**calls(fresh)[method], "brand_new_argument": "1", "team_id": playground.state.team_id}
    _, answer = await api.raw(method, token=token_for(playground, method), json=sent)
    assert (answer["ok"], answer.get("error")) == (method not in REFUSED, REFUSED.get(method))


async def test_a_method_nobody_knows_is_refused(api: Api) -> None:
    """unknown_method, with the name that was asked for."""
    answer = await api("chat.shout", channel="C1")
    assert answer == {"ok": False, "error": "unknown_method", "req_method": "chat.shout"}
