"""
How fast the playground answers: `python -m tests.playground.speed [calls]`.

The server runs as a process of its own, as it does beside a bot; the caller
keeps eight connections busy. Prints CPU time per call, calls a second and latencies.
"""

import asyncio
import json
import os
import statistics
import sys
import time
from pathlib import Path
from typing import Any

import aiohttp

CONNECTIONS = 8
TOKEN = "xoxb-playground-bot"
BLOCKS = [
    {"type": "header", "text": {"type": "plain_text", "text": "schema_fix"}},
    {
        "type": "section",
        "fields": [{"type": "mrkdwn", "text": f"*Field {n}*\nvalue"} for n in range(4)],
    },
    {
        "type": "actions",
        "elements": [
            {
                "type": "button",
                "action_id": "retry",
                "text": {"type": "plain_text", "text": "Retry"},
                "value": "1",
            }
        ],
    },
]


async def main(calls: int) -> None:
    server = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "slack_playground", "--port", "0", "--limits", "off"),
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        await measure_all(server, calls)
    finally:
        server.terminate()
        await server.wait()


async def measure_all(server: asyncio.subprocess.Process, calls: int) -> None:
    assert server.stdout is not None
    address = (await server.stdout.readline()).decode().split()[-1]
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {TOKEN}"}) as session:
        url = f"{address}api/chat.postMessage"
        text: dict[str, Any] = {"channel": "C0OPS00002", "text": "hello"}
        stamps = await measure(session, server.pid, "post text", url, text, calls)
        await measure(session, server.pid, "post blocks", url, {**text, "blocks": BLOCKS}, calls)
        update = {**text, "ts": stamps[0], "blocks": BLOCKS}
        await measure(
            session, server.pid, "update blocks", f"{address}api/chat.update", update, calls
        )


async def measure(
    session: aiohttp.ClientSession, pid: int, name: str, url: str, sent: Any, calls: int
) -> list[str]:
    latencies: list[float] = []
    stamps: list[str] = []
    body = json.dumps(sent)
    headers = {"Content-Type": "application/json;charset=utf-8"}

    async def keep_calling(count: int) -> None:
        for _ in range(count):
            start = time.perf_counter()
            async with session.post(url, data=body, headers=headers) as response:
                answer = await response.json()
            latencies.append(time.perf_counter() - start)
            assert answer["ok"], answer
            stamps.append(answer["ts"])

    cpu, start = cpu_seconds(pid), time.perf_counter()
    await asyncio.gather(*(keep_calling(calls // CONNECTIONS) for _ in range(CONNECTIONS)))
    seconds, cpu = time.perf_counter() - start, cpu_seconds(pid) - cpu
    cuts = statistics.quantiles(latencies, n=100)
    sys.stdout.write(
        f"{name:14} {len(latencies) / seconds:7.0f} calls/s   "
        f"p50 {cuts[49] * 1000:5.2f} ms   p99 {cuts[98] * 1000:5.2f} ms   "
        f"cpu {cpu / len(latencies) * 1000:5.3f} ms/call\n"
    )
    return stamps


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 4_000))
