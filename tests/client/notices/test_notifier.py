"""Notices of tasks in trouble: through the server, through a webhook, or not at all."""

import logging
import warnings

import pytest
from opsbell import Opsbell, SlackNotifier
from opsbell.notices.client import CHECK_SECONDS, TIMEOUT_SECONDS

from tests.client.server import TOKEN

FOUND = {
    "failed_tasks_count": 3,
    "stuck_tasks_count": 5,
    "failed_notification_sent": True,
    "stuck_notification_sent": True,
    "error": None,
}
NOTHING = {
    "failed_tasks_count": 0,
    "stuck_tasks_count": 0,
    "failed_notification_sent": False,
    "stuck_notification_sent": False,
    "error": None,
}
FAILED = {
    "id": "t-1",
    "task": "import",
    "status": "failed",
    "error": "boom <!channel> " + "x" * 300,
    "created_at": "2026-01-01T00:00:00+00:00",
    "log_url": "https://logs.example.com/t-1",
}


class OwnTable(SlackNotifier):
    """A notifier that reads a table of its own."""

    def get_failed_tasks_last_30min(self):
        return [FAILED, {"id": "t-2", "status": "failed", "error": None}]

    def get_stuck_tasks(self, minutes=30):
        return [{"id": f"s-{number}", "status": "running"} for number in range(25)]


@pytest.fixture(autouse=True)
def own_environment(monkeypatch, environ):
    monkeypatch.setenv("OPSBELL_SPOOL", environ["OPSBELL_SPOOL"])
    for name in ("OPSBELL_URL", "OPSBELL_TOKEN", "SLACK_WEBHOOK", "SLACK_WEBHOOK_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def notifier(server):
    return SlackNotifier(url=server.url, token=TOKEN)


def test_the_server_looks_and_tells(notifier, server):
    """Each call is one check with its own flags; the results are those of the contract."""
    server.answers["/api/alerts/check"] = FOUND

    assert notifier.send_combined_notification(timeout_minutes=20) == FOUND
    assert notifier.send_failed_tasks_notification() is True
    assert notifier.send_stuck_tasks_notification(15) is True

    assert [call.body for call in server.calls] == [
        {"timeout_minutes": 20},
        {"failed_only": True},
        {"stuck_only": True, "timeout_minutes": 15},
    ]


def test_lists_have_the_names_of_the_contract(notifier, server):
    """At least id, status, error, created_at and log_url."""
    task = {
        "taskId": "t-1",
        "task": "import",
        "status": "failed",
        "error": "boom",
        "createdAt": "2026-01-01T00:00:00+00:00",
        "logUrl": None,
    }
    server.answers["/api/tasks"] = {"tasks": [task], "nextCursor": None}

    (failed,) = notifier.get_failed_tasks_last_30min()
    (stuck,) = notifier.get_stuck_tasks(45)

    shown = {name: failed[name] for name in ("id", "status", "error", "created_at", "log_url")}
    assert shown == {
        "id": "t-1",
        "status": "failed",
        "error": "boom",
        "created_at": "2026-01-01T00:00:00+00:00",
        "log_url": None,
    }
    assert stuck == failed
    assert [call.path for call in server.calls] == [
        "/api/tasks?status=failed&since_minutes=30&limit=50",
        "/api/tasks?stuck_minutes=45&limit=50",
    ]


def test_a_creation_is_announced_with_its_payload(notifier, server):
    """The payload is the metadata; of the key only its end is shown, wherever it stands."""
    key = "sk-0123456789abcdefWXYZ"

    told = notifier.send_task_creation_notification(
        "t-1", key, {"type": "schema_fix", "dealer": 7, "note": f"by {key}"}, "https://logs/t-1"
    )

    assert told is True
    (call,) = server.calls
    facts = {"type": "schema_fix", "dealer": 7, "note": "by ***"}
    assert (call.path, call.body) == (
        "/api/tasks",
        {
            "task": "schema_fix",
            "taskId": "t-1",
            "status": "queued",
            "subject": 7,
            "logUrl": "https://logs/t-1",
            "metadata": {"user": "…WXYZ", **facts},
            "payload": facts,
        },
    )


@pytest.mark.parametrize("mood", [500, 403, "garbage", "trickle"])
def test_a_sick_server_breaks_nothing(server, mood, caplog):
    """The shapes stay, nothing is claimed to be told, and the log says why."""
    server.mood = mood
    notifier = SlackNotifier(server.url, TOKEN, timeout_seconds=0.3)

    with caplog.at_level(logging.WARNING, logger="opsbell"):
        result = notifier.send_combined_notification()

        assert result == {**NOTHING, "error": result["error"]}
        assert result["error"].startswith("/api/alerts/check")
        assert notifier.send_failed_tasks_notification() is False
        assert notifier.get_stuck_tasks() == []
        assert notifier.send_task_creation_notification("t", None, None, None) is False
    assert "/api/alerts/check" in caplog.text


@pytest.mark.parametrize("told", [[1], None, {"tasks": "x"}, {"failed_tasks_count": "many"}])
def test_what_is_no_opsbell_is_believed_nothing(notifier, server, told):
    """A login page or another service answers 200: nothing was found there, and nothing taken."""
    server.answers["/api/alerts/check"] = server.answers["/api/tasks"] = told

    result = notifier.send_combined_notification()
    assert result == {**NOTHING, "error": "/api/alerts/check: what answers there is not Opsbell"}
    assert notifier.get_stuck_tasks() == []
    if not isinstance(told, dict):
        assert notifier.send_task_creation_notification("t", None, None, None) is False


def test_without_a_server_nothing_is_said_to_be_well(server):
    """The tasks cannot be listed, so that none is in trouble is not known."""
    result = SlackNotifier(webhook_url=f"{server.url}/hook").send_combined_notification()
    assert result["error"].startswith("there is no server to list tasks")


def test_without_a_server_the_same_goes_to_the_webhook(server):
    """Counts, groups per status, ids, errors cut to 200, log links, and when it was reported."""
    hook = f"{server.url}/services/T0/B0/secret"

    result = OwnTable(webhook_url=hook).send_combined_notification(20)

    assert result == {
        "failed_tasks_count": 2,
        "stuck_tasks_count": 25,
        "failed_notification_sent": True,
        "stuck_notification_sent": True,
        "error": None,
    }
    failed, stuck = server.calls
    assert (failed.path, failed.token) == ("/services/T0/B0/secret", "")
    assert failed.body["text"] == "🔴 2 failed in the last 30 minutes"
    words = str(failed.body["blocks"])
    for word in ("failed (2)", "t-1", "t-2", "import", "2026-01-01", "No logs available", "Report"):
        assert word in words
    assert {"type": "link", "url": FAILED["log_url"], "text": "View logs"} in items(failed.body)
    assert "x" * 183 in words
    assert "x" * 184 not in words
    assert "and 5 more" in str(stuck.body["blocks"])
    assert stuck.body["text"] == "🟠 25 stuck for more than 20 minutes"


def items(value):
    """Return all that stands in a notice."""
    inside = value.values() if isinstance(value, dict) else value
    nested = [item for one in inside if isinstance(one, dict | list) for item in items(one)]
    return [value, *nested]


def test_a_single_kind_is_told_alone(server):
    """`failed` and `stuck` each post only their own."""
    notifier = OwnTable(webhook_url=f"{server.url}/services/x")

    assert notifier.send_failed_tasks_notification() is True
    assert notifier.send_stuck_tasks_notification(5) is True

    assert [call.body["text"] for call in server.calls] == [
        "🔴 2 failed in the last 30 minutes",
        "🟠 25 stuck for more than 5 minutes",
    ]


def test_a_creation_goes_to_the_webhook_of_the_environment(server, monkeypatch):
    """`SLACK_WEBHOOK_URL` is enough; mentions in the payload stay text."""
    monkeypatch.setenv("SLACK_WEBHOOK_URL", f"{server.url}/services/x")

    told = SlackNotifier().send_task_creation_notification(
        "t-1", "short", {"task": "<!channel>", "password": "hunter22"}, None
    )

    assert told is True
    (call,) = server.calls
    assert call.body["text"] == "🆕 New task &lt;!channel&gt;"
    words = str(call.body["blocks"])
    assert "hunter22" not in words
    assert "No logs available" in words


@pytest.mark.parametrize("mood", [404, 403, 500, "garbage"])
def test_a_webhook_that_refuses_is_said_without_its_address(server, mood, caplog):
    """False, the reason in the result and the log, and never the secret address."""
    server.mood = mood
    server.answers["/services/T0/B0/secret"] = "invalid_token"

    with caplog.at_level(logging.WARNING, logger="opsbell"):
        result = OwnTable(
            webhook_url=f"{server.url}/services/T0/B0/secret"
        ).send_combined_notification()

    assert (result["failed_tasks_count"], result["failed_notification_sent"]) == (2, False)
    assert result["error"].startswith("the webhook ")
    assert "T0/B0" not in caplog.text + result["error"]


@pytest.mark.parametrize("address", ["hooks.slack.com/services/x", "https://hooks.slack.com", "?"])
def test_an_address_that_is_none_is_said(address):
    """A webhook has a scheme, a host and a path."""
    result = OwnTable(webhook_url=address).send_combined_notification()

    assert result["error"].startswith("the webhook must look like")


def test_with_neither_there_is_a_warning_and_nothing_breaks(caplog):
    """Not even where warnings are errors."""
    with warnings.catch_warnings(), caplog.at_level(logging.WARNING, logger="opsbell"):
        warnings.simplefilter("error")
        notifier = SlackNotifier()

        assert notifier.send_combined_notification()["error"].startswith("there is neither")
        assert notifier.send_failed_tasks_notification() is False
        assert notifier.send_task_creation_notification("t", "k", {}, "") is False
        assert notifier.get_failed_tasks_last_30min() == []
    assert "nobody is told" in caplog.text


def test_nothing_found_is_nothing_posted(server):
    """A webhook hears of trouble only."""

    class Calm(SlackNotifier):
        def get_failed_tasks_last_30min(self):
            return []

        def get_stuck_tasks(self, minutes=30):
            return []

    assert Calm(webhook_url=f"{server.url}/x").send_combined_notification() == NOTHING
    assert server.calls == []


def test_a_table_that_cannot_be_read_is_an_error_of_the_result(server):
    """An override that raises breaks nothing."""

    class Broken(SlackNotifier):
        def get_failed_tasks_last_30min(self):
            raise LookupError("no table")

    result = Broken(webhook_url=f"{server.url}/x").send_combined_notification()

    assert result == {**NOTHING, "error": "the check did not work"}


def test_a_check_may_take_longer_than_other_calls(server):
    """It answers once people have been told; everything else is given up sooner."""
    server.mood = "slow"
    server.answers["/api/alerts/check"] = FOUND
    client = Opsbell(server.url, TOKEN, timeout_seconds=0.2)

    assert client.check_alerts() is None
    assert SlackNotifier(server.url, TOKEN).send_combined_notification() == FOUND
    assert CHECK_SECONDS > TIMEOUT_SECONDS
