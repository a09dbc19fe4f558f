"""Ids with letters that mean something in an address, in HTML or in Slack reach every route."""

from urllib.parse import quote

import pytest

from tests.bot.http.calling import ONE_DATABASE

pytestmark = ONE_DATABASE

ODD = [
    "media/2026/11/clip-7.mov",
    "scheduled__2026-11-20T00:00:00+00:00",
    "a&b<c>d",
    "50%25",
    "x?y#z",
    "//double",
    "a/../b",
    "trailing/",
    "%2F",
    "a;b,c=d@e:f!g$h*i'j\"k(l)",
    "{id}",
    "...",
]


@pytest.mark.parametrize("odd", ODD)
async def test_a_task_of_an_odd_id_is_reached_by_every_route(client, odd):
    """Percent-encoded, every id that was taken is found, and never taken for another address."""
    made = await client.post("/api/tasks", {"task": "import", "taskId": odd, "status": "running"})
    assert (made.status, made.body["taskId"]) == (201, odd)
    one = f"/api/tasks/{quote(odd, safe='')}"
    line = {"level": "error", "text": "page 1"}

    replies = [
        await client.get(one),
        await client.post(f"{one}/heartbeat"),
        await client.post(f"{one}/logs", {"lines": [line]}),
        await client.post("/api/slack/update", {"taskId": odd, "status": "running"}),
        await client.post(f"{one}/cancel"),
        await client.post(f"{one}/retry"),
    ]

    assert [(reply.status, reply.body["taskId"]) for reply in replies] == [(200, odd)] * 6


@pytest.mark.parametrize("address", ["/api/messages", "/core-slack-worker/messages"])
@pytest.mark.parametrize("odd", [*ODD, "orders/4711 a", "a`b", "a|b"])
async def test_a_message_of_an_odd_id_is_reached_by_every_route(shop, address, odd):
    """The same for correlation ids, which may hold spaces and backticks as well."""
    body = {"channel": "C1", "templateCode": "text", "payload": {"text": "hello"}}
    sent = await shop.post(f"{address}/request", {**body, "correlationId": odd})
    one = f"{address}/{quote(odd, safe='')}"

    replies = [sent, await shop.get(one), await shop.call("DELETE", one)]

    assert [reply.body["correlationId"] for reply in replies] == [odd] * 3
    assert (await shop.post(f"{one}/replay")).status == 409


@pytest.mark.parametrize("raw", ["+", "&", ":", "@", "'", "(", ";", "=", "!"])
async def test_letters_that_need_no_encoding_are_taken_as_they_are(client, raw):
    """A raw plus in a path is a plus, not a space."""
    await client.post("/api/tasks", {"task": "import", "taskId": f"a{raw}b"})

    assert (await client.get(f"/api/tasks/a{raw}b")).body["taskId"] == f"a{raw}b"


@pytest.mark.parametrize("odd", ["a b", "a`b", "ä", "", ".", "..", "x" * 201, "a\nb"])
async def test_what_could_not_be_reached_is_refused_with_the_reason(client, odd):
    """An id that some door could not take is refused when the task is made."""
    reply = await client.post("/api/tasks", {"task": "import", "taskId": odd})

    assert (reply.status, reply.body["details"][0]["field"]) == (422, "taskId")


async def test_an_odd_id_of_an_orchestrator_is_reached_as_well(client):
    """What may not be a name of ours is still found once it is remembered."""
    told = {"taskId": "job 17`ä/..", "channel": "C1", "ts": "1700000000.000100"}
    made = await client.post("/api/slack/update", {**told, "status": "running"})

    shown = await client.get(f"/api/tasks/{quote(told['taskId'], safe='')}")

    assert (shown.status, shown.body["taskId"]) == (200, made.body["taskId"])
    assert shown.body["externalId"] == told["taskId"]
