"""A playground that stops leaves nothing open behind it."""

import asyncio
import gc
import socket
import warnings

import pytest
from slack_playground import Playground


async def come_while_it_ends(turns):
    """Connect, let the event loop turn so many times, and end the playground."""
    async with Playground(limits="off") as playground:
        port = int(playground.api_url.split(":")[2].split("/")[0])
        caller = socket.create_connection(("127.0.0.1", port))
        for _ in range(turns):
            await asyncio.sleep(0)
    return caller


@pytest.mark.parametrize("turns", range(6))
def test_who_is_just_being_accepted_is_hung_up_on(turns):
    """Whenever a connection comes, nothing of it is left to the garbage collector."""
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        with asyncio.Runner() as runner:
            caller = runner.run(come_while_it_ends(turns))
        gc.collect()
        caller.close()

    assert [str(one.message) for one in seen] == []
