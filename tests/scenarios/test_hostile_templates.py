"""What a tenant stored cannot keep the bot down, however often it is started."""

import re
from typing import Any

import pytest
from sqlmodel import Session

from bot.clock import SystemClock
from bot.db import Database
from bot.messages.models import StoredTemplate
from bot.messages.requests.batch import RequestBatch
from bot.messages.requests.message_request import MessageRequest
from bot.messages.requests.service import Requests
from tests.patience import until
from tests.scenarios.killing import Victim

#: What a worker may take does not depend on the database: half a minute of processor for each kind.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

BODIES = {
    # One expression that asks for gigabytes.
    "memory": "{% if go %}{% set s = p %}{% set l = ["
    + "s, " * 9_000
    + ']%}{% endif %}{"text": "{{ l }}"}',
    # Many steps of which each takes long.
    "time": "{% if go %}" + "{% set x = d in h %}" * 9_000 + '{% endif %}{"text": "x"}',
    # Much to compile.
    "length": '{"text": "' + "{{ a }}" * 25_000 + '{% if go %}x{% endif %}"}',
    "usual": '{"text": "{% if word %}{{ word }}{% endif %}"}',
}
PAYLOADS: dict[str, dict[str, Any]] = {
    "memory": {"go": 1, "p": "x" * 90_000},
    "time": {"go": 1, "d": "a" * 900_000 + "b", "h": "a" * 1_800_000},
    "length": {"go": 1},
    "usual": {"word": "as always"},
}

TOOK_TOO_MUCH = re.compile("took (more|longer) than")


async def store(database_url: str, workspace_id: str, channel: str) -> None:
    """Put the templates and a message of each into the database, as a version before could."""
    database = Database(database_url)

    def work(session: Session) -> None:
        for code, body in BODIES.items():
            session.add(
                StoredTemplate(
                    tenant="default",
                    code=code,
                    version=1,
                    body=body,
                    created_by="U0ADA00001",
                    created_at=SystemClock().now(),
                )
            )

    await database.write(work)
    orders = [
        MessageRequest(
            tenant="default",
            workspace_id=workspace_id,
            template=code,
            payload=payload,
            correlation_id=code,
            by="U0ADA00001",
            channel=channel,
        )
        for code, payload in PAYLOADS.items()
    ]
    requests = Requests(database, SystemClock(), lambda _key: None)
    await requests.accept(RequestBatch(orders))
    database.close()


async def test_messages_that_take_the_machine_neither_stop_nor_block_the_bot(
    bot, playground, database_url
):
    """
    It starts, says what is usual, and gives the others up with the reason; killed in between.

    One such message once kept the bot down: the system killed it at each of three starts.
    """

    def texts() -> list[str]:
        return [message["text"] for message in playground.messages("ops")]

    client = Victim(bot, playground)
    await client.start()
    await bot.stop()
    await store(database_url, playground.state.team_id, playground.channel("ops").id)

    await client.start()
    await playground.wait_for(lambda: "as always" in texts())
    await bot.kill()
    await client.start()

    async def all_ended() -> list[Any]:
        found = [await client.call("GET", f"/api/messages/{one}", None) for one in PAYLOADS]
        return found if all(one["status"] in {"FAILED", "SENT"} for one in found) else []

    # Three attempts each, with a worker that is stopped and started again every time.
    ended = await until(all_ended, seconds=900)
    assert [one["status"] for one in ended] == ["FAILED", "FAILED", "SENT", "SENT"]
    assert sorted(texts()) == ["as always", "x"]
    stopped = [one for one in ended if one["status"] == "FAILED"]
    for one in stopped:
        reasons = [event["detail"].get("reason", "") for event in one["events"]]
        # On a machine that is so busy that it comes first, the limit is that of the wall time.
        assert any(TOOK_TOO_MUCH.search(reason) for reason in reasons), reasons
    assert await bot.stop() == 0
