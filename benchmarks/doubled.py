"""
P4 where no history may be read: how many posts stand twice after a fifth of the answers was lost.

In a channel and in a direct message; on a Slack that knows posts again by their `client_msg_id`,
and on one that does not.
"""

import argparse
import asyncio
import sys
from collections import Counter
from datetime import UTC, datetime
from functools import partial
from typing import Any

from slack_playground import Playground
from sqlmodel import Session, col, func, select

from benchmarks import table
from benchmarks.engine import TENANT, database, folder_in_memory, quiet, renderer
from bot.clock import SystemClock
from bot.db import Database
from bot.messages import outbox
from bot.messages.delivery.running_lanes import Lanes
from bot.messages.models import Message, MessageState
from bot.messages.outbox import Content, Place
from bot.messages.rate_limits.slack_limits import Pacing
from bot.messages.rendering.renderer import Renderer
from bot.messages.transports.slack import SlackTransport
from tests.patience import until

COUNT = 1000
LOST = {"probability": 0.2, "seed": 20}
#: No scope that lets a history be read.
SCOPES = ["chat:write", "channels:read"]
#: (how Slack treats the id, where the messages go)
WAYS = [(switch, place) for switch in ("honoured", "ignored") for place in ("ops", "ada")]
SETTLED = (MessageState.IDLE, MessageState.DEAD)


async def measure(store: Database, drawer: Renderer, way: tuple[str, str], count: int) -> Any:
    """Return how many messages stand there once, twice or not at all, and how many are doubted."""
    switch, place = way
    seed = {"scopes": SCOPES}
    async with Playground(limits="off", seed=seed, client_msg_id=switch) as playground:
        team = playground.state.team_id
        channel = playground.channel("ops").id if place == "ops" else playground.user(place).id
        lost = playground.fail("chat.postMessage", "drop_answer", **LOST)
        await store.write(lambda session: put_all(session, Place(team, TENANT, channel), count))
        lanes = Lanes(store, drawer, SystemClock())
        transport = SlackTransport(playground.api_url, playground.bot_token)
        lanes.open(team, transport, Pacing(unlimited=True))
        await until(partial(all_settled, store))
        await lanes.stop()
        transport.close()
        there = channel if place == "ops" else playground.im(place).id
        copies = Counter(one["text"].partition(".")[0] for one in playground.messages(there))
    doubted = await store.read(lambda session: session.exec(count_of_doubted()).one())
    return {
        "messages": count,
        "answers_lost": lost.struck,
        "missing": count - len(copies),
        "doubled": sum(times > 1 for times in copies.values()),
        "said_to_be_possibly_delivered": doubted,
    }


def put_all(session: Session, place: Place, count: int) -> None:
    for number in range(count):
        content = Content("note", {"word": f"message {number}."})
        outbox.put(session, place, content, now=datetime.now(UTC))


async def all_settled(store: Database) -> bool:
    query = select(func.count()).where(col(Message.state).not_in(SETTLED))
    return await store.read(lambda session: session.exec(query).one() == 0)


def count_of_doubted() -> Any:
    return select(func.count()).where(col(Message.possibly_delivered))


def doubled(way: tuple[str, str], count: int, kind: str = "sqlite") -> dict[str, int]:
    """Measure one way on a database of its own."""
    with folder_in_memory() as folder, database(kind, folder) as store:
        found: dict[str, int] = asyncio.run(measure(store, renderer(folder), way, count))
        return found


def main() -> None:
    """Print a column for each way."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=COUNT)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    options = parser.parse_args()
    quiet()
    results = {
        f"{switch}, {place}": doubled((switch, place), options.count, options.database)
        for switch, place in WAYS
    }
    sys.stdout.write(table.of(results))


if __name__ == "__main__":
    main()
