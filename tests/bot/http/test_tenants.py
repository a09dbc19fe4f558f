"""
Tenants that share channels, people and ids do not see each other, over any route.

The property is non-interference: what a tenant is answered is the same whatever another one has.
"""

import random
import re
from dataclasses import replace

import pytest

from bot.all_tables import TABLES
from bot.config_file import ConfigFile, HttpRunner, TaskKind, WebhookMapping
from bot.http.mcp.tools import TOOLS
from bot.http.routes import ROUTES
from bot.messages.models import Message, MessageState
from bot.workspaces.models import Workspace
from tests.bot.http.calling import ONE_DATABASE, token_for
from tests.bot.http.order import SHIPPED
from tests.bot.http.rows import rows
from tests.bot.http.tenant_cases import CASES, CHANNEL, PERSON, REPORT, SECRET, SHARED, Known
from tests.bot.workspaces.room import connect
from tests.patience import until

#: Stands in every text of the victim's, and in nothing else.
CANARY = "bergmann-canary"
TS = "1700000000.000200"
#: Two tenants that do the same, one before and one after the victim has worked on.
STRANGERS = {"ben": "T3", "dora": "T4"}
_GUESS = "06h28454w7hzc0fgz9wwax6e"
#: Ids of things that nobody has.
GUESSED = Known(f"a_{_GUESS}", f"m_{_GUESS}", "T1", TS, "0" * 24, f"r_{_GUESS}", f"x_{_GUESS}")
_VOLATILE = (
    (re.compile(r"\b[a-z]{1,3}_[0-9a-hjkmnp-tv-z]{24}\b"), "<id>"),
    (re.compile(r"20\d\d-\d\d-\d\d[T ][0-9:.]+(?:\+00:00|Z)?"), "<at>"),
    (re.compile(r"\b1[0-9]{9}\b"), "<epoch>"),
    (re.compile(r"\w{3} [0-9]{1,2} \w{3} 20[0-9]{2}, [0-9:]{5}"), "<at>"),
    (re.compile(r"(?<![0-9a-f])[0-9a-f]{24,64}(?![0-9a-f])"), "<code>"),
    (re.compile(r'"(?:oldest_?[sS]econds|silent_?[sS]econds)": ?[0-9.]+'), "<age>"),
    (re.compile(r"\b(?:ben|dora|T3|T4)\b"), "<tenant>"),
)


def test_every_route_has_a_case():
    """A new route needs an entry in `tenant_cases.CASES`; one that is gone leaves it."""
    assert sorted(CASES) == sorted({route.handler.__name__ for route in ROUTES})


def test_every_tool_for_assistants_has_a_case():
    """So does a new tool, in `tenant_cases._assistants`."""
    called = {sending.body["params"]["name"] for sending in CASES["serve_mcp"](GUESSED)}
    assert sorted(called) == sorted(tool.name for tool in TOOLS)


async def work(client, database, tenant, token=None, query=REPORT["query"]):
    """Let a tenant make one of everything, under ids that are known to others, and return those."""
    token = token or token_for(tenant, "admin", subject=PERSON)
    text = f"{CANARY} of {tenant}"
    first = {"task": "import", "channel": CHANNEL, "runner": "mill", "status": "running"}
    body = {"channel": CHANNEL, "templateCode": SECRET, "configCode": SECRET}
    trigger = {"event_action": "trigger", "payload": {"summary": text, "source": text}}
    sent = [
        ("PUT", f"/api/templates/{SECRET}", {"body": f'{{"text": "{text}"}}'}),
        ("PUT", f"/api/senders/{SECRET}", {"queue": "email"}),
        ("PUT", f"/api/templates/{SHARED}", {**SHIPPED, "description": text}),
        ("PUT", f"/api/senders/{SHARED}", {"queue": "email"}),
        *(
            (
                "POST",
                "/api/tasks",
                {**first, "taskId": one, "subject": text, "metadata": {"a": text}},
            )
            for one in (SHARED, SECRET)
        ),
        ("POST", f"/api/tasks/{SECRET}/logs", {"lines": [{"text": text, "level": "error"}]}),
        ("POST", "/api/slack/update", {"taskId": SECRET, "status": "failed", "error": text}),
        *(
            (
                "POST",
                "/api/messages/request",
                {**body, "correlationId": one, "payload": {"a": text}},
            )
            for one in (SECRET, SHARED)
        ),
        ("POST", "/api/alerts/events", {**trigger, "dedup_key": SECRET}),
        ("POST", "/api/users/registered", {"userId": SECRET, "email": text, "channel": CHANNEL}),
    ]
    for method, path, one in sent:
        reply = await client.call(method, path, one, token=token)
        assert reply.status < 300, (path, reply.text)
    await client.call("POST", "/api/tasks", first, token=token, headers={"Idempotency-Key": SHARED})
    retry = {"name": "task_retry", "arguments": {"id": SECRET}}
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": retry}
    asked = (await client.post("/mcp", call, token=token)).body["result"]["structuredContent"]
    wanted = {**REPORT, "query": query, "description": text, "name": text}
    report = await client.post("/api/scheduling/reports", wanted, token=token)
    assert report.status == 201, report.text
    run_id = await run_report(client, report.body["id"], token)
    alerts = (await client.get("/api/alerts", token=token)).body["alerts"]
    message = (await client.get(f"/api/messages/{SECRET}", token=token)).body
    database.transact(lambda session: _stand(session, message["messageId"]))
    return Known(
        alerts[0]["id"],
        message["messageId"],
        "T1",
        TS,
        asked["confirmation"],
        report.body["id"],
        run_id,
    )


async def run_report(client, report_id, token):
    """Run a report to its end and return the id of the run."""
    asked = await client.post(f"/api/scheduling/reports/{report_id}/run", {}, token=token)
    path = f"/api/scheduling/executions/{asked.body['execution_id']}"

    async def has_ended():
        return (await client.get(path, token=token)).body["completed_at"]

    await until(has_ended)
    return asked.body["execution_id"]


def _stand(session, message_id):
    """Let the message be a dead letter that stands at a known place."""
    message = session.get(Message, message_id)
    message.ts, message.is_posted, message.state = TS, True, MessageState.DEAD
    message.error, message.dead_at = "channel_not_found", message.created_at
    session.add(message)


def everything_of(database, tenant, workspace_id):
    """Return all rows of a tenant, of every table."""
    mine = {row.id for row in rows(database, Message) if row.tenant == tenant}
    found = []
    for table in TABLES:
        for row in rows(database, table):
            values = row.model_dump(mode="json", warnings=False)
            is_own = workspace_id in (values.get("workspace_id"), table is Workspace and row.id)
            if values.get("tenant") == tenant or is_own or values.get("message_id") in mine:
                found.append((table.__name__, values))
    return sorted(found, key=repr)


def generated(known, seed):
    """Return one request for each route and id of its case, in an order of its own."""
    sendings = [
        (route, sending) for route in ROUTES for sending in CASES[route.handler.__name__](known)
    ]
    random.Random(seed).shuffle(sendings)
    return sendings


async def sent_by(client, clock, tenant, sendings):
    """Return what each request of a tenant is answered."""
    token = token_for(tenant, "admin", subject=PERSON)
    replies = []
    for route, sending in sendings:
        clock.pass_by(seconds=1)  # Or the rate limit would answer.
        path = route.path
        for name, value in sending.values.items():
            path = path.replace(f"{{{name}}}", value)
        key = {"Idempotency-Key": SHARED} if route.handler.__name__ == "create_task" else {}
        reply = await client.call(
            route.method, path + sending.query, sending.body, token=token, headers=key
        )
        assert reply.status in (*range(200, 500), 503), (path, reply.text)
        assert CANARY not in reply.text, path
        # The whole process's figures, in which no tenant is named.
        shown = "" if path == "/metrics" else plain(reply.text)
        replies.append((plain(f"{route.method} {path}"), reply.status, shown))
    return replies


def plain(text):
    """Return a response without what differs from call to call."""
    for pattern, instead in _VOLATILE:
        text = pattern.sub(instead, text)
    return text


@ONE_DATABASE
@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_nothing_of_a_tenant_reaches_another(client, database, clock, seed):
    """Whatever another tenant sends, it is answered as if the victim had nothing."""
    for tenant, workspace_id in STRANGERS.items():
        connect(database, workspace_id, tenant)
    expected = await sent_by(client, clock, "ben", generated(GUESSED, seed))
    known = await work(client, database, "default")
    before = everything_of(database, "default", "T1")
    assert sum(CANARY in repr(row) for row in before) > 10

    replies = await sent_by(client, clock, "dora", generated(known, seed))

    differing = [pair for pair in zip(replies, expected, strict=True) if pair[0] != pair[1]]
    assert differing == []
    assert everything_of(database, "default", "T1") == before


class TestWhatIsConfigured:
    """opsbell.toml and the environment belong to the tenant of SLACK_BOT_TOKEN."""

    @pytest.fixture
    def settings(self, settings):
        secret = f"https://{CANARY}.example.com/{{task}}"
        kind = TaskKind(channel=f"#{CANARY}", runner=CANARY, log_url=secret, grafana_url=secret)
        config = ConfigFile(
            tasks={"*": kind},
            runners={CANARY: HttpRunner(type="http", url="http://127.0.0.1:9/run")},
            webhooks={CANARY: WebhookMapping(preset="kestra")},
        )
        update = {"slack_default_channel": f"#{CANARY}", "environment": CANARY, "config": config}
        return settings.model_copy(update={**update, "grafana_url": secret})

    @ONE_DATABASE
    async def test_it_is_told_to_no_other_tenant(self, client, database, clock):
        """Neither in an answer nor in a message: no address, channel, runner or environment."""
        connect(database, "T3", "ben")

        replies = await sent_by(client, clock, "ben", generated(GUESSED, 5))

        stored = everything_of(database, "ben", "T3")
        assert [row for row in stored if CANARY in repr(row)] == []
        assert ("POST /api/tasks", 201) in [reply[:2] for reply in replies]
        hook = await client.post(f"/api/webhooks/{CANARY}", {}, token=token_for("ben", "admin"))
        assert (hook.status, hook.text.count("known: none")) == (404, 1)


@ONE_DATABASE
async def test_the_home_tenant_reaches_no_other(client, database, clock):
    """The tenant of SLACK_BOT_TOKEN is one like any other: its admin tokens do not see the rest."""
    known = await work(client, database, "cleo")
    known = replace(known, workspace_id="T2")
    before = everything_of(database, "cleo", "T2")

    await sent_by(client, clock, "default", generated(known, 4))

    assert everything_of(database, "cleo", "T2") == before
