"""Ten thousand hostile requests: none is let in, none breaks anything, no honest one is lost."""

import asyncio
import itertools
from collections import Counter

import pytest
from yarl import URL

from bot.all_tables import TABLES
from bot.tasks.models import Task
from tests.bot.http.calling import ONE_DATABASE, token_for
from tests.bot.http.hostile_requests import Request, forged, hostile
from tests.bot.http.rows import rows
from tests.bot.workspaces.room import connect

AT_A_TIME = 20
#: No app is set up that could be installed.
INSTALLATION = ("GET /slack/", "POST /api/workspaces/invitations")
#: One honest report comes between so many others.
HONEST_EVERY = 100


@ONE_DATABASE
@pytest.mark.long
async def test_none_is_let_in_none_breaks_anything_and_none_is_lost(client, database, clock):
    """Half of them have forged rights and change nothing; half have a token and odd wishes."""
    connect(database, "T3", "ben")
    honest = Honest(client, token_for("cleo", "admin"))

    refused = await answers(client, clock, forged(5_000, 1), honest)
    after_forgeries = {table.__name__: len(rows(database, table)) for table in TABLES}
    answered = await answers(client, clock, hostile(5_000, 2, token_for("ben", "admin")), honest)

    tasks = [one.id for one in rows(database, Task) if one.tenant == "cleo"]
    assert {status for _, status in refused} <= {401, 403, 429}
    assert sum(refused.values()) == 5_000
    assert after_forgeries["Task"] == after_forgeries["Message"] == 50
    away = {one for one in answered if one[1] == 503 and one[0].startswith(INSTALLATION)}
    assert [one for one in answered if one[1] >= 500 and one not in away] == []
    assert {200, 400, 404, 422} <= {status for _, status in answered}
    assert sorted(tasks) == sorted(f"honest-{number}" for number in range(100))


async def answers(client, clock, requests, honest):
    """Send them, many at a time, with honest ones between; count the answers by their address."""
    found: Counter[tuple[str, int]] = Counter()
    numbered = enumerate(requests)

    async def send_some():
        for number, one in numbered:
            clock.pass_by(seconds=1)  # Or the limits of tokens would answer most of them.
            found[(f"{one.method} {one.path}", await status_of(client, one))] += 1
            if number % HONEST_EVERY == 0:
                await honest.report()

    await asyncio.gather(*(send_some() for _ in range(AT_A_TIME)))
    return found


class Honest:
    """Somebody with rights, whose reports have to be taken."""

    def __init__(self, client, token):
        self._client = client
        self._token = token
        self._numbers = itertools.count()

    async def report(self):
        body = {"task": "import", "taskId": f"honest-{next(self._numbers)}", "channel": "C0OPS"}
        reply = await self._client.post("/api/tasks", body, token=self._token)
        assert reply.status == 201, reply.text


async def status_of(client, one: Request):
    address = URL(client.url + one.path, encoded=True)
    async with client.session.request(
        one.method, address, data=one.body, headers=one.headers, allow_redirects=False
    ) as answer:
        await answer.read()
        return answer.status
