"""P10: secrets planted in everything that comes in are nowhere to be found afterwards."""

import io
import json
import zipfile
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from sqlalchemy import inspect, text

from bot.db import Database
from tests.bot.tracing.collector import Collector
from tests.patience import until

#: The words that must be found nowhere. Each is a secret of its kind.
CANARIES = {
    "slack": "xoxb-777777777777-canaryslack",
    "aws": "AKIACANARYCANARY0001",
    "jwt": "eyJhbGciOiJIUzI1NiJ9.eyJjYW5hcnkiOjF9.c2lnbmF0dXJlLWNhbmFyeQ",
    "named": "password=canarynamed77",
    "address": "postgresql://ada:canaryaddress77@db.example/x",
    "bearer": "Authorization: Bearer canarybearer77",
    "key": "-----BEGIN PRIVATE KEY-----\nMIIcanarykey77\n-----END PRIVATE KEY-----",
    "environment": "canary-environment-77",
    "destination": "https://hooks.slack.com/services/T0/B0/canaryhook77",
}
#: These stand in the settings alone, and are found nowhere either.
_SOURCE, _TRACES = "canarysource77", "canary-traces-77"
TELLTALES = [
    *("canaryslack", "CANARYCANARY", "c2lnbmF0dXJlLWNhbmFyeQ", "canarynamed77", "canaryaddress77"),
    *(_SOURCE, _TRACES),
    *("canarybearer77", "MIIcanarykey77", "canary-environment-77", "canaryhook77", "eyJjYW5hcnki"),
]
ALL = " and ".join(CANARIES.values())
PROGRAM = 'echo "so: $MILL_LICENSE, $OPSBELL_CALLBACK_TOKEN"; cat "$0"; exit 3'


@pytest.fixture
async def orchestrator() -> AsyncIterator[str]:
    """The address of an orchestrator that refuses, and says all it was told."""

    async def handle(request: web.Request) -> web.Response:
        return web.Response(status=422, text=f"no: {ALL} {await request.text()}")

    app = web.Application()
    app.router.add_post("/run", handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/run"
    await runner.cleanup()


@pytest.fixture
def planted(bot, tmp_path, orchestrator):
    """A bot whose runners tell all they know."""
    (tmp_path / "canaries").write_text(ALL)
    bot.config = (
        '[runners.mill]\ntype = "command"\n'
        f"argv = {json.dumps(['sh', '-c', PROGRAM, str(tmp_path / 'canaries')])}\n"
        f'env = {{ MILL_LICENSE = "{CANARIES["environment"]}" }}\n'
        f'[runners.teller]\ntype = "http"\nurl = "{orchestrator}"\n'
        f'[destinations.hook]\nurl = "{CANARIES["destination"]}"\n'
        f'[sources.shop]\nurl = "postgresql://ada:{_SOURCE}@127.0.0.1:1/shop"\n'
    )
    return bot


@pytest.mark.long
async def test_no_planted_secret_reaches_slack_answers_tables_or_logs(planted, playground):
    """Every field of the API, both runners, commands, log lines, traces: nowhere, in no table."""
    async with Collector() as collector:
        planted.extra = {
            "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
            "OTEL_EXPORTER_OTLP_HEADERS": f"api-key={_TRACES}",
            "OTEL_BSP_SCHEDULE_DELAY": "100",
        }
        await planted.start()
        answers = await plant(planted, playground)
        await planted.stop()

    slack = repr([playground.calls(), [one.answer for one in playground.envelopes()]])
    tables = dump(planted.database_url)
    log = (planted.folder / "bot.log").read_text()
    traces = collector.bodies.decode(errors="replace")
    places = {"slack": slack, "answers": answers, "tables": tables, "log": log, "traces": traces}
    for name, told in places.items():
        found = [telltale for telltale in TELLTALES if telltale in told]
        assert not found, (name, found, around(told, found[0]))
        assert name in ("log", "traces") or "[secret]" in told
    assert "/api/tasks" in traces


async def plant(bot, playground) -> str:
    """Plant secrets wherever something is taken; return all that was answered."""
    answers = [await plant_tasks(bot, playground), await plant_messages(bot)]
    answers += [await plant_alerts(bot), await ask_reports(bot), await ask_assistants(bot)]
    await playground.run_command(
        "ada", "ops", f"/ops task run import {CANARIES['slack']} note={ALL}"
    )
    await playground.run_command("ada", "ops", f"/ops {CANARIES['slack']}")
    shown = [await bot.read("/api/tasks")]
    shown += [await bot.read(f"/api/tasks/{task['taskId']}") for task in shown[0]["tasks"]]
    shown += [await bot.read("/api/messages/canary"), await bot.read("/api/alerts")]
    cases = [await case_of(bot, task["taskId"]) for task in shown[0]["tasks"]]
    async with aiohttp.ClientSession() as session, session.get(f"{bot.url}/metrics") as figures:
        return json.dumps([answers, shown, cases, await figures.text()])


async def plant_alerts(bot) -> Any:
    """Let another system raise an alert with secrets in it."""
    payload = {"summary": ALL[:900], "source": ALL[:190], "custom_details": {"note": ALL}}
    event = {"event_action": "trigger", "dedup_key": "canary", "payload": payload}
    return await bot.post("/api/alerts/events", event)


async def ask_reports(bot) -> Any:
    """Ask a database that does not answer, and whose address has a password."""
    report = {
        "name": "Sales",
        "source": "shop",
        "query": "select 1",
        "schedule": {"frequency": "daily", "time": "09:00", "timezone": "UTC"},
    }
    return [await refused_by(bot, "/api/scheduling/reports/preview", report)]


async def ask_assistants(bot) -> Any:
    """Call tools for assistants with secrets, and have them show what is known."""
    asked: list[tuple[str, dict[str, Any]]] = [
        *(("tasks_failed", {}), ("tasks_list", {}), ("alerts_list", {}), ("health", {})),
        *(("task_show", {"id": CANARIES["slack"]}), ("message_why", {"correlation_id": "canary"})),
    ]
    return [
        await bot.post(
            "/mcp",
            {
                "jsonrpc": "2.0",
                "id": 1,
                "method": "tools/call",
                "params": {"name": name, "arguments": given},
            },
        )
        for name, given in asked
    ]


async def refused_by(bot, path: str, body: dict[str, Any]) -> str:
    """Return what the bot answers, whatever its status."""
    headers = {"Authorization": f"Bearer {bot.token}"}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.post(f"{bot.url}{path}", json=body) as answer,
    ):
        return await answer.text()


async def case_of(bot, task_id: str) -> list[str]:
    """Return the files of a task's case file."""
    headers = {"Authorization": f"Bearer {bot.token}"}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.get(f"{bot.url}/api/case-files/{task_id}") as answer,
    ):
        assert answer.status == 200, await answer.text()
        with zipfile.ZipFile(io.BytesIO(await answer.read())) as case:
            return [case.read(name).decode() for name in case.namelist()]


async def plant_tasks(bot, playground):
    """Let tasks fail with secrets, report and log them."""
    told = {"note": ALL, "api_key": "canarynamed77", CANARIES["slack"]: 1}
    asked = {
        "task": "t",
        "subject": ALL[:190],
        "channel": "#ops",
        "metadata": told,
        "payload": told,
    }
    answers = []
    for runner in ("mill", "teller"):
        answers.append(await bot.post("/api/tasks", {**asked, "runner": runner, "run": True}))
        task_id = answers[-1]["taskId"]

        async def has_failed(task_id=task_id):
            return (await bot.read(f"/api/tasks/{task_id}"))["status"] == "failed"

        await until(has_failed)
        await bot.post(f"/api/tasks/{task_id}/retry", {"reason": ALL[:190], "payload": told})
    task_id = (await bot.post("/api/tasks", asked))["taskId"]
    halves = [{"text": f"x {CANARIES['slack'][:20]}"}, {"text": f"{CANARIES['slack'][20:]} y"}]

    async def is_logged():
        lines = [{"text": line, "level": "error"} for line in ALL.splitlines()]
        took = await bot.post(f"/api/tasks/{task_id}/logs", {"lines": [*lines, *halves]})
        return took["taken"]

    await until(is_logged)
    report = {"status": "failed", "taskId": task_id, "error": ALL, "progressNote": ALL[:190]}
    report |= {"stats": told, "metadata": told, "steps": [{"name": ALL, "status": "failed"}]}
    answers.append(await bot.post("/api/slack/update", report))
    await playground.wait_for(
        lambda: "[secret]" in repr(playground.replies("ops", first(playground)))
    )
    return answers


def first(playground) -> str:
    """Return where the newest message stands."""
    return str(playground.messages("ops")[-1]["ts"])


async def plant_messages(bot):
    """Send messages with secrets in them, and let Slack refuse one."""
    body: dict[str, Any] = {"templateCode": "text", "channel": "#ops", "payload": {"text": ALL}}
    body |= {"files": [{"name": "a.txt", "content": ALL}], "correlationId": "canary"}
    answers: list[Any] = [await bot.post("/api/messages/request", body)]

    async def is_sent():
        return (await bot.read("/api/messages/canary"))["status"] == "SENT"

    await until(is_sent)
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {bot.token}"}) as session:
        made = {
            "body": json.dumps({"text": f"{{{{ word }}}} {CANARIES['slack']}"}),
            "description": ALL,
        }
        for path, sent in (
            ("/api/templates/canary", made),
            ("/api/senders/canary", {"channel": CANARIES["slack"]}),
        ):
            async with session.put(f"{bot.url}{path}", json=sent) as answer:
                answers.append(await answer.text())
        headers = {"X-Correlation-Id": CANARIES["slack"]}
        async with session.post(f"{bot.url}/api/messages/request", json={}, headers=headers) as one:
            answers.append(await one.text())
    return answers


def dump(url: str) -> str:
    """Return every row of every table."""
    database = Database(url)
    with database.connect() as connection:
        names = inspect(connection).get_table_names()
        rows = [list(connection.execute(text(f'SELECT * FROM "{name}"'))) for name in names]
    database.close()
    return repr(rows)


def around(told: str, found: str) -> str:
    """Return what stands around a finding."""
    at = told.index(found)
    return told[max(0, at - 300) : at + 200]
