import asyncio
import time

import aiohttp
import pytest
from slack_playground import Playground
from slack_playground.errors import PageError
from slack_playground.faults import Fault, FaultKind, Faults, read_fault

from tests.playground.wire import OPS, Api, Caller


async def test_an_error_strikes_once(playground: Playground, api: Api) -> None:
    """A failure happens once unless told otherwise, and to its method only."""
    playground.fail("chat.postMessage", error="fatal_error")
    assert (await api("auth.test"))["ok"] is True
    assert (await api("chat.postMessage", channel=OPS, text="x"))["error"] == "fatal_error"
    assert (await api("chat.postMessage", channel=OPS, text="x"))["ok"] is True
    assert len(playground.messages("ops")) == 1


async def test_a_status_can_be_ordered(playground: Playground, api: Api) -> None:
    """`http` answers any status, with Retry-After if wanted."""
    playground.fail("*", "http", status=429, retry_after=7)
    response, answer = await api.raw("auth.test")
    assert (response.status, response.headers["Retry-After"]) == (429, "7")
    assert answer == {"ok": False, "error": "ratelimited"}


async def test_a_dropped_answer_has_done_the_work(playground: Playground, api: Api) -> None:
    """The message stands in the channel although the caller saw the connection break."""
    playground.fail("chat.postMessage", "drop_answer")
    with pytest.raises(aiohttp.ClientError):
        await api("chat.postMessage", channel=OPS, text="x")
    assert [one["text"] for one in playground.messages("ops")] == ["x"]


async def test_a_refused_connection_has_done_nothing(playground: Playground, api: Api) -> None:
    """`refuse` breaks the connection before any work."""
    playground.fail("chat.postMessage", "refuse")
    with pytest.raises(aiohttp.ClientError):
        await api("chat.postMessage", channel=OPS, text="x")
    assert playground.messages("ops") == []
    assert playground.calls("chat.postMessage")[-1].answer is None


async def test_an_answer_can_be_late(playground: Playground, api: Api) -> None:
    """`delay` waits, then works."""
    playground.fail("auth.test", "delay", seconds=0.1)
    start = time.monotonic()
    assert (await api("auth.test"))["ok"] is True
    assert time.monotonic() - start >= 0.1


@pytest.mark.parametrize(("kind", "held"), [("hold", []), ("hold_answer", ["x"])])
async def test_a_call_is_held_until_it_is_let_go(
    playground: Playground, api: Api, kind: FaultKind, held: list[str]
) -> None:
    """Nobody is answered while the fault stands; the work is done after that, or before it."""
    fault = playground.fail("chat.postMessage", kind)
    calling = asyncio.create_task(api("chat.postMessage", channel=OPS, text="x"))
    await playground.wait_for(lambda: fault.struck)
    assert (await api("auth.test"))["ok"] is True
    assert [one["text"] for one in playground.messages("ops")] == held
    assert not calling.done()

    playground.let_go(fault)

    assert (await calling)["ok"] is True
    assert [one["text"] for one in playground.messages("ops")] == ["x"]


async def test_a_held_request_can_be_lost(playground: Playground, api: Api) -> None:
    """Taken back with `lost` over HTTP, the request was never read."""
    fault = playground.fail("chat.postMessage", "hold")
    calling = asyncio.create_task(api("chat.postMessage", channel=OPS, text="x"))
    await playground.wait_for(lambda: fault.struck)
    url = f"{playground.page_url}_playground/faults/{fault.id}?lost=1"

    async with api.session.delete(url) as response:
        assert response.status == 200
    with pytest.raises(aiohttp.ClientError):
        await calling
    assert playground.messages("ops") == []


async def test_response_urls_fail_too(playground: Playground, api: Api, app: Caller) -> None:
    """An answer to a response URL is a call like any other, under the name response_url."""
    await playground.run_command("ada", "ops", "/ops")
    url = app.payloads[-1]["response_url"]
    playground.fail("response_url", "http", status=503)
    async with api.session.post(url, json={"text": "x"}) as response:
        assert response.status == 503
    async with api.session.post(url, json={"text": "y"}) as response:
        assert await response.text() == "ok"
    assert [call.status for call in playground.calls("response_url")] == [503, 200]
    assert [one["text"] for one in playground.ephemerals("ada", "ops")] == ["y"]


async def test_faults_are_ordered_over_http(playground: Playground, api: Api) -> None:
    """A test in another process can order and take back failures."""
    ordered = {"method": "auth.test", "kind": "error", "error": "internal_error", "count": 5}
    answer = await api.page("faults", **ordered)
    assert (answer["ok"], answer["fault"]["method"]) == (True, "auth.test")
    assert (await api("auth.test"))["error"] == "internal_error"
    async with api.session.delete(f"{playground.page_url}_playground/faults") as response:
        assert response.status == 200
    assert (await api("auth.test"))["ok"] is True
    assert (await api.page("faults", method="x", kind="melt"))["error"] == "invalid_fault"


def test_chance_is_repeatable() -> None:
    """The same seed fails the same calls, about as often as asked."""

    def strikes() -> list[bool]:
        faults = Faults()
        faults.add(Fault("m", "error", probability=0.3, seed=1))
        return [faults.take("m") is not None for _ in range(200)]

    assert strikes() == strikes()
    assert 30 < sum(strikes()) < 90


def test_an_unknown_field_is_refused() -> None:
    """A misspelt fault would otherwise silently do nothing."""
    with pytest.raises(PageError, match="secs"):
        read_fault({"method": "m", "kind": "delay", "secs": 1})
