"""Reports share transactions, ends go first, and nobody pays for somebody else's."""

import asyncio
import threading

import pytest

from bot.errors import NotFoundError
from bot.messages.models import Event
from bot.tasks.models import TaskStatus
from bot.tasks.report_queue import ReportQueue
from bot.tasks.transactions import Transactions
from tests.bot.http.calling import ONE_DATABASE
from tests.bot.tasks.room import Recorder
from tests.patience import PATIENCE_SECONDS


class Door:
    """A queue whose first transaction waits until it is let go; what is said is noted in order."""

    def __init__(self, database):
        self.lanes = Recorder()
        self.has_begun, self.may_go = threading.Event(), threading.Event()
        self.said = []
        transactions = Transactions(database, lanes=self.lanes, launcher=Recorder())
        self.queue = ReportQueue(transactions, lambda _session, _tasks: None)

    def begin(self):
        """Keep the writer busy."""

        def block(_session, _late):
            self.has_begun.set()
            assert self.may_go.wait(PATIENCE_SECONDS)

        return asyncio.create_task(self.queue.submit("T1", "first", block))

    def say(self, key, word, *, is_end=False, error=None):
        """Report *word* about the task *key*."""

        def work(session, _late):
            self.said.append((word, id(session)))
            if error:
                raise error
            return word

        return asyncio.create_task(self.queue.submit("T1", key, work, is_end=is_end))


@pytest.fixture
def door(database):
    """A queue that is held up."""
    return Door(database)


@ONE_DATABASE
async def test_ends_go_before_progress_and_share_its_transaction(door):
    """What waited while the writer was busy is written at once, ends first."""
    first = door.begin()
    await asyncio.to_thread(door.has_begun.wait, PATIENCE_SECONDS)
    others = [door.say(f"t{number}", number) for number in range(3)]
    others.append(door.say("t9", "end", is_end=True))
    await asyncio.sleep(0)
    door.may_go.set()

    assert await asyncio.gather(first, *others) == [None, 0, 1, 2, "end"]
    assert [word for word, _ in door.said] == ["end", 0, 1, 2]
    assert len({session for _, session in door.said}) == 1


async def test_the_words_of_one_task_keep_their_order(door):
    """An end goes first with all that was said of its task before."""
    first = door.begin()
    await asyncio.to_thread(door.has_begun.wait, PATIENCE_SECONDS)
    words = [door.say("t1", 1), door.say("t1", 2), door.say("t1", "end", is_end=True)]
    await asyncio.sleep(0)
    door.may_go.set()

    await asyncio.gather(first, *words)
    assert [word for word, _ in door.said] == [1, 2, "end"]


async def test_a_refusal_and_a_failure_harm_nobody_else(door):
    """A refused word leaves the others standing; a failure takes back only its own."""
    first = door.begin()
    await asyncio.to_thread(door.has_begun.wait, PATIENCE_SECONDS)
    words = [
        door.say("t1", 1),
        door.say("t2", 2, error=NotFoundError("no")),
        door.say("t3", 3, error=ZeroDivisionError()),
        door.say("t4", 4),
    ]
    await asyncio.sleep(0)
    door.may_go.set()
    await first

    told = await asyncio.gather(*words, return_exceptions=True)
    assert [told[0], type(told[1]), type(told[2]), told[3]] == [
        1,
        NotFoundError,
        ZeroDivisionError,
        4,
    ]


async def test_a_caller_that_hangs_up_is_written_all_the_same(door):
    """Nobody waits for the answer; the next one is served."""
    first = door.begin()
    await asyncio.to_thread(door.has_begun.wait, PATIENCE_SECONDS)
    gone = door.say("t1", 1)
    await asyncio.sleep(0)
    gone.cancel()
    door.may_go.set()

    await asyncio.gather(first, gone, return_exceptions=True)
    assert await door.say("t2", 2) == 2
    assert [word for word, _ in door.said] == [1, 2]


async def test_a_hundred_reports_at_once_are_one_edit_for_each_task(room):
    """Ten tasks report ten times in the same moment: all are applied, the newest is shown."""
    tasks = [await room.create(task_id=f"t{number}") for number in range(10)]
    for task in tasks:
        await room.report(task, "running")
    before = len(await room.all(Event))

    told = await asyncio.gather(
        *(
            room.report(task, "running", progress=percent, seq=percent)
            for percent in range(10)
            for task in tasks
        )
    )

    assert {str(outcome) for outcome in told} == {"applied"}
    assert {(await room.row(task)).progress for task in tasks} == {9}
    assert {(await room.message(task)).context["progress"] for task in tasks} == {9}
    assert len(await room.all(Event)) - before < 100


async def test_an_end_in_the_same_transaction_as_progress_is_shown_once(room):
    """The message shows the end, and the thread its summary."""
    task = await room.create(status=TaskStatus.RUNNING)

    await asyncio.gather(
        room.report(task, "running", progress=50),
        room.report(task, "completed", stats={"rows": 3}),
        room.report(task, "running", progress=60),
    )

    message = await room.message(task)
    assert (message.context["status"], message.is_final) == ("completed", True)
    assert [reply.template for reply in await room.replies(task)] == ["tasks/summary"]
