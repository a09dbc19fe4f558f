"""OpenAI's SDK against a server that speaks its HTTP."""

import pytest

from bot.reports.analysts.base import AnalystError, Mode
from bot.reports.analysts.model_analyst import MAX_CALLS, ModelAnalyst
from bot.reports.analysts.openai_compatible import OpenAICompatibleClient
from tests.bot.reports.analysts.model_server import (
    BROKEN,
    DEEP,
    ENDLESS,
    PACKED,
    SLOW,
    narrative_json,
    openai_fails,
    openai_says,
    serving,
)
from tests.bot.reports.figures.lying_model import shop_brief

MODELS: dict[Mode, str] = {"quick": "gpt-4o-mini", "deep": "gpt-4o"}


async def write(server, seconds: float = 600.0, key: str | None = "key-1"):
    """Let the model write about the shop."""
    timeouts: dict[Mode, float] = {"quick": seconds, "deep": seconds}
    client = OpenAICompatibleClient(key, MODELS, url=f"{server.url}/v1", timeouts=timeouts)
    analyst = ModelAnalyst("openai", client, retry_seconds=0)
    return await analyst.write(shop_brief())


async def test_an_answer_is_read_with_its_cost():
    """The narrative is JSON of the schema that was sent."""
    async with serving(openai_says(narrative_json())) as server:
        draft = await write(server)

    assert draft.narrative.summary == "Revenue totalled {total_revenue}."
    assert (draft.usage.input_tokens, draft.usage.output_tokens) == (1_000, 300)
    assert str(draft.usage.cost) == "0.00033"
    assert server.paths == ["/v1/chat/completions"]
    assert server.headers[0]["Authorization"] == "Bearer key-1"
    assert server.requests[0]["response_format"]["type"] == "json_schema"


async def test_a_server_at_home_needs_no_key():
    """Fenced JSON, a missing usage and an unknown model are taken as they come."""
    status, body = openai_says(f"```json\n{narrative_json()}\n```")
    del body["usage"]
    async with serving((status, body)) as server:
        draft = await write(server, key=None)

    assert draft.narrative.summary == "Revenue totalled {total_revenue}."
    assert draft.usage.input_tokens == 0


async def test_a_server_that_asks_for_patience_is_called_again():
    """`Retry-After` is kept to."""
    busy = openai_fails(429, "rate_limit_exceeded", {"Retry-After": "0"})
    async with serving(busy, openai_says(narrative_json())) as server:
        await write(server)

    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("answer", "code", "calls"),
    [
        (openai_fails(429, "insufficient_quota"), "quota", 1),
        (openai_fails(429, "rate_limit_exceeded", {"Retry-After": "600"}), "quota", 1),
        (openai_fails(500, "server_error"), "unavailable", MAX_CALLS),
        (openai_fails(401, "invalid_api_key"), "refused", 1),
        (openai_fails(404, "model_not_found"), "refused", 1),
        (openai_says("x", "content_filter"), "blocked", 1),
        (openai_says(None, refusal="I cannot."), "blocked", 1),
        (openai_says('{"summary"', "length"), "cut", 1),
        (openai_says(None), "empty", 1),
        (openai_says("Sure! Here it is:"), "malformed", 1),
        ((200, {"choices": []}), "empty", 1),
        (BROKEN, "empty", 1),
        (DEEP, "malformed", 1),
        (ENDLESS, "malformed", 1),
        (PACKED, "malformed", 1),
        (b'{"choices": [null]}', "malformed", 1),
    ],
)
async def test_what_fails_is_told_plainly(answer, code, calls):
    """Each failure has a code and a sentence that does not hold the key."""
    async with serving(answer) as server:
        with pytest.raises(AnalystError) as caught:
            await write(server)

    assert caught.value.code == code
    assert len(server.requests) == calls
    assert "key-1" not in str(caught.value)


async def test_a_slow_answer_is_not_waited_for():
    """The call ends after its time."""
    async with serving(SLOW) as server:
        with pytest.raises(AnalystError) as caught:
            await write(server, seconds=0.5)

    assert caught.value.code == "timeout"


@pytest.mark.parametrize("told", [None, "12", -5, 10**30, 1.5])
async def test_a_useless_count_of_tokens_is_none(told):
    """A server's nonsense neither stops the report nor uses up the daily limit."""
    status, body = openai_says(narrative_json())
    body["usage"] = {"prompt_tokens": told, "completion_tokens": told}
    async with serving((status, body)) as server:
        draft = await write(server)

    assert (draft.usage.input_tokens, draft.usage.output_tokens, draft.usage.cost) == (0, 0, 0)


async def test_json_between_words_is_read():
    """Models at home like to introduce their answers."""
    async with serving(
        openai_says(f"Sure! Here it is:\n{narrative_json()}\nAnything else?")
    ) as server:
        draft = await write(server)

    assert draft.narrative.summary == "Revenue totalled {total_revenue}."
