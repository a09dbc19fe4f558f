"""Up, ready, and well."""

import asyncio
import dataclasses

import aiohttp
import pytest

from bot.config_sections.bus import BusSettings
from bot.db import Database
from bot.http.server import HttpServer
from bot.messages import outbox
from bot.messages.delivery.health import LaneHealth
from bot.telemetry.bus_figures import BusState, figures_of_bus
from tests.bot.http.calling import ONE_DATABASE, Client, token_for
from tests.patience import until


async def ready(client):
    """Return the answer that we are ready, once the database answers within its two seconds."""

    async def look():
        reply = await client.get("/readyz", token=None)
        return reply if reply.status == 200 else None

    return await until(look)


async def test_the_process_is_up(client):
    """
    Anybody may ask, with GET and with HEAD.
    """
    reply = await client.get("/healthz", token=None)
    head = await client.call("HEAD", "/healthz", token=None)

    assert (reply.status, reply.body, head.status) == (200, {"ok": True}, 200)


async def test_all_is_ready(client):
    """
    Database, socket and lanes are well.
    """
    reply = await ready(client)

    assert reply.body == {"ready": True, "database": True, "socket": True, "lanes": True}


async def test_a_database_that_takes_no_change_is_not_ready(client, database):
    """It still answers every question: only a change tells that nothing can be written."""
    with database.connect() as other:
        # Whatever SQLite's writer is asked, it takes the lock first.
        other.exec_driver_sql("SELECT 1" if database.is_sqlite else "LOCK TABLE alembic_version")
        reply, health, cleos = await asyncio.gather(
            client.get("/readyz", token=None),
            client.get("/api/health"),
            client.get("/api/health", token=token_for("cleo")),
        )
        other.rollback()

    assert (reply.status, reply.body["database"], reply.body["socket"]) == (503, False, True)
    told = health.body["database"]
    assert (told["answers"], told["reason"]) == (False, "no answer within 2 s")
    assert cleos.body["database"] == {**told, "reason": None}
    await ready(client)


@ONE_DATABASE
@pytest.mark.parametrize("state", ["paused", "stuck"])
async def test_when_the_home_lane_cannot_deliver_we_are_not_ready(client, surroundings, state):
    """
    The answer says which part it is, and not why: that is for those with a token.
    """
    surroundings.lanes = [LaneHealth("T1", state, "revoked"), LaneHealth("T2", "running", "")]

    reply = await client.get("/readyz", token=None)

    assert (reply.status, reply.body["lanes"], reply.body["socket"]) == (503, False, True)
    assert "revoked" not in reply.text


@ONE_DATABASE
@pytest.mark.parametrize("state", ["starting", "running", "elsewhere", "queued"])
async def test_one_bad_token_takes_nobody_out(client, surroundings, state):
    """
    With several workspaces the revoked token of one is no reason to send the others away.
    """
    surroundings.lanes = [LaneHealth("T1", state, ""), LaneHealth("T2", "paused", "token_revoked")]

    assert (await ready(client)).body["lanes"]


@ONE_DATABASE
async def test_sleeping_lanes_are_well(client, surroundings):
    """
    A process whose workspaces have nothing to do is ready.
    """
    surroundings.lanes = []

    assert (await ready(client)).body["lanes"]


@ONE_DATABASE
async def test_a_lost_socket_is_not_ready(client, surroundings):
    """
    Without its socket the bot hears nobody.
    """
    surroundings.socket = {"connected": False}

    reply = await client.get("/readyz", token=None)

    assert (reply.status, reply.body["socket"]) == (503, False)


@ONE_DATABASE
async def test_a_database_that_does_not_answer_is_not_ready(services):
    """
    A database that is gone shows in readiness; what needs it is refused for the time being.
    """
    gone = Database("sqlite:////nowhere/at/all.db")
    server = HttpServer(dataclasses.replace(services, database=gone))
    await server.start()
    async with aiohttp.ClientSession() as session:
        client = Client(session, f"http://127.0.0.1:{server.port}", token_for())
        ready = await client.get("/readyz", token=None)
        reply = await client.post("/api/tasks", {"task": "a"}, headers={"Idempotency-Key": "k"})
    await server.stop()
    gone.close()

    assert (ready.status, ready.body["database"], ready.body["lanes"]) == (503, False, True)
    assert (reply.status, reply.body["error"]) == (503, "unavailable")
    assert "Retry-After" in reply.headers


async def test_health_tells_those_with_a_token_why(client, surroundings, database):
    """
    A tenant sees its own lanes, an admin no more than these, and nobody a secret.
    """
    surroundings.lanes = [
        LaneHealth("T1", "paused", "invalid_auth"),
        LaneHealth("T2", "running", ""),
    ]

    ada = await client.get("/api/health")
    cleo = await client.get("/api/health", token=token_for("cleo"))
    nobody = await client.get("/api/health", token=token_for("nobody"))
    admin = await client.get("/api/health", token=token_for("default", "admin"))

    mine = {"workspaceId": "T1", "state": "paused", "reason": "invalid_auth"}
    destination = {"workspaceId": "to:oncall-mail", "state": "asleep", "reason": ""}
    assert (200, False, [mine, destination]) == (ada.status, ada.body["ready"], ada.body["lanes"])
    assert ada.body["socket"] == {"connected": True, "silentSeconds": 3}
    kind = database.url.get_backend_name()
    assert ada.body["database"] == {"answers": True, "kind": kind, "reason": None}
    assert (
        cleo.body["ready"],
        [lane["workspaceId"] for lane in cleo.body["lanes"]],
    ) == (True, ["T2", "to:cleos-hook"])
    assert (nobody.body["lanes"], admin.body["lanes"]) == ([], [mine, destination])


async def test_what_waits_for_a_removed_workspace_is_not_forgotten(
    client, surroundings, database, clock
):
    """
    Its lane is shown to the tenant whose messages wait there, and to no other.
    """
    stuck = LaneHealth("T9", "stuck", "no_token")
    surroundings.lanes = [stuck, LaneHealth("T8", "stuck", "no_token")]
    place = outbox.Place("T9", "cleo", "C0OPS")
    await database.write(
        lambda session: outbox.put(session, place, outbox.Content("note"), now=clock.now()).id
    )

    cleo = (await client.get("/api/health", token=token_for("cleo"))).body
    ada = (await client.get("/api/health")).body

    shown = {"workspaceId": "T9", "state": "stuck", "reason": "no_token"}
    assert (cleo["ready"], cleo["lanes"][0]) == (False, shown)
    assert [lane for lane in ada["lanes"] if lane["state"] == "stuck"] == []


@ONE_DATABASE
async def test_health_wants_a_token(client):
    """
    Reasons are not for strangers.
    """
    assert (await client.get("/api/health", token=None)).status == 401


@ONE_DATABASE
async def test_the_event_bus_is_shown_to_its_tenant_alone(services, client, clock):
    """With what is wrong and what was not taken; where there is no bus it is null."""
    there = BusSettings.model_validate({"url": "nats://nowhere", "events": "e", "tenant": "cleo"})
    config = services.settings.config.model_copy(update={"bus": there})
    settings = services.settings.model_copy(update={"config": config})
    figures = figures_of_bus(there, clock)
    assert figures
    figures.refused = 2
    figures.directions["publishing"].state = BusState.BROKEN
    figures.directions["publishing"].reason = "NATS: no servers available"
    figures.oldest_unpublished_at = clock.now()
    clock.pass_by(seconds=7)
    server = HttpServer(dataclasses.replace(services, settings=settings, bus=figures))
    await server.start()
    bus_client = Client(client.session, f"http://127.0.0.1:{server.port}", token_for("cleo"))

    cleo = (await bus_client.get("/api/health")).body["bus"]
    ada = (await bus_client.get("/api/health", token=token_for("default", "admin"))).body["bus"]
    await server.stop()

    assert cleo == {
        "publishing": {
            "state": "broken",
            "reason": "NATS: no servers available",
            "lastMessageAt": None,
            "published": 0,
            "shortened": 0,
            "refused": 2,
            "lagSeconds": 7.0,
        }
    }
    assert ada is None


async def test_health_has_the_depth_of_each_queue(client, database, clock):
    """Of the caller's tenant, with the age of the oldest message."""
    for tenant, place in (("default", "T1"), ("cleo", "T2")):
        here = outbox.Place(place, tenant, "C0OPS")
        await database.write(
            lambda session, here=here: (
                outbox.put(session, here, outbox.Content("note"), now=clock.now()).id
            )
        )
    clock.pass_by(seconds=9)

    queues = {one["queue"]: one for one in (await client.get("/api/health")).body["queues"]}
    assert (queues["slack-message"]["waiting"], queues["slack-message"]["oldestSeconds"]) == (1, 9)
    assert queues["email"]["waiting"] == 0
