"""*Case file* in a menu and in modals."""

import io
import zipfile

from sqlmodel import select

from bot.messages.delivery.content import FILE
from bot.messages.models import Message
from bot.messages.transports.base import File
from tests.listeners.actions.test_alert import alert_in
from tests.listeners.room import BEN, OPERATORS, Room, open_room


def _posted(room: Room) -> str:
    """Return where the message with the file in its thread stands, once it does."""
    channel = room.playground.im("ben").id
    for message in room.playground.messages(channel):
        replies = room.playground.replies(channel, str(message["ts"]))
        if any(reply.get("files") for reply in replies):
            return str(message["text"])
    return ""


def _summary(sqlite) -> str:
    """Return the first page of the case that was sent."""
    query = select(Message).where(Message.template == FILE)
    sent = sqlite.snapshot(lambda session: session.exec(query).one().context)
    with zipfile.ZipFile(io.BytesIO(File(**sent).encoded())) as archive:
        return archive.read("summary.md").decode()


async def test_an_alerts_menu_sends_its_case(room: Room, sqlite) -> None:
    """Ben gets the zip in the thread of a direct message, and the channel is told nothing."""
    alert, ts = await alert_in(room)
    key = alert.found.alert.id
    before = len(room.playground.messages("ops"))
    assert (await room.playground.click("ben", "ops", ts, "alert_more", f"case_file {key}")).ok

    assert "direct message" in await room.told("ben")
    assert key in await room.playground.wait_for(lambda: _posted(room))
    assert f"# Case file: alert {key}" in _summary(sqlite)
    assert len(room.playground.messages("ops")) == before


async def test_the_log_of_a_task_has_its_case(room: Room, sqlite) -> None:
    """The modal with the button says that it is on its way."""
    task = await room.running_task()
    lines = [{"level": "error", "text": "page 12", "at": 0}]
    await room.services.intake.log(room.owner, task.id, lambda _task: lines)
    ts = await room.standing(task, "task_log_lines")
    assert (await room.playground.click("ben", "ops", ts, "task_log_lines")).ok
    modal = await room.modal("ben")
    assert (await room.playground.click_in_view("ben", modal["id"], "case_file")).ok

    assert task.id in await room.playground.wait_for(lambda: _posted(room))
    assert f"# Case file: task {task.id}" in _summary(sqlite)
    await room.playground.wait_for(
        lambda: "on its way" in str(room.playground.views("ben")[-1]["blocks"])
    )


async def test_the_story_of_a_tasks_message_has_the_case_of_the_task(room: Room, sqlite) -> None:
    """Its message alone would tell less."""
    task = await room.failed_task()
    assert task.message_id is not None
    await room.services.case_files.send(room.owner, task.message_id, BEN)

    assert task.id in await room.playground.wait_for(lambda: _posted(room))
    assert f"# Case file: task {task.id}" in _summary(sqlite)


async def test_only_operators_get_a_case(sqlite) -> None:
    """Cleo is told who may, and nothing is sent."""
    async with open_room(sqlite, [OPERATORS]) as room:
        alert, ts = await alert_in(room)
        key = f"case_file {alert.found.alert.id}"
        assert (await room.playground.click("cleo", "ops", ts, "alert_more", key)).ok

        assert "<!subteam^S0OPERATOR>" in await room.told("cleo")
        query = select(Message).where(Message.template == FILE)
        assert sqlite.snapshot(lambda session: session.exec(query).all()) == []
