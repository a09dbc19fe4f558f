"""
What many messages cost: `python -m tests.playground.memory [messages]`.

Posts them into one channel inside this process, every tenth with blocks, and
prints how much the process grew and how long reading the newest page takes.
"""

import asyncio
import resource
import sys
import time

from slack_playground import HandClock, Playground
from slack_playground.page_api.reading import read_messages
from slack_playground.state import Record
from slack_playground.web_api.dispatch import answer_call

from tests.playground.speed import BLOCKS


async def main(count: int) -> None:
    async with Playground(limits="off", clock=HandClock()) as playground:
        before, start = resident_mib(), time.perf_counter()
        for number in range(count):
            sent: Record = {"channel": "C0OPS00002", "text": f"message {number}"}
            if number % 10 == 0:
                sent["blocks"] = BLOCKS
            answer = answer_call(
                playground.workspace, "chat.postMessage", sent, playground.bot_token
            )
            assert answer.body["ok"]
        seconds = time.perf_counter() - start
        grown = resident_mib() - before
        start = time.perf_counter()
        read_messages(playground.workspace, playground.channel("ops"), playground.user("ada"))
        page = time.perf_counter() - start
    sys.stdout.write(
        f"{count} messages: {grown:.0f} MiB more, {grown * 1024 / count:.2f} KiB each, "
        f"{seconds / count * 1e6:.0f} us to post one; newest 500 drawn in {page * 1000:.0f} ms\n"
    )


def resident_mib() -> float:
    """Return the most memory this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000))
