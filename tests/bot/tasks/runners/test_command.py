"""Real programs on this machine: arguments, environment, ends, cancels."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.config_file import CommandRunner
from bot.tasks.models import Status
from bot.tasks.runners.command import Command
from bot.tasks.runners.output import MOST_BYTES, TAIL_LINES
from bot.tasks.runners.runner import Attempt, Launch, RunnerError
from tests.clock_shift import PRELOAD, SECONDS
from tests.patience import PATIENCE_SECONDS, until

HOSTILE = "a'b\"c $(touch pwned) `id` ; rm -rf x | > y && \n * ~ \\ --flag {payload.x}"
SHOW = "import json,os,sys; print(json.dumps([sys.argv[1:], dict(os.environ)])); sys.exit(1)"
TIDY = """import signal, sys, time
def tidy(*_): print("tidied", file=sys.stderr); sys.exit(7)
signal.signal(signal.SIGTERM, tidy); open(sys.argv[1], "w").close(); time.sleep(600)"""
CHATTER = """import os, pathlib, sys, time
print(*range(400_000), sep="\\n", flush=True); end = time.monotonic() + 60
while os.fstat(1).st_size > 100_000 and time.monotonic() < end: time.sleep(0.05)
pathlib.Path(sys.argv[1]).write_text(str(os.fstat(1).st_size)); print("the end"); sys.exit(1)"""
FIRST = Attempt("default", "t-1", 1)
BEATS = "trap '' TERM; while :; do date +%s%N > {file}; sleep 0.05; done"


class Programs:
    """Starts programs and remembers how each of them ended."""

    def __init__(self) -> None:
        self.ends: asyncio.Queue[tuple[Status, str | None]] = asyncio.Queue()
        self.started: list[Command] = []

    async def start(
        self,
        *argv: str,
        env: dict[str, str] | None = None,
        most_bytes: int = MOST_BYTES,
        grace_seconds: float = 0.3,
        **task: Any,
    ) -> Command:
        settings = CommandRunner(type="command", argv=list(argv), env=env or {}, cwd=None)
        command = Command(settings, self._ended, grace_seconds=grace_seconds, most_bytes=most_bytes)
        self.started.append(command)
        await command.start(launch(**task))
        return command

    async def run(self, *argv: str, **task: Any) -> tuple[Status, str | None]:
        await self.start(*argv, **task)
        return await self.end()

    async def end(self) -> tuple[Status, str | None]:
        """Wait until the next one has ended."""
        return await asyncio.wait_for(self.ends.get(), PATIENCE_SECONDS)

    async def _ended(self, _launch: Launch, status: Status, error: str | None) -> None:
        await self.ends.put((status, error))


@pytest.fixture
async def programs() -> AsyncIterator[Programs]:
    programs = Programs()
    yield programs
    for command in programs.started:
        await command.cancel(FIRST)
        await command.stop()


def launch(**values: Any) -> Launch:
    return Launch(
        **{
            "task_id": "t-1",
            "tenant": "default",
            "workspace_id": "T1",
            "task": "import",
            "subject": "Bergmann",
            "attempt": 1,
            "payload": {},
            "channel": "C1",
            "ts": None,
            "callback_url": "http://127.0.0.1/api/slack/update",
            "callback_token": "one-task-only",
            **values,
        }
    )


async def shown(programs: Programs, *argv: str, **task: Any) -> tuple[list[str], dict[str, str]]:
    """Return the arguments and the environment that a program saw."""
    _, error = await programs.run(sys.executable, "-c", SHOW, *argv, **task)
    arguments, environment = json.loads(str(error).split("\n", 1)[1])
    return arguments, environment


async def test_placeholders_are_filled(programs):
    """Every value of the task can be an argument, payload fields too."""
    argv, _ = await shown(
        programs,
        "{task}/{subject}/{dealer}/{attempt}/{task_id}",
        "--x={payload.x}",
        "{payload.deep.y}",
        "{payload.list}",
        payload={"x": "1 2", "deep": {"y": 3}, "list": [1, "a"]},
    )
    assert argv == ["import/Bergmann/Bergmann/1/t-1", "--x=1 2", "3", '[1, "a"]']


async def test_a_hostile_value_stays_one_argument(programs, tmp_path):
    """No shell ever sees it: quotes, substitutions, options and braces are text."""
    argv, _ = await shown(
        programs, "{payload.x}", "{subject}", "end", payload={"x": HOSTILE}, subject="{task}"
    )
    assert argv == [HOSTILE, "{task}", "end"]


async def test_a_nul_in_a_value_is_dropped(programs):
    """No argument can hold one; the program gets the rest."""
    assert (await shown(programs, "{subject}", subject="a\0b"))[0] == ["ab"]


async def test_a_lone_surrogate_is_refused_in_words(programs):
    """A payload that no program can be given fails with a sentence, not with a crash."""
    with pytest.raises(RunnerError, match="Cannot start"):
        await programs.start("true", "{payload.x}", payload={"x": "\ud800"})


async def test_an_unknown_placeholder_is_refused(programs):
    """The missing field is named and nothing is started."""
    with pytest.raises(RunnerError, match=r"needs \{payload.page\}, which this task does not have"):
        await programs.start("true", "{payload.page}", payload={"x": 1})
    with pytest.raises(RunnerError, match=r"payload\.x"):
        await programs.start("true", "{payload.x}", payload=["x"])


async def test_our_secrets_are_not_in_its_environment(programs):
    """It gets what is named in the settings and what it needs to report, and nothing else."""
    _, environment = await shown(programs, env={"MODE": "fast"}, payload={"x": 1})

    expected = {"OPSBELL_TASK_ID": "t-1", "OPSBELL_ATTEMPT": "1", "MODE": "fast"}
    assert expected.items() <= environment.items()
    assert environment["OPSBELL_CALLBACK_TOKEN"] == "one-task-only"
    assert json.loads(environment["OPSBELL_PAYLOAD"]) == {"x": 1}
    passed = {"HOME", "LANG", "LC_ALL", "LC_CTYPE", "PATH", "TMPDIR", "TZ", "USER", "VIRTUAL_ENV"}
    others = {name for name in environment if not name.startswith("OPSBELL_")} - passed
    # Under `make ahead` every process has the last two.
    assert {"MODE"} == others - {PRELOAD, SECONDS}


@pytest.mark.parametrize("program", ["/no/such/program", "no-such-program", "/etc/hostname"])
async def test_a_missing_program_is_named(programs, program):
    """What is not there, or is no program, fails with its name and the reason."""
    with pytest.raises(RunnerError, match=f"Cannot start `{program}`"):
        await programs.start(program)


async def test_exit_codes_become_states(programs):
    """Zero is completed; anything else failed, with the code; a signal with its number."""
    assert await programs.run("true") == (Status.COMPLETED, None)
    assert await programs.run("sh", "-c", "exit 3") == (Status.FAILED, "exit code 3")
    assert await programs.run("sh", "-c", "kill -9 $$") == (Status.FAILED, "ended by signal 9")


async def test_the_error_is_the_tail_of_what_it_complained(programs):
    """The last lines of its complaints, or of its output if it did not complain."""
    _, error = await programs.run("sh", "-c", "seq 1 100000; exit 1")
    assert ["exit code 1", *map(str, range(100_001 - TAIL_LINES, 100_001))] == str(error).split(
        "\n"
    )
    _, error = await programs.run("sh", "-c", "echo fine; printf 'Bo\\377om' >&2; exit 1")
    assert error == "exit code 1\nBo\ufffdom"


async def test_what_it_prints_does_not_fill_the_disk(programs, tmp_path):
    """A program that prints without end can look at its own output: it stays small."""
    program = [sys.executable, "-c", CHATTER, str(tmp_path / "size")]
    _, error = await programs.run(*program, most_bytes=100_000)

    assert int((tmp_path / "size").read_text()) <= 100_000
    assert str(error).split("\n")[-3:] == ["399998", "399999", "the end"]


async def test_an_end_is_told_though_a_child_holds_the_output(programs, tmp_path):
    """A program that leaves a daemon behind has ended when it has ended."""
    daemon = tmp_path / "daemon"
    script = f"sleep 600 & echo $! > {daemon}; exit 0"
    assert await programs.run("sh", "-c", script) == (Status.COMPLETED, None)
    os.kill(int(daemon.read_text()), signal.SIGKILL)


async def test_a_cancel_asks_first(programs, tmp_path):
    """SIGTERM reaches the program, which may tidy up before it ends."""
    listens, grace = tmp_path / "listens", {"grace_seconds": PATIENCE_SECONDS}
    command = await programs.start(sys.executable, "-c", TIDY, str(listens), **grace)
    await wait_for(listens)
    await command.cancel(FIRST)

    assert await programs.end() == (Status.FAILED, "exit code 7\ntidied")


async def test_a_cancel_ends_who_does_not_listen_and_its_children(programs, tmp_path):
    """Whoever ignores SIGTERM is killed after the grace, grand-children included."""
    files = [tmp_path / "parent", tmp_path / "child"]
    script = f"({BEATS.format(file=files[1])}) & {BEATS.format(file=files[0])}"
    command = await programs.start("sh", "-c", script)
    await wait_for(*files)
    await command.cancel(FIRST)

    assert await programs.end() == (Status.FAILED, "ended by signal 9")
    await assert_still(*files)


async def test_children_that_outlive_their_parent_are_ended(programs, tmp_path):
    """The parent obeys at once; the child that does not is killed all the same."""
    file = tmp_path / "child"
    script = f"({BEATS.format(file=file)}) & trap 'exit 0' TERM; while :; do sleep 0.05; done"
    command = await programs.start("sh", "-c", script)
    await wait_for(file)
    await command.cancel(FIRST)

    await assert_still(file)


async def test_a_cancel_of_what_does_not_run_does_nothing(programs):
    """Another attempt, an ended program, an unknown task: nobody is hit."""
    command = await programs.start("true")
    await programs.ends.get()
    for task_id, number in (("t-1", 1), ("t-1", 2), ("t-2", 1)):
        await command.cancel(Attempt("default", task_id, number))


async def test_a_cancel_ends_one_tenants_program_only(programs, tmp_path):
    """Two tenants call a task the same; the second once hid the first, and was cancelled for it."""
    files = {tenant: tmp_path / tenant for tenant in ("ada", "ben")}
    payloads = {tenant: {"file": str(file)} for tenant, file in files.items()}
    script = BEATS.format(file="$0").removeprefix("trap '' TERM; ")
    argv = ("sh", "-c", script, "{payload.file}")
    command = await programs.start(*argv, tenant="ada", payload=payloads["ada"])
    await command.start(launch(tenant="ben", payload=payloads["ben"]))
    await wait_for(*files.values())
    await command.cancel(Attempt("ada", "t-1", 1))

    assert await programs.end() == (Status.FAILED, "ended by signal 15")
    await assert_still(files["ada"])
    await wait_for_a_beat(files["ben"])
    await command.cancel(Attempt("ben", "t-1", 1))


async def test_a_program_goes_on_when_the_bot_ends(tmp_path):
    """A bot that is started anew does not break the pipe of what it had started, nor kill it."""
    done = tmp_path / "done"
    program = f"for i in 1 2 3 4 5 6; do echo $i || exit 1; sleep 0.1; done; touch {done}"
    bot = (
        "import asyncio\n"
        "from tests.bot.tasks.runners.test_command import *\n"
        "asyncio.run(Programs().start('sh', '-c', " + repr(program) + "))\n"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", bot, cwd=Path(__file__).parents[4], env={**os.environ}
    )
    assert await process.wait() == 0
    await wait_for(done)


async def wait_for(*files: Path) -> None:
    async def look() -> bool:
        return all(file.exists() for file in files)

    await until(look)


async def wait_for_a_beat(file: Path) -> None:
    """Somebody still writes to the file."""
    before = read(file)

    async def look() -> bool:
        return before != read(file)

    await until(look)


def read(file: Path) -> str:
    return file.read_text()


async def assert_still(*files: Path) -> None:
    """Nobody writes to the files any more."""
    before = [file.read_text() for file in files]
    await asyncio.sleep(0.25)
    assert before == [file.read_text() for file in files]
