"""A real bot is stopped or killed while a program of its command runner goes on."""

import os
import signal

import pytest

from tests.patience import until

#: Runs until the test lets it go; says who it is.
PROGRAM = "echo $$ > {pid}; while [ ! -e {go} ]; do sleep 0.05; done; echo done >&2; exit 4"


@pytest.fixture
def program(bot, tmp_path):
    """The settings of a bot with one such program."""
    script = PROGRAM.format(pid=tmp_path / "pid", go=tmp_path / "go")
    bot.config = f'[runners.mill]\ntype = "command"\nargv = ["sh", "-c", "{script}"]\n'
    return tmp_path


async def started(bot, program):
    """Let the bot start a task, and return its id once the program runs."""
    asked = {"task": "mill", "channel": "#ops", "runner": "mill", "run": True}
    task_id = (await bot.post("/api/tasks", asked))["taskId"]

    async def runs() -> bool:
        return (program / "pid").exists() and bool((program / "pid").read_text())

    await until(runs)
    return task_id


async def reach(bot, task_id, status):
    """Wait until the API shows the task so, and return it."""

    async def is_there():
        task = await bot.read(f"/api/tasks/{task_id}")
        return task if task["status"] == status else None

    return await until(is_there)


async def end(bot, number):
    """End the bot by a signal."""
    await (bot.stop() if number == signal.SIGTERM else bot.kill())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
async def test_its_end_is_told_by_the_next_bot(bot, playground, program, number):
    """It is running from its start, stays so over the bot's end, and its own end is told."""
    await bot.start()
    task_id = await started(bot, program)
    await reach(bot, task_id, "running")
    await end(bot, number)
    await bot.start()
    assert (await bot.read(f"/api/tasks/{task_id}"))["status"] == "running"
    (program / "go").touch()

    assert (await reach(bot, task_id, "failed"))["error"] == "exit code 4\ndone"
    await playground.wait_for(lambda: "Failed" in playground.messages("ops")[-1]["text"])
    await bot.post(f"/api/tasks/{task_id}/retry", {})


async def test_its_end_while_no_bot_was_there_is_told(bot, program):
    """The next bot reads it from what the program left."""
    await bot.start()
    await started(bot, program)
    task_id = (await bot.read("/api/tasks"))["tasks"][0]["taskId"]
    await bot.kill()
    (program / "go").touch()
    await until(lambda: gone(program))
    await bot.start()

    assert (await reach(bot, task_id, "failed"))["error"] == "exit code 4\ndone"


async def test_it_can_be_cancelled_after_a_restart(bot, program):
    """The next bot ends what its predecessor has started."""
    await bot.start()
    task_id = await started(bot, program)
    await bot.kill()
    await bot.start()
    await bot.post(f"/api/tasks/{task_id}/cancel", {})

    await until(lambda: gone(program))
    await reach(bot, task_id, "cancelled")


async def gone(program) -> bool:
    """Tell whether the program has ended."""
    try:
        os.kill(int((program / "pid").read_text()), 0)
    except ProcessLookupError:
        return True
    return False
