"""An orchestrator on this machine: what it is sent, and what becomes of its answers."""

import asyncio
import contextlib
import gzip
import json
import resource
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from standardwebhooks.webhooks import Webhook

from bot.clock import SystemClock
from bot.config_file import HttpRunner
from bot.outgoing.public_resolver import PublicResolver
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

    sent: int = 0

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.heard.append((dict(request.headers), await request.text()))
        answer = self.answers.pop(0) if self.answers else 200
        if answer == "hang":
            await asyncio.sleep(600)
        if answer == "hang up":
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        if isinstance(answer, web.StreamResponse) and not isinstance(answer, web.Response):
            await answer.prepare(request)
            with contextlib.suppress(ConnectionError):
                while self.sent < 5_000_000_000:
                    await answer.write(b"x" * 1_000_000)
                    self.sent += 1_000_000
            return answer
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
def timeout_seconds() -> float:
    """How long the runner waits for an answer; less in a test that gets none."""
    return 30.0


@pytest.fixture
async def runner(orchestrator, timeout_seconds) -> AsyncIterator[HttpOrchestrator]:
    settings = HttpRunner(
        type="http",
        url=orchestrator.url,
        cancel_url=orchestrator.url,
        timeout_seconds=timeout_seconds,
    )
    runner = HttpOrchestrator(settings, SECRET, SystemClock(), pause_seconds=0.01)
    yield runner
    await runner.stop()


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


async def test_its_signature_has_the_time_of_the_bots_clock(orchestrator):
    """What is signed at a time that was set by hand says so."""
    clock = HandClock()
    settings = HttpRunner(type="http", url=orchestrator.url)
    signing = HttpOrchestrator(settings, SECRET, clock)
    await signing.start(launch())
    await signing.stop()

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


async def test_nobody_there_is_an_error_with_a_reason():
    """A refused connection says so."""
    settings = HttpRunner(type="http", url="http://127.0.0.1:9/run?key=hush")
    runner = HttpOrchestrator(settings, None, SystemClock(), pause_seconds=0)

    with pytest.raises(RunnerError, match="Cannot connect to host") as refused:
        await runner.start(launch())
    await runner.stop()
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


async def test_a_refusal_without_end_is_not_read_to_its_end(orchestrator, runner):
    """Gigabytes of it, also packed into kilobytes, cost neither memory nor time."""
    endless = web.StreamResponse(status=422)
    orchestrator.answers = [endless]

    with pytest.raises(RunnerError, match=r"refused it \(422\): xxx"):
        await runner.start(launch())
    assert orchestrator.sent < 50_000_000

    bomb = gzip.compress(b"y" * 50_000_000)
    headers = {"Content-Encoding": "gzip"}
    orchestrator.answers = [web.Response(status=422, body=bomb, headers=headers)]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(RunnerError, match=r"refused it \(422\)"):
        await runner.start(launch())
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 30_000


async def test_a_refusal_that_repeats_the_token_does_not_show_it(orchestrator, runner):
    """What an orchestrator writes back is masked, also where it is cut."""
    token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl"
    orchestrator.answers = [web.Response(status=400, text=f"{'x' * 280} {token}")]

    with pytest.raises(RunnerError) as refused:
        await runner.start(launch())
    assert "eyJ" not in str(refused.value)


class Hosts(AbstractResolver):
    """A list of names and addresses, in the place of the system's."""

    def __init__(self, **addresses: list[str]) -> None:
        self._addresses = addresses

    async def resolve(self, host: str, port: int = 0, family: Any = 0) -> list[ResolveResult]:
        return [
            ResolveResult(hostname=host, host=one, port=port, family=family, proto=0, flags=0)
            for one in self._addresses[host]
        ]

    async def close(self) -> None:
        """Nothing is open."""


async def test_a_public_name_that_leads_to_us_is_not_called():
    """A name that was taken over must not reach what stands behind the firewall."""
    names = {"jobs.example": ["1.1.1.1"], "taken.example": ["1.1.1.1", "10.0.0.7"]}
    resolver = PublicResolver(
        Hosts(**names, orchestrator=["10.0.0.7"]), setting="private_addresses"
    )

    assert [one["host"] for one in await resolver.resolve("jobs.example")] == ["1.1.1.1"]
    assert [one["host"] for one in await resolver.resolve("orchestrator")] == ["10.0.0.7"]
    with pytest.raises(OSError, match=r"taken.example leads to a private address.*private_addr"):
        await resolver.resolve("taken.example")
