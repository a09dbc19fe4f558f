"""Carries out the requests that arrive as events: each once, however often it arrives."""

from collections.abc import Mapping

from bot.errors import ConflictError, FieldProblem, InvalidError, NotFoundError
from bot.event_bus.cloud_events import CloudEvent, read_cloud_event
from bot.event_bus.inbound_types import INBOUND_TYPES, InboundType
from bot.http.route_types import Call
from bot.http.schemas.base import bind
from bot.http.schemas.tasks import CreateTask
from bot.http.services import HttpServices
from bot.suggestions import did_you_mean
from bot.tokens import Caller

#: Who asked for what comes from the bus, wherever that is shown.
BUS_SUBJECT = "event bus"
_BUS_SCOPES = frozenset({"messages:write", "tasks:write"})


class BusRequests:
    """Does what an event says by the handlers of the API, for one tenant."""

    def __init__(self, services: HttpServices, tenant: str) -> None:
        self._services = services
        self._caller = Caller(subject=BUS_SUBJECT, tenant=tenant, scopes=_BUS_SCOPES)

    async def carry_out(self, body: bytes, headers: Mapping[str, str]) -> None:
        """
        Do what the event in a message says; an event that was done before changes nothing.

        Raises `UserError` for one that cannot be done, and what the database raises.
        """
        event = read_cloud_event(body, headers)
        kind = _inbound_type_of(event)
        new_id = event.own_id(self._caller.tenant)
        call = Call(
            services=self._services,
            routes=(),
            correlation_id=f"c_{new_id.partition('_')[2]}",
            caller=self._caller,
            body=_bind_data(kind, event),
        )
        # As if it were always repeated: what is stored under its id is not checked again.
        call = call.making(new_id, is_again=True)
        if not await self._has_task(call):
            await kind.handler(call)

    async def _has_task(self, call: Call) -> bool:
        """Tell whether the task to be created exists; an orchestrator's id is another thing."""
        body = call.body
        if not isinstance(body, CreateTask):
            return False
        wanted = body.task_id or call.new_id or ""
        try:
            found, _ = await call.services.tasks.get(await call.owner(), wanted)
        except (NotFoundError, ConflictError):
            return False
        return found.id == wanted


def _inbound_type_of(event: CloudEvent) -> InboundType:
    kind = INBOUND_TYPES.get(event.type)
    if kind is None:
        hint = did_you_mean(event.type, INBOUND_TYPES)
        problem = FieldProblem("type", f"must be one of {', '.join(INBOUND_TYPES)}{hint}")
        raise InvalidError(f"Nothing was done: `type` {problem.message}.", [problem])
    return kind


def _bind_data(kind: InboundType, event: CloudEvent) -> object:
    try:
        return bind(kind.data, event.data)
    except InvalidError as error:
        problems = [FieldProblem(f"data.{one.field}", one.message) for one in error.problems]
        raise InvalidError(str(error), problems) from error
