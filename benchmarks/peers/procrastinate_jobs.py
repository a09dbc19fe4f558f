"""The same POST through procrastinate: `python procrastinate_jobs.py fill`, then `… work`."""

import asyncio
import os
import sys

import procrastinate  # type: ignore[import-not-found]
import uvloop
from posting import send  # type: ignore[import-not-found]

app = procrastinate.App(
    connector=procrastinate.PsycopgConnector(conninfo=os.environ.get("BROKER_URL", ""))
)


@app.task(name="post")  # type: ignore[untyped-decorator]
async def post(channel: str, text: str) -> None:
    """Send one message."""
    await send(channel, text)


async def fill(count: int) -> None:
    """Store jobs."""
    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        jobs = [{"channel": "C0BENCH", "text": f"message {number}"} for number in range(count)]
        await post.batch_defer_async(*jobs)


async def work() -> None:
    """Send until killed."""
    async with app.open_async():
        await app.run_worker_async(concurrency=50)


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(fill(int(os.environ["COUNT"])) if sys.argv[1] == "fill" else work())
