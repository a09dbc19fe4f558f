"""Gemini's SDK against a server that speaks its HTTP."""

from decimal import Decimal

import pytest

from bot.reports.analysts.base import AnalystError, Mode
from bot.reports.analysts.gemini import GeminiClient
from bot.reports.analysts.model_analyst import MAX_CALLS, ModelAnalyst
from tests.bot.reports.analysts.model_server import (
    BROKEN,
    DEEP,
    ENDLESS,
    PACKED,
    SLOW,
    gemini_blocks,
    gemini_fails,
    gemini_quota,
    gemini_says,
    narrative_json,
    serving,
)
from tests.bot.reports.figures.lying_model import shop_brief

MODELS: dict[Mode, str] = {"quick": "gemini-flash-latest", "deep": "gemini-pro-latest"}


async def write(server, seconds: float = 600.0):
    """Let Gemini write about the shop."""
    timeouts: dict[Mode, float] = {"quick": seconds, "deep": seconds}
    client = GeminiClient("key-1", MODELS, url=server.url, timeouts=timeouts)
    analyst = ModelAnalyst("gemini", client, retry_seconds=0)
    return await analyst.write(shop_brief())


async def test_an_answer_is_read_with_its_cost():
    """The narrative is JSON of the schema that was sent; thoughts are paid, too."""
    chart = {"kind": "bar", "category": 0, "series": [1]}
    async with serving(gemini_says(narrative_json(insights=["One."], charts=[chart]))) as server:
        draft = await write(server)

    assert draft.narrative.summary == "Revenue totalled {total_revenue}."
    assert draft.narrative.insights == ("One.",)
    assert [(one.kind, one.category, one.series) for one in draft.narrative.charts] == [
        ("bar", 0, (1,))
    ]
    assert (draft.usage.model, draft.usage.input_tokens, draft.usage.output_tokens) == (
        "gemini-flash-latest",
        1_000,
        300,
    )
    assert draft.usage.cost == Decimal("0.00105")
    assert server.paths == ["/v1beta/models/gemini-flash-latest:generateContent"]
    assert server.headers[0]["x-goog-api-key"] == "key-1"
    config = server.requests[0]["generationConfig"]
    assert config["responseMimeType"] == "application/json"
    assert "summary" in config["responseJsonSchema"]["properties"]


@pytest.mark.parametrize(
    "first", [gemini_quota(), gemini_fails(500, "INTERNAL"), gemini_fails(503, "UNAVAILABLE")]
)
async def test_what_passes_is_tried_again(first):
    """A full minute and a failure of the service are waited for."""
    async with serving(first, gemini_says(narrative_json())) as server:
        draft = await write(server)

    assert draft.narrative.summary
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("answer", "code", "calls"),
    [
        (gemini_quota("3600s"), "quota", 1),
        (gemini_quota("1s", "PerDay"), "quota", 1),
        (gemini_fails(500, "INTERNAL"), "unavailable", MAX_CALLS),
        (gemini_fails(400, "INVALID_ARGUMENT", "API key not valid."), "refused", 1),
        (gemini_fails(403, "PERMISSION_DENIED"), "refused", 1),
        (gemini_fails(404, "NOT_FOUND"), "refused", 1),
        (gemini_blocks(), "blocked", 1),
        (gemini_says(None, "SAFETY"), "blocked", 1),
        (gemini_says("half", "RECITATION"), "blocked", 1),
        (gemini_says('{"summary": "Reve', "MAX_TOKENS"), "cut", 1),
        (gemini_says(None), "empty", 1),
        (gemini_says("  "), "empty", 1),
        (gemini_says(narrative_json("")), "empty", 1),
        (gemini_says('{"summary": '), "malformed", 1),
        (gemini_says("[1]"), "malformed", 1),
        ((200, {}), "empty", 1),
        (BROKEN, "malformed", 1),
        (b"3", "malformed", 1),
        (DEEP, "malformed", 1),
        (ENDLESS, "malformed", 1),
        (PACKED, "malformed", 1),
        (b'{"candidates": [{"finishReason": 7}]}', "malformed", 1),
    ],
)
async def test_what_fails_is_told_plainly(answer, code, calls):
    """Each failure has a code and a sentence that holds neither key nor what the service wrote."""
    async with serving(answer) as server:
        with pytest.raises(AnalystError) as caught:
            await write(server)

    assert caught.value.code == code
    assert len(server.requests) == calls
    assert "key-1" not in str(caught.value)
    assert "exceeded your current" not in str(caught.value)


async def test_a_slow_answer_is_not_waited_for():
    """The call ends after its time."""
    async with serving(SLOW) as server:
        with pytest.raises(AnalystError, match=r"did not answer within 0\.5 seconds") as caught:
            await write(server, seconds=0.5)

    assert caught.value.code == "timeout"


async def test_a_service_that_is_away_is_told():
    """Nobody listens at the address."""
    async with serving(SLOW) as server:
        pass
    with pytest.raises(AnalystError, match="Gemini cannot be reached") as caught:
        await write(server)

    assert caught.value.code == "unavailable"


async def test_useless_answers_are_paid_for():
    """A cut answer says what it cost."""
    async with serving(gemini_says("x", "MAX_TOKENS")) as server:
        with pytest.raises(AnalystError) as caught:
            await write(server)

    assert caught.value.usage is not None
    assert caught.value.usage.output_tokens == 300
