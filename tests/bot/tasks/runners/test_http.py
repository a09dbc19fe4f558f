"""An orchestrator on this machine: what it is sent, and what becomes of its answers."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from standardwebhooks.webhooks import Webhook

from bot.clock import SystemClock
from bot.config_file import HttpRunner
from bot.tasks.runners.http import HttpOrchestrator
from bot.tasks.runners.runner import Attempt, RunnerError
from tests.bot.tasks.room import HandClock
from tests.bot.tasks.runners.test_command import launch

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@dataclass
class Orchestrator:
    """A real server that answers as it is told and remembers what came."""

    url: str = ""
    answers: list[Any] = field(default_factory=list)
    heard: list[tuple[dict[str, str], str]] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.Response:
        self.heard.append((dict(request.headers), await request.text()))
        answer = self.answers.pop(0) if self.answers else 200
        if answer == "hang":
            await asyncio.sleep(600)
        if answer == "hang up":
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        if answer == "login":
            raise web.HTTPFound("/login")
        return answer if isinstance(answer, web.Response) else web.Response(status=answer)


@pytest.fixture
async def orchestrator() -> AsyncIterator[Orchestrator]:
    one = Orchestrator()
    app = web.Application()
    app.router.add_post("/run", one.handle)
    app.router.add_get("/login", one.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    one.url = f"http://127.0.0.1:{runner.addresses[0][1]}/run?key=hush"
    yield one
    await runner.cleanup()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(trust_env=False) as session:
        yield session


@pytest.fixture
def timeout_seconds() -> float:
    """How long the runner waits for an answer; less in a test that gets none."""
    return 30.0


@pytest.fixture
def runner(orchestrator, session, timeout_seconds) -> HttpOrchestrator:
    settings = HttpRunner(
        type="http",
        url=orchestrator.url,
        cancel_url=orchestrator.url,
        timeout_seconds=timeout_seconds,
    )
    return HttpOrchestrator(session, settings, SECRET, SystemClock(), pause_seconds=0.01)


async def test_it_is_sent_what_the_contract_says(orchestrator, runner):
    """One POST with the agreed names; a second launch of the attempt has the same key."""
    await runner.start(launch(payload={"x": 1}, ts="1.2"))
    await runner.start(launch())
    await runner.start(launch(attempt=2))

    assert json.loads(orchestrator.heard[0][1]) == {
        "taskId": "t-1",
        "task": "import",
        "dealer": "Bergmann",
        "subject": "Bergmann",
        "attempt": 1,
        "payload": {"x": 1},
        "slackContext": {"channel": "C1", "ts": "1.2"},
        "callbackUrl": "http://127.0.0.1/api/slack/update",
        "callbackToken": "one-task-only",
    }
    keys = [headers["Idempotency-Key"] for headers, _ in orchestrator.heard]
    assert keys == ["default:t-1:1", "default:t-1:1", "default:t-1:2"]


async def test_tenants_have_keys_of_their_own(orchestrator, runner):
    """
    Two tenants call their tasks the same; no two attempts share a key, whatever the names hold.

    The orchestrator would take the second tenant's launch for a repetition of the first one's.
    """
    for tenant, task_id in (("ada", "t-1"), ("ben", "t-1"), ("ben:t", "1"), ("ben", "t:1")):
        await runner.start(launch(tenant=tenant, task_id=task_id))

    keys = {headers["Idempotency-Key"] for headers, _ in orchestrator.heard}
    assert {"ada:t-1:1", "ben:t-1:1", "ben%3At:1:1", "ben:t%3A1:1"} == keys


async def test_its_signature_verifies(orchestrator, runner):
    """Whoever knows the secret can tell that it is ours, hostile payload and all."""
    await runner.start(launch(payload={"x": "\ud800\0 ünïcode"}))

    ((headers, body),) = orchestrator.heard
    assert Webhook(SECRET).verify(body, headers)["payload"]["x"] == "\ud800\0 ünïcode"


async def test_its_signature_has_the_time_of_the_bots_clock(orchestrator, session):
    """What is signed at a time that was set by hand says so."""
    clock = HandClock()
    settings = HttpRunner(type="http", url=orchestrator.url)
    await HttpOrchestrator(session, settings, SECRET, clock).start(launch())

    ((headers, body),) = orchestrator.heard
    assert headers["webhook-timestamp"] == str(int(clock.now().timestamp()))
    assert headers["webhook-signature"] == Webhook(SECRET).sign(
        headers["webhook-id"], clock.now(), body
    )


async def test_a_refusal_is_told_at_once(orchestrator, runner):
    """A 4xx is not repeated; what it said is in the error, but not all of it."""
    orchestrator.answers = [web.Response(status=422, text="No such dealer. " * 100)]

    with pytest.raises(RunnerError, match=r"refused it \(422\): No such dealer") as refused:
        await runner.start(launch())
    assert (len(orchestrator.heard), len(str(refused.value)) < 400) == (1, True)


async def test_a_redirect_is_no_yes(orchestrator, runner):
    """A POST that is sent to a login page has reached nobody."""
    orchestrator.answers = ["login"]

    with pytest.raises(RunnerError, match=r"refused it \(302\)"):
        await runner.start(launch())
    assert len(orchestrator.heard) == 1


async def test_three_server_errors_are_given_up(orchestrator, runner):
    """It is asked three times; the error has the status, and never the address with its key."""
    orchestrator.answers = [500, 502, 503]

    with pytest.raises(RunnerError, match="does not answer: 503 Service Unavailable") as refused:
        await runner.start(launch())
    assert len(orchestrator.heard) == 3
    assert "hush" not in str(refused.value)


async def test_a_server_error_that_passes_is_forgiven(orchestrator, runner):
    """The third try counts as much as the first."""
    orchestrator.answers = [500, "hang up", 201]

    await runner.start(launch())
    assert len(orchestrator.heard) == 3


@pytest.mark.parametrize("timeout_seconds", [0.3])
async def test_who_hangs_is_given_up(orchestrator, runner):
    """Silence is an error with a name."""
    orchestrator.answers = ["hang"] * 3

    with pytest.raises(RunnerError, match=r"does not answer: .*[Tt]imeout"):
        await runner.start(launch())


async def test_nobody_there_is_an_error_with_a_reason(session):
    """A refused connection says so."""
    settings = HttpRunner(type="http", url="http://127.0.0.1:9/run?key=hush")
    runner = HttpOrchestrator(session, settings, None, SystemClock(), pause_seconds=0)

    with pytest.raises(RunnerError, match="Cannot connect to host") as refused:
        await runner.start(launch())
    assert "hush" not in str(refused.value)


async def test_a_cancel_is_sent_and_signed(orchestrator, runner):
    """The orchestrator learns which attempt to stop."""
    await runner.cancel(Attempt("default", "t-1", 2))

    ((headers, body),) = orchestrator.heard
    cancelled = {"taskId": "t-1", "attempt": 2, "tenant": "default"}
    assert cancelled == Webhook(SECRET).verify(body, headers)


async def test_a_cancel_that_fails_names_the_reason(orchestrator, runner):
    """A cancel is tried once; what went wrong is told without the address."""
    orchestrator.answers = [503]
    with pytest.raises(RunnerError, match="did not take the cancel: 503 Service") as refused:
        await runner.cancel(Attempt("default", "t-1", 1))
    assert "hush" not in str(refused.value)
