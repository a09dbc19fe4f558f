"""What every answer says to browsers that get hold of it."""

import asyncio
import json

import pytest
from yarl import URL

from tests.bot.http.calling import ONE_DATABASE


@ONE_DATABASE
@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/healthz", 200),
        ("/api/docs", 200),
        ("/metrics", 200),
        ("/nowhere", 404),
        ("/api/tasks", 401),
    ],
)
async def test_no_browser_keeps_frames_or_runs_an_answer(client, path, status):
    """Pages, answers and refusals alike; and nobody learns which server it is."""
    reply = await client.get(path, token=None)

    assert reply.status == status
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert reply.headers["X-Frame-Options"] == "DENY"
    assert reply.headers["Referrer-Policy"] == "no-referrer"
    assert reply.headers["Cache-Control"] == "no-store"
    assert reply.headers["Server"] == "Opsbell"
    policy = reply.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in policy


@ONE_DATABASE
@pytest.mark.parametrize(
    "sent",
    [
        b"s3cret\r\n\r\n",
        b"GET /s3cret HTTP/9.9\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\ns3cret<script>\r\n\r\n",
        b"GET / HTTP/1.1\r\nAuthorization: Bearer " + b"s3cret" * 2_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"".join(b"X-%d: s3cret\r\n" % n for n in range(1_000)) + b"\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
)
async def test_what_is_no_http_is_answered_as_everything_else(client, sent):
    """It is not repeated, and neither server nor version is named."""
    reader, writer = await asyncio.open_connection("127.0.0.1", URL(client.url).port)
    writer.write(sent)
    answer = (await reader.read()).decode()
    writer.close()

    head, _, body = answer.partition("\r\n\r\n")
    assert (head.split()[1], json.loads(body)["error"]) == ("400", "bad_request")
    assert "Server: Opsbell" in head
    assert "X-Content-Type-Options: nosniff" in head
    assert "s3cret" not in answer
