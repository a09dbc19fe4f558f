"""What the work itself says, over HTTP."""

import pytest
from sqlmodel import Session, select

from bot.messages.models import Message
from tests.bot.http.calling import ONE_DATABASE, token_for

UPDATE = "/api/slack/update"


@pytest.fixture
async def running(client):
    """A task of a kind whose log level is `warning`, at work."""
    await client.post("/api/tasks", {"task": "import", "taskId": "i-1", "status": "running"})


def log_lines_in(database):
    def work(session: Session):
        query = select(Message).where(Message.template == "tasks/logs")
        return [line for message in session.exec(query) for line in message.context["lines"]]

    return database.transact(work)


async def test_a_report_is_applied(client, running):
    """
    Progress and status reach the task; `in_progress` is another word for running.
    """
    reply = await client.post(
        UPDATE, {"taskId": "i-1", "status": "in_progress", "progress": 37.9, "attempt": 1}
    )

    assert reply.status == 200
    assert reply.body == {"ok": True, "taskId": "i-1", "outcome": "applied", "reason": None}
    task = (await client.get("/api/tasks/i-1")).body
    assert (task["status"], task["progress"]) == ("running", 37)


async def test_old_news_is_ignored_and_says_why(client, running):
    """
    A lower `seq` is stale; after the end everything of that attempt is final.
    """
    await client.post(UPDATE, {"taskId": "i-1", "status": "running", "seq": 5})
    stale = await client.post(UPDATE, {"taskId": "i-1", "status": "running", "seq": 4})
    await client.post(UPDATE, {"taskId": "i-1", "status": "failed", "error": "boom", "seq": 6})
    final = await client.post(UPDATE, {"taskId": "i-1", "status": "running", "seq": 7})

    assert (stale.body["outcome"], stale.body["reason"]) == ("ignored", "stale")
    assert (final.body["outcome"], final.body["reason"]) == ("ignored", "final")


async def test_a_message_of_somebody_elses_making_is_adopted(client):
    """
    A report about an unknown place makes a task of it; the next report finds that task.
    """
    place = {"channel": "#jobs", "ts": "1763632800.000100", "task": "sync", "dealer": "7"}
    first = await client.post(UPDATE, {**place, "status": "running", "unheard_of": [1]})
    second = await client.post(UPDATE, {**place, "status": "completed", "stats": {"rows": 3}})

    task = (await client.get(f"/api/tasks/{first.body['taskId']}")).body
    assert first.body["taskId"] == second.body["taskId"]
    assert (
        task["channel"],
        task["ts"],
        task["status"],
    ) == ("C0JOBS", "1763632800.000100", "completed")
    assert task["stats"] == {"rows": 3}


@ONE_DATABASE
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("progress", 101),
        ("progress", -1),
        ("progress", "12"),
        ("progress", True),
        ("progress", []),
        ("status", "exploded"),
        ("status", 7),
        ("status", None),
        ("attempt", 0),
        ("attempt", 2**31),
        ("attempt", "1"),
        ("seq", -1),
        ("seq", 2**63),
        ("seq", 1.5),
        ("seq", True),
        ("ts", "yesterday"),
        ("error", {"message": "boom"}),
        ("stats", "many"),
        ("subject", "x" * 10_000),
        ("logUrl", "file:///etc/passwd"),
        ("steps", [1]),
    ],
)
async def test_a_wrong_report_is_refused_and_changes_nothing(client, running, field, value):
    """
    The task stays as it was; the refusal names the field.
    """
    reply = await client.post(UPDATE, {"taskId": "i-1", "status": "failed", field: value})

    assert (reply.status, reply.body["error"]) == (422, "invalid")
    assert reply.body["details"][0]["field"].partition("[")[0].partition(".")[0] == field
    assert (await client.get("/api/tasks/i-1")).body["status"] == "running"


async def test_a_report_must_say_of_what(client):
    """
    Without a task or a place there is nothing to report on.
    """
    reply = await client.post(UPDATE, {"status": "running"})

    assert reply.status == 422
    assert [one["field"] for one in reply.body["details"]] == ["taskId"]


async def test_a_report_on_an_unknown_task_is_not_found(client):
    """
    A `taskId` nobody announced is not adopted: it has no place in Slack.
    """
    reply = await client.post(UPDATE, {"taskId": "nothing", "status": "running"})

    assert reply.status == 404


async def test_a_long_error_is_cut_and_not_refused(client, running):
    """
    An end with a stack trace of a hundred thousand characters is still an end.
    """
    reply = await client.post(UPDATE, {"taskId": "i-1", "status": "failed", "error": "x" * 100_000})

    assert reply.body["outcome"] == "applied"
    assert (await client.get("/api/tasks/i-1")).body["error"] == "x" * 24_000


async def test_colour_codes_are_taken_out_before_anything_is_counted(client, running, database):
    """
    A name, an error and a log line are as long as what is seen of them.
    """
    coloured = "\x1b[31mx\x1b[0m"
    lines = [{"level": "error", "text": "\x1b[2K" + coloured * 1_000 + "\x1b]8;;http"}]

    reported = await client.post(
        UPDATE,
        {
            "taskId": "i-1",
            "status": "running",
            "subject": coloured * 200,
            "error": coloured * 24_000,
        },
    )
    await client.post("/api/tasks/i-1/logs", {"lines": lines})

    assert reported.body["outcome"] == "applied"
    assert (await client.get("/api/tasks/i-1")).body["error"] == "x" * 24_000
    assert [line["text"] for line in log_lines_in(database)] == ["x" * 1_000]


async def test_a_heartbeat_renews_and_after_the_end_says_so(client, running):
    """
    The worker learns from its own heartbeat that the task was cancelled.
    """
    alive = await client.post("/api/tasks/i-1/heartbeat")
    await client.post("/api/tasks/i-1/cancel")
    ended = await client.post("/api/tasks/i-1/heartbeat")

    assert (alive.body["outcome"], alive.body["reason"]) == ("applied", None)
    assert (ended.body["outcome"], ended.body["reason"]) == ("ignored", "final")


async def test_log_lines_below_the_kinds_level_stay_out(client, running, database):
    """
    Levels are known by several names; a line that nobody can place in time still counts.
    """
    lines = [
        {"level": "debug", "text": "quiet"},
        {"level": "WARN", "text": "x" * 10_000, "at": "2026-11-20T10:00:00Z"},
        {"level": "critical", "text": "loud", "at": "0001-01-01T00:00:00+23:00", "thread": 4},
        {"text": "no level is info"},
    ]

    reply = await client.post("/api/tasks/i-1/logs", {"lines": lines})

    assert reply.body == {"ok": True, "taskId": "i-1", "taken": 2, "leftOut": 2}
    warning, error = log_lines_in(database)
    assert (
        warning["level"],
        warning["text"],
        warning["at"],
    ) == ("warning", "x" * 1_000, 1_795_168_800)
    assert (error["level"], error["text"]) == ("error", "loud")


async def test_a_traceback_keeps_the_level_of_its_first_line(client, running, database):
    """
    Its lines have no level of their own; what is not part of it is info again.
    """
    texts = ["Traceback (most recent call last):", '  File "a.py", line 1', "ValueError: boom"]
    lines = [
        {"level": "error", "text": "it failed"},
        *({"text": text} for text in texts),
        {"text": "going on"},
        {"text": "  indented under what is quiet"},
    ]

    reply = await client.post("/api/tasks/i-1/logs", {"lines": lines})

    assert (reply.body["taken"], reply.body["leftOut"]) == (4, 2)
    assert [line["text"] for line in log_lines_in(database)] == ["it failed", *texts]
    assert {line["level"] for line in log_lines_in(database)} == {"error"}


@pytest.mark.parametrize(
    "at",
    [1_795_168_800, 1_795_168_800_123, 1_795_168_800.5, "1795168800", "2026-11-20T10:00:00Z"],
)
@ONE_DATABASE
async def test_a_time_is_read_as_it_is_written(client, running, database, at):
    """
    Seconds, milliseconds or ISO 8601.
    """
    line = {"level": "error", "text": "now", "at": at}
    await client.post("/api/tasks/i-1/logs", {"lines": [line]})

    assert [line["at"] for line in log_lines_in(database)] == [1_795_168_800]


async def test_a_log_line_without_a_time_has_the_one_it_came_at(client, running, database, clock):
    """
    Every line of the thread has a time; those without once stood out of line.
    """
    await client.post("/api/tasks/i-1/logs", {"lines": [{"level": "error", "text": "now"}]})

    [line] = log_lines_in(database)
    assert int(clock.now().timestamp()) == line["at"]


@ONE_DATABASE
@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "lines"),
        ({"lines": [{"text": "a"}] * 1_001}, "lines"),
        ({"lines": [{"text": "a"}, {"level": "info"}]}, "lines[1].text"),
        ({"lines": [{"text": 7}]}, "lines[0].text"),
        ({"lines": "a"}, "lines"),
    ],
)
async def test_wrong_log_lines_are_refused_with_their_path(client, running, body, field):
    """
    The path leads to the very line.
    """
    reply = await client.post("/api/tasks/i-1/logs", body)

    assert (422, field) == (reply.status, reply.body["details"][0]["field"])


async def test_a_callback_token_is_good_for_its_own_task_only(client, running):
    """
    A runner's token reports on its task without naming it, and on no other; it opens nothing else.
    """
    await client.post("/api/tasks", {"task": "import", "taskId": "i-2", "status": "running"})
    own = token_for("default", "admin", task_id="i-1")

    applied = await client.post(UPDATE, {"status": "running", "progress": 5}, token=own)
    assert (applied.body["taskId"], applied.body["outcome"]) == ("i-1", "applied")
    assert (await client.post("/api/tasks/i-1/heartbeat", token=own)).status == 200
    assert (await client.post("/api/tasks/i-1/logs", {"lines": []}, token=own)).status == 200

    other = {"taskId": "i-2", "status": "failed"}
    assert (await client.post(UPDATE, other, token=own)).status == 404
    assert (await client.post("/api/tasks/i-2/heartbeat", token=own)).status == 404
    assert (await client.post("/api/tasks/i-2/logs", {"lines": []}, token=own)).status == 404
    for method, path in [
        ("GET", "/api/tasks"),
        ("GET", "/api/tasks/i-1"),
        ("POST", "/api/tasks/i-1/retry"),
        ("POST", "/api/tasks/i-1/cancel"),
        ("GET", "/api/health"),
    ]:
        assert (await client.call(method, path, token=own)).status == 403


PLACE = {"channel": "C1", "ts": "1700000000.000100"}


async def test_an_orchestrators_own_id_finds_the_task_by_its_place(client):
    """A BullMQ worker sends its job's number; later it needs no place, anywhere."""
    await client.post("/api/slack/update", {**PLACE, "status": "queued", "task": "import"})
    (task,) = (await client.get("/api/tasks")).body["tasks"]

    first = await client.post("/api/slack/update", {**PLACE, "taskId": 17, "status": "in_progress"})
    second = await client.post("/api/slack/update", {"taskId": "17", "status": "running"})
    beat = await client.post("/api/tasks/17/heartbeat")
    logged = await client.post("/api/tasks/17/logs", {"lines": [{"text": "a", "level": "error"}]})
    shown = await client.get("/api/tasks/17")

    replies = (first, second, beat, logged, shown)
    assert {reply.body["taskId"] for reply in replies} == {task["taskId"]}
    assert shown.body["externalId"] == "17"


async def test_a_known_id_needs_no_channel_that_can_be_found(client):
    """A name that no channel has harms nothing where the id is enough, and is told where not."""
    await client.post("/api/tasks", {"task": "import", "taskId": "t1"})
    place = {"channel": "#gone", "ts": "1700000000.000100", "status": "running"}

    known = await client.post("/api/slack/update", {**place, "taskId": "t1"})
    unknown = await client.post("/api/slack/update", {**place, "taskId": "17"})

    assert (known.status, known.body["taskId"]) == (200, "t1")
    assert (unknown.status, unknown.body["details"][0]["field"]) == (422, "channel")


async def test_a_token_of_one_task_may_be_used_with_the_orchestrators_id(client):
    """At the task's own place; at another one there is no such task."""
    reported = await client.post("/api/slack/update", {**PLACE, "status": "queued", "task": "a"})
    own = reported.body["taskId"]
    token = token_for("default", "tasks:write", task_id=own)
    told = {**PLACE, "taskId": "17", "status": "running"}

    first = await client.post("/api/slack/update", told, token=token)
    beat = await client.post("/api/tasks/17/heartbeat", token=token)
    other = await client.post("/api/slack/update", {**told, "ts": "1700000000.000200"}, token=token)

    assert (first.status, first.body["taskId"]) == (200, own)
    assert (beat.status, beat.body["taskId"]) == (200, own)
    assert other.status == 404
