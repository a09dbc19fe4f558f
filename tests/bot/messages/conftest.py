"""A lane on a playground: real rows, real HTTP, a workspace that can be told to fail."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from slack_playground import Playground
from sqlmodel import Session, col, select

from bot.clock import SystemClock
from bot.db import Database
from bot.messages import outbox
from bot.messages.delivery.running_lanes import Lanes
from bot.messages.models import Event, Message, Rank
from bot.messages.outbox import Content, Place
from bot.messages.rate_limits.slack_limits import Pacing
from bot.messages.rendering.renderer import Renderer
from bot.messages.transports.slack import SlackTransport
from tests.isolation import ISOLATION

NOTE = """{"text": "{{ text }}", "blocks": [
  {"type": "section", "text": {"type": "plain_text", "text": "{{ text }}"}}]}"""


@dataclass
class Rig:
    """Everything a test of the lane needs in a word."""

    database: Database
    playground: Playground
    lanes: Lanes
    transport: SlackTransport
    channel: str
    team: str

    async def put(self, text: str, **options: Any) -> str:
        """Ask for a message in #ops and return its id."""
        message_id = await self.store(text, **options)
        self.lanes.wake(self.team)
        return message_id

    async def store(self, text: str, **options: Any) -> str:
        """Commit a message of which no lane is told."""
        place = Place(self.team, "default", options.pop("channel", self.channel))

        def work(session: Session) -> str:
            now = datetime.now(UTC)
            return outbox.put(
                session, place, Content("note", {"text": text}), now=now, **options
            ).id

        return await self.database.write(work)

    async def edit(self, message_id: str, text: str, **options: Any) -> str:
        """Ask for a newer revision and return what became of the wish."""

        def work(session: Session) -> str:
            now = datetime.now(UTC)
            return outbox.edit(session, message_id, {"text": text}, now=now, **options)

        return await self._commit(work)

    async def reply(self, parent_id: str, text: str) -> str:
        """Ask for a reply in the thread of a message."""

        def work(session: Session) -> str:
            parent = session.get_one(Message, parent_id)
            content = Content("note", {"text": text})
            return outbox.reply(session, parent, content, now=datetime.now(UTC)).id

        return await self._commit(work)

    async def row(self, message_id: str) -> Message:
        """Return the message's row."""
        return await self.database.read(lambda session: session.get_one(Message, message_id))

    async def events(self, message_id: str) -> list[str]:
        """Return the names of the message's events without their prefix."""

        def work(session: Session) -> list[str]:
            query = select(Event).where(Event.message_id == message_id).order_by(col(Event.id))
            return [event.name.removeprefix("SlackMessage") for event in session.exec(query)]

        return await self.database.read(work)

    def texts(self, channel: str = "ops") -> list[str]:
        """Return what stands in a channel."""
        return [message["text"] for message in self.playground.messages(channel)]

    async def until(self, true: Callable[[], Any]) -> Any:
        """Wait until something is so in the playground."""
        return await self.playground.wait_for(true)

    def open(self, *, unlimited: bool = True) -> None:
        """Start the lane."""
        self.lanes.open(self.team, self.transport, Pacing(unlimited=unlimited))

    async def _commit(self, work: Callable[[Session], str]) -> str:
        done = await self.database.write(work)
        self.lanes.wake(self.team)
        return done


@pytest.fixture
async def rig(database: Database, tmp_path: Path) -> AsyncIterator[Rig]:
    """A lane that is not open yet, so that a test can prepare what it will find."""
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "note.json").write_text(NOTE)
    async with Playground(limits="off") as playground:
        lanes = Lanes(database, Renderer(folder), SystemClock(), isolation=ISOLATION)
        transport = SlackTransport(playground.api_url, playground.bot_token)
        team = playground.state.team_id
        ops = playground.channel("ops").id
        rig = Rig(database, playground, lanes, transport, ops, team)
        yield rig
        await lanes.stop()
        rig.transport.close()


__all__ = ["Rank", "Rig"]
