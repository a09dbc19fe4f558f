"""The endpoints by which people and programs ask for tasks."""

import pytest

from tests.bot.http.calling import ONE_DATABASE, token_for


async def test_a_new_task_is_announced_in_the_default_channel(client):
    """
    A task needs no more than its kind.
    """
    reply = await client.post("/api/tasks", {"task": "backfill"})

    assert reply.status == 201
    assert {
        "taskId": reply.body["taskId"],
        "status": "queued",
        "messageId": reply.body["messageId"],
        "channel": "C0DEFAULT",
        "ts": None,
    } == reply.body
    assert reply.body["messageId"].startswith("m_")


async def test_everything_that_was_said_of_a_task_is_shown(client, surroundings):
    """
    Both spellings of names are understood; the answer has one.
    """
    surroundings.events = [{"event": "SlackMessageRequested"}]
    said = {
        "task": "import",
        "dealer": 4711,
        "task_id": "import-4711",
        "status": "in_progress",
        "metadata": {"file": "a.csv"},
        "payload": [1, None],
        "log_url": "https://logs.example.com/1",
        "grafanaUrl": "https://grafana.example.com/1",
        "correlationId": "from-ada",
    }
    created = await client.post("/api/tasks", said)

    task = (await client.get("/api/tasks/import-4711")).body

    assert (
        created.body["taskId"],
        created.body["status"],
        created.body["channel"],
    ) == ("import-4711", "running", "C0JOBS")
    assert {
        "task": "import",
        "subject": "4711",
        "status": "running",
        "attempt": 1,
        "metadata": {"file": "a.csv"},
        "payload": [1, None],
        "logUrl": "https://logs.example.com/1",
        "grafanaUrl": "https://grafana.example.com/1",
        "environment": "staging",
        "runner": "mill",
        "correlationId": "from-ada",
        "timeline": [{"event": "SlackMessageRequested"}],
    }.items() <= task.items()


async def test_the_same_task_id_again_returns_the_task_that_stands(client):
    """
    Creating a task twice is no error and changes nothing.
    """
    first = await client.post("/api/tasks", {"task": "backfill", "taskId": "b-1"})
    second = await client.post("/api/tasks", {"task": "other", "taskId": "b-1"})

    assert (first.status, second.status) == (201, 200)
    assert first.body == second.body


async def test_a_task_without_any_channel_names_the_variable_to_set(services, client):
    """
    The refusal says which settings would help.
    """
    object.__setattr__(services.settings, "slack_default_channel", None)

    reply = await client.post("/api/tasks", {"task": "backfill"})

    assert reply.status == 422
    assert reply.body["details"][0]["field"] == "channel"
    assert "SLACK_DEFAULT_CHANNEL" in reply.body["details"][0]["message"]


async def test_a_channel_nobody_knows_is_refused_by_its_field(client):
    """
    What the directory says reaches the caller under the field's name.
    """
    reply = await client.post("/api/tasks", {"task": "backfill", "channel": "#nowhere"})

    assert (reply.status, reply.body["details"][0]["field"]) == (422, "channel")


async def test_a_task_that_is_to_run_needs_a_runner(client):
    """
    Asking for a run where nothing can run it makes no task.
    """
    reply = await client.post("/api/tasks", {"task": "backfill", "taskId": "b-1", "run": True})

    assert (reply.status, [one["field"] for one in reply.body["details"]]) == (422, ["runner"])
    assert (await client.get("/api/tasks/b-1")).status == 404


@ONE_DATABASE
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("task", "x" * 201),
        ("task", "x" * 10_000),
        ("task", ""),
        ("task", "\0 \0"),
        ("task", ["a"]),
        ("task", None),
        ("subject", "x" * 201),
        ("taskId", "has space"),
        ("taskId", "a\nb"),
        ("taskId", ".."),
        ("status", "lost"),
        ("status", "exploded"),
        ("metadata", []),
        ("metadata", {"a": "x" * 40_000}),
        ("logUrl", "javascript:alert(1)"),
        ("grafanaUrl", "mailto:ada@example.com"),
        ("run", "yes"),
        ("correlationId", "a\r\nSet-Cookie: b"),
        ("environment", 1.5),
    ],
)
async def test_a_wrong_value_is_refused_with_its_path(client, field, value):
    """
    Each refusal names the field, and nothing is made.
    """
    reply = await client.post("/api/tasks", {"task": "backfill", field: value})

    assert (reply.status, reply.body["error"]) == (422, "invalid")
    assert [field] == [detail["field"] for detail in reply.body["details"]]
    assert (await client.get("/api/tasks")).body["tasks"] == []


async def test_an_unknown_field_is_refused_with_the_nearest_name(client):
    """
    A slip of the pen is found before it is wondered about.
    """
    reply = await client.post("/api/tasks", {"task": "backfill", "metdata": {}})

    assert reply.status == 422
    assert (reply.body["details"]) == [
        {"field": "metdata", "message": "unknown field; did you mean `metadata`?"}
    ]


async def test_a_name_in_both_spellings_is_refused(client):
    """
    The second one is understood as well, so it is not called unknown.
    """
    reply = await client.post("/api/tasks", {"task": "a", "taskId": "x", "task_id": "y"})

    assert (reply.body["details"]) == [
        {"field": "task_id", "message": "is the same as `taskId`: give one of them"}
    ]


@ONE_DATABASE
@pytest.mark.parametrize(
    ("path", "body", "fix"),
    [
        ("/api/tasks", {"taskId": "a b"}, "1 to 200 printable ASCII characters without spaces"),
        ("/api/tasks", {"taskId": "sk-import-customers-2026-11-29"}, "looks like a secret"),
        ("/api/tasks", {"taskId": "db-password:rotate-2026"}, "looks like a secret"),
        ("/api/tasks", {"correlationId": "ü"}, "1 to 128 printable ASCII characters"),
        ("/api/slack/update", {"ts": "now", "status": "running"}, "like 1700000000.000100"),
    ],
)
async def test_a_refusal_says_what_would_be_right(client, path, body, fix):
    """
    In words: a regular expression is no help to the one who reads it.
    """
    reply = await client.post(path, {"task": "a", **body})

    assert reply.status == 422
    assert fix in reply.body["details"][0]["message"]


async def test_subject_and_dealer_must_not_differ(client):
    """
    Two words for one thing may be given only if they agree.
    """
    same = await client.post("/api/tasks", {"task": "a", "subject": "7", "dealer": "7"})
    other = await client.post("/api/tasks", {"task": "a", "subject": "7", "dealer": "8"})

    assert (same.status, other.status) == (201, 422)


async def test_hostile_text_stays_text(client):
    """
    NULs are dropped, half a surrogate pair is replaced, the rest comes back as it was.
    """
    raw = '{"task": "a\\u0000b", "subject": "\\ud800 <!channel> \U0001f514", "taskId": "h"}'
    headers = {"Content-Type": "application/json"}
    reply = await client.post("/api/tasks", data=raw.encode(), headers=headers)

    task = (await client.get("/api/tasks/h")).body

    assert reply.status == 201
    assert (task["task"], task["subject"]) == ("ab", "\ufffd <!channel> \U0001f514")


async def test_a_failed_task_is_retried(client):
    """
    A retry starts the next attempt and takes a new payload.
    """
    await client.post("/api/tasks", {"task": "import", "taskId": "i-1", "status": "failed"})

    reply = await client.post("/api/tasks/i-1/retry", {"attempt": 1, "payload": {"page": 2}})

    assert reply.status == 200
    assert (
        reply.body["status"],
        reply.body["attempt"],
        reply.body["payload"],
    ) == ("queued", 2, {"page": 2})


async def test_a_second_retry_says_that_somebody_was_faster(client):
    """
    Two who press at the same time start one attempt.
    """
    await client.post("/api/tasks", {"task": "import", "taskId": "i-1", "status": "failed"})
    await client.post("/api/tasks/i-1/retry", {"attempt": 1})

    reply = await client.post("/api/tasks/i-1/retry", {"attempt": 1})

    assert (reply.status, reply.body["error"]) == (409, "conflict")
    assert "Already retried by ada" in reply.body["message"]


async def test_a_live_task_is_cancelled_once(client):
    """
    Cancelling what has ended already is a conflict.
    """
    await client.post("/api/tasks", {"task": "backfill", "taskId": "b-1"})

    first = await client.post("/api/tasks/b-1/cancel")
    second = await client.post("/api/tasks/b-1/cancel")

    assert (first.status, first.body["status"], second.status) == (200, "cancelled", 409)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/tasks/t_none"),
        ("GET", "/api/tasks/%00"),
        ("GET", "/api/tasks/%ED%A0%80"),
        ("POST", "/api/tasks/t_none/retry"),
        ("POST", "/api/tasks/t_none/cancel"),
        ("POST", "/api/tasks/t_none/heartbeat"),
        ("POST", "/api/tasks/t_none/logs"),
    ],
)
async def test_an_unknown_task_is_not_found(client, method, path):
    """
    Every way to a task that does not exist ends the same.
    """
    body: dict[str, list[str]] | None = {"lines": []} if path.endswith("logs") else None

    reply = await client.call(method, path, body)

    assert (reply.status, reply.body["error"]) == (404, "not_found")


async def test_another_tenants_task_is_not_found(client):
    """
    Cleo can neither see nor change nor list what Ada made.
    """
    await client.post("/api/tasks", {"task": "import", "taskId": "i-1", "status": "failed"})
    cleo = token_for("cleo", subject="cleo")

    for path in ("retry", "cancel", "heartbeat"):
        assert (await client.post(f"/api/tasks/i-1/{path}", token=cleo)).status == 404
    assert (await client.get("/api/tasks/i-1", token=cleo)).status == 404
    assert (await client.get("/api/tasks", token=cleo)).body["tasks"] == []


async def test_a_tenant_without_a_workspace_is_told_so(client):
    """
    A valid token of a tenant that has no workspace cannot make anything.
    """
    reply = await client.post("/api/tasks", {"task": "a"}, token=token_for("nobody"))

    assert (reply.status, reply.body["message"]) == (422, "Tenant `nobody` has no workspace here.")


async def test_a_list_has_no_payloads(client):
    """A payload may be large: only the task itself is shown with it."""
    await client.post("/api/tasks", {"task": "import", "taskId": "t", "payload": {"a": "b" * 9}})

    (listed,) = (await client.get("/api/tasks")).body["tasks"]
    shown = (await client.get("/api/tasks/t")).body

    assert "payload" not in listed
    assert shown["payload"] == {"a": "b" * 9}
    assert set(shown) - set(listed) == {"payload", "timeline", "timelineIsCut"}


async def test_the_metadata_of_a_task_is_limited_as_a_whole(client):
    """Reports that add to it are refused once it is too much; an end is not."""
    await client.post("/api/tasks", {"task": "import", "taskId": "t", "status": "running"})
    replies = [
        await client.post(
            "/api/slack/update",
            {"taskId": "t", "status": "running", "metadata": {f"key{number}": "x" * 10_000}},
        )
        for number in range(4)
    ]
    end = await client.post(
        "/api/slack/update",
        {"taskId": "t", "status": "completed", "metadata": {"more": "x" * 10_000}},
    )

    assert [reply.status for reply in replies] == [200, 200, 200, 422]
    assert replies[-1].body["details"][0]["field"] == "metadata"
    assert (end.status, end.body["outcome"]) == (200, "applied")
    assert [*(await client.get("/api/tasks/t")).body["metadata"]] == ["key0", "key1", "key2"]


@pytest.mark.parametrize("field", ["metadata", "stats", "steps"])
async def test_what_is_shown_of_a_task_is_limited(client, field):
    """32,000 characters of JSON each."""
    value = [{"name": "x" * 32_000}] if field == "steps" else {"name": "x" * 32_000}
    reply = await client.post(
        "/api/slack/update", {"taskId": "t", "status": "running", field: value}
    )

    assert (reply.status, reply.body["details"][0]["field"]) == (422, field)


async def test_a_very_long_story_is_cut(client, surroundings):
    """The newest thousand events are shown, and that there were more."""
    await client.post("/api/tasks", {"task": "import", "taskId": "t"})
    surroundings.events = [{"event": f"e{number}"} for number in range(1_000)]
    whole = (await client.get("/api/tasks/t")).body
    surroundings.events.append({"event": "newest"})
    cut = (await client.get("/api/tasks/t")).body

    assert (len(whole["timeline"]), whole["timelineIsCut"]) == (1_000, False)
    assert (len(cut["timeline"]), cut["timelineIsCut"]) == (1_000, True)
    assert (cut["timeline"][0]["event"], cut["timeline"][-1]["event"]) == ("e1", "newest")
