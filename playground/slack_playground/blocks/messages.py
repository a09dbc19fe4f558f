"""
Whole messages: text, blocks, attachments, metadata.

Sources: https://docs.slack.dev/reference/methods/chat.postMessage
https://docs.slack.dev/messaging/message-metadata
https://docs.slack.dev/legacy/legacy-messaging/legacy-secondary-message-attachments
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from slack_playground.blocks import problem
from slack_playground.blocks.measure import json_bytes
from slack_playground.blocks.places import Place, blocks_in
from slack_playground.blocks.problem import Problem
from slack_playground.blocks.schema import (
    Anything,
    Either,
    Flag,
    ListOf,
    Nullable,
    Number,
    Object,
    Shape,
    Text,
)
from slack_playground.blocks.validation import blocks_shape, check_blocks, check_together
from slack_playground.blocks.walker import check, is_number

_SECONDS = re.compile(r"\d{1,12}(\.\d+)?", re.ASCII)

ATTACHMENTS_MOST = 100
# Slack does not say how much it takes ("metadata_too_large"); this is on the safe side.
METADATA_MOST_BYTES = 8_000

_CONTENT = ("text", "blocks", "attachments", "markdown_text")
# Work Objects come as `entities`, with or without an event beside them.
_ENTITIES = ListOf(Anything(), least=1)
_METADATA = Object(
    required={"event_type": Text(255), "event_payload": Anything()},
    optional={"entities": _ENTITIES},
)
_ONLY_ENTITIES = Object(required={"entities": _ENTITIES})
_WORDS = Text(least=0)


def validate_message(message: object) -> list[Problem]:
    """
    Return what Slack would refuse in the content of a message.

    Looks at `text`, `markdown_text`, `blocks`, `attachments` and `metadata`;
    other arguments of a chat.* call are ignored here as Slack ignores
    arguments it does not know. Takes any JSON value and never raises.
    """
    if not isinstance(message, dict):
        return [problem.wrong_type("", "provide an object")]
    problems = [*_check_content(message), *_check_attachments(message.get("attachments"))]
    problems += check_together(_all_blocks(message), "message")
    if message.get("metadata") is not None:
        problems += _check_metadata(message["metadata"])
    return problems


def _check_content(message: dict[str, Any]) -> Iterator[Problem]:
    if not any(message.get(name) for name in _CONTENT):
        yield Problem("", "no_text", "must provide `text`, `blocks` or `attachments`")
    # Longer texts are cut, not refused: at 40,000 characters.
    for name, shape in (("text", Text(least=0)), ("markdown_text", Text(12_000))):
        if message.get(name) is not None:
            yield from check(shape, message[name], f"/{name}")
    if message.get("markdown_text") and (message.get("text") or message.get("blocks")):
        yield Problem(
            "/markdown_text",
            "markdown_text_conflict",
            "must not be given together with `text` or `blocks`",
        )
    if message.get("blocks") is not None:
        yield from check_blocks(message["blocks"], "message", "/blocks")


def _check_attachments(attachments: object) -> Iterator[Problem]:
    if attachments is None:
        return
    yield from check(ListOf(_attachment()), attachments, "/attachments")
    if isinstance(attachments, list) and len(attachments) > ATTACHMENTS_MOST:
        yield Problem(
            "/attachments",
            "too_many_attachments",
            f"no more than {ATTACHMENTS_MOST} items allowed",
        )


def _all_blocks(message: dict[str, Any]) -> Iterator[Place]:
    yield from blocks_in(message.get("blocks"), "/blocks")
    attachments = message.get("attachments")
    for position, attachment in enumerate(attachments if isinstance(attachments, list) else []):
        if isinstance(attachment, dict):
            yield from blocks_in(attachment.get("blocks"), f"/attachments/{position}/blocks")


@cache
def _attachment() -> Object:
    words = (
        "author_icon author_link author_name callback_id color fallback footer footer_icon "
        "from_url image_url original_url pretext text thumb_url title title_link"
    )
    optional: dict[str, Shape] = dict.fromkeys(words.split(), Nullable(_WORDS))
    field = Object(
        optional={
            "title": Either(_WORDS, Number()),
            "value": Either(_WORDS, Either(Number(), Flag())),
            "short": Flag(),
        },
        open=True,
    )
    return Object(
        optional={
            **optional,
            "actions": ListOf(Anything(), most=5),
            "attachment_type": Text(),
            "blocks": blocks_shape("message"),
            "fields": ListOf(field),
            "id": Number(whole=True),
            "mrkdwn_in": ListOf(Text()),
            "ts": Either(Number(), Text(pattern=_SECONDS, wanted="be a timestamp")),
        },
        # What Slack does not know in an attachment it drops without a word.
        open=True,
    )


def _check_metadata(metadata: object) -> Iterator[Problem]:
    has_event = not isinstance(metadata, dict) or not metadata.keys() <= {"entities"}
    shape = _METADATA if has_event or not metadata else _ONLY_ENTITIES
    for wrong in check(shape, metadata, "/metadata"):
        yield Problem(wrong.pointer, "invalid_metadata_format", wrong.message, wrong.field)
    payload = metadata.get("event_payload") if isinstance(metadata, dict) else None
    for name, value in payload.items() if isinstance(payload, dict) else ():
        if not _is_flat(value):
            yield Problem(
                f"/metadata/event_payload/{_escaped(name)}",
                "invalid_metadata_format",
                "must be a string, a number, a boolean, or one level of them",
            )
    if (size := json_bytes(metadata)) > METADATA_MOST_BYTES:
        yield Problem(
            "/metadata",
            "metadata_too_large",
            f"must be less than {METADATA_MOST_BYTES + 1} bytes of JSON",
            constraint={"type": "max_length", "expected": METADATA_MOST_BYTES, "got": size},
        )


def _is_flat(value: object) -> bool:
    if isinstance(value, dict):
        return all(_is_scalar(inner) for inner in value.values())
    if isinstance(value, list):
        return all(_is_scalar(inner) or _is_flat_object(inner) for inner in value)
    return _is_scalar(value)


def _is_flat_object(value: object) -> bool:
    return isinstance(value, dict) and all(_is_scalar(inner) for inner in value.values())


def _is_scalar(value: object) -> bool:
    return isinstance(value, str | bool) or is_number(value)


def _escaped(name: str) -> str:
    """A field name as a JSON pointer writes it (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1")
