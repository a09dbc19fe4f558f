"""A real bot on a real broker is killed by SIGKILL: no request is lost, none is done twice."""

import json

import pytest
from sqlmodel import update

from bot.clock import SystemClock
from bot.config_sections.bus import BusSettings
from bot.db import Database
from bot.event_bus.brokers.broker import BusMessage
from bot.event_bus.brokers.choice import broker_maker
from bot.event_bus.models import BusCursor
from tests.bot.event_bus.room import bind_queue
from tests.broker_servers import BrokerServer
from tests.patience import until
from tests.scenarios.killing import Victim, settings

pytestmark = pytest.mark.long

KILLED = [("redis", "sqlite"), ("nats", "postgresql"), ("rabbit", "sqlite")]
ACK = {
    "redis": "bot.event_bus.brokers.redis_bus:_RedisArrived.ack:call",
    "nats": "bot.event_bus.brokers.nats_bus:_NatsArrived.ack:call",
    "rabbit": "bot.event_bus.brokers.rabbit_bus:_RabbitArrived.ack:call",
}
PUBLISHED = "bot.event_bus.lease:TopicLease.advance:call"


@pytest.fixture
def playground_settings():
    """Slack's limits, and places enough."""
    return settings()


@pytest.fixture
def server(kind, tmp_path):
    """A broker."""
    server = BrokerServer(kind, tmp_path)
    server.start()
    yield server
    server.close()


class Shop:
    """Another program at the broker."""

    def __init__(self, url: str) -> None:
        self.settings = BusSettings.model_validate(
            {"url": url, "requests": "a.requests", "events": "a.events", "redelivery_seconds": 10}
        )

    @property
    def config(self) -> str:
        """What `opsbell.toml` says of the same broker."""
        secret = self.settings.address()
        return (
            f'[bus]\nurl = "{secret}"\nrequests = "a.requests"\nevents = "a.events"\n'
            "redelivery_seconds = 10\n"
        )

    async def send(self, number: int, **data: object) -> None:
        """Ask for a message in the place of this number."""
        asked = {
            "channel": f"#place-{number}",
            "templateCode": "text",
            "payload": {"text": f"Request {number}"},
            **data,
        }
        envelope = {"specversion": "1.0", "id": f"{number}", "source": "/shop", "data": asked}
        body = json.dumps({**envelope, "type": "opsbell.message.request"}).encode()
        broker = broker_maker(self.settings)()
        await broker.open(receives=True)
        await broker.publish(
            "a.requests", BusMessage(f"{number}", "t", "k", body, "application/cloudevents+json")
        )
        await broker.close()

    async def read(self, topic: str, is_enough) -> list[bytes]:
        """Return the messages of a topic as soon as there are enough."""
        there = self.settings.model_copy(
            update={"requests": topic, "dead_letters": "a.none", "events": None}
        )
        broker = broker_maker(there)()
        await broker.open(receives=True)
        found: list[bytes] = []
        while not is_enough(found):
            arrived = await until(lambda: broker.next(1))
            assert arrived is not None
            await arrived.ack()
            found.append(arrived.body)
        await broker.close()
        return found


@pytest.mark.parametrize(("kind", "database_url"), KILLED, indirect=["database_url"])
async def test_killed_between_commit_and_acknowledgement(kind, server, bot, playground):
    """Each request is one message, each event is published, and the dead letter is there."""
    shop, victim = Shop(server.url), Victim(bot, playground)
    bot.config += shop.config
    if kind == "rabbit":  # Which keeps no event for which there is no queue.
        await bind_queue(server.url, "a.events")
    for number, step in enumerate((ACK[kind], PUBLISHED)):
        await victim.start(step)
        victim.armed.touch()
        await shop.send(number)
        await victim.died()
        let_the_topics_go(bot)
    await shop.send(2, templateCode="unknown")
    await shop.send(3)
    await victim.start()

    await playground.wait_for(lambda: playground.messages("place-3"))
    events = [json.loads(one) for one in await shop.read("a.events", lambda all: sent(all) == 3)]
    letters = await shop.read("a.requests.dead", lambda all: all)
    shown = [[one["text"] for one in playground.messages(f"place-{n}")] for n in range(4)]
    assert shown == [["Request 0"], ["Request 1"], [], ["Request 3"]]
    assert json.loads(letters[0])["id"] == "2"
    of_each: dict[str, list[str]] = {one["subject"]: [] for one in events}
    for one in events:
        if one["id"] not in of_each[one["subject"]]:
            of_each[one["subject"]].append(one["id"])
    assert len(of_each) == 3
    for ids in of_each.values():
        numbers = [int(one.rpartition("-")[2]) for one in ids]
        assert numbers == sorted(numbers)


def let_the_topics_go(bot):
    """Spare the test the seconds for which nobody takes over a dead process's topics."""
    database = Database(bot.database_url)
    past = SystemClock().now()
    database.transact(lambda session: session.exec(update(BusCursor).values(expires_at=past)))
    database.close()


def sent(bodies: list[bytes]) -> int:
    """Return of how many messages it was published that they were sent."""
    events = [json.loads(body) for body in bodies]
    return len({one["subject"] for one in events if one["type"] == "opsbell.SlackMessageSent"})
