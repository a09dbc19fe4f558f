"""What every answer says to browsers that get hold of it."""

import pytest

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
