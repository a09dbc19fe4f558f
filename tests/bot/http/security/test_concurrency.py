import asyncio
from contextlib import AsyncExitStack

import pytest

from bot.http.errors import RefusedError
from bot.http.security.concurrency import Concurrency


async def test_one_caller_waits_and_others_do_not():
    """Two at once are served, two more wait, and whoever comes then is refused; others go on."""
    concurrency, began = Concurrency(2, 4), []
    done = [asyncio.Event() for _ in range(4)]

    async def ask(number: int) -> None:
        async with concurrency.turn("ada"):
            began.append(number)
            await done[number].wait()

    asked = [asyncio.create_task(ask(number)) for number in range(4)]
    await asyncio.sleep(0)
    async with AsyncExitStack() as stack:
        with pytest.raises(RefusedError) as refused:
            await stack.enter_async_context(concurrency.turn("ada"))
        await stack.enter_async_context(concurrency.turn("ben"))
    assert (refused.value.status, began) == (429, [0, 1])

    for event in done:
        event.set()
    await asyncio.gather(*asked)
    assert (began, concurrency._turns) == ([0, 1, 2, 3], {})


async def test_who_hangs_up_gives_the_turn_to_the_next():
    """A request that is given up, in work or waiting, keeps nobody out."""
    concurrency = Concurrency(1, 2)

    async def ask() -> str:
        async with concurrency.turn("ada"):
            await asyncio.Event().wait()
        return "served"

    asked = [asyncio.create_task(ask()) for _ in range(2)]
    await asyncio.sleep(0)
    for task in asked:
        task.cancel()
    await asyncio.gather(*asked, return_exceptions=True)

    async with concurrency.turn("ada"):
        assert concurrency._turns["ada"].users == 1
