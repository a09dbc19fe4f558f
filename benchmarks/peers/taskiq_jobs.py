"""The same POST through taskiq. `taskiq worker taskiq_jobs:broker`; `… fill` stores tasks."""

import asyncio
import os
import sys

from posting import send  # type: ignore[import-not-found]
from taskiq import SimpleRetryMiddleware  # type: ignore[import-not-found]
from taskiq_redis import RedisStreamBroker  # type: ignore[import-not-found]

#: A dead worker's tasks come back after this long; ten minutes unless set.
STALLED_MS = int(os.environ.get("STALLED", "600")) * 1000

broker = RedisStreamBroker(
    os.environ.get("BROKER_URL", ""), idle_timeout=STALLED_MS
).with_middlewares(SimpleRetryMiddleware(default_retry_count=3))


@broker.task(retry_on_error=True)  # type: ignore[untyped-decorator]
async def post(channel: str, text: str) -> None:
    """Send one message."""
    await send(channel, text)


async def fill(count: int) -> None:
    """Store tasks."""
    await broker.startup()
    for number in range(count):
        await post.kiq("C0BENCH", f"message {number}")
    await broker.shutdown()


if __name__ == "__main__" and sys.argv[1] == "fill":
    asyncio.run(fill(int(os.environ["COUNT"])))
