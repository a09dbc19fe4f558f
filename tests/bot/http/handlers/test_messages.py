"""The request API over HTTP: accept, show, schedule, take back, replay, and for whom."""

import asyncio
from datetime import timedelta

import pytest
from sqlmodel import Session, select

from bot.messages.models import Event, Message, MessageState, Rank
from tests.bot.http.calling import ONE_DATABASE, token_for
from tests.bot.http.order import ORDER, SCOPES
from tests.bot.http.rows import rows

ADDRESSES = ["/api/messages", "/core-slack-worker/messages"]


@pytest.mark.parametrize("address", ADDRESSES)
async def test_a_request_is_accepted_and_shown(shop, database, address):
    """202 means that it is in the database, with its sender's queue; its timeline has begun."""
    reply = await shop.post(f"{address}/request", {**ORDER, "correlationId": "order-4711"})

    assert reply.status == 202
    assert reply.body == {
        "correlationId": "order-4711",
        "status": "accepted",
        "message": "Slack message request queued for processing",
    }
    [message] = rows(database, Message)
    assert (
        message.workspace_id,
        message.tenant,
        message.channel,
        message.queue,
        message.priority,
        message.max_attempts,
    ) == ("T1", "default", "C0OPS", "email", 5, 5)
    shown = await shop.get(f"{address}/order-4711")
    assert (
        shown.body["status"],
        shown.body["attempts"],
        shown.body["delivery"],
    ) == ("PENDING", 0, None)
    assert [event["event"] for event in shown.body["events"]] == ["SlackMessageRequested"]


async def test_the_correlation_id_of_the_header_is_taken(shop):
    """What a request caused is found under the id that came with it."""
    headers = {"X-Correlation-Id": "flow-1"}
    reply = await shop.post("/api/messages/request", ORDER, headers=headers)

    assert reply.body["correlationId"] == "flow-1"
    assert (await shop.get("/api/messages/flow-1")).status == 200


async def test_a_message_is_found_by_its_own_id_and_by_that_of_its_call(shop):
    """Whoever has either id has the trail; the message's own is the one it is called by."""
    headers = {"X-Correlation-Id": "flow-2"}
    body = {**ORDER, "correlationId": "order-1"}
    reply = await shop.post("/api/messages/request", body, headers=headers)
    by_own, by_call = [
        (await shop.get(f"/api/messages/{key}")).body for key in ("order-1", "flow-2")
    ]

    assert "order-1" == reply.body["correlationId"] == by_call["correlationId"]
    assert by_own == by_call
    assert by_own["events"][0]["detail"]["request_id"] == "flow-2"
    assert (await shop.call("DELETE", "/api/messages/flow-2")).status == 200


async def test_all_of_a_bulk_are_found_by_the_id_of_the_call(shop):
    """Each has an id of its own as well; to take one back it must be that one."""
    headers = {"X-Correlation-Id": "flow-3"}
    reply = await shop.post("/api/messages/request/bulk", [ORDER, ORDER], headers=headers)
    shown = (await shop.get("/api/messages/flow-3")).body

    assert shown["correlationId"] in reply.body["correlationIds"]
    assert len(shown["otherMessages"]) == 1
    assert (await shop.call("DELETE", "/api/messages/flow-3")).status == 409


async def test_an_id_that_was_made_up_for_a_call_costs_no_index(shop, database):
    """The usual request brings no header: its row has one id."""
    await shop.post("/api/messages/request", {**ORDER, "correlationId": "order-2"})
    await shop.post("/api/messages/request", ORDER, headers={"X-Correlation-Id": "flow-4"})

    assert [message.request_id for message in rows(database, Message)] == [None, None]


async def test_urgent_requests_are_served_first(shop, database):
    """Their rank is above that of other requests."""
    await shop.post("/api/messages/request", {**ORDER, "priority": "CRITICAL"})
    await shop.post("/api/messages/urgent", ORDER)

    ranks = {message.rank: message.priority for message in rows(database, Message)}
    assert ranks == {Rank.NORMAL: 20, Rank.URGENT: 5}


async def test_a_scheduled_request_waits_for_its_time(shop, clock, database):
    """It is SCHEDULED until then, and can be taken back."""
    at = (clock.now() + timedelta(hours=1)).isoformat()
    body = {"request": {**ORDER, "correlationId": "later"}, "scheduledAt": at}
    assert (await shop.post("/api/messages/schedule", body)).status == 202

    assert (await shop.get("/api/messages/later")).body["status"] == "SCHEDULED"
    [message] = rows(database, Message)
    assert (MessageState.DELAYED, at) == (message.state, message.due_at.isoformat())
    assert (await shop.call("DELETE", "/api/messages/later")).status == 200
    assert (await shop.get("/api/messages/later")).body["status"] == "WITHDRAWN"


async def test_a_thousand_are_accepted_at_once(shop, database):
    """The ids come in the order of the items."""
    items = [
        {
            "channel": "C0OPS",
            "templateCode": "text",
            "payload": {"text": str(n)},
            "correlationId": f"c-{n}",
        }
        for n in range(1000)
    ]
    reply = await shop.post("/api/messages/request/bulk", items)

    assert reply.status == 202
    assert [f"c-{n}" for n in range(1000)] == reply.body["correlationIds"]
    assert (len(rows(database, Message)), len(rows(database, Event))) == (1000, 1000)


async def test_the_same_key_makes_one_message(shop, database):
    """Repeated and simultaneous requests under one key are answered alike and stored once."""
    headers = {"Idempotency-Key": "k-1"}
    replies = await asyncio.gather(
        *(shop.post("/api/messages/request", ORDER, headers=headers) for _ in range(4))
    )
    other = await shop.post("/api/messages/urgent", ORDER, headers={"Idempotency-Key": "k-2"})

    assert len({reply.body["correlationId"] for reply in replies}) == 1
    assert (other.status, len(rows(database, Message))) == (202, 2)


async def test_a_tenant_sees_nothing_of_another(shop, database):
    """Cleo finds neither Ada's message, template nor sender, and cannot touch them (P8)."""
    await shop.post("/api/messages/request", {**ORDER, "correlationId": "adas"})
    [message] = rows(database, Message)
    cleo = token_for("cleo", *SCOPES)
    for method, path in (
        ("GET", "/api/messages/adas"),
        ("GET", f"/api/messages/{message.id}"),
        ("DELETE", "/api/messages/adas"),
        ("POST", "/api/messages/adas/replay"),
        ("GET", "/api/templates/shipped"),
        ("GET", "/api/senders/shop"),
    ):
        assert (await shop.call(method, path, token=cleo)).status == 404, path
    used = await shop.post(
        "/api/messages/request", {**ORDER, "tenant": "cleo", "channel": "C1"}, token=cleo
    )
    assert {"configCode", "templateCode"} == {one["field"] for one in used.body["details"]}
    stats = await shop.get("/api/messages/stats", token=cleo)
    assert sum(line["waiting"] for line in stats.body["queues"]) == 0


async def test_stats_count_each_queue(shop, clock):
    """Waiting and scheduled messages of a queue, and how long the oldest has waited."""
    at = (clock.now() + timedelta(hours=1)).isoformat()
    await shop.post("/api/messages/request", ORDER)
    await shop.post("/api/messages/schedule", {"request": ORDER, "scheduledAt": at})
    clock.pass_by(seconds=30)

    stats = await shop.get("/api/messages/stats")

    [email] = [line for line in stats.body["queues"] if line["queue"] == "email"]
    assert {"waiting": 1, "delayed": 1, "failed": 0, "oldestSeconds": 30.0}.items() <= email.items()


async def test_dead_letters_are_paged_and_replayed(shop, clock, database):
    """The latest death comes first; a replayed one is dead no more."""
    for number in range(3):
        await shop.post("/api/messages/request", {**ORDER, "correlationId": f"d-{number}"})

    def kill(session: Session) -> None:
        for message in session.exec(select(Message)).all():
            message.state, message.error, message.tries = MessageState.DEAD, "is_archived", 1
            message.dead_at = clock.now() + timedelta(seconds=int(str(message.correlation_id)[-1]))

    database.transact(kill)
    first = (await shop.get("/api/messages/dead?limit=2")).body
    rest = (await shop.get(f"/api/messages/dead?limit=2&cursor={first['nextCursor']}")).body
    replayed = await shop.post("/api/messages/d-1/replay")
    again = await shop.post("/api/messages/d-1/replay")

    assert [[one["correlationId"] for one in page["messages"]] for page in (first, rest)] == [
        ["d-2", "d-1"],
        ["d-0"],
    ]
    assert None is rest["nextCursor"]
    assert tuple(rest["messages"][0][name] for name in ("error", "templateCode", "attempts")) == (
        "is_archived",
        "shipped",
        1,
    )
    assert "unarchive" in rest["messages"][0]["fix"]
    assert (replayed.status, again.status) == (200, 409)
    assert (await shop.get("/api/messages/d-1")).body["status"] == "PENDING"


async def test_a_sender_limits_its_channels(shop):
    """A request for another channel is refused with those that are allowed."""
    settings = {"allowedChannels": ["C0OPS"], "channel": "C0OPS", "maxAttempts": 2}
    put = await shop.call("PUT", "/api/senders/shop", settings)
    refused = await shop.post("/api/messages/request", {**ORDER, "channel": "C0OTHER"})
    taken = await shop.post("/api/messages/request", {**ORDER, "channel": None})

    assert (put.status, put.body["maxAttempts"]) == (200, 2)
    assert (refused.status, refused.body["details"][0]["field"]) == (422, "channel")
    assert "C0OPS" in refused.body["message"]
    assert taken.status == 202


@ONE_DATABASE
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/messages/request"),
        ("POST", "/core-slack-worker/messages/request/bulk"),
        ("GET", "/api/messages/dead"),
        ("PUT", "/api/templates/a"),
    ],
)
async def test_each_scope_is_asked_for(client, method, path):
    """A token for tasks is not good for messages."""
    assert (await client.call(method, path, {})).status == 403


async def test_a_request_may_bring_files(shop, database):
    """Each is a message of its own that waits for the one it belongs to; repeating adds none."""
    files = [{"name": "a.csv", "content": "1"}, {"name": "b.csv", "content": "2"}]
    body = {**ORDER, "files": files, "correlationId": "with-files"}
    for _ in range(2):
        headers = {"Idempotency-Key": "once"}
        assert (await shop.post("/api/messages/request", body, headers=headers)).status == 202

    found = {message.id: message for message in rows(database, Message)}
    (parent,) = [one for one in found.values() if one.parent_id is None]
    assert len(found) == 3
    assert sorted(one.context["name"] for one in found.values() if one.parent_id == parent.id) == [
        "a.csv",
        "b.csv",
    ]
    shown = (await shop.get("/api/messages/with-files")).body
    assert (parent.id, 2) == (shown["messageId"], len(shown["otherMessages"]))


@pytest.mark.parametrize("word", ["dead", "stats", "request", "urgent", "schedule", ".", ".."])
async def test_a_correlation_id_that_is_an_address_is_refused(shop, word):
    """A message of that name could never be looked at: its address is a list's, or no address."""
    reply = await shop.post("/api/messages/request", {**ORDER, "correlationId": word})

    assert reply.status == 422
    assert reply.body["details"][0]["field"] == "correlationId"
    assert "take another" in reply.body["message"]


async def test_who_names_no_channel_writes_to_the_default_one(client):
    """With the sender that everybody has, in the home workspace; a stored sender goes before."""
    text = {"templateCode": "text", "payload": {"text": "Deployed"}}
    client.token = token_for("default", *SCOPES)

    sent = await client.post("/api/messages/request", text)
    shown = await client.get(f"/api/messages/{sent.body['correlationId']}")
    await client.call("PUT", "/api/senders/default", {"channel": "C0OTHER"})
    other = await client.post("/api/messages/request", text)
    cleos = await client.post(
        "/api/messages/request", text, token=token_for("cleo", "messages:write")
    )

    assert (sent.status, shown.body["channel"]) == (202, "C0DEFAULT")
    found = await client.get(f"/api/messages/{other.body['correlationId']}")
    assert found.body["channel"] == "C0OTHER"
    assert (cleos.status, cleos.body["details"][0]["field"]) == (422, "channel")
