"""The API for programs: what is sent, what comes back, what becomes of it while nobody answers."""

import logging
import math

import pytest
from opsbell import Opsbell

from tests.client.server import TOKEN, wait_for


@pytest.fixture(autouse=True)
def own_spool(monkeypatch, environ):
    monkeypatch.setenv("OPSBELL_SPOOL", environ["OPSBELL_SPOOL"])
    for name in ("OPSBELL_URL", "OPSBELL_TOKEN"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def opsbell(server):
    return Opsbell(server.url, TOKEN)


def test_a_text_is_sent_through_the_template_for_texts(opsbell, server):
    """`send("…")` asks for the template `text` and returns the server's answer."""
    server.answers["/api/messages/request"] = {"correlationId": "c-1", "status": "accepted"}

    answer = opsbell.send("Deployed", channel="#ops", priority="HIGH", thread_ts="1.2")

    assert answer == {"correlationId": "c-1", "status": "accepted"}
    (call,) = server.calls
    assert (call.path, call.token) == ("/api/messages/request", TOKEN)
    assert call.body == {
        "channel": "#ops",
        "templateCode": "text",
        "payload": {"text": "Deployed"},
        "priority": "HIGH",
        "threadTs": "1.2",
    }


def test_a_payload_comes_uncut_and_without_secrets(opsbell, server):
    """A template may want a long text and many rows; what is secret in them is masked."""
    rows = [{"n": number, "password": "hunter22"} for number in range(500)]

    opsbell.send(
        template_code="report", payload={"rows": rows, "text": "x" * 9_000, "share": math.nan}
    )

    payload = server.calls[0].body["payload"]
    assert payload["rows"] == [{"n": number, "password": "***"} for number in range(500)]
    assert payload["text"] == "x" * 9_000
    assert payload["share"] == "nan"


def test_a_callback_names_its_task_by_id_or_place(opsbell, server):
    """The fields are those of the callback, in either spelling; None says nothing."""
    opsbell.callback("running", task_id="t-1", progress=37, log_url=None)
    opsbell.callback(
        "failed", channel="C1", ts="1.2", error=ValueError("token=abcdefgh1"), stats={"rows": 3}
    )

    assert [call.body for call in server.calls] == [
        {"taskId": "t-1", "status": "running", "progress": 37},
        {
            "channel": "C1",
            "ts": "1.2",
            "status": "failed",
            "error": "token=***",
            "stats": {"rows": 3},
        },
    ]
    assert {call.path for call in server.calls} == {"/api/slack/update"}


def test_a_new_user_is_told_of(opsbell, server):
    """All fields of the notice, ids as texts."""
    opsbell.notify_user_registered(7, "ada@example.com", "Ada", 1_234, "production")

    (call,) = server.calls
    assert call.path == "/api/users/registered"
    assert call.body == {
        "user_id": "7",
        "email": "ada@example.com",
        "display_name": "Ada",
        "total_users": 1_234,
        "environment": "production",
    }


def test_tasks_are_listed_over_all_pages(opsbell, server):
    """The cursor is followed until there is none."""
    server.answers["/api/tasks"] = {"tasks": [{"taskId": "t-1"}], "nextCursor": None}

    assert opsbell.tasks(status="failed") == [{"taskId": "t-1"}]
    assert server.calls[0].path == "/api/tasks?status=failed&limit=50"


def test_without_settings_nothing_happens():
    """No address, no call, no error, no answer."""
    opsbell = Opsbell()

    assert not opsbell.is_live
    assert opsbell.send("x") is None
    assert opsbell.callback("running", task_id="t") is None
    assert opsbell.tasks() is None


def test_a_token_of_the_environment_is_not_for_another_server(monkeypatch, server):
    """With an address given, a token has to be given, too."""
    monkeypatch.setenv("OPSBELL_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("OPSBELL_TOKEN", "for-that-one-only")

    assert not Opsbell(server.url).is_live
    assert Opsbell().is_live


def test_a_refusal_is_logged_and_not_repeated(opsbell, server, caplog):
    """The server's reason is a warning; nothing is kept."""
    server.mood = 422

    with caplog.at_level(logging.WARNING, logger="opsbell"):
        assert opsbell.send("x") is None

    assert "/api/messages/request was refused: 422" in caplog.text
    assert (opsbell.problem or "").startswith("/api/messages/request was refused: 422")
    server.mood = "ok"
    opsbell.callback("running", task_id="t")
    assert opsbell.problem is None
    assert [call.path for call in server.calls[1:]] == ["/api/slack/update"]


@pytest.mark.parametrize("mood", [503, 401, "garbage", "hang"])
def test_what_the_server_cannot_take_comes_first_next_time(server, mood):
    """It waits in the spool, and is sent before what is newer, under the same key."""
    opsbell = Opsbell(server.url, TOKEN, timeout_seconds=0.3 if mood == "hang" else 5)
    server.mood = mood
    assert opsbell.create_task("import", taskId="t-1") is None
    server.leaving.set()
    server.mood = "ok"

    Opsbell(server.url, TOKEN).callback("completed", task_id="t-1")

    wait_for(lambda: len(server.calls) == 3)
    first, again, end = server.calls
    assert (again.path, again.body, again.key) == (first.path, first.body, first.key)
    assert end.body == {"taskId": "t-1", "status": "completed"}


def test_what_is_no_json_is_sent_as_text(opsbell, server):
    """Objects in a payload arrive as their texts; a loop ends in nothing, never in an error."""
    loop: list[object] = []
    loop.append(loop)

    assert opsbell.send(payload={"x": loop}) is None
    opsbell.send(payload={"at": object})

    assert server.calls[0].body["payload"] == {"at": "<class 'object'>"}
