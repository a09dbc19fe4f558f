"""The nightly check: once, and only what is new is told."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from bot.doctor.findings import Finding
from bot.doctor.nightly import NightlyCheck, last_night
from bot.messages.models import Message
from bot.messages.outbox import Place
from tests.bot.messages.world import HandClock


@pytest.fixture
def found():
    """What the doctor finds; a test may change it."""
    return [Finding.ok("api", "fine"), Finding.problem("load", "1,204 messages wait", "start it")]


@pytest.fixture
def clock():
    return HandClock()


@pytest.fixture
def processes(database, clock, found):
    """Two processes of one bot."""

    async def examine():
        return found

    async def alerts_channel():
        return "C0OPS"

    return [
        NightlyCheck(
            database,
            clock,
            Place("T1", "default", ""),
            timezone="Europe/Berlin",
            examine=examine,
            alerts_channel=alerts_channel,
            wake=lambda _workspace_id: None,
        )
        for _ in range(2)
    ]


def notes(database):
    query = select(Message).where(Message.template == "delivery/self_check")
    return [one.context for one in database.snapshot(lambda s: s.exec(query).all())]


async def test_each_night_one_process_looks_and_tells_what_is_new(
    processes, clock, database, found
):
    """Not at the first start; a number that changed is no news, another problem is."""
    told = []
    for _ in range(3):  # days
        told += [await one.check_if_due() for one in processes]
        clock.pass_by(timedelta(days=1))
    found[1] = Finding.problem("load", "97 messages wait", "start it")
    told.append(await processes[0].check_if_due())
    clock.pass_by(timedelta(days=1))
    found.append(Finding.problem("scopes", "commands is not granted", "add it"))
    told.append(await processes[1].check_if_due())

    assert told == [False, False, True, False, False, False, False, True]
    assert [one["count"] for one in notes(database)] == [1, 2]
    assert notes(database)[0]["findings"] == [
        {"check": "load", "message": "1,204 messages wait", "fix": "start it"}
    ]


@pytest.mark.parametrize(
    ("now", "night"),
    [
        (datetime(2026, 11, 20, 1, 59, tzinfo=UTC), datetime(2026, 11, 19, 2, 0, tzinfo=UTC)),
        (datetime(2026, 11, 20, 2, 0, tzinfo=UTC), datetime(2026, 11, 20, 2, 0, tzinfo=UTC)),
        (datetime(2026, 7, 1, 1, 0, tzinfo=UTC), datetime(2026, 7, 1, 1, 0, tzinfo=UTC)),
    ],
)
def test_the_night_is_that_of_the_zone(now, night):
    """Three o'clock in Berlin, in winter and in summer."""
    assert last_night(now, "Europe/Berlin") == night
