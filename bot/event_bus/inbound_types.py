"""The types of events that are taken, each with the endpoint of the API that it stands for."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.http.handlers.callbacks import update_task
from bot.http.handlers.messages import request_message
from bot.http.handlers.tasks import create_task
from bot.http.route_types import Call, Response
from bot.http.schemas.base import Sent
from bot.http.schemas.messages import SendMessage
from bot.http.schemas.tasks import CreateTask, UpdateTask


@dataclass(frozen=True)
class InboundType:
    """A type of events: its data, and what takes it; `endpoint` takes the same over HTTP."""

    name: str
    summary: str
    data: type[Sent]
    handler: Callable[[Call], Awaitable[Response]]
    endpoint: str


INBOUND_TYPES = {
    one.name: one
    for one in (
        InboundType(
            "opsbell.message.request",
            "Send a message",
            SendMessage,
            request_message,
            "POST /api/messages/request",
        ),
        InboundType(
            "opsbell.task.create",
            "Announce a task, and run it if asked to",
            CreateTask,
            create_task,
            "POST /api/tasks",
        ),
        InboundType(
            "opsbell.task.update",
            "Report on a task: the orchestrator's callback",
            UpdateTask,
            update_task,
            "POST /api/slack/update",
        ),
    )
}
