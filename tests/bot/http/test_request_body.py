"""Bodies that are no JSON object, too large, or of another type."""

import gzip
import io

import pytest

from bot.http.request_body import MAX_BYTES
from tests.bot.http.calling import ONE_DATABASE

pytestmark = ONE_DATABASE

JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    "raw",
    [
        b"{",
        b"[]",
        b"\x0b",
        b'"text"',
        b"null",
        b"7",
        b'{"task": NaN}',
        b'{"task": -Infinity}',
        b'{"progress": 1e309}',
        b'{"seq": ' + b"9" * 5_000 + b"}",
        b"\xff{}",
        b'\xef\xbb\xbf{"task": "a"}',
        b'{"payload": ' + b"[" * 65 + b"]" * 65 + b"}",
        b'{"payload": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"task": "a"} {"task": "b"}',
    ],
)
async def test_what_is_no_json_object_is_refused(client, raw):
    """
    The answer says why, in the shape of every refusal.
    """
    reply = await client.post("/api/tasks", data=raw, headers=JSON)

    assert (
        reply.status,
        reply.body["error"],
        reply.body["details"],
    ) == (400, "bad_request", [])


async def test_an_endless_number_is_refused_in_our_words(client):
    """
    The caller once was told how to change a setting of Python's.
    """
    raw = b'{"task": "a", "metadata": {"n": -' + b"9" * 5_000 + b"}}"
    reply = await client.post("/api/tasks", data=raw, headers=JSON)

    assert reply.body["message"] == "The body must be one JSON object: a number is too large."


async def test_the_last_of_two_equal_keys_counts(client):
    """
    Repeated keys are legal JSON; Python's reading of them is taken.
    """
    raw = b'{"task": "a", "taskId": "x", "taskId": "y"}'
    reply = await client.post("/api/tasks", data=raw, headers=JSON)

    assert (reply.status, reply.body["taskId"]) == (201, "y")


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-16", ""],
)
async def test_another_type_is_refused(client, content_type):
    """
    Only JSON in UTF-8 is read.
    """
    headers = {"Content-Type": content_type}
    reply = await client.post("/api/tasks", data=b'{"task": "a"}', headers=headers)

    assert (reply.status, reply.body["error"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize(
    "content_type", ["application/json; charset=UTF-8", "application/cloudevents+json"]
)
async def test_json_by_another_name_is_read(client, content_type):
    """
    A charset that is UTF-8 and types that are JSON are fine.
    """
    headers = {"Content-Type": content_type}
    reply = await client.post("/api/tasks", data=b'{"task": "a"}', headers=headers)

    assert reply.status == 201


def large_body() -> bytes:
    return b'{"task": "a", "payload": "' + b"x" * MAX_BYTES + b'"}'


async def in_chunks(raw: bytes):
    for start in range(0, len(raw), 65_536):
        yield raw[start : start + 65_536]


async def test_a_large_body_is_refused(client):
    """
    More than 1 MiB is too much, however it arrives: at once, in chunks, or compressed.
    """
    raw = large_body()
    replies = [
        await client.post("/api/tasks", data=io.BytesIO(raw), headers=JSON),
        await client.post("/api/tasks", data=in_chunks(raw), headers=JSON),
        await client.post(
            "/api/tasks", data=gzip.compress(raw), headers={**JSON, "Content-Encoding": "gzip"}
        ),
    ]

    assert [(one.status, one.body["error"]) for one in replies] == [(413, "too_large")] * 3


async def test_a_broken_encoding_is_refused(client, caplog):
    """
    What says it is gzip and is not cannot be read; the log once had a traceback for each.
    """
    headers = {**JSON, "Content-Encoding": "gzip"}
    reply = await client.post("/api/tasks", data=b"not gzip at all", headers=headers)

    assert (reply.status, caplog.text) == (400, "")


async def test_a_body_of_a_whole_mebibyte_is_read(client):
    """
    The limit is where the contract says, to the byte.
    """
    start, end = b'{"task": "a", "payload": "', b'"}'
    raw = start + b"x" * (MAX_BYTES - len(start) - len(end)) + end

    reply = await client.post("/api/tasks", data=io.BytesIO(raw), headers=JSON)

    assert reply.status == 201
