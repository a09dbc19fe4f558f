"""Boards: one for a channel, edited only when what it shows has changed."""

import asyncio
from dataclasses import dataclass
from typing import Any

import pytest
from sqlmodel import Session, col, select

from bot.boards.service import BOARD, Boards
from bot.db import Database
from bot.errors import NotFoundError, UnavailableError
from bot.messages.models import Message, MessageState, Rank
from tests.bot.tasks.room import ADA, BEN, CLEOS, OURS, HandClock, make_room
from tests.bot.tasks.room import Room as TaskServices
from tests.bot.workspaces.room import workspace


@dataclass
class Room:
    """Boards and tasks on a real database."""

    tasks: TaskServices
    boards: Boards

    async def messages(self) -> list[Message]:
        """Return the messages of boards, the oldest first."""
        query = select(Message).where(Message.template == BOARD).order_by(col(Message.created_at))
        return await self.tasks.database.read(lambda session: list(session.exec(query)))

    async def shown(self) -> list[tuple[Any, ...]]:
        """Return kind, status and progress of each line of the only board."""
        (message,) = await self.messages()
        lines = message.context["tasks"]
        return [(one["task"], one["status"], one["progress"]) for one in lines]

    async def deliver(self, **changes: Any) -> None:
        """Let the lane have posted the boards, or found something out about them."""

        def work(session: Session) -> None:
            for message in session.exec(select(Message).where(Message.template == BOARD)):
                message.ts, message.is_posted = "1700000000.000100", True
                message.state, message.delivered_revision = MessageState.IDLE, message.revision
                for name, value in changes.items():
                    setattr(message, name, value)

        await self.tasks.database.write(work)


@pytest.fixture
def room(database: Database) -> Room:
    """The use cases of boards."""
    clock = HandClock()
    tasks = make_room(database, clock)
    place = workspace(OURS.workspace_id, OURS.tenant)
    place.url = "https://acme.slack.com/"
    database.transact(lambda session: session.add(place))
    return Room(tasks, Boards(database, clock, tasks.lanes.wake))


async def test_a_board_shows_what_is_live_in_its_channel(room: Room) -> None:
    """What runs comes first; what ended, other channels' and other tenants' tasks are not there."""
    await room.tasks.create("waits")
    runs = await room.tasks.create("runs")
    await room.tasks.report(runs, "running", progress=40)
    await room.tasks.post(runs)
    ended = await room.tasks.create("ended")
    await room.tasks.report(ended, "completed")
    await room.tasks.create("elsewhere", channel="C2")
    await room.boards.begin(OURS, "C1", by=ADA)
    assert await room.shown() == [("runs", "running", 40), ("waits", "queued", None)]
    (message,) = await room.messages()
    assert message.context["tasks"][0]["url"] == (
        "https://acme.slack.com/archives/C1/p1700000000000100"
    )


async def test_a_board_is_edited_only_when_it_shows_something_else(room: Room) -> None:
    """Looks at it cost nothing, however late; a change is one edit of the lowest rank."""
    await room.boards.begin(OURS, "C1", by=ADA)
    task = await room.tasks.create("import", status="running")
    await room.deliver()
    assert await room.boards.refresh() == 1
    for _ in range(3):
        room.tasks.clock.advance(hours=1)
        assert await room.boards.refresh() == 0
    (message,) = await room.messages()
    assert (message.revision, message.rank) == (2, Rank.PROGRESS)
    for progress in range(10, 60, 10):
        await room.tasks.report(task, "running", progress=progress)
    assert await room.boards.refresh() == 1
    assert await room.shown() == [("import", "running", 50)]
    await room.tasks.report(task, "completed")
    assert await room.boards.refresh() == 1
    assert await room.shown() == []


async def test_a_channel_has_one_board(room: Room) -> None:
    """Whoever asks at the same moment; another channel has its own."""
    found = await asyncio.gather(*(room.boards.begin(OURS, "C1", by=BEN) for _ in range(6)))
    assert [is_new for _, is_new in found].count(True) == 1
    assert len(await room.messages()) == 1
    await room.deliver()
    assert await room.boards.begin(OURS, "C1", by=ADA) == ("1700000000.000100", False)
    await room.boards.begin(OURS, "C2", by=ADA)
    assert len(await room.messages()) == 2


async def test_fifty_lines_and_the_others_are_counted(room: Room) -> None:
    """Sixty tasks."""
    for number in range(60):
        await room.tasks.create(f"kind-{number:02}")
    await room.boards.begin(OURS, "C1", by=ADA)
    (message,) = await room.messages()
    assert (message.context["queued"], len(message.context["tasks"])) == (60, 50)


async def test_a_board_that_is_switched_off_says_so_and_stays_so(room: Room) -> None:
    """A new one can be asked for; there is nothing to switch off twice, or for somebody else."""
    await room.boards.begin(OURS, "C1", by=ADA)
    await room.deliver()
    with pytest.raises(NotFoundError):
        await room.boards.end(CLEOS, "C1")
    await room.boards.end(OURS, "C1")
    (message,) = await room.messages()
    assert (message.context["is_on"], message.is_final) == (False, True)
    await room.tasks.create("import")
    assert await room.boards.refresh() == 0
    with pytest.raises(NotFoundError):
        await room.boards.end(OURS, "C1")
    await room.boards.begin(OURS, "C1", by=ADA)
    assert len(await room.messages()) == 2


async def test_a_board_that_slack_never_got_is_taken_back(room: Room) -> None:
    """Nothing appears that says that it is off."""
    await room.boards.begin(OURS, "C1", by=ADA)
    await room.boards.end(OURS, "C1")
    (message,) = await room.messages()
    assert message.state == MessageState.WITHDRAWN


async def test_a_board_that_cannot_be_edited_any_more_is_posted_anew(room: Room) -> None:
    """Somebody deleted it in Slack: the next change brings it back, and it is pinned again."""
    await room.boards.begin(OURS, "C1", by=ADA)
    await room.deliver(uneditable_ts="1700000000.000100")
    await room.tasks.create("import")
    await room.boards.refresh()
    (message,) = await room.messages()
    assert (message.ts, message.is_posted, message.state) == (None, False, MessageState.WAITING)


async def test_of_several_processes_one_edits(room: Room) -> None:
    """All see that it is stale, and the message has one more revision."""
    await room.boards.begin(OURS, "C1", by=ADA)
    await room.deliver()
    await room.tasks.create("import")
    await asyncio.gather(*(room.boards.refresh() for _ in range(6)))
    (message,) = await room.messages()
    assert message.revision == 2


async def test_a_board_is_pinned_once_when_slack_has_it(room: Room, database: Database) -> None:
    """An outage is tried again; a refusal is not."""
    asked: list[tuple[str, str, str]] = []

    async def pin(workspace_id: str, channel: str, ts: str) -> str | None:
        asked.append((workspace_id, channel, ts))
        if len(asked) == 1:
            raise UnavailableError("Slack is away.")
        return "missing_scope"

    boards = Boards(database, room.tasks.clock, room.tasks.lanes.wake, pin=pin)
    await boards.begin(OURS, "C1", by=ADA)
    await boards.refresh()
    assert asked == []
    await room.deliver()
    for _ in range(4):
        await boards.refresh()
    assert asked == [("T1", "C1", "1700000000.000100")] * 2


async def test_a_board_that_was_posted_anew_is_pinned_anew(room: Room, database: Database) -> None:
    """The lane gave the same message another place: pinned is what stands in the channel now."""
    asked: list[str] = []

    async def pin(_workspace_id: str, _channel: str, ts: str) -> None:
        asked.append(ts)

    boards = Boards(database, room.tasks.clock, room.tasks.lanes.wake, pin=pin)
    await boards.begin(OURS, "C1", by=ADA)
    for ts in ("1700000000.000100", "1700000001.000100"):
        await room.deliver(ts=ts)
        await boards.refresh()
    assert asked == ["1700000000.000100", "1700000001.000100"]
