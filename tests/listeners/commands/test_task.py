"""`/ops task …`, typed by people."""

import json

import pytest

from bot.db import Database
from bot.tasks.models import TaskStatus
from bot.tasks.queries import Filter
from listeners.word_splitting import as_word
from tests.listeners.room import ADA, OPS, Room, open_room


async def test_run_creates_a_task_in_the_channel_and_says_so_to_the_asker(room: Room) -> None:
    """The task has the payload that was typed, is to be launched, and its message appears."""
    await room.playground.run_command(
        "ada", "ops", "/ops task run schema_fix “Dealer 12” rows=3 dry=true"
    )
    ((task, _),) = await room.services.tasks.list(room.owner, Filter())
    assert (
        task.task,
        task.subject,
        task.payload,
    ) == ("schema_fix", "Dealer 12", {"rows": 3, "dry": True})
    assert (task.created_by, task.channel, task.environment) == (ADA, OPS, "staging")
    assert task.launch_wanted_at is not None
    assert str(task.correlation_id).startswith("c_")
    assert task.id in await room.told("ada")
    await room.standing(task, "task_cancel")


async def test_run_where_the_bot_is_not_names_the_invitation(room: Room) -> None:
    """Nothing is created, and the asker is told what to type."""
    await room.playground.run_command("ada", "random", "/task run schema_fix")
    (told,) = room.playground.ephemerals("ada", "random")
    assert "`/invite @Opsbell`" in told["text"]
    assert await room.services.tasks.list(room.owner, Filter()) == []


async def test_run_without_a_runner_says_where_one_is_named(room: Room) -> None:
    """A kind nobody can start is refused with the setting that is missing."""
    await room.playground.run_command("ada", "ops", "/ops task run elsewhere")
    assert "opsbell.toml" in await room.told("ada")


@pytest.mark.parametrize("verb", ["run guarded", "retry {id}", "cancel {id}"])
async def test_only_operators_act_on_a_guarded_kind(room: Room, verb: str) -> None:
    """Cleo is told who may, in words that only she sees; nothing changes."""
    task = await room.failed_task("guarded")
    await room.playground.run_command("cleo", "ops", f"/ops task {verb.format(id=task.id)}")
    assert "<!subteam^S0OPERATOR>" in await room.told("cleo")
    assert len(await room.services.tasks.list(room.owner, Filter())) == 1
    assert (await room.task(task.id)).attempt == 1


async def test_retry_starts_the_next_attempt(room: Room) -> None:
    """The answer names the attempt; the message in the channel names who did it."""
    task = await room.failed_task()
    await room.playground.run_command("ben", "ops", f"/ops task retry {task.id}")
    assert "attempt 2" in await room.told("ben")
    ts = await room.standing(task, "task_cancel")
    assert "U0BEN00002" in json.dumps(room.playground.message("ops", ts))


async def test_retry_of_what_runs_is_refused(room: Room) -> None:
    """There is nothing to retry, and the asker is told why."""
    task = await room.running_task()
    await room.playground.run_command("ben", "ops", f"/ops task retry {task.id}")
    assert "is running" in await room.told("ben")


async def test_cancel_ends_a_running_task(room: Room) -> None:
    """The task is cancelled; doing it again says by whom and when."""
    task = await room.running_task()
    await room.playground.run_command("ada", "ops", f"/ops task cancel {task.id}")
    assert (await room.task(task.id)).status == TaskStatus.CANCELLED
    await room.playground.run_command("ben", "ops", f"/ops task cancel {task.id}")
    assert f"cancelled already by <@{ADA}>" in await room.told("ben")


async def test_list_has_a_line_for_each_task_and_what_to_type(room: Room) -> None:
    """Each line carries symbol, name, link and the verb that acts on it."""
    failed = await room.failed_task(subject="Dealer 12")
    running = await room.running_task()
    foreign = await room.failed_task("elsewhere")
    ts = await room.standing(failed, "task_retry")
    await room.playground.run_command("ada", "ops", "/ops task list")
    await room.told("ada")
    shown = json.dumps(room.playground.ephemerals("ada", "ops")[0], ensure_ascii=False)
    assert "❌ Failed" in shown
    assert "schema_fix · Dealer 12" in shown
    assert f"{room.playground.page_url}archives/{OPS}/p{ts.replace('.', '')}" in shown
    assert f"/ops task retry {failed.id}" in shown
    assert f"/ops task cancel {running.id}" in shown
    assert f"/ops task show {foreign.id}" in shown


async def test_list_can_be_narrowed(room: Room) -> None:
    """`failed`, `running` and `stuck` show only those; none is said in so many words."""
    failed, running = await room.failed_task(), await room.running_task()
    for which in ("failed", "running", "stuck"):
        await room.playground.run_command("ada", "ops", f"/task list {which}")
    shown = [json.dumps(one) for one in room.playground.ephemerals("ada", "ops")]
    assert [failed.id in one for one in shown] == [True, False, False]
    assert [running.id in one for one in shown] == [False, True, False]
    assert "No stuck tasks." in shown[2]


async def test_show_tells_all_to_the_asker_alone(room: Room) -> None:
    """Error, metadata, payload, links and history, and nothing of it in the channel."""
    task = await room.failed_task(
        payload={"rows": 3}, details={"host": "h1"}, log_url="https://logs.example.com/1"
    )
    before = len(room.playground.messages("ops"))
    await room.playground.run_command("ben", "ops", f"/ops task show {task.id}")
    await room.told("ben")
    shown = json.dumps(room.playground.ephemerals("ben", "ops")[0])
    for fact in (task.id, "Column missing", "rows", "h1", "https://logs.example.com/1"):
        assert fact in shown
    assert room.playground.ephemerals("ada", "ops") == []
    assert len(room.playground.messages("ops")) - before <= 1


async def test_an_unknown_id_is_said_in_one_sentence(room: Room) -> None:
    """There is no such task, for this asker at least."""
    await room.playground.run_command("ada", "ops", "/ops task show t_none")
    assert await room.told("ada") == "There is no task `t_none`."


async def test_named_operators_are_the_only_ones(sqlite: Database) -> None:
    """With operators named in the settings, others are refused kinds without roles too."""
    async with open_room(sqlite, operators=[ADA]) as room:
        task = await room.failed_task()
        await room.playground.run_command("ben", "ops", f"/ops task retry {task.id}")
        assert f"<@{ADA}>" in await room.told("ben")
        await room.playground.run_command("ada", "ops", f"/ops task retry {task.id}")
        assert "attempt 2" in await room.told("ada")


async def test_links_lead_to_slack_where_the_settings_do_not_say(sqlite: Database) -> None:
    """The workspace's own domain is in every command."""
    async with open_room(sqlite, workspace_url=None) as room:
        task = await room.failed_task()
        await room.standing(task, "task_retry")
        await room.playground.run_command("ada", "ops", f"/ops task show {task.id}")
        await room.told("ada")
        shown = json.dumps(room.playground.ephemerals("ada", "ops")[0])
        assert f"https://playground.slack.com/archives/{OPS}/p" in shown


ODD_IDS = [
    "media/2026/11/clip-7.mov",
    "scheduled__2026-11-20T00:00:00+00:00",
    "a&b<c>d",
    "50%25",
    "x?y#z",
    "a={b",
    '"as_word',
    "<!channel>",
    "tick`tick",
]


@pytest.mark.parametrize("task_id", ODD_IDS)
async def test_an_odd_id_is_shown_cancelled_and_retried(room: Room, task_id: str) -> None:
    """Every id the API has taken is understood by commands and buttons, and told as it is."""
    task = await room.running_task(task_id=task_id)
    typed = as_word(task_id)

    await room.playground.run_command("ada", "ops", f"/ops task show {typed}")
    await room.told("ada")
    shown = json.dumps(room.playground.ephemerals("ada", "ops")[0], ensure_ascii=False)
    assert json.dumps(f"Id: {task_id}", ensure_ascii=False)[5:-1] in shown

    ts = await room.standing(task, "task_cancel")
    assert (await room.playground.click("ada", "ops", ts, "task_cancel")).ok
    assert (await room.task(task_id)).status == TaskStatus.CANCELLED

    await room.playground.run_command("ada", "ops", f"/ops task retry {typed}")
    await room.told("ada", 2)
    assert (await room.task(task_id)).attempt == 2
