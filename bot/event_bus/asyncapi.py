"""Generates the AsyncAPI 3.0 document from the models that requests and events are made with."""

from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from bot.config_sections.bus import BusSettings
from bot.event_bus.cloud_events import STRUCTURED_TYPE
from bot.event_bus.inbound_types import INBOUND_TYPES
from bot.event_bus.outgoing_events import OWN_TYPES, MessageEvent
from bot.event_bus.state_changes import (
    ALERT_OPENED,
    ALERT_RESOLVED,
    REPORT_RUN_FINISHED,
    AlertEvent,
    ReportRunEvent,
)
from bot.messages.models import EventName

_DATA_REF = "#/components/schemas/{model}"
_NOT_EMPTY = {"type": "string", "minLength": 1}
_LETTER_HEADERS = {
    "opsbell-error": "A code for programs",
    "opsbell-message": "What was wrong, for people",
    "opsbell-fields": "JSON: a list of `field` and `message`",
}


def describe_bus(settings: BusSettings) -> dict[str, Any]:
    """Return the document for these topics; everything else in it comes from the models."""
    requests = {kind.name: _request_message(kind.summary, kind.data) for kind in _TAKEN}
    events = {f"{OWN_TYPES}{name}": _event_message(name, data) for name, data in _PUBLISHED.items()}
    letter = {"opsbell.dead-letter": _dead_letter_message()}
    topics = {
        "requests": (settings.requests, requests, "receive", "Carry out requests, each once"),
        "deadLetters": (settings.rejected, letter, "send", "Keep rejected requests"),
        "events": (settings.events, events, "send", "Publish what happened, at least once"),
    }
    used = {name: topic for name, topic in topics.items() if topic[0]}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Opsbell",
            "version": "1",
            "description": "CloudEvents 1.0. `source` and `id` identify an event:"
            " the same pair means the same event.",
        },
        "defaultContentType": STRUCTURED_TYPE,
        "channels": {
            name: {
                "address": address,
                "messages": {key: {"$ref": f"#/components/messages/{key}"} for key in messages},
            }
            for name, (address, messages, _, _) in used.items()
        },
        "operations": {
            f"{action}_{name}": {
                "action": action,
                "channel": {"$ref": f"#/channels/{name}"},
                "summary": summary,
            }
            for name, (_, _, action, summary) in used.items()
        },
        "components": {
            "messages": {
                key: message
                for _, messages, _, _ in used.values()
                for key, message in messages.items()
            },
            "schemas": _data_schemas(),
        },
    }


_PUBLISHED: dict[str, type[BaseModel]] = {
    **{str(name): MessageEvent for name in EventName},
    ALERT_OPENED: AlertEvent,
    ALERT_RESOLVED: AlertEvent,
    REPORT_RUN_FINISHED: ReportRunEvent,
}
_TAKEN = tuple(INBOUND_TYPES.values())


def _request_message(summary: str, data: type[BaseModel]) -> dict[str, Any]:
    (kind,) = [one for one in _TAKEN if one.data is data]
    return {
        "title": kind.name,
        "summary": summary,
        "description": f"The data is the body of `{kind.endpoint}`.",
        "contentType": STRUCTURED_TYPE,
        "payload": _envelope(kind.name, data),
    }


def _event_message(name: str, data: type[BaseModel]) -> dict[str, Any]:
    return {
        "title": f"{OWN_TYPES}{name}",
        "contentType": STRUCTURED_TYPE,
        "payload": _envelope(f"{OWN_TYPES}{name}", data),
    }


def _dead_letter_message() -> dict[str, Any]:
    headers = {key: {**_NOT_EMPTY, "description": text} for key, text in _LETTER_HEADERS.items()}
    return {
        "title": "A rejected request",
        "description": "The message unchanged; its headers say why.",
        "contentType": "application/octet-stream",
        "headers": {"type": "object", "required": ["opsbell-error"], "properties": headers},
    }


def _envelope(kind: str, data: type[BaseModel]) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["specversion", "id", "source", "type", "data"],
        "properties": {
            "specversion": {"const": "1.0"},
            "id": _NOT_EMPTY,
            "source": _NOT_EMPTY,
            "type": {"const": kind},
            "subject": _NOT_EMPTY,
            "time": {"type": "string", "format": "date-time"},
            "data": {"$ref": _DATA_REF.format(model=data.__name__)},
        },
    }


def _data_schemas() -> dict[str, Any]:
    models: list[tuple[type[BaseModel], Any]] = [(kind.data, "validation") for kind in _TAKEN]
    models += [(data, "serialization") for data in (MessageEvent, AlertEvent, ReportRunEvent)]
    _, top = models_json_schema(models, by_alias=True, ref_template=_DATA_REF)
    return dict(top.get("$defs", {}))
