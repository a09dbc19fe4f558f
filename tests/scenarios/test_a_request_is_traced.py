"""One request, the whole way, as a collector of OpenTelemetry sees it."""

import hashlib

import aiohttp
import pytest

from tests.bot.tracing.collector import Collector
from tests.patience import until

CALLER, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_from_the_request_to_slacks_answer(bot, playground):
    """Request, commit, attempt and call are one trace; a report on the task is linked with it."""
    async with Collector() as collector:
        bot.extra = {
            "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
            "OTEL_EXPORTER_OTLP_HEADERS": "api-key=ada-secret-key",
            "OTEL_BSP_SCHEDULE_DELAY": "100",
        }
        await bot.start()
        task = {"task": "backup", "taskId": "t_1", "status": "running", "subject": "ada-subject"}
        await call(bot, "/api/tasks", task, {"X-Correlation-Id": "order-1"})
        await playground.wait_for(lambda: playground.messages("ops"))
        playground.fail("chat.update", error="internal_error")
        end = {"taskId": "t_1", "status": "completed"}
        await call(bot, "/api/slack/update", end, {"traceparent": f"00-{CALLER}-{PARENT}-01"})
        await playground.wait_for(lambda: "Completed" in playground.messages("ops")[0]["text"])
        # The first post, the edit that failed, and its repetition.
        await until(collector.has("deliver", 3))
        await bot.stop()

    ours = hashlib.sha256(b"order-1").hexdigest()[:32]
    request, report = collector.named("POST /api/tasks"), collector.named("POST /api/slack/update")
    post = collector.named("chat.postMessage")
    attempts = {one.id: one for one in collector.spans if one.name == "deliver"}
    edits = [one for one in collector.spans if one.name == "chat.update"]
    commits = {one.parent for one in collector.spans if one.name == "commit"}

    assert {one.trace for one in (request, post, *attempts.values(), *edits)} == {ours}
    assert request.facts["opsbell.status"] in (200, 201)
    assert {request.id, report.id} <= commits
    assert (report.trace, report.parent) == (CALLER, PARENT)
    assert ours in [trace for trace, _ in report.links]
    assert attempts[post.parent].facts["opsbell.verdict"] == "delivered"
    assert [one.failure for one in edits] == ["internal_error", ""]
    assert {attempts[one.parent].facts["opsbell.revision"] for one in edits} == {2}
    assert "GET /readyz" not in {one.name for one in collector.spans}
    assert collector.headers[0]["api-key"] == "ada-secret-key"
    for word in (b"ada-secret-key", b"ada-subject", playground.bot_token.encode()):
        assert word not in collector.bodies


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_what_people_and_jobs_do_is_traced(bot, playground):
    """A command names the trace of the task that it changes; an idle job is not sent."""
    async with Collector() as collector:
        bot.extra = {
            "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
            "OTEL_BSP_SCHEDULE_DELAY": "100",
        }
        await bot.start()
        task = {"task": "backup", "taskId": "t_1", "status": "running"}
        await call(bot, "/api/tasks", task, {"X-Correlation-Id": "order-1"})
        for task_id in ("t_1", "ada-secret"):
            await playground.run_command("ada", "ops", f"/ops task cancel {task_id}")
        await until(collector.has("command /ops", 2))
        await until(collector.has("job watch_for_outages", 1))
        await bot.stop()

    done, refused = [one for one in collector.spans if one.name == "command /ops"]
    watch = next(one for one in collector.spans if one.name == "job watch_for_outages")
    commits = {one.parent for one in collector.spans if one.name == "commit"}

    assert done.facts["opsbell.verb"] == "task cancel"
    ours = hashlib.sha256(b"order-1").hexdigest()[:32]
    assert [trace for trace, _ in done.links] == [ours]
    assert {done.id, watch.id} <= commits
    assert (refused.facts["opsbell.refused"], refused.links) == ("not_found", [])
    assert "job tell_of_dead_letters" not in {one.name for one in collector.spans}
    assert b"ada-secret" not in collector.bodies


async def call(bot, path, body, headers):
    """Call the bot's API as a program with these headers does."""
    headers = {"Authorization": f"Bearer {bot.token}", **headers}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.post(f"{bot.url}{path}", json=body) as answer,
    ):
        assert answer.status < 300, await answer.text()
