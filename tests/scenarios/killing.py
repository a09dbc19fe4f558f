"""Work offered to a bot that is killed in the middle of it, and what must be true afterwards."""

import asyncio
import contextlib
import importlib
import inspect
import itertools
import operator
import re
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from slack_playground.hands import Hands
from sqlmodel import Session, select

from bot.db import Database
from bot.messages.history.rebuild import verify
from bot.messages.models import Message, MessageState
from tests.patience import PATIENCE_SECONDS, PATIENT, until
from tests.scenarios.conftest import ROOT, Bot

ASSASSIN = Path(__file__).parent / "assassin"
TEMPLATE = {"body": '{"text": "{{ word }}"}'}
#: The bot may post here, in as many places as there are orders, so that nothing waits for a budget.
PLACES = [f"place-{number}" for number in range(6)]
#: Here it is not a member.
DOOR = "C0DOOR0009"
#: Of a long message: twice what has room.
LINES = 70


@dataclass
class Victim:
    """A bot, a client that does not give up, and what it was promised."""

    bot: Bot
    playground: Hands
    numbers: "itertools.count[int]" = field(default_factory=itertools.count)
    promised: Counter[str] = field(default_factory=Counter)
    possible: Counter[str] = field(default_factory=Counter)

    async def start(self, kill_at: str = "") -> None:
        """Start the bot, to be killed at a step once it is armed."""
        self._aim(kill_at)
        await self.bot.start()

    async def start_to_die(self, kill_at: str) -> None:
        """Start the bot and wait until it was killed at a step that it reaches by itself."""
        self._aim(kill_at)
        self.armed.touch()
        with contextlib.suppress(AssertionError):  # It may be dead before it was ever ready.
            await self.bot.start()
        await self.died()

    def _aim(self, kill_at: str) -> None:
        self.armed.unlink(missing_ok=True)
        self.bot.let_the_lease_end()
        self.bot.extra = {}
        if kill_at:
            for step in kill_at.split(","):
                require_step(step)
            self.bot.extra = {
                "PYTHONPATH": str(ASSASSIN),
                "KILL_AT": kill_at,
                "KILL_ARMED": str(self.armed),
            }

    @property
    def armed(self) -> Path:
        """The file with which the kill is armed."""
        return self.bot.folder / "armed"

    async def died(self) -> None:
        """Wait until the armed kill has happened."""
        assert self.bot.process is not None
        assert await asyncio.wait_for(self.bot.process.wait(), PATIENCE_SECONDS) == -9

    async def call(self, method: str, path: str, body: Any, key: str = "") -> Any:
        """Call the API once and return its answer; None if there was none."""
        headers = {"Authorization": f"Bearer {self.bot.token}"}
        if key:
            headers["Idempotency-Key"] = key
        try:
            async with (
                aiohttp.ClientSession(headers=headers) as session,
                session.request(method, f"{self.bot.url}{path}", json=body) as answer,
            ):
                found = await answer.json()
        except (aiohttp.ClientError, OSError):
            return None
        assert answer.status < 300, found
        return found

    async def insist(self, path: str, body: Any, key: str = "") -> None:
        """Call until there is an answer, as a good client does."""

        async def is_taken() -> bool:
            return await self.call("POST", path, body, key) is not None

        await until(is_taken)

    async def offer(self, *kinds: str) -> None:
        """Give the bot work of these kinds, all at once; return when it has taken it."""
        kinds = kinds or ("single", "bulk", "keyed", "task")
        await asyncio.gather(*(self._offer(kind) for kind in kinds))

    async def _offer(self, kind: str) -> None:
        number = next(self.numbers)
        work: dict[str, Callable[[int], Awaitable[None]]] = {
            "single": self._single,
            "bulk": self._bulk,
            "keyed": self._keyed,
            "task": self._task,
            "stranger": self._stranger,
            "long": self._long,
        }
        await work[kind](number)

    async def _single(self, number: int) -> None:
        words = [f"single {number}"]
        answer = await self.call("POST", "/api/messages/request", order(words[0], number))
        self._note(words, answered=answer is not None)

    async def _bulk(self, number: int) -> None:
        words = [f"bulk {number} {letter}" for letter in "abc"]
        orders = [order(word, number + place) for place, word in enumerate(words)]
        answer = await self.call("POST", "/api/messages/request/bulk", orders)
        self._note(words, answered=answer is not None)

    async def _keyed(self, number: int) -> None:
        word = f"keyed {number}"
        self.promised[word] += 1
        await self.insist("/api/messages/request", order(word, number), key=word)

    async def _stranger(self, number: int) -> None:
        """Ask for a message where the bot is not a member."""
        word = f"stranger {number}"
        self.promised[word] += 1
        await self.insist("/api/messages/request", {**order(word), "channel": DOOR}, key=word)

    async def _long(self, number: int) -> None:
        """Ask for more than a message has room for: the rest follows in its thread."""
        word = f"long-{number}"
        self.promised[word] += 1
        text = "\n".join([word, *(f"line {line} {'-' * 60}" for line in range(LINES))])
        long = {**order(word, number), "templateCode": "text", "payload": {"text": text}}
        await self.insist("/api/messages/request", long, key=word)

    async def _task(self, number: int) -> None:
        task = f"t_{number}"
        self.promised[task] += 1
        await self.insist("/api/tasks", {"task": task, "taskId": task, "channel": place(number)})
        # Reported on only once it stands there, so that reports become edits.
        await self._soon(lambda: self.shown(task))
        for seq, report in enumerate(REPORTS, 1):
            said = {"taskId": task, "status": "running", "seq": seq, **report}
            await self.insist("/api/slack/update", said)
            await asyncio.sleep(0.1)

    async def _soon(self, true: Callable[[], Any]) -> None:
        for _ in range(60):
            if true():
                return
            await asyncio.sleep(0.05)

    def _note(self, words: list[str], *, answered: bool) -> None:
        (self.promised if answered else self.possible).update(words)

    def shown(self, word: str) -> list[tuple[str, dict[str, Any]]]:
        """Return the messages with this word, each with its channel."""
        return [
            (channel, message)
            for channel in [*PLACES, "door"]
            for message in self.playground.messages(channel)
            if message["text"] == word or word in message["text"].split()
        ]

    async def settle(self, step: str) -> None:
        """Wait until all that was promised stands there, and check that it stands there once."""
        for word in self.promised:
            await self._wait_for(step, word)
        for word in self.promised | self.possible:
            count = len(self.shown(word))
            assert count == 1 or (count == 0 and word in self.possible), (step, word, count)
        for word in (one for one in self.promised if one.startswith("t_")):
            self._check_task(step, word)
        await self._check_stories(step)
        for word in (one for one in self.promised if one.startswith("long-")):
            self._check_rest(step, word)

    def _check_rest(self, step: str, word: str) -> None:
        """What had no room stands in the thread: every line, once, in order."""
        [(channel, message)] = self.shown(word)
        told = str([one["blocks"] for one in self.playground.replies(channel, message["ts"])])
        lines = [int(line) for line in re.findall(r"line (\d+) -", told)]
        assert list(range(LINES)) == lines, (step, word, lines)

    async def _wait_for(self, step: str, word: str) -> None:
        def is_done() -> bool:
            found = self.shown(word)
            return bool(found) and (not word.startswith("t_") or self._has_ended(*found[0]))

        try:
            await self.playground.wait_for(is_done, PATIENCE_SECONDS)
        except TimeoutError:
            log = (self.bot.folder / "bot.log").read_text()[-3000:]
            raise AssertionError(
                f"{step}: {word} is not there: {self.shown(word)}\n{log}"
            ) from None

    def _has_ended(self, channel: str, message: dict[str, Any]) -> bool:
        replies = self.playground.replies(channel, message["ts"])
        return "Completed" in message["text"] and bool(replies)

    def _check_task(self, step: str, word: str) -> None:
        """Its message went only forwards, and its thread has one summary."""
        [(channel, message)] = self.shown(word)
        told = [*self.playground.history(channel, message["ts"]), message]
        stages = [stage_of(one["text"]) for one in told]
        assert sorted(stages) == stages, (step, word, stages)
        assert len(self.playground.replies(channel, message["ts"])) == 1, (step, word)

    async def _check_stories(self, step: str) -> None:
        """Nothing is left to do, every timeline is whole, the rows are what the events say."""
        database = Database(self.bot.database_url)

        async def is_at_rest() -> bool:
            return not database.transact(busy_rows)

        await until(is_at_rest)
        verdict = database.transact(verify)
        database.close()
        assert verdict.is_clean, (step, verdict)
        for word in self.promised:
            if word.startswith("t_"):
                continue
            found = await self.call("GET", f"/api/messages/{correlation(word)}", None)
            events = [one["event"].removeprefix("SlackMessage") for one in found["events"]]
            assert (found["status"], found["delivery"]) == ("SENT", "confirmed"), (step, found)
            assert (events[0], events[-1]) == ("Requested", "Sent"), (step, word, events)
            assert events.count("Sent") == 1, (step, word, events)


REPORTS: list[dict[str, Any]] = [
    {"progress": 40},
    {"progress": 70},
    {"status": "completed", "progress": 100, "stats": {"rows": 3}},
]


def require_step(step: str) -> None:
    """Raise if the program has no such function (`module:function:event`): nothing would die."""
    module, function, _event = step.split(":")
    outer, *inner = function.split(".<locals>.")
    found = operator.attrgetter(outer)(importlib.import_module(module))
    for name in inner:
        found_names = [code.co_name for code in found.__code__.co_consts if inspect.iscode(code)]
        assert name in found_names, step


def stage_of(shown: str) -> int:
    """Return how far a task is that is shown so; the last that matches counts."""
    marks = ("Queued", "Running", "40 %", "70 %", "Completed")
    return max(number for number, mark in enumerate(marks) if mark in shown)


def busy_rows(session: Session) -> list[Message]:
    """Return the messages that are not what they should be yet."""
    busy = select(Message).where(Message.state != MessageState.IDLE)
    return list(session.exec(busy).all())


def place(number: int) -> str:
    return f"#{PLACES[number % len(PLACES)]}"


def correlation(word: str) -> str:
    return word.replace(" ", "-")


def order(word: str, number: int = 0) -> dict[str, Any]:
    """Return a request's body."""
    return {
        "channel": place(number),
        "configCode": "default",
        "templateCode": "note",
        "payload": {"word": word},
        "correlationId": correlation(word),
    }


def channels(bot: str) -> list[dict[str, Any]]:
    """Return the workspace's channels: the bot is in all of them but the door."""
    return [
        {"id": "C0OPS00002", "name": "ops", "members": [bot]},
        {"id": DOOR, "name": "door", "members": []},
        *(
            {"id": f"C0PLACE00{number}", "name": name, "members": [bot]}
            for number, name in enumerate(PLACES)
        ),
    ]


def settings() -> dict[str, Any]:
    """Return the settings of the playground for such a test."""
    seed = {"channels": channels("U0SAMPLE001")}
    return {"manifest": ROOT / "manifest.json", "seed": seed, **PATIENT}
