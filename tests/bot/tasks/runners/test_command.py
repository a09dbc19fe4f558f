"""Real programs on this machine: arguments, environment, ends, cancels."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from bot.config_file import CommandRunner
from bot.tasks.models import TaskStatus
from bot.tasks.runners.command import NEVER_STARTED, UNKNOWN_END, Command
from bot.tasks.runners.command_runs import Runs
from bot.tasks.runners.runner import Attempt, Launch, RunnerError
from bot.tasks.runners.supervisor import TAIL_LINES
from tests.clock_shift import PRELOAD, SECONDS
from tests.patience import PATIENCE_SECONDS, until

HOSTILE = "a'b\"c $(touch pwned) `id` ; rm -rf x | > y && \n * ~ \\ --flag {payload.x}"
SHOW = "import json,os,sys; print(json.dumps([sys.argv[1:], dict(os.environ)])); sys.exit(1)"
TIDY = """import signal, sys, time
def tidy(*_): print("tidied", file=sys.stderr); sys.exit(7)
signal.signal(signal.SIGTERM, tidy); open(sys.argv[1], "w").close(); time.sleep(600)"""
FIRST = Attempt("default", "t-1", 1)
BEATS = "trap '' TERM; while :; do date +%s%N > {file}; sleep 0.05; done"


class Programs:
    """Starts programs and remembers what was reported of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ends: asyncio.Queue[tuple[TaskStatus, str | None]] = asyncio.Queue()
        self.begun: list[Attempt] = []
        self.beats: list[Attempt] = []
        self.wanted = True
        self.fail_begin = False
        self.commands: list[Command] = []

    async def start(
        self,
        *argv: str,
        env: dict[str, str] | None = None,
        grace_seconds: float = 0.3,
        **task: Any,
    ) -> Command:
        command = self.command(*argv, env=env, grace_seconds=grace_seconds)
        await command.start(launch(**task))
        return command

    def command(
        self, *argv: str, env: dict[str, str] | None = None, grace_seconds: float = 0.3
    ) -> Command:
        """Return a runner of this program."""
        settings = CommandRunner(type="command", argv=list(argv), env=env or {}, cwd=None)
        runs = Runs(self.folder)
        command = Command(settings, runs, self, grace_seconds=grace_seconds, beat_seconds=0.05)
        self.commands.append(command)
        return command

    async def run(self, *argv: str, **task: Any) -> tuple[TaskStatus, str | None]:
        await self.start(*argv, **task)
        end = await self.end()
        await until(lambda: asyncio.sleep(0, not self.runs()))  # The attempt may be run again.
        return end

    async def end(self) -> tuple[TaskStatus, str | None]:
        """Wait until the next one has ended."""
        return await asyncio.wait_for(self.ends.get(), PATIENCE_SECONDS)

    async def tell(self, attempt: Attempt, status: TaskStatus, **said: Any) -> None:
        """Take what the runner reports."""
        if status is TaskStatus.RUNNING and self.fail_begin:
            raise OSError("away")
        if status is TaskStatus.RUNNING:
            self.begun.append(attempt)
        else:
            await self.ends.put((status, said["error"]))

    async def beat(self, attempt: Attempt) -> bool:
        """Take a sign of life, and say whether the work is still wanted."""
        self.beats.append(attempt)
        return self.wanted

    async def live(self, _runner: str) -> list[Attempt]:
        """Nobody asks: each program's run is on the disk."""
        return []

    def runs(self) -> list[Path]:
        """Return what is left of runs on the disk."""
        return list(self.folder.iterdir()) if self.folder.exists() else []


@pytest.fixture
async def programs(tmp_path: Path) -> AsyncIterator[Programs]:
    programs = Programs(tmp_path / "runs")
    yield programs
    for command in programs.commands:
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
    assert await programs.run("true") == (TaskStatus.COMPLETED, None)
    assert await programs.run("sh", "-c", "exit 3") == (TaskStatus.FAILED, "exit code 3")
    assert await programs.run("sh", "-c", "kill -9 $$") == (TaskStatus.FAILED, "ended by signal 9")


async def test_the_error_is_the_tail_of_what_it_complained(programs):
    """The last lines of its complaints, or of its output if it did not complain."""
    _, error = await programs.run("sh", "-c", "seq 1 100000; exit 1")
    assert ["exit code 1", *map(str, range(100_001 - TAIL_LINES, 100_001))] == str(error).split(
        "\n"
    )
    _, error = await programs.run("sh", "-c", "echo fine; printf 'Bo\\377om' >&2; exit 1")
    assert error == "exit code 1\nBo\ufffdom"


async def test_what_it_prints_does_not_fill_the_disk(programs):
    """Two hundred megabytes go through, and nothing of them stands on the disk meanwhile."""
    script = "yes 'so much' | head -c 200000000; echo end; kill -STOP $$; exit 1"
    await programs.start("sh", "-c", script)
    seen = []

    async def look() -> bool:
        seen.append(sum(one.stat().st_size for one in programs.folder.rglob("*")))
        return await stopped_groups(programs)

    await until(look)
    assert max(seen) < 50_000
    _, error = await programs.end()
    assert str(error).split("\n")[-2:] == ["so much", "end"]


async def stopped_groups(programs: Programs) -> bool:
    """Let a program go on that has stopped itself; tell whether there was one."""
    program = children_of(int(read(programs.runs()[0] / "pid")))[0]
    if read(Path(f"/proc/{program}/stat")).rpartition(")")[2].split()[0] != "T":
        return False
    os.kill(program, signal.SIGCONT)
    return True


def children_of(pid: int) -> list[int]:
    """Return the processes that a process has started."""
    return [int(child) for child in read(Path(f"/proc/{pid}/task/{pid}/children")).split()]


async def test_an_end_is_told_though_a_child_holds_the_output(programs, tmp_path):
    """A program that leaves a daemon behind has ended when it has ended."""
    daemon, pid = tmp_path / "daemon", tmp_path / "pid"
    script = f"echo $$ > {pid}; while echo beat; do date +%s%N > {daemon}; sleep 0.05; done"
    argv = ("sh", "-c", 'sh -c "$0" & exit 0', "{payload.script}")
    assert await programs.run(*argv, payload={"script": script}) == (TaskStatus.COMPLETED, None)
    await wait_for(daemon)
    await wait_for_a_beat(daemon)  # Nor does it die of a broken pipe.
    os.kill(int(read(pid)), signal.SIGKILL)


async def test_a_cancel_asks_first(programs, tmp_path):
    """SIGTERM reaches the program, which may tidy up before it ends."""
    listens, grace = tmp_path / "listens", {"grace_seconds": PATIENCE_SECONDS}
    command = await programs.start(sys.executable, "-c", TIDY, str(listens), **grace)
    await wait_for(listens)
    await command.cancel(FIRST)

    assert await programs.end() == (TaskStatus.FAILED, "exit code 7\ntidied")


async def test_a_cancel_ends_who_does_not_listen_and_its_children(programs, tmp_path):
    """Whoever ignores SIGTERM is killed after the grace, grand-children included."""
    files = [tmp_path / "parent", tmp_path / "child"]
    script = f"({BEATS.format(file=files[1])}) & {BEATS.format(file=files[0])}"
    command = await programs.start("sh", "-c", script)
    await wait_for(*files)
    await command.cancel(FIRST)

    assert await programs.end() == (TaskStatus.FAILED, "ended by signal 9")
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

    assert await programs.end() == (TaskStatus.FAILED, "ended by signal 15")
    await assert_still(files["ada"])
    await wait_for_a_beat(files["ben"])
    await command.cancel(Attempt("ben", "t-1", 1))


async def test_it_runs_from_its_start(programs, tmp_path):
    """The task runs as soon as the program does, and is kept alive for as long as it does."""
    await programs.start("sleep", "600")

    assert programs.begun == [FIRST]
    await until(lambda: asyncio.sleep(0, len(programs.beats) > 1))


async def test_work_that_is_not_wanted_any_more_is_ended(programs):
    """Cancelled where this bot did not hear of it: the next sign of life says so."""
    programs.wanted = False
    await programs.start("sleep", "600")

    assert await programs.end() == (TaskStatus.FAILED, "ended by signal 15")


BOT = """import asyncio, os, sys
from tests.bot.tasks.runners.test_command import *
async def main():
    await Programs(Path(sys.argv[1])).start(*sys.argv[2:])
    os.kill(os.getpid(), signal.SIGKILL)
asyncio.run(main())"""


async def killed_bot(programs: Programs, *argv: str) -> None:
    """Let a bot start a program and be killed."""
    bot = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", BOT, str(programs.folder), *argv), cwd=Path(__file__).parents[4]
    )
    assert await bot.wait() == -signal.SIGKILL


@pytest.fixture
async def next_bot(programs: Programs) -> AsyncIterator[Command]:
    """A bot that finds what others left; started by `follow`."""
    command = programs.command("true")
    yield command
    await command.stop()


@pytest.fixture
async def following(next_bot: Command) -> AsyncIterator[Callable[[], Awaitable[None]]]:
    """What starts the next bot."""
    tasks: list[asyncio.Task[None]] = []

    async def start() -> None:
        tasks.append(asyncio.create_task(next_bot.follow()))

    yield start
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_a_program_goes_on_when_the_bot_is_killed(programs, following, tmp_path):
    """It neither ends nor breaks its pipe; the next bot watches it, and reports its end once."""
    go = tmp_path / "go"
    script = f"while [ ! -e {go} ]; do echo waiting; sleep 0.02; done; echo done >&2; exit 4"
    await killed_bot(programs, "sh", "-c", script)
    await following()
    await until(lambda: asyncio.sleep(0, FIRST in programs.beats))
    go.touch()

    assert await programs.end() == (TaskStatus.FAILED, "exit code 4\ndone")
    await until(lambda: asyncio.sleep(0, not programs.runs()))


async def test_an_end_that_nobody_saw_is_read_from_what_it_left(programs, following):
    """The program ended while no bot was there."""
    await killed_bot(programs, "sh", "-c", "echo enough; exit 3")
    (run,) = programs.runs()
    await wait_for(run / "end")
    await following()

    assert await programs.end() == (TaskStatus.FAILED, "exit code 3\nenough")


async def test_a_cancel_after_a_restart_reaches_the_program(programs, next_bot, tmp_path):
    """Children included, as if the bot had started it itself."""
    files = [tmp_path / "parent", tmp_path / "child"]
    script = f"({BEATS.format(file=files[1])}) & {BEATS.format(file=files[0])}"
    await killed_bot(programs, "sh", "-c", script)
    await wait_for(*files)
    await next_bot.cancel(FIRST)

    await assert_still(*files)


async def test_a_bot_that_stops_leaves_its_programs_to_the_next(programs, following):
    """Stopped in good order, it reports nothing that it has not seen."""
    command = await programs.start("sh", "-c", "sleep 0.3; exit 5")
    await command.stop()
    await following()

    assert await programs.end() == (TaskStatus.FAILED, "exit code 5")


async def test_two_bots_report_an_end_once(programs, following):
    """A program that somebody watches is not taken up by another."""
    await programs.start("sh", "-c", "sleep 0.3")
    await following()

    assert await programs.end() == (TaskStatus.COMPLETED, None)
    await until(lambda: asyncio.sleep(0, not programs.runs()))
    assert programs.ends.empty()


async def test_an_end_that_nobody_can_know_is_lost(programs):
    """Killed with its supervisor, as with the machine: it is lost, and never silently."""
    await programs.start("sleep", "600")
    (run,) = programs.runs()
    pid = int(read(run / "pid"))
    (program,) = children_of(pid)
    os.kill(pid, signal.SIGKILL)

    assert await programs.end() == (TaskStatus.LOST, UNKNOWN_END)
    os.kill(program, signal.SIGKILL)


async def test_what_was_never_started_says_so(programs, following):
    """The bot died between the wish and the program: it can be retried with no worry."""
    Runs(programs.folder).create(FIRST).let_go()
    await following()

    assert await programs.end() == (TaskStatus.FAILED, NEVER_STARTED)


async def test_a_report_that_fails_is_repeated(programs, following):
    """The database was away when the program ended."""
    failures = [OSError("away")]
    tell = programs.ends.put

    async def put(end: tuple[TaskStatus, str | None]) -> None:
        if failures:
            raise failures.pop()
        await tell(end)

    programs.ends.put = put
    await programs.start("true")
    assert await programs.end() == (TaskStatus.COMPLETED, None)


async def test_a_start_that_cannot_be_reported_is_watched_all_the_same(programs):
    """The database was away when the program began; its end is told once it is back."""
    command = programs.command("sh", "-c", "sleep 0.2; exit 6")
    programs.fail_begin = True
    with pytest.raises(OSError, match="away"):
        await command.start(launch())

    assert await programs.end() == (TaskStatus.FAILED, "exit code 6")


async def test_its_folders_are_private(programs):
    """Who cannot be the bot can neither read what it printed nor plant an end."""
    await programs.start("sleep", "600")

    for folder in (programs.folder, *programs.runs()):
        assert folder.stat().st_mode & 0o077 == 0
    for file in programs.runs()[0].iterdir():
        assert file.stat().st_mode & 0o077 == 0


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
