"""Rule: every method can be made to fail in every way a network fails."""

import aiohttp
import pytest
from slack_playground import Playground
from slack_playground.web_api import METHODS

from tests.playground.wire import Api


@pytest.mark.parametrize("method", sorted(METHODS))
async def test_a_method_fails_as_ordered(method: str, playground: Playground, api: Api) -> None:
    """A Slack error, a 429, a 503 and a broken connection, then it is itself again."""
    playground.fail(method, error="internal_error")
    playground.fail(method, "http", status=429, retry_after=7)
    playground.fail(method, "http", status=503)
    playground.fail(method, "refuse")
    assert (await api.raw(method))[1]["error"] == "internal_error"
    response, answer = await api.raw(method)
    assert (response.status, answer["error"]) == (429, "ratelimited")
    assert response.headers["Retry-After"] == "7"
    assert (await api.raw(method))[0].status == 503
    with pytest.raises(aiohttp.ClientConnectionError):
        await api.raw(method)
    assert (await api.raw(method))[1].get("error") != "internal_error"


async def test_an_accepted_call_may_lose_its_answer(playground: Playground, api: Api) -> None:
    """The work is done, the caller never learns: why bots post twice."""
    playground.fail("chat.postMessage", "drop_answer")
    with pytest.raises(aiohttp.ClientConnectionError):
        await api("chat.postMessage", channel="C0OPS00002", text="x")
    assert [one["text"] for one in playground.messages("ops")] == ["x"]


async def test_refused_blocks_may_name_what_is_wrong(playground: Playground, api: Api) -> None:
    """As of an image that Slack cannot fetch, which no validator can know."""
    why = "downloading image failed [json-pointer:/blocks/0/image_url]"
    playground.fail("chat.postMessage", error="invalid_blocks", errors=[why])

    answer = await api("chat.postMessage", channel="C0OPS00002", text="x")

    assert (answer["error"], answer["errors"]) == ("invalid_blocks", [why])
    assert answer["response_metadata"]["messages"] == [f"[ERROR] {why}"]
