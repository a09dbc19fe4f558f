"""
How quickly clicks are answered while a tenant tries to stop the bot.

`python -m benchmarks.hostile [--clicks 100]` starts the real bot as a process on a playground in
this one. Four callers repeat one hostile request after the other, each kind in turn, while somebody
presses *Retry* for at least ten seconds. Prints a table and JSON: the milliseconds from a click to
its acknowledgement, how the hostile requests were answered, and the memory of the bot. Slack waits
for three seconds.
"""

import argparse
import asyncio
import contextlib
import json
import statistics
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
from slack_playground import Playground

from benchmarks import table
from benchmarks.responsiveness import RUNNER, click, resident_mb, start
from tests.scenarios.conftest import ROOT, Bot

CALLERS = 4
TEMPLATE = "/api/templates/hostile"
LEAST_SECONDS = 10.0


@dataclass(frozen=True)
class Attack:
    """A template's schema, and the request that is repeated."""

    path: str
    body: dict[str, Any]
    schema: dict[str, Any] | None = None
    method: str = "POST"


def preview(body: str) -> Attack:
    return Attack(f"{TEMPLATE}/preview", {"body": body, "payload": {}})


def validation(schema: dict[str, Any], value: Any, **whole: Any) -> Attack:
    request = {"tenant": "default", "templateCode": "hostile", "configCode": "default"}
    return Attack(
        "/api/messages/request",
        {**request, "channel": "#ops", "payload": {"a": value}},
        {"type": "object", "properties": {"a": schema}, **whole},
    )


def doubling(times: int) -> dict[str, Any]:
    """Return definitions that refer to one another, twice each."""
    names = [{"$ref": f"#/$defs/{number}"} for number in range(1, times + 1)]
    steps = {str(number): {"allOf": [one, one]} for number, one in enumerate(names)}
    return {"$defs": steps | {str(times): {"type": "string"}}}


ATTACKS: dict[str, Attack | None] = {
    "nothing": None,
    "a template of gigabytes": preview(
        f"{{% set s = '{'x' * 90_000}' %}}{{% set l = [{'s, ' * 9_000}] %}}"
        '{"text": "{{ l }}"}'
    ),
    "a template of long steps": preview(
        f"{{% set d = '{'a' * 30_000}b' %}}{{% set h = '{'a' * 60_000}' %}}"
        + "{% set x = d in h %}" * 5_000
        + '{"text": "x"}'
    ),
    "120 kB to compile": Attack(
        TEMPLATE, {"body": '{"text": "' + "{{ a ~ b }}" * 11_000 + '"}'}, method="PUT"
    ),
    "a pattern": validation({"type": "string", "pattern": "^a*a*a*a*b$"}, "a" * 30_000),
    "unique items": validation(
        {"type": "array", "uniqueItems": True}, [{"k": number % 1_499} for number in range(1_500)]
    ),
    "doubled references": validation({"$ref": "#/$defs/0"}, 1, **doubling(24)),
    "a number of 400 digits": validation({"multipleOf": 0.3}, 10**400),
}


async def measure(
    clicks: int, names: list[str], least_seconds: float = LEAST_SECONDS
) -> dict[str, dict[str, Any]]:
    """Try each attack and return the figures by its name."""
    results: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory() as folder:
        async with Playground(limits="off", manifest=ROOT / "manifest.json") as playground:
            bot = Bot(playground, Path(folder), f"sqlite:///{folder}/opsbell.db", RUNNER)
            await start(bot)
            await bot.post("/api/tasks", {"task": "click", "taskId": "t_1", "status": "running"})
            await bot.post("/api/slack/update", {"taskId": "t_1", "status": "failed"})
            await playground.wait_for(lambda: "Failed" in json.dumps(playground.messages("ops")))
            ts = playground.messages("ops")[0]["ts"]
            for name in names:
                async with under(bot, ATTACKS[name]) as answers:
                    times = await clicked(playground, ts, clicks, least_seconds / clicks)
                results[name] = figures(times, answers) | {"bot_rss_mb": resident_mb(bot)}
            await bot.stop()
    return results


async def clicked(playground: Playground, ts: str, clicks: int, pause: float) -> list[float]:
    """Press that often, once in *pause* seconds at most, and return the milliseconds."""
    times = []
    for _ in range(clicks):
        times.append(await click(playground, ts))
        await asyncio.sleep(max(0.0, pause - times[-1] / 1000))
    return times


@asynccontextmanager
async def under(bot: Bot, attack: Attack | None) -> AsyncIterator[Counter[str]]:
    """Repeat the attack meanwhile, and give how it was answered."""
    answers: Counter[str] = Counter()
    if attack is None:
        yield answers
        return
    headers = {"Authorization": f"Bearer {bot.token}"}
    async with aiohttp.ClientSession(headers=headers, base_url=bot.url) as session:
        stored = {"body": '{"text": "x"}', "schema": attack.schema}
        async with session.put(TEMPLATE, json=stored) as answer:
            answers[f"stored {answer.status}"] += 1
        callers = [asyncio.create_task(repeat(session, attack, answers)) for _ in range(CALLERS)]
        yield answers
        for caller in callers:
            caller.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*callers)


async def repeat(session: aiohttp.ClientSession, attack: Attack, answers: Counter[str]) -> None:
    while True:
        async with session.request(attack.method, attack.path, json=attack.body) as answer:
            await answer.read()
            answers[str(answer.status)] += 1


def figures(times: list[float], answers: Counter[str]) -> dict[str, Any]:
    return {
        "ack_ms_p50": round(statistics.median(times), 1),
        "ack_ms_p99": round(statistics.quantiles(times, n=100)[98], 1),
        "ack_ms_max": round(max(times), 1),
        "answers": " ".join(f"{status}: {count}" for status, count in sorted(answers.items())),
    }


def main(arguments: list[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clicks", type=int, default=100)
    parser.add_argument("--only", nargs="+", choices=ATTACKS, default=[*ATTACKS])
    asked = parser.parse_args(arguments)
    results = asyncio.run(measure(asked.clicks, asked.only))
    sys.stdout.write(f"{table.of(results)}\n{json.dumps(results, indent=2)}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
