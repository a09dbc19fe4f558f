"""How each contender stores the jobs and how its worker is started; all post the same."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlmodel import Session

from benchmarks import installs, servers
from benchmarks.engine import NOTE, TENANT, WORKSPACE, database, folder_in_memory, renderer
from bot.clock import SystemClock
from bot.db import Database
from bot.messages.models import StoredTemplate
from bot.messages.requests.batch import RequestBatch
from bot.messages.requests.message_request import MessageRequest
from bot.messages.requests.service import Requests

HERE = Path(__file__).parent
#: Stored at once, as with the bulk request of the API.
BULK = 500
PYTHON_PEERS = ("celery", "taskiq", "procrastinate")
OPSBELLS = ("opsbell sqlite", "opsbell postgresql")
#: By the name of the contender, with which client its jobs call.
BULLMQS = {"bullmq": "http", "bullmq fetch": "fetch"}
NAMES = (*OPSBELLS, *BULLMQS, *PYTHON_PEERS)


@dataclass(frozen=True)
class Contender:
    """Jobs are stored; `command` in `folder` with `environment` sends them."""

    command: Sequence[str]
    environment: dict[str, str]
    folder: Path


@contextmanager
def ready(name: str, count: int, slack_url: str, channels: int = 1) -> Iterator[Contender]:
    """Give a contender whose jobs are stored, with its servers running."""
    kind = name.removeprefix("opsbell ")
    if name in OPSBELLS:
        with folder_in_memory() as folder, database(kind, folder) as store:
            asyncio.run(store_requests(store, count, channels))
            renderer(folder)
            url = store.url.set(drivername=kind).render_as_string(hide_password=False)
            command = [sys.executable, "-m", "benchmarks.sender", url, slack_url]
            yield Contender([*command, str(folder / "templates")], {}, servers.ROOT)
    elif name == "procrastinate":
        with folder_in_memory() as folder, database("postgresql", folder) as store:
            url = store.url.set(drivername="postgresql").render_as_string(hide_password=False)
            yield filled(python_peer(name, url, slack_url, count))
    else:
        with servers.redis() as port:
            if name in BULLMQS:
                yield filled(node_peer(port, slack_url, count, BULLMQS[name]))
            else:
                url = f"redis://127.0.0.1:{port}/0"
                yield filled(python_peer(name, url, slack_url, count))


def filled(contender: Contender) -> Contender:
    """Store the jobs and return the contender."""
    program = {"celery": "celery_jobs.py", "taskiq": "taskiq_jobs.py"}
    fill = [*contender.command[:2], "fill"]
    for word, script in program.items():
        if Path(contender.command[0]).name == word:
            fill = [str(Path(contender.command[0]).with_name("python")), script, "fill"]
    with servers.process(fill, contender.environment, contender.folder) as running:
        if running.wait():
            raise RuntimeError(f"The jobs could not be stored: {' '.join(fill)}")
    return contender


def node_peer(port: int, slack_url: str, count: int, client: str = "http") -> Contender:
    environment = {
        "POST_WITH": client,
        "REDIS_PORT": str(port),
        "SLACK_URL": slack_url,
        "COUNT": str(count),
        "BULLMQ_HOME": str(installs.bullmq()),
    }
    return Contender(["node", "jobs.mjs", "work"], environment, HERE / "bullmq")


def python_peer(name: str, broker: str, slack_url: str, count: int) -> Contender:
    home = installs.peers()
    commands = {
        "celery": ["celery", "-A", "celery_jobs", "worker", "-P", "threads", "-c", "50"],
        "taskiq": ["taskiq", "worker", "taskiq_jobs:broker", "--workers", "1"],
        "procrastinate": ["python", "procrastinate_jobs.py", "work"],
    }
    command = [str(home / commands[name][0]), *commands[name][1:]]
    if name == "taskiq":
        command += ["--max-async-tasks", "50"]
    environment = {"BROKER_URL": broker, "SLACK_URL": slack_url, "COUNT": str(count)}
    return Contender(command, environment, HERE / "peers")


async def store_requests(store: Database, count: int, channels: int) -> None:
    """Store requests for a stored template through the request API's own use case."""
    await store.write(store_template)
    requests = Requests(store, SystemClock(), lambda _workspace_id: None)
    for start in range(0, count, BULK):
        numbers = range(start, min(start + BULK, count))
        orders = [order(number, f"C0BENCH{number % channels or ''}") for number in numbers]
        await requests.accept(RequestBatch(orders))


def store_template(session: Session) -> None:
    now = datetime.now(UTC)
    session.add(
        StoredTemplate(
            tenant=TENANT, code="note", version=1, body=NOTE, created_by="ada", created_at=now
        )
    )


def order(number: int, channel: str = "C0BENCH") -> MessageRequest:
    return MessageRequest(
        tenant=TENANT,
        workspace_id=WORKSPACE,
        template="note",
        payload={"word": f"message {number}"},
        correlation_id=f"c_{number}",
        by="ada",
        channel=channel,
    )


def cpu_seconds(output: str) -> float | None:
    """Return the processor time that a worker printed, if it did."""
    lines = [line for line in output.splitlines() if line.startswith("{")]
    return float(json.loads(lines[-1])["cpu_s"]) if lines else None


def ended(running: "subprocess.Popen[str]") -> str:
    """Ask a worker to end and return what it printed."""
    running.terminate()
    try:
        return running.communicate(timeout=servers.READY_SECONDS)[0]
    except subprocess.TimeoutExpired:
        running.kill()
        return running.communicate()[0]
