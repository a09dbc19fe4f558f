"""How many calls a lane makes at a time, and how many more it claims ahead."""

import asyncio
from dataclasses import dataclass, field
from functools import partial

from bot.messages.delivery.call_pool import MAX_PREFETCH, WorkerPool
from bot.messages.delivery.concurrency import ConcurrencyLimits
from tests.patience import until

AT_A_TIME = 50


@dataclass
class Slack:
    """Answers when it is let."""

    may_answer: asyncio.Event = field(default_factory=asyncio.Event)
    at_once: int = 0
    most_at_once: int = 0
    answered: int = 0

    async def deliver(self, claim, _may_call):
        """Return the claim as its own outcome."""
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await self.may_answer.wait()
        self.at_once -= 1
        self.answered += 1
        return claim


def calls_to(slack):
    return WorkerPool(slack, AT_A_TIME, ConcurrencyLimits(), lambda _claim: True, lambda: None)


async def begin_all(calls):
    """Begin as many as there is room for, let the loop run, and return how many that were."""
    room = calls.room
    calls.begin(range(room))
    await asyncio.sleep(0)
    return room


async def has_answered(slack, count):
    """Tell whether so many calls have been answered so far."""
    return slack.answered == count


async def is_over(calls):
    """Tell whether nothing is under way."""
    return calls.is_over


async def test_as_many_wait_as_are_called():
    """No connection waits for the database, and not more is claimed than that takes."""
    slack = Slack()
    calls = calls_to(slack)

    assert await begin_all(calls) == 2 * AT_A_TIME
    assert (slack.most_at_once, calls.room) == (AT_A_TIME, 0)
    slack.may_answer.set()


async def test_more_are_claimed_ahead_while_slack_is_quick():
    """As many as are answered during one look at the database, twice; but never without end."""
    slack = Slack()
    slack.may_answer.set()
    calls = calls_to(slack)
    rooms = []
    for _ in range(6):
        rooms.append(await begin_all(calls))
        await until(partial(has_answered, slack, sum(rooms)))
        assert len(calls.take_outcomes()) == rooms[-1]
        await until(partial(is_over, calls))

    assert rooms[:2] == [2 * AT_A_TIME, 5 * AT_A_TIME]
    assert rooms[-1] == (1 + MAX_PREFETCH) * AT_A_TIME
    assert slack.most_at_once <= AT_A_TIME

    slack.may_answer.clear()
    calls.take_outcomes()
    assert calls.room == 2 * AT_A_TIME
