"""Rule: every method wants its kind of token and one of its scopes."""

import pytest
from slack_playground import Playground
from slack_playground.web_api import METHODS
from slack_playground.web_api.call import Takes

from tests.playground.wire import Api

WITH_TOKEN = sorted(name for name, one in METHODS.items() if one.takes is not Takes.NOTHING)
OF_BOTS = (Takes.BOT, Takes.ANYONE)
WITH_SCOPE = sorted(name for name, one in METHODS.items() if one.takes in OF_BOTS and one.scopes)


@pytest.mark.parametrize("method", WITH_TOKEN)
async def test_a_token_is_wanted(method: str, playground: Playground, api: Api) -> None:
    """None, a strange one and one of another kind have three different errors."""
    is_of_bot = METHODS[method].takes in OF_BOTS
    other = playground.app_token if is_of_bot else playground.bot_token
    for token, error in (
        (None, "not_authed"),
        ("xoxb-stranger", "invalid_auth"),
        (other, "not_allowed_token_type"),
    ):
        response, answer = await api.raw(method, token=token)
        assert (response.status, answer) == (200, {"ok": False, "error": error})


@pytest.mark.parametrize("method", WITH_SCOPE)
async def test_a_scope_is_wanted(method: str) -> None:
    """Without any of them the answer names those that would do and those there are."""
    async with (
        Playground(seed={"scopes": ["reminders:read"]}) as playground,
        Api(playground) as api,
    ):
        response, answer = await api.raw(method)
    assert answer == {
        "ok": False,
        "error": "missing_scope",
        "needed": ",".join(METHODS[method].scopes),
        "provided": "reminders:read",
    }
    assert response.headers["x-oauth-scopes"] == "reminders:read"
    assert response.headers["x-accepted-oauth-scopes"] == ",".join(METHODS[method].scopes)
