"""What is served for messages, at both addresses, and for templates and senders."""

from collections.abc import Iterator

from bot.http.handlers import messages, templates
from bot.http.routing import Route
from bot.http.schemas import messages as models

#: Where the same is served, and what tells the operations apart.
ADDRESSES = {"/api/messages": "", "/core-slack-worker/messages": "_of_worker"}
READ, WRITE = "messages:read", "messages:write"


def message_routes() -> Iterator[Route]:
    """Yield the routes of messages, for each address."""
    for address, alias in ADDRESSES.items():
        yield from requesting(address, alias)
        yield from reading(address, alias)


def requesting(address: str, alias: str) -> Iterator[Route]:
    kinds = (
        ("request", messages.request_message, "Send a message", models.SendMessage),
        ("urgent", messages.request_urgent_message, "Send it first", models.SendMessage),
        ("schedule", messages.schedule_message, "Send it later", models.ScheduleMessage),
    )
    for name, handler, summary, body in kinds:
        yield Route(
            "POST",
            f"{address}/{name}",
            handler,
            summary,
            "Messages",
            scope=WRITE,
            body=body,
            answers={202: models.AcceptedMessage},
            creates=True,
            is_busy=True,
            alias=alias,
        )
    yield Route(
        "POST",
        f"{address}/request/bulk",
        messages.request_messages,
        "Send many messages, all or none",
        "Messages",
        scope=WRITE,
        body=models.SendMessage,
        most_items=models.MAX_BULK,
        answers={202: models.AcceptedMessages},
        creates=True,
        alias=alias,
    )


def reading(address: str, alias: str) -> Iterator[Route]:
    yield Route(
        "GET",
        f"{address}/dead",
        messages.list_dead_messages,
        "List dead letters",
        "Messages",
        scope=READ,
        query=models.DeadFilter,
        answers={200: models.DeadPage},
        alias=alias,
    )
    yield Route(
        "GET",
        f"{address}/stats",
        messages.show_stats,
        "Count messages by queue and state",
        "Messages",
        scope=READ,
        answers={200: models.Stats},
        alias=alias,
    )
    one = f"{address}/{{correlationId}}"
    yield Route(
        "GET",
        one,
        messages.show_message,
        "Show a message and its timeline",
        "Messages",
        scope=READ,
        answers={200: models.ShownMessage},
        is_busy=True,
        alias=alias,
    )
    yield Route(
        "DELETE",
        one,
        messages.withdraw_message,
        "Take a message back",
        "Messages",
        scope=WRITE,
        answers={200: models.ChangedMessage},
        alias=alias,
    )
    yield Route(
        "POST",
        f"{one}/replay",
        messages.replay_message,
        "Try a dead letter again",
        "Messages",
        scope=WRITE,
        body=models.ReplayMessage,
        answers={200: models.ChangedMessage},
        alias=alias,
    )


SETTINGS_ROUTES = (
    Route(
        "GET",
        "/api/templates/{code}",
        templates.show_template,
        "Show a template",
        "Templates",
        scope=READ,
        answers={200: models.ShownTemplate},
    ),
    Route(
        "PUT",
        "/api/templates/{code}",
        templates.put_template,
        "Store a version of a template",
        "Templates",
        scope="templates:write",
        body=models.PutTemplate,
        answers={201: models.ShownTemplate, 200: models.ShownTemplate},
    ),
    Route(
        "POST",
        "/api/templates/{code}/preview",
        templates.preview_template,
        "Draw a payload without sending it",
        "Templates",
        scope=READ,
        body=models.PreviewTemplate,
        answers={200: models.Preview},
    ),
    Route(
        "GET",
        "/api/senders/{code}",
        templates.show_sender,
        "Show a sender",
        "Templates",
        scope=READ,
        answers={200: models.ShownSender},
    ),
    Route(
        "PUT",
        "/api/senders/{code}",
        templates.put_sender,
        "Make or replace a sender",
        "Templates",
        scope="templates:write",
        body=models.PutSender,
        answers={201: models.ShownSender, 200: models.ShownSender},
    ),
)
MESSAGE_ROUTES = (*message_routes(), *SETTINGS_ROUTES)
