"""
CloudEvents 1.0: read in structured and binary mode, written in structured mode. Pure.

https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.errors import FieldProblem, InvalidError
from bot.http.errors import body_too_large
from bot.http.request_body import MAX_BYTES, read_object
from bot.ids import ALPHABET, LENGTH

STRUCTURED_TYPE = "application/cloudevents+json"
_JSON = "application/json"
_SPEC_VERSION = "1.0"
_BATCH_TYPE = "application/cloudevents-batch"
#: How attributes are called in headers: NATS, Kafka, AMQP 1.0, and RabbitMQ's own way.
_PREFIXES = ("ce-", "ce_", "cloudevents:", "cloudevents_")
_REQUIRED_ATTRIBUTES = ("id", "source", "type", "specversion")


@dataclass(frozen=True)
class CloudEvent:
    """One event. `id` and `source` name it together: whoever sends it again means the same."""

    id: str
    source: str
    type: str
    data: Mapping[str, Any]
    subject: str | None = None
    time: datetime | None = None
    partition_key: str | None = None

    def own_id(self, tenant: str) -> str:
        """Return what `new_id` would, always the same for this event of this tenant."""
        whole = json.dumps([tenant, self.source, self.id]).encode()
        number = int.from_bytes(hashlib.sha256(whole).digest())
        letters = [ALPHABET[number >> 5 * place & 31] for place in range(LENGTH)]
        return f"t_{''.join(letters)}"

    def as_json(self) -> bytes:
        """Return it in structured mode."""
        attributes = {
            "specversion": _SPEC_VERSION,
            "id": self.id,
            "source": self.source,
            "type": self.type,
            "subject": self.subject,
            "time": self.time.isoformat() if self.time else None,
            "partitionkey": self.partition_key,
            "datacontenttype": _JSON,
        }
        told = {name: value for name, value in attributes.items() if value is not None}
        return json.dumps({**told, "data": self.data}).encode()


def read_cloud_event(body: bytes, headers: Mapping[str, str]) -> CloudEvent:
    """
    Return the event in a message; the names of *headers* are in small letters.

    Raises `InvalidError` naming the attribute, `RefusedError` for what is no JSON object.
    """
    if len(body) > MAX_BYTES:
        raise body_too_large()
    attributes = _attributes_in(headers)
    content_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type == _BATCH_TYPE or content_type.startswith(f"{_BATCH_TYPE}+"):
        raise _wrong("content-type", "batches are not taken: send one event a message")
    if "specversion" in attributes and content_type != STRUCTURED_TYPE:
        data = read_object(body, content_type or _JSON, None)
    else:
        attributes = read_object(body, _JSON, None)
        data = _data_of(attributes)
    _require_attributes(attributes)
    return CloudEvent(
        id=attributes["id"], source=attributes["source"], type=attributes["type"], data=data
    )


def is_attribute(name: str, value: str) -> bool:
    """Tell whether a header is an attribute of an event that every broker takes."""
    return name.startswith(_PREFIXES) and f"{name}{value}".isascii() and value.isprintable()


def _attributes_in(headers: Mapping[str, str]) -> dict[str, Any]:
    return {
        name.removeprefix(prefix): value
        for name, value in headers.items()
        for prefix in _PREFIXES
        if name.startswith(prefix)
    }


def _data_of(envelope: Mapping[str, Any]) -> dict[str, Any]:
    """Return the data of an event in structured mode."""
    encoded = envelope.get("data_base64")
    if isinstance(encoded, str) and "data" not in envelope:
        try:
            decoded = base64.b64decode(encoded, validate=True)
        except ValueError as error:
            raise _wrong("data_base64", "must be base64") from error
        return read_object(decoded, _JSON, None)
    data = envelope.get("data")
    if not isinstance(data, dict):
        raise _wrong("data", "must be an object")
    return data


def _require_attributes(attributes: Mapping[str, Any]) -> None:
    problems = [
        FieldProblem(name, "must be a text that is not empty")
        for name in _REQUIRED_ATTRIBUTES
        if not isinstance(attributes.get(name), str) or not attributes[name].strip()
    ]
    if not problems and attributes["specversion"] != _SPEC_VERSION:
        problems = [FieldProblem("specversion", f"must be {_SPEC_VERSION}")]
    if problems:
        first = problems[0]
        message = f"This is no CloudEvent: `{first.field}` {first.message}."
        raise InvalidError(message, problems)


def _wrong(field: str, message: str) -> InvalidError:
    return InvalidError(f"`{field}`: {message}.", [FieldProblem(field, message)])
