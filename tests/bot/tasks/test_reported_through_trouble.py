"""
P2, from the worker's word to Slack: reports in any order and number, through faults and restarts.

Reports come late, twice and from older attempts; messages are adopted; Slack holds calls, loses
answers, refuses and is slow; the bot is killed and starts again. No message may ever go
backwards, and none may stand there that nobody knows of.
"""

import asyncio
import re
import shutil
import tempfile
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from slack_playground import Playground
from sqlmodel import col, select

from benchmarks.virtual_time import LoopClock, VirtualLoop
from bot.config_file import ConfigFile
from bot.db import Database
from bot.messages.delivery.running_lanes import Lanes
from bot.messages.history.rebuild import verify
from bot.messages.models import Message, MessageState
from bot.messages.rate_limits.slack_limits import Pacing
from bot.messages.rendering.renderer import Renderer
from bot.messages.transports.slack import SlackTransport
from bot.tasks.announcer import Announcer
from bot.tasks.creation import NewTask, Owner
from bot.tasks.display import Links
from bot.tasks.intake import Intake
from bot.tasks.models import ENDS, Task, TaskStatus
from bot.tasks.service import Tasks
from bot.tasks.transactions import Transactions
from bot.tasks.updates import StatusReport
from tests.bot.tasks.room import Recorder

TEMPLATES = Path(__file__).parents[3] / "templates"
TASKS = 2
#: Less than a call may be on its way, so that one can be late.
CALL_SECONDS = 0.8
#: Nobody waits for it: an hour of the clock passes in seconds.
HOUR_SECONDS = 3600
#: Bot and Slack talk over real sockets; their time is virtual, so that no busy machine is late.
LOOP = partial(VirtualLoop, look_seconds=0.001)
FAULTS: dict[str, dict[str, Any]] = {
    "429": {"kind": "http", "status": 429, "retry_after": 0},
    "500": {"kind": "http", "status": 500},
    "lost": {"kind": "drop_answer"},
    "refused": {"kind": "refuse"},
    "slow": {"kind": "delay", "seconds": 0.3},
    # Longer than the transport waits, shorter than a call may be on its way.
    "late": {"kind": "delay", "seconds": 1.0},
}
reports = st.tuples(
    st.just("report"),
    st.integers(0, TASKS - 1),
    st.sampled_from(["running", "running", "running", "completed", "failed", "cancelled"]),
    st.integers(1, 3),  # attempt
    st.integers(0, 9),  # seq
)
troubles = st.tuples(st.just("fault"), st.sampled_from([*FAULTS]), st.sampled_from(["*", "chat.*"]))
STEPS = st.lists(
    st.one_of(
        reports,
        reports,
        reports,
        troubles,
        st.tuples(st.sampled_from(["restart", "kill", "delete"])),
        st.tuples(st.just("wait"), st.integers(0, 12)),
    ),
    min_size=6,
    max_size=30,
)


@pytest.mark.long
@given(STEPS, st.booleans())
@settings(
    max_examples=25,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=True,
)
def test_no_message_ever_goes_backwards(sqlite_template, steps, adopted):
    """Attempts only grow, an end is the last of its attempt, and the newest stands in the end."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(sqlite_template, Path(folder) / "opsbell.db")
        with asyncio.Runner(loop_factory=LOOP) as runner:
            runner.run(Drama(Path(folder)).play(steps, adopted=adopted))


class Drama:
    """Tasks and a lane on a playground."""

    def __init__(self, folder: Path) -> None:
        self.database = Database(f"sqlite:///{folder / 'opsbell.db'}")
        self.clock = LoopClock()
        self.number = 0

    async def play(self, steps: list[Any], *, adopted: bool) -> None:
        """Do all steps, then wait for peace and look."""
        async with Playground(limits="off") as self.playground:
            self.owner = Owner("default", self.playground.state.team_id)
            self.channel = self.playground.channel("ops").id
            self.start()
            await self.begin(adopted=adopted)
            for kind, *details in steps:
                await getattr(self, kind)(*details)
            self.playground.heal()
            await self.peace()
            await self.stop()
            await self.look()
        self.database.close()

    def start(self) -> None:
        """Open a lane and the use cases, as a new process does."""
        self.transport = SlackTransport(
            self.playground.api_url, self.playground.bot_token, timeout_seconds=CALL_SECONDS
        )
        self.lanes = Lanes(self.database, Renderer(TEMPLATES), self.clock)
        self.lanes.open(self.owner.workspace_id, self.transport, Pacing(unlimited=True))
        announcer = Announcer(Links(ConfigFile()), can_retry=lambda _task: False, on_creation=True)
        together = Transactions(self.database, lanes=self.lanes, launcher=Recorder())
        self.intake = Intake(together, announcer, self.clock, lambda _task: None)
        self.tasks = Tasks(together, announcer, self.clock, lambda _task: None, lambda _task: None)

    async def stop(self) -> None:
        await self.lanes.stop()
        self.transport.close()

    async def begin(self, *, adopted: bool) -> None:
        """Announce the tasks; the last one may begin as a message of the bot's own making."""
        self.ids = []
        for number in range(TASKS - adopted):
            new = NewTask("import", self.channel, task_id=f"t_{number}")
            self.ids.append((await self.tasks.create(self.owner, new))[0].id)
        if adopted:
            arguments = {"channel": self.channel, "text": "⏳ Queued: by hand"}
            posted = await self.transport._call("chat.postMessage", arguments)
            told = StatusReport(TaskStatus.RUNNING, channel=self.channel, ts=posted.ts)
            self.ids.append((await self.intake.report(self.owner, told)).task_id)

    async def report(self, which: int, status: str, attempt: int, seq: int) -> None:
        """Let a worker say something; its number is in the message while the task runs."""
        self.number += 1
        told = StatusReport(
            TaskStatus(status),
            task_id=self.ids[which],
            attempt=attempt,
            seq=seq,
            progress_note=f"word {self.number}.",
        )
        await self.intake.report(self.owner, told)

    async def fault(self, name: str, method: str) -> None:
        self.playground.fail(method, **FAULTS[name])

    async def wait(self, tenths: int) -> None:
        await asyncio.sleep(tenths / 10)

    async def restart(self) -> None:
        await self.stop()
        self.start()

    async def kill(self) -> None:
        """End all that runs, as a killed process does: nothing is recorded any more."""
        for task in asyncio.all_tasks():
            if task.get_name().startswith(("lane ", "deliver ")):
                task.cancel()
        await self.restart()

    async def delete(self) -> None:
        """Let somebody delete a message; the next report posts it anew."""
        standing = [one for one in self.playground.messages("ops") if one.get("metadata")]
        if standing:
            await self.transport._call(
                "chat.delete", {"channel": self.channel, "ts": standing[0]["ts"]}
            )

    async def peace(self) -> None:
        """Wait until nothing is left to do."""
        async with asyncio.timeout(HOUR_SECONDS):
            while await self.database.read(unrest):
                self.lanes.wake(self.owner.workspace_id)
                await asyncio.sleep(0.1)
        await asyncio.sleep(2)  # What Slack was slow with has arrived as well.

    async def look(self) -> None:
        """Compare Slack with the tasks, and every message with its own past."""
        messages = await self.database.read(lambda session: session.exec(select(Message)).all())
        known = {message.ts for message in messages}
        ours = [one for one in self.playground.messages("ops") if one.get("metadata")]
        assert [one["text"] for one in ours if one["ts"] not in known] == []
        for message in messages:
            if message.template != "tasks/task" or message.ts is None:
                continue
            if self.gone(message.ts):
                continue  # Somebody deleted it, and nothing was said since.
            told = [one["text"] for one in self.playground.history("ops", message.ts)]
            stages = [stage(text) for text in [*told, self.text(message.ts)]]
            for before, after in pairwise(stages):
                assert before <= after, (told, self.text(message.ts))
            task, _ = await self.tasks.get(self.owner, self.id_of(message))
            shown = stage(self.text(message.ts))
            assert (task.attempt, task.status in ENDS) == shown[:2], self.text(message.ts)
        assert (await self.database.read(verify)).is_clean

    def id_of(self, message: Message) -> str:
        def work(session: Any) -> str:
            return str(session.exec(select(Task.id).where(Task.message_id == message.id)).one())

        return self.database.transact(work)

    def gone(self, ts: str) -> bool:
        return ts not in self.playground.channel("ops").timeline

    def text(self, ts: str) -> str:
        return str(self.playground.message("ops", ts)["text"])


def unrest(session: Any) -> list[str]:
    """Return what is still to be done."""
    return list(
        session.exec(
            select(Message.id).where(
                col(Message.state).not_in([MessageState.IDLE, MessageState.DEAD])
            )
        )
    )


def stage(text: str) -> tuple[int, bool, int]:
    """Return the attempt, whether it has ended, and the number of the worker's newest word."""
    attempt = re.search(r"Attempt (\d+)", text)
    word = re.search(r"word (\d+)\.", text)
    has_ended = any(face in text for face in ("Completed", "Failed", "Cancelled"))
    return (
        int(attempt[1]) if attempt else 1,
        has_ended,
        int(word[1]) if word and not has_ended else 0,
    )
