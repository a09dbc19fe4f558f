import asyncio
import time

from slack_playground import HandClock, Playground, RealClock
from slack_playground.timing.waits import Waits

from tests.patience import PATIENT
from tests.playground.wire import Api, connect, modal


async def test_time_jumps_for_everything() -> None:
    """Limits, trigger ids and response URLs see the jump at once."""
    async with (
        Playground(**PATIENT) as playground,
        Api(playground) as api,
        connect(api) as app,
    ):
        for _ in range(21):
            last = await api.raw("users.list")
        assert last[0].status == 429
        await playground.run_command("ada", "ops", "/ops")
        payload = app.payloads[-1]
        playground.advance(1801)
        assert (await api("users.list"))["ok"] is True
        late = await api("views.open", trigger_id=payload["trigger_id"], view=modal())
        assert late["error"] == "expired_trigger_id"
        async with api.session.post(payload["response_url"], json={"text": "x"}) as response:
            assert response.status == 404


async def test_a_jump_brings_redeliveries() -> None:
    """One jump over minutes brings every retry that lies in them."""
    delays = (0.0, 60.0, 300.0)
    async with (
        Playground(ack_seconds=0.05, retry_delays=delays) as playground,
        Api(playground) as api,
        connect(api) as app,
    ):
        app.is_silent = True
        playground.write("ada", "ops", "hello")
        await playground.wait_for(
            lambda: [one.outcome for one in playground.envelopes()] == ["timeout", "timeout"]
        )
        await asyncio.sleep(0.1)
        assert len(app.envelopes) == 2
        playground.advance(360)
        await playground.wait_for(lambda: len(app.envelopes) == 4)


async def test_the_clock_is_moved_over_http(playground: Playground, api: Api) -> None:
    """By seconds or to a time, never back; the answer tells the time it is."""
    before = await api.read("clock")
    assert (before["can_jump"], before["is_by_hand"]) == (True, True)
    moved = await api.page("clock", advance_seconds=90)
    assert moved["now"] == before["now"] + 90
    monday = before["now"] + 7 * 86400
    assert (await api.page("clock", set_at=monday))["iso"].startswith("2027-01-22T")
    assert (await api.page("clock", set_at=before["now"]))["error"] == "invalid_time"
    assert (await api.page("clock", advance_seconds="soon"))["error"] == "wrong_type"


async def test_a_sleep_says_how_late_it_is() -> None:
    """What a jump went too far is handed on, what really passed is not."""
    clock = HandClock()
    waits = Waits(clock)
    began = time.monotonic()
    sleeping = asyncio.create_task(waits.sleep(10))
    await asyncio.sleep(0)
    clock.advance(4)
    await asyncio.sleep(0)
    assert not sleeping.done()
    clock.advance(8)
    assert 2 <= await sleeping <= 2 + time.monotonic() - began


def test_a_real_clock_stays_ahead() -> None:
    """After a jump it runs on from there."""
    clock, machine = RealClock(), RealClock()
    clock.advance(3600)
    before, now, after = machine.now(), clock.now(), machine.now()
    assert before + 3600 <= now <= after + 3600
