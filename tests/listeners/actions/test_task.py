"""Clicks on the buttons of a task's message."""

import asyncio
import json
from collections.abc import Callable
from typing import TypeVar

import pytest
from slack_bolt.request.async_request import AsyncBoltRequest
from sqlmodel import Session

from bot.db import Database
from bot.tasks.models import TaskStatus
from tests.listeners.payloads import click
from tests.listeners.room import ADA, BEN, Room, open_room

T = TypeVar("T")


async def test_retry_opens_a_modal_with_the_payload_to_edit(room: Room) -> None:
    """The payload stands there as pretty JSON, and the modal says which attempt comes next."""
    task = await room.failed_task(payload={"rows": 3})
    ts = await room.standing(task, "task_retry")
    assert (await room.playground.click("ben", "ops", ts, "task_retry")).ok
    modal = await room.modal("ben")
    assert modal["state"]["values"]["payload"]["payload"]["value"] == '{\n  "rows": 3\n}'
    assert "This starts attempt 2." in json.dumps(modal)
    assert (await room.task(task.id)).status == TaskStatus.FAILED


async def test_retry_is_refused_at_the_click_with_who_may(room: Room) -> None:
    """Cleo sees, alone, whom to ask; no modal opens."""
    task = await room.failed_task("guarded")
    ts = await room.standing(task, "task_retry")
    assert (await room.playground.click("cleo", "ops", ts, "task_retry")).ok
    assert "<!subteam^S0OPERATOR>" in await room.told("cleo")
    assert room.playground.views("cleo") == []


async def test_a_second_click_is_told_who_was_faster(room: Room) -> None:
    """When the task runs again already, the one who clicks an old view of it learns by whom."""
    task = await room.failed_task()
    ts = await room.standing(task, "task_retry")
    click_of_ben = click("task_retry", task.id, user=BEN, ts=ts, playground=room.playground)
    await room.services.tasks.retry(room.owner, task.id, by=ADA)
    await room.app.async_dispatch(AsyncBoltRequest(body=click_of_ben, mode="socket_mode"))
    assert f"Already retried by <@{ADA}>" in await room.told("ben")


async def test_an_error_right_after_the_acknowledgement_does_not_undo_it(room: Room) -> None:
    """
    Bolt forgets an acknowledgement when the listener fails before it has looked for it.

    Then the person would see, besides our answer, a warning of Slack's after three seconds.
    """
    body = click("task_retry", "t_none", user=BEN, playground=room.playground)
    answer = await room.app.async_dispatch(AsyncBoltRequest(body=body, mode="socket_mode"))
    assert answer.status == 200
    assert "There is no task" in await room.told("ben")


class SlowDatabase(Database):
    """Reads nothing before it may."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.may_read = asyncio.Event()

    async def read(self, work: Callable[[Session], T]) -> T:
        """Read later than a person would wait for a modal."""
        await self.may_read.wait()
        return await super().read(work)


@pytest.mark.parametrize(
    ("kind", "expected"), [("schema_fix", "This starts attempt 2."), ("guarded", "S0OPERATOR")]
)
async def test_a_slow_read_never_costs_the_trigger(
    sqlite: Database, kind: str, expected: str
) -> None:
    """A modal opens within the trigger's life and then shows the form, or why there is none."""
    async with open_room(sqlite) as fast:
        task = await fast.failed_task(kind)
        await fast.standing(task, "task_retry")
    slow = SlowDatabase(str(sqlite.url))
    async with open_room(slow) as room:
        body = click("task_retry", task.id, user="U0CLEO0003", playground=room.playground)
        dispatched = room.app.async_dispatch(AsyncBoltRequest(body=body, mode="socket_mode"))
        assert (await dispatched).status == 200
        assert "Loading" in json.dumps(await room.modal("cleo"))
        slow.may_read.set()
        await room.playground.wait_for(
            lambda: expected in json.dumps(room.playground.views("cleo"))
        )
    slow.close()


async def test_cancel_ends_the_task_and_names_who_did(room: Room) -> None:
    """The message loses its button and shows the name."""
    task = await room.running_task()
    ts = await room.standing(task, "task_cancel")
    assert (await room.playground.click("ben", "ops", ts, "task_cancel")).ok
    assert (await room.task(task.id)).status == TaskStatus.CANCELLED
    await room.playground.wait_for(
        lambda: BEN in json.dumps(room.playground.message("ops", ts)["blocks"])
    )


async def test_cancel_is_refused_at_the_click_with_who_may(room: Room) -> None:
    """Cleo may see the button, but the task goes on, and she learns whom to ask."""
    task = await room.running_task("guarded")
    ts = await room.standing(task, "task_cancel")
    assert (await room.playground.click("cleo", "ops", ts, "task_cancel")).ok
    assert "<!subteam^S0OPERATOR>" in await room.told("cleo")
    assert (await room.task(task.id)).status == TaskStatus.RUNNING


async def test_cancel_of_what_has_ended_is_answered_to_the_one_who_clicked(room: Room) -> None:
    """Two people cancel at once: the second learns who was first."""
    task = await room.running_task()
    ts = await room.standing(task, "task_cancel")
    click_of_ben = click("task_cancel", task.id, user=BEN, ts=ts, playground=room.playground)
    await room.services.tasks.cancel(room.owner, task.id, by=ADA)
    await room.app.async_dispatch(AsyncBoltRequest(body=click_of_ben, mode="socket_mode"))
    assert f"cancelled already by <@{ADA}>" in await room.told("ben")


async def test_logs_without_an_address_open_a_modal_with_the_last_lines(room: Room) -> None:
    """Anybody may read them; what they say is text."""
    task = await room.running_task()
    lines = [{"level": "error", "text": f"<!channel> {number}", "at": 0} for number in range(99)]
    await room.services.intake.log(room.owner, task.id, lambda _task: lines)
    ts = await room.standing(task, "task_log_lines")

    assert (await room.playground.click("cleo", "ops", ts, "task_log_lines")).ok

    modal = await room.modal("cleo")
    told = json.dumps(modal["blocks"])
    assert "1970-01-01 00:00:00  ERROR    <!channel> 98" in told
    assert "came before them" in told
    assert modal["title"]["text"] == "Logs"


async def test_buttons_with_an_address_are_acknowledged(room: Room) -> None:
    """Slack opens the address by itself; without an acknowledgement it would warn."""
    task = await room.failed_task(
        log_url="https://logs.example.com/1", grafana_url="https://grafana.example.com/d/1"
    )
    ts = await room.standing(task, "task_retry")
    assert (await room.playground.click("ada", "ops", ts, "task_logs")).ok
    assert (await room.playground.click("ada", "ops", ts, "task_grafana")).ok
    assert room.playground.ephemerals("ada", "ops") == []
