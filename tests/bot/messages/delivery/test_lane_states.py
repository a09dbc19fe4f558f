"""Any order of wishes, faults, restarts and kills: in the end Slack shows the newest, once."""

import asyncio
import random
import shutil
import tempfile
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import aiohttp
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from slack_playground import Playground
from sqlmodel import select

from benchmarks.virtual_time import LoopClock, VirtualLoop
from bot.db import Database
from bot.messages import outbox
from bot.messages.delivery.running_lanes import Lanes
from bot.messages.models import Message, MessageState, Rank
from bot.messages.outbox import Content, EditOutcome, Place
from bot.messages.rate_limits.slack_limits import Pacing
from bot.messages.rendering.renderer import Renderer
from bot.messages.transports.slack import SlackTransport

#: Bot and Slack talk over real sockets; their time is virtual, and an hour of it passes in seconds.
LOOP = partial(VirtualLoop, look_seconds=0.001)
HOUR_SECONDS = 3600
FAULTS: dict[str, dict[str, Any]] = {
    "429": {"kind": "http", "status": 429, "retry_after": 0},
    "500": {"kind": "http", "status": 500},
    "dropped": {"kind": "drop_answer"},
    "refused": {"kind": "refuse"},
    "bad blocks": {"kind": "error", "error": "invalid_blocks"},
}
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["edit", "edit", "progress", "final", "late", "reopen", "put", "wait"]),
        st.integers(0, 2),
    ),
    min_size=3,
    max_size=14,
)
TROUBLES = st.lists(
    st.tuples(st.integers(0, 10), st.sampled_from([*FAULTS, "deleted", "restart", "kill"])),
    max_size=3,
)


@given(STEPS, TROUBLES)
@settings(
    max_examples=8,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=True,
)
def test_slack_ends_up_with_the_newest_once(sqlite_template, steps, troubles):
    """
    Whatever is asked and whatever goes wrong, each message stands in Slack once, with its newest.

    And on the way there no message went from its end back to something before it.
    """
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(sqlite_template, Path(folder) / "opsbell.db")
        with asyncio.Runner(loop_factory=LOOP) as runner:
            runner.run(Story(Path(folder)).tell(steps, troubles))


class Story:
    """A lane on a playground that is told what to do, and what is to go wrong."""

    def __init__(self, folder):
        self.database = Database(f"sqlite:///{folder / 'opsbell.db'}")
        (folder / "note.json").write_text('{"text": "{{ text }}", "blocks": []}')
        self.renderer = Renderer(folder)
        self.clock = LoopClock()
        self.wanted = {}  # message id → the texts asked for, oldest first
        self.ended = set()

    async def tell(self, steps, troubles):
        """Play the steps with the troubles in between, then wait for peace and look."""
        async with (
            Playground(limits="off") as self.playground,
            aiohttp.ClientSession() as self.session,
        ):
            self.transport = SlackTransport(self.playground.api_url, self.playground.bot_token)
            self.place = Place(
                self.playground.state.team_id, "default", self.playground.channel("ops").id
            )
            self.start()
            await self.step("put", 0)
            for number, (kind, which) in enumerate(steps):
                for trouble in (name for at, name in troubles if at == number):
                    await self.trouble(trouble)
                await self.step(kind, which)
                self.lanes.wake(self.place.workspace_id)
            await self.peace()
            await self.lanes.stop()
            self.look()
        self.database.close()

    def start(self):
        """Open a lane, as a new process does."""
        self.lanes = Lanes(self.database, self.renderer, self.clock)
        self.lanes.open(self.place.workspace_id, self.transport, Pacing(unlimited=True))

    async def step(self, kind, which):
        """Ask for one thing."""
        if kind == "wait":
            await asyncio.sleep(random.Random(which).random())
        elif kind == "put":
            await self.put()
        else:
            message_id = list(self.wanted)[which % len(self.wanted)]
            await self.edit(message_id, kind)

    async def put(self):
        content = Content("note", {"text": f"{len(self.wanted)} 0 open"})
        message_id = await self.database.write(
            lambda session: outbox.put(session, self.place, content, now=self.clock.now()).id
        )
        self.wanted[message_id] = [content.context["text"]]

    async def edit(self, message_id, kind):
        texts = self.wanted[message_id]
        final = kind == "final"
        status = {"final": "end", "reopen": "anew"}.get(kind, "open")
        text = f"{texts[0].split()[0]} {len(texts)} {status}"
        rank = Rank.PROGRESS if kind == "progress" else Rank.NORMAL
        outcome = await self.database.write(
            lambda session: outbox.edit(
                session,
                message_id,
                {"text": text},
                now=self.clock.now(),
                rank=rank,
                final=final,
                reopen=kind == "reopen",
            )
        )
        locked = message_id in self.ended and kind != "reopen"
        assert (EditOutcome.LOCKED if locked else EditOutcome.QUEUED) == outcome
        if not locked:
            texts.append(text)
            (self.ended.add if final else self.ended.discard)(message_id)

    async def trouble(self, name):
        """Let something go wrong."""
        if name in FAULTS:
            self.playground.fail("*", **FAULTS[name])
            return
        if name == "deleted":
            await self.delete()
            return
        if name == "kill":
            for task in asyncio.all_tasks():
                if task.get_name().startswith(("lane ", "deliver ")):
                    task.cancel()
        await self.lanes.stop()
        self.start()

    async def delete(self):
        """Let somebody delete a message, after which a new attempt of its task begins."""
        standing = self.playground.messages("ops")
        if not standing:
            return
        url, token = f"{self.playground.api_url}chat.delete", self.playground.bot_token
        arguments = {"channel": self.place.channel, "ts": standing[0]["ts"]}
        headers = {"Authorization": f"Bearer {token}"}
        async with self.session.post(url, json=arguments, headers=headers) as answer:
            await answer.read()
        number = int(standing[0]["text"].split()[0])
        await self.edit(list(self.wanted)[number], "reopen")

    async def peace(self):
        """Wait until nothing is left to do."""
        self.playground.heal()
        async with asyncio.timeout(HOUR_SECONDS):
            while await self.database.read(self.unrest):
                self.lanes.wake(self.place.workspace_id)
                await asyncio.sleep(0.1)

    def unrest(self, session):
        """Return what is still to be done."""
        return list(session.exec(select(Message.id).where(Message.state != MessageState.IDLE)))

    def look(self):
        """Compare what stands in Slack with what was wanted."""
        standing = [message["text"] for message in self.playground.messages("ops")]
        newest = [texts[-1] for texts in self.wanted.values()]
        assert sorted(newest) == sorted(standing)
        for message in self.playground.messages("ops"):
            self.never_back(message["ts"])

    def never_back(self, ts):
        """Check that one message only ever went forward."""
        texts = [one["text"].split() for one in self.playground.history("ops", ts)]
        for (_, before, status), (_, after, _) in pairwise(texts):
            assert int(before) <= int(after)
            asked = next(t for t in self.wanted.values() if t[0].split()[0] == texts[0][0])
            between = asked[int(before) + 1 : int(after) + 1]
            assert status != "end" or not between or any("anew" in text for text in between)
