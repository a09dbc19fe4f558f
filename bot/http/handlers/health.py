"""Liveness, readiness and health of the process."""

import asyncio

from pydantic.alias_generators import to_camel
from sqlalchemy.exc import SQLAlchemyError

from bot.db import Database
from bot.http.route_types import Call, Response
from bot.messages.delivery.health import LaneHealth, can_deliver, counts, health_of_each, worst
from bot.messages.requests.queries import awaited_workspaces
from bot.process.failure_log import database_reason, is_database_unavailable
from bot.redaction import redact
from bot.workspaces.models import DEFAULT_TENANT

_DATABASE_SECONDS = 2.0
#: Lanes shown one by one, those that need somebody first; of all others only the counts.
_MAX_SHOWN = 20


async def show_alive(_call: Call) -> Response:
    """Say that the process is up."""
    return Response({"ok": True})


async def show_ready(call: Call) -> Response:
    """Say whether the database answers, the socket is connected and messages can go out."""
    services = call.services
    parts = {
        "database": await database_problem(services.database) is None,
        "socket": bool(services.socket().get("connected")),
        "lanes": can_deliver(services.lanes(), services.home),
    }
    ready = all(parts.values())
    return Response({"ready": ready, **parts}, status=200 if ready else 503)


async def show_health(call: Call) -> Response:
    """Show how database, socket, event bus and the lanes of the caller's tenant are."""
    services = call.services
    lanes = await _visible_lanes(call)
    problem = await database_problem(services.database)
    database = problem is None
    socket = {to_camel(name): value for name, value in services.socket().items()}
    reports = await services.report_standing.of(call.caller.tenant)
    flowing = all(one.is_well for one in lanes)
    well = database and bool(socket.get("connected")) and flowing
    return Response(
        {
            "ready": well,
            "database": {
                "answers": database,
                "kind": services.database.url.get_backend_name(),
                # It may name the server, which is not every tenant's business.
                "reason": problem if call.caller.tenant == DEFAULT_TENANT else None,
            },
            "socket": socket,
            "lanes": [
                {"workspaceId": lane.workspace_id, "state": lane.state, "reason": lane.reason}
                for lane in worst(lanes, _MAX_SHOWN)
            ],
            "laneCounts": counts(lanes),
            "analyst": reports.analyst,
            "sources": dict(reports.sources),
            "taskTables": dict(services.alerts.alerts.table_states(call.caller.tenant)),
            "scheduler": dict(reports.scheduler),
            "queues": await _queues_of(call) if database else [],
            "bus": _bus_of(call),
        }
    )


async def _queues_of(call: Call) -> list[dict[str, object]]:
    """Return how many messages of the caller's tenant wait, by queue, and for how long."""
    found = await call.services.requests.stats(call.caller.tenant)
    return [{to_camel(name): value for name, value in line.items()} for line in found]


def _bus_of(call: Call) -> dict[str, object] | None:
    """Return how the event bus is, to its tenant alone; None where there is none."""
    bus, settings = call.services.bus, call.services.settings.config.bus
    is_theirs = settings is not None and settings.tenant == call.caller.tenant
    return dict(bus.shown()) if bus is not None and is_theirs else None


async def show_metrics(call: Call) -> Response:
    """Show what Prometheus collects; nothing in it names a tenant, a workspace or a channel."""
    return Response(call.services.meters.exposition(), content_type="text/plain")


async def _visible_lanes(call: Call) -> list[LaneHealth]:
    """
    Return how the lanes of the caller's tenant are; those with nothing to do are `asleep`.

    A workspace that was removed has one for as long as messages of the tenant wait for it.
    """
    services, tenant = call.services, call.caller.tenant
    lanes = services.lanes()
    connected = await services.workspaces_of(tenant)
    own = [*connected, *services.destinations.ids(tenant)]
    unwell = {lane.workspace_id for lane in lanes if not lane.is_well}.difference(own)
    if unwell:
        own += sorted(
            await services.database.read(
                lambda session: awaited_workspaces(session, tenant, unwell)
            )
        )
    return health_of_each(own, lanes)


async def database_problem(database: Database) -> str | None:
    """Return why the database does not accept a write at once; None if it does."""
    try:
        async with asyncio.timeout(_DATABASE_SECONDS):
            await database.is_writable()
    except TimeoutError:
        return f"no answer within {_DATABASE_SECONDS:.0f} s"
    except Exception as error:
        if isinstance(error, SQLAlchemyError | OSError) or is_database_unavailable(error):
            return redact(database_reason(error))
        raise
    return None
