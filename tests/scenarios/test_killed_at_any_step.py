"""P1, P4: a real bot is killed by SIGKILL at each step between "accepted" and "recorded"."""

import asyncio
import signal

import pytest

from tests.patience import PATIENCE_SECONDS
from tests.scenarios.killing import TEMPLATE, Victim, settings

#: One step after the other on the same database: (what the kill interrupts, where it strikes).
COMMITTED = "bot.db:transact:return"
SERVICE = "bot.messages.requests.service:Requests"
CONNECTION = "bot.messages.transports.http_client:WireConnection"
CREATED = "bot.tasks.service:Tasks.create.<locals>.work:return"
REPORTED = "bot.tasks.intake:Intake.report.<locals>.work:return"
CLAIMED = "bot.messages.delivery.claims:claim_of:return"
DECIDED = "bot.messages.delivery.transitions:transition:return"
TURNED = "bot.messages.delivery.lane:Lane._transact:return"
KEYS = {
    "a key is being claimed": "bot.http.idempotency:Idempotency._take:return",
    "a key is claimed": f"bot.http.idempotency:Idempotency._take:return,{COMMITTED}",
    "an answer is not kept": "bot.http.idempotency:keep:call",
    "an answer is kept, not given": f"bot.http.idempotency:keep:return,{COMMITTED}",
}
REQUESTS = {
    "they are checked": "bot.messages.requests.batch:BatchWriter.store:call",
    "they are not committed": f"{SERVICE}._take:return",
    "they are committed, not answered": f"{SERVICE}._take:return,{COMMITTED}",
    "the lane is woken": "bot.messages.delivery.running_lanes:Lanes.wake:call",
}
TASKS = {
    "a task is not committed": f"{CREATED}",
    "a task is committed, not answered": f"{CREATED},{COMMITTED}",
    "a report is not committed": f"{REPORTED}",
    "a report is committed, not answered": f"{REPORTED},{COMMITTED}",
}
POSTING = {
    "the lease is renewed": "bot.messages.delivery.leases:hold_lease:return",
    "messages are chosen": "bot.messages.delivery.claims:claim_of:call",
    "a claim is not committed": f"{CLAIMED},{TURNED}",
    "a claim is committed, nobody called": f"{CLAIMED},{COMMITTED}",
    "a message is rendered": "bot.messages.delivery.content:_content_of:return",
    "a request is not written": f"{CONNECTION}.ask:call",
    "an answer has arrived, unread": f"{CONNECTION}.data_received:call",
    "an answer is read": "bot.messages.transports.responses:read_answer:return",
    "an answer is not recorded": "bot.messages.delivery.lane:Lane._learn:call",
    "a record is not committed": f"{DECIDED},{TURNED}",
    "a record is committed, the loop not told": f"{DECIDED},{COMMITTED}",
}


@pytest.fixture
def playground_settings():
    """Slack's limits, the app's manifest, and places enough."""
    return settings()


@pytest.fixture
async def victim(bot, playground):
    """A bot that has the template; started by the test."""
    victim = Victim(bot, playground)
    await victim.start()
    assert await victim.call("PUT", "/api/templates/note", TEMPLATE)
    await bot.kill()
    return victim


async def killed_at(victim, steps, *kinds):
    """Kill at each step in turn; each restart is the next step's start."""
    waiting = list(steps.items())
    await victim.start(waiting[0][1])
    for (step, _), following in zip(waiting, [*waiting[1:], None], strict=True):
        victim.armed.touch()
        offering = asyncio.create_task(victim.offer(*kinds))
        await victim.died()
        await victim.start(following[1] if following else "")
        await offering
        await victim.settle(step)


@pytest.mark.parametrize(
    ("steps", "kinds"),
    [(KEYS, ["keyed"]), (REQUESTS, ["single", "bulk"]), (TASKS, ["task"])],
    ids=["keys", "requests", "tasks"],
)
async def test_killed_while_it_accepts(victim, steps, kinds):
    """What was answered is delivered once; what is repeated under its key or id is done once."""
    await killed_at(victim, steps, *kinds)


async def test_killed_while_it_posts(victim):
    """Between the claim and the record of a post: every message once, and its story whole."""
    await killed_at(victim, POSTING, "single", "bulk", "task")


LOST_POST = ("chat.postMessage", "drop_answer")
#: What the kill interrupts: the call that Slack holds, how, and whether it is never read.
HELD = {
    "Slack has not read a post and never will": ("chat.postMessage", "hold", True),
    "Slack has not read a post yet": ("chat.postMessage", "hold", False),
    "Slack has taken a post": ("chat.postMessage", "hold_answer", False),
    "Slack has not read an edit and never will": ("chat.update", "hold", True),
    "Slack has taken an edit": ("chat.update", "hold_answer", False),
    "the bot asks to join": ("conversations.join", "hold", True),
    "the bot has joined": ("conversations.join", "hold_answer", False),
    "the bot looks for a lost post": ("conversations.history", "hold", True),
    "the bot has found a lost post": ("conversations.history", "hold_answer", False),
}


async def test_killed_while_slack_is_called(victim, playground):
    """Whether Slack has read the request, has done it, or reads it only after the restart."""
    await victim.start()
    for step, (method, kind, lost) in HELD.items():
        if method == "conversations.join":
            playground.channel("door").members.clear()
        if method == "conversations.history":
            playground.fail(*LOST_POST)
        held = playground.fail(method, kind)
        kinds = {"conversations.join": ["stranger"], "chat.update": ["task"]}
        offering = asyncio.create_task(victim.offer(*kinds.get(method, ["single", "task"])))
        await playground.wait_for(lambda: held.struck, PATIENCE_SECONDS)  # noqa: B023 - awaited in this round
        await victim.bot.kill()
        if lost:
            playground.let_go(held, lost=True)
        await victim.start()
        playground.let_go(held)
        await offering
        await victim.settle(step)


async def test_killed_while_it_stops(victim, playground):
    """SIGTERM lets the bot wait for Slack's answers; SIGKILL ends that wait."""
    await victim.start()
    held = playground.fail("chat.postMessage", "hold_answer")
    offering = asyncio.create_task(victim.offer("single", "task"))
    await playground.wait_for(lambda: held.struck, PATIENCE_SECONDS)
    victim.bot.process.send_signal(signal.SIGTERM)
    await asyncio.sleep(0.5)
    assert victim.bot.process.returncode is None

    await victim.bot.kill()
    await victim.start()
    playground.let_go(held)
    await offering

    await victim.settle("while it stops")


async def test_killed_again_while_it_takes_over(victim, playground):
    """The process that takes over a dead one's claims dies as well, right after that."""
    await victim.start()
    held = playground.fail("chat.postMessage", "hold_answer")
    offering = asyncio.create_task(victim.offer("single", "bulk", "task"))
    await playground.wait_for(lambda: held.struck, PATIENCE_SECONDS)
    await victim.bot.kill()
    await victim.start_to_die(f"bot.messages.delivery.claims:take_over:return,{COMMITTED}")
    await victim.start()
    playground.let_go(held)
    await offering

    await victim.settle("while it takes over")
